//! How fast evidence is taken in, beside a direct PUT of the same bytes into the same S3 server.
//!
//! All targets are measured in one run, in turns, because on a machine that others use only
//! figures of the same minute can be compared. `benches/README.md` says how to read the result.

#![allow(clippy::pedantic, reason = "figures of a measurement are floating-point numbers of what was counted")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and its own settings")]

mod noise;
mod options;
mod payload;
mod pdf;
mod report;
mod s3;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each benchmark uses its part of it")]
mod support;
mod target;
mod trial;

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use options::{Cell, Options};
use support::figures::{self, Lines};
use support::place;
use target::Target;
use trial::Trial;

/// How many complaints of one run are shown.
const SHOWN: usize = 3;

fn main() -> ExitCode {
    if !place::asked_to_measure() {
        return ExitCode::SUCCESS;
    }
    let measured = Options::parse(std::env::args().skip(1)).and_then(|options| {
        // One thread: the client must not take more than one core away from what it measures.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(measure(&options))
    });
    match measured {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            eprintln!("{failures} uploads failed or were not kept as sent: the figures do not count");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("upload benchmark: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures everything, prints the table and returns how much went wrong.
async fn measure(options: &Options) -> anyhow::Result<usize> {
    let mut lines = Lines::create(&place::results()?, "upload.jsonl")?;
    lines.push(&json!({"machine": figures::machine(), "seed": options.seed, "kind": options.format.extension()}))?;
    let mut targets = Vec::new();
    for &path in &options.paths {
        eprintln!("starting: {}", path.title());
        targets.push(Arc::new(Target::start(path)?));
    }
    let mut serial = 0;
    warm_up(options, &targets, &mut serial).await?;
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        let mut trials = Vec::new();
        for &cell in &options.cells {
            // Each round begins with another target, so that none always follows the same one.
            targets.rotate_left(1);
            let first = trials.len();
            for target in &targets {
                serial += 1;
                let trial = trial::run(target.clone(), cell, options.format, options.seed, serial).await?;
                tell(round, &trial);
                trials.push(trial);
            }
            for trial in &trials[first..] {
                lines.push(&report::line(round, trial, report::ratio(trial, &trials)))?;
            }
        }
        rounds.push(trials);
    }
    println!("{}", figures::machine());
    println!("\n{}", report::table(options, &rounds));
    Ok(rounds.iter().flatten().map(|trial| trial.failures.len()).sum())
}

/// Fills pools and caches: the first uploads of a process are not what anyone asks about.
async fn warm_up(options: &Options, targets: &[Arc<Target>], serial: &mut u64) -> anyhow::Result<()> {
    for target in targets {
        *serial += 1;
        let cell = Cell { bytes: 64 << 10, at_once: 8 };
        let trial = trial::run(target.clone(), cell, options.format, options.seed, *serial).await?;
        tell(0, &trial);
        anyhow::ensure!(trial.failures.is_empty(), "{} does not work", target.path.title());
    }
    Ok(())
}

fn tell(round: usize, trial: &Trial) {
    let name = if round == 0 { "warm-up".to_owned() } else { format!("round {round}") };
    eprintln!(
        "{name} {:>8} {:<6} {:>8.1} MB/s {:>7.1} req/s, {} read back, {} failures",
        trial.cell.name(),
        trial.path.name(),
        trial.bytes as f64 / 1e6 / trial.seconds,
        trial.latencies.len() as f64 / trial.seconds,
        trial.verified,
        trial.failures.len(),
    );
    for failure in trial.failures.iter().take(SHOWN) {
        eprintln!("    {failure}");
    }
}
