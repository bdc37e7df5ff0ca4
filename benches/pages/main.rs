//! How fast every page is answered to everybody, while requests for it keep coming at a constant rate, and when a browser
//! on a slow line paints the first of a cohort.

#![allow(clippy::pedantic, reason = "figures of a measurement are floating-point numbers of what was counted")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and its own settings")]

mod load;
mod paint;
mod sites;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each benchmark uses its part of it")]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::json;

use load::Plan;
use sites::{Site, Sites};
use support::figures::{self, Lines, cell, percentile};
use support::pace::{Answer, Pace};
use support::service::Service;
use support::{place, versions};

/// What is sent before each page is measured, so that the database has its part of the rows at hand.
const WARM_UP: Duration = Duration::from_secs(1);

pub struct Options {
    pub showcases: u64,
    pub to_a_provider: u64,
    pub rate: u32,
    pub seconds: u64,
    pub paints: u64,
    pub database: String,
}

fn main() -> ExitCode {
    if !place::asked_to_measure() {
        return ExitCode::SUCCESS;
    }
    let measured = parse(std::env::args().skip(1)).and_then(|options| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(measure(&options))
    });
    match measured {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            eprintln!("{failures} requests failed: the figures do not count");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("pages benchmark: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Options> {
    let mut options = Options {
        showcases: 100_000,
        to_a_provider: 10_000,
        rate: 100,
        seconds: 10,
        paints: 7,
        database: "postgres".to_owned(),
    };
    let mut arguments = arguments.filter(|argument| argument != "--bench");
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "--showcases" => options.showcases = place::value(&option, arguments.next())?,
            "--to-a-provider" => options.to_a_provider = place::value(&option, arguments.next())?,
            "--rate" => options.rate = place::value(&option, arguments.next())?,
            "--seconds" => options.seconds = place::value(&option, arguments.next())?,
            "--paints" => options.paints = place::value(&option, arguments.next())?,
            "--database" => options.database = place::value(&option, arguments.next())?,
            other => bail!("unknown option {other}; benches/README.md lists them"),
        }
    }
    let is_known = matches!(options.database.as_str(), "postgres" | "sqlite");
    ensure!(is_known, "--database is postgres or sqlite");
    ensure!(options.showcases >= 20 && options.rate > 0 && options.seconds > 0, "the numbers are too small");
    Ok(options)
}

async fn measure(options: &Options) -> anyhow::Result<usize> {
    let settings = sites::settings(&options.database)?;
    eprintln!("seeding {} showcases; a large number takes minutes", options.showcases);
    let tokens = sites::seed(&settings, options)?;
    let service = Service::start(settings)?;
    let sites = Sites::found(service.host(), tokens).await?;
    println!("{}\n\n{}", figures::machine(), versions::list(&versions::beside(&[])));
    println!(
        "{} showcases in {}, {} of them of one provider; {} requests a second, each page for {} s:\n",
        options.showcases, options.database, sites.of_provider, options.rate, options.seconds
    );
    println!("| page | who | req/s | requests | p50 ms | p99 ms | max ms | KB |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    let mut lines = Lines::create(&place::results()?, "pages.jsonl")?;
    let mut failures = 0;
    for site in &sites.all {
        failures += one(options, service.host(), site, &mut lines).await?;
    }
    paint::first(options, service.host(), &sites.provider_token, &mut lines).await?;
    Ok(failures)
}

/// Measures a page; answers how many requests for it failed.
async fn one(options: &Options, host: &str, site: &Site, lines: &mut Lines) -> anyhow::Result<usize> {
    let rate = site.rate.unwrap_or(options.rate);
    let plan = |length: Duration| Plan { host: host.to_owned(), site: site.clone(), pace: Pace { rate, length } };
    load::run(plan(WARM_UP)).await?;
    let (answers, bytes) = load::run(plan(Duration::from_secs(options.seconds))).await?;
    let latencies: Vec<f64> = answers.iter().map(|answer: &Answer| answer.latency_ms).collect();
    let failed: Vec<&str> = answers.iter().filter_map(|answer| answer.failure.as_deref()).collect();
    for failure in failed.iter().take(2) {
        eprintln!("    {} {}: {failure}", site.who, site.page);
    }
    let [p50, p99, max] = [0.50, 0.99, 1.0].map(|share| percentile(&latencies, share));
    let kilobytes = bytes as f64 / 1024.0;
    let line = json!({
        "page": site.page, "who": site.who, "database": options.database, "showcases": options.showcases, "rate": rate,
        "requests": answers.len(), "failures": failed.len(), "p50_ms": p50, "p99_ms": p99, "max_ms": max, "kb": kilobytes,
    });
    lines.push(&line)?;
    println!(
        "| {} | {} | {rate} | {} | {} | {} | {} | {} |",
        site.page,
        site.who,
        answers.len(),
        cell(p50, 1),
        cell(p99, 1),
        cell(max, 1),
        cell(kilobytes, 1)
    );
    Ok(failed.len())
}
