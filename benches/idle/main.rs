//! What thousands of phones that fell silent in the middle of an upload cost everybody else.
//!
//! So many resumable uploads are begun and left half-open; then other requests, reading and uploading, are sent at a
//! constant rate, as they were before.

#![allow(clippy::pedantic, reason = "figures of a measurement are floating-point numbers of what was counted")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and its own settings")]

mod crowd;
mod mix;
mod report;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each benchmark uses its part of it")]
mod support;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::json;

use crowd::Crowd;
use mix::Mix;
use report::Outcome;
use support::exhibit::{Exhibit, Foundation, PIECES_PER_SHOWCASE};
use support::figures::{self, Lines};
use support::pace::Pace;
use support::process::{self, Memory, Snapshot};
use support::{place, versions};

/// How long those who fell silent are left alone before anything is measured.
const SETTLED: Duration = Duration::from_secs(10);
/// How many of them go on in the end.
const SAMPLE: usize = 16;
/// How many different complaints are shown.
const SHOWN: usize = 8;

pub struct Options {
    pub foundations: Vec<Foundation>,
    pub idle: usize,
    pub rate: u32,
    pub seconds: u64,
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
            eprintln!("{failures} requests or idle uploads failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("idle benchmark: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Options> {
    let foundations = vec![Foundation::S3, Foundation::Disk];
    let mut options = Options { foundations, idle: 2000, rate: 100, seconds: 20, seed: 1 };
    let mut arguments = arguments.filter(|argument| argument != "--bench");
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "--idle" => options.idle = place::value(&option, arguments.next())?,
            "--rate" => options.rate = place::value(&option, arguments.next())?,
            "--seconds" => options.seconds = place::value(&option, arguments.next())?,
            "--seed" => options.seed = place::value(&option, arguments.next())?,
            "--targets" => {
                let names: String = place::value(&option, arguments.next())?;
                options.foundations = names.split(',').map(foundation).collect::<anyhow::Result<_>>()?;
            }
            other => bail!("unknown option {other}; benches/README.md lists them"),
        }
    }
    ensure!(options.idle > 0 && options.rate > 0 && options.seconds > 0, "every number must be at least 1");
    Ok(options)
}

fn foundation(name: &str) -> anyhow::Result<Foundation> {
    match name {
        "s3" => Ok(Foundation::S3),
        "disk" => Ok(Foundation::Disk),
        other => bail!("{other}: targets are s3 and disk"),
    }
}

async fn measure(options: &Options) -> anyhow::Result<usize> {
    let mut lines = Lines::create(&place::results()?, "idle.jsonl")?;
    lines.push(&json!({"machine": figures::machine(), "seed": options.seed, "rate": options.rate}))?;
    let beside = versions::beside(&[]);
    lines.push(&json!({"beside": beside}))?;
    let mut outcomes = Vec::new();
    for &foundation in &options.foundations {
        let outcome = measure_one(options, foundation).await?;
        lines.push(&outcome.line())?;
        outcomes.push(outcome);
    }
    println!("{}\n\n{}", figures::machine(), versions::list(&beside));
    println!("{}", report::table(&outcomes));
    Ok(outcomes.iter().map(|outcome| outcome.failures.len()).sum())
}

async fn measure_one(options: &Options, foundation: Foundation) -> anyhow::Result<Outcome> {
    let further = [
        // One person has all that many people would have.
        ("EXHIBIT__UPLOADS__MAX_OPEN", (options.idle + 1000).to_string()),
        // So that they are there to the end; otherwise whoever is silent is let go after half a minute.
        ("EXHIBIT__UPLOADS__STALL_S", "3600".to_owned()),
    ];
    let exhibit = Arc::new(Exhibit::start(foundation, report::name(foundation), &further)?);
    let alone = Pace { rate: options.rate, length: Duration::from_secs(options.seconds.div_ceil(2)) };
    let beside = Pace { rate: options.rate, length: Duration::from_secs(options.seconds) };
    let mix = mixed(&exhibit, options, alone.requests() + beside.requests()).await?;

    eprintln!("{}: without idle uploads", report::title(foundation));
    let before = mix.run(alone, 0).await?;
    eprintln!("{}: {} uploads begin and fall silent", report::title(foundation), options.idle);
    let crowd = Crowd::gather(&exhibit, options.idle, options.seed).await?;
    tokio::time::sleep(SETTLED).await;
    eprintln!("{}: beside {} of them", report::title(foundation), crowd.size());

    process::reset_peak(exhibit.pid());
    let start = Snapshot::take();
    let answers = mix.run(beside, alone.requests()).await?;
    let cpu = Snapshot::take().family_cpu(exhibit.pid()) - start.family_cpu(exhibit.pid());
    let memory = Memory::of(exhibit.pid());

    let still_open = crowd.still_open();
    let mut failures = mix.complaints();
    failures.extend(before.iter().chain(&answers).filter_map(|answer| answer.failure.clone()));
    failures.extend((still_open..options.idle).map(|_| "an idle upload did not begin, or was ended".to_owned()));
    eprintln!("{}: some of them go on", report::title(foundation));
    failures.extend(crowd.go_on(SAMPLE).await);
    tell(&failures);
    let cores = cpu / beside.length.as_secs_f64();
    Ok(Outcome { foundation, idle: options.idle, still_open, before, answers, cores, memory, failures })
}

/// Shows each complaint once, with how often it was made.
fn tell(failures: &[String]) {
    let mut counted = BTreeMap::new();
    for failure in failures {
        *counted.entry(failure.as_str()).or_insert(0) += 1;
    }
    for (failure, times) in counted.into_iter().take(SHOWN) {
        eprintln!("    {times} × {failure}");
    }
}

/// Showcases for what is read and for all small uploads, made before anything is measured.
async fn mixed(exhibit: &Arc<Exhibit>, options: &Options, requests: u64) -> anyhow::Result<Mix> {
    let showcases = mix::uploads(requests).div_ceil(PIECES_PER_SHOWCASE as u64) + 1;
    let showcases = exhibit.showcases(showcases as usize, 0).await?;
    Ok(Mix::new(exhibit.clone(), showcases, options.seed))
}
