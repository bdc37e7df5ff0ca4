//! How fast evidence is taken in, beside a direct PUT of the same bytes into the same S3 server.
//!
//! All targets are measured in one run, in turns, because on a machine that others use only
//! figures of the same minute can be compared. `benches/README.md` says how to read the result.

#![allow(clippy::pedantic, reason = "figures of a measurement are floating-point numbers of what was counted")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and its own settings")]

mod options;
mod peer;
mod report;
mod room;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each benchmark uses its part of it")]
mod support;
mod target;
mod trial;

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use options::{Cell, Entrant, Options};
use support::figures::{self, Lines};
use support::{place, versions};
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
    let mut targets = start(&options.entrants)?;
    let languages: Vec<_> = options.entrants.iter().filter_map(|entrant| entrant.path.language()).collect();
    let beside = versions::beside(&languages);
    lines.push(&json!({"beside": beside}))?;
    let mut serial = 0;
    warm_up(options, &targets, &mut serial).await?;
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        let mut trials = Vec::new();
        for &cell in &options.cells {
            // Each round begins with another target, so that none always follows the same one.
            targets.rotate_left(1);
            let first = trials.len();
            for target in targets.iter().filter(|(_, entrant)| options.takes_part(*entrant, cell)) {
                serial += 1;
                room::wait_for(cell).await?;
                let trial = trial::run(target.clone(), cell, (options.format, options.seed), serial).await?;
                tell(round, &trial);
                trials.push(trial);
            }
            for trial in &trials[first..] {
                lines.push(&report::line(round, trial, &trials))?;
            }
        }
        rounds.push(trials);
    }
    println!("{}\n\n{}", figures::machine(), versions::list(&beside));
    println!("{}", report::table(options, &rounds));
    Ok(rounds.iter().flatten().map(|trial| trial.failures.len()).sum())
}

/// Starts every target once, however many ways it is spoken to.
fn start(entrants: &[Entrant]) -> anyhow::Result<Vec<(Arc<Target>, Entrant)>> {
    let mut started: Vec<(Arc<Target>, Entrant)> = Vec::new();
    for &entrant in entrants {
        let there = started.iter().find(|(target, _)| target.path == entrant.path);
        let target = match there {
            Some((target, _)) => target.clone(),
            None => {
                eprintln!("starting: {}", entrant.path.title());
                Arc::new(Target::start(entrant.path)?)
            }
        };
        started.push((target, entrant));
    }
    Ok(started)
}

/// Fills pools and caches: the first uploads of a process are not what anyone asks about.
async fn warm_up(options: &Options, targets: &[(Arc<Target>, Entrant)], serial: &mut u64) -> anyhow::Result<()> {
    for target in targets {
        *serial += 1;
        let cell = Cell { bytes: 64 << 10, at_once: 8 };
        let trial = trial::run(target.clone(), cell, (options.format, options.seed), *serial).await?;
        tell(0, &trial);
        anyhow::ensure!(trial.failures.is_empty(), "{} does not work", trial.entrant.title());
    }
    Ok(())
}

fn tell(round: usize, trial: &Trial) {
    let name = if round == 0 { "warm-up".to_owned() } else { format!("round {round}") };
    eprintln!(
        "{name} {:>8} {:<12} {:>8.1} MB/s {:>7.1} req/s, {} read back, {} failures",
        trial.cell.name(),
        trial.entrant.name(),
        trial.bytes as f64 / 1e6 / trial.seconds,
        trial.latencies.len() as f64 / trial.seconds,
        trial.verified,
        trial.failures.len(),
    );
    for failure in trial.failures.iter().take(SHOWN) {
        eprintln!("    {failure}");
    }
}
