//! How fast coverage of one showcase is answered while requests keep coming at a constant rate.
//!
//! The load is open: requests are due at fixed times, whether the service keeps up or not.

#![allow(clippy::pedantic, reason = "figures of a measurement are floating-point numbers of what was counted")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and its own settings")]

mod load;
mod seeded;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each benchmark uses its part of it")]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::json;

use load::Plan;
use seeded::Seeded;
use support::figures::{self, Lines, percentile};
use support::http::Connection;
use support::pace::{Answer, Pace};
use support::process::{self, Memory, Snapshot};
use support::service::Service;
use support::{place, versions};

/// What is sent before the measurement, so that pools and the database's caches are filled.
const WARM_UP: Duration = Duration::from_secs(3);

pub struct Options {
    pub showcases: u64,
    pub rate: u32,
    pub seconds: u64,
    pub sample: usize,
    pub seed: u64,
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
            eprintln!("coverage benchmark: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Options> {
    let mut options = Options { showcases: 100_000, rate: 500, seconds: 20, sample: 2000, seed: 1 };
    let mut arguments = arguments.filter(|argument| argument != "--bench");
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "--showcases" => options.showcases = place::value(&option, arguments.next())?,
            "--rate" => options.rate = place::value(&option, arguments.next())?,
            "--seconds" => options.seconds = place::value(&option, arguments.next())?,
            "--sample" => options.sample = place::value(&option, arguments.next())?,
            "--seed" => options.seed = place::value(&option, arguments.next())?,
            other => bail!("unknown option {other}; benches/README.md lists them"),
        }
    }
    let valid = options.showcases > 0 && options.rate > 0 && options.seconds > 0 && options.sample > 0;
    ensure!(valid, "every number must be at least 1");
    Ok(options)
}

async fn measure(options: &Options) -> anyhow::Result<usize> {
    let settings = seeded::settings()?;
    eprintln!("seeding {} showcases; a large number takes minutes", options.showcases);
    let seeded = Seeded::make(&settings, options.showcases)?;
    let service = Service::start(settings)?;
    let mut connection = Connection::open(service.host()).await?;
    let (sample, total) = seeded.sample(&mut connection, options.sample, options.seed).await?;
    ensure!(total >= options.showcases, "{total} showcases are listed, {} were seeded", options.showcases);
    seeded.check(&mut connection, &sample[0]).await?;

    let plan = |length: Duration, seed: u64| Plan {
        host: service.host().to_owned(),
        token: seeded.token.clone(),
        ids: sample.clone(),
        pace: Pace { rate: options.rate, length },
        seed,
    };
    eprintln!("{total} showcases, {} of them in the sample; warming up", sample.len());
    load::run(plan(WARM_UP, options.seed)).await?;
    process::reset_peak(service.pid());
    let before = Snapshot::take();
    let answers = load::run(plan(Duration::from_secs(options.seconds), options.seed + 1)).await?;
    let after = Snapshot::take();

    let cpu = after.family_cpu(service.pid()) - before.family_cpu(service.pid());
    report(options, total, &answers, cpu, Memory::of(service.pid()).once)
}

fn report(options: &Options, total: u64, answers: &[Answer], cpu: f64, peak_mib: f64) -> anyhow::Result<usize> {
    let figures = |figure: fn(&Answer) -> f64| answers.iter().map(figure).collect::<Vec<f64>>();
    let (latencies, delays) = (figures(|answer| answer.latency_ms), figures(|answer| answer.delay_ms));
    let failures = answers.iter().filter(|answer| answer.failure.is_some()).count();
    for failure in answers.iter().filter_map(|answer| answer.failure.as_deref()).take(3) {
        eprintln!("    {failure}");
    }
    let line = json!({
        "machine": figures::machine(),
        "showcases": total,
        "sample": options.sample,
        "rate": options.rate,
        "seconds": options.seconds,
        "requests": answers.len(),
        "failures": failures,
        "p50_ms": percentile(&latencies, 0.50),
        "p99_ms": percentile(&latencies, 0.99),
        "max_ms": percentile(&latencies, 1.0),
        "sent_late_p99_ms": percentile(&delays, 0.99),
        "service_cpu_s": cpu,
        "service_peak_mib": peak_mib,
    });
    Lines::create(&place::results()?, "coverage.jsonl")?.push(&line)?;
    println!("{}\n\n{}", figures::machine(), versions::list(&versions::beside(&[])));
    println!(
        "| showcases | req/s | requests | failures | p50 ms | p99 ms | max ms | sent late, p99 ms | CPU s | peak MiB |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    println!(
        "| {total} | {} | {} | {failures} | {:.2} | {:.2} | {:.2} | {:.2} | {cpu:.1} | {peak_mib:.0} |\n",
        options.rate,
        answers.len(),
        percentile(&latencies, 0.50),
        percentile(&latencies, 0.99),
        percentile(&latencies, 1.0),
        percentile(&delays, 0.99),
    );
    Ok(failures)
}
