//! From single runs to the table that people read.

use serde_json::{Value, json};

use crate::options::{Cell, Options, Path};
use crate::support::figures::{cell as shown, median, percentile};
use crate::trial::Trial;

/// One line of raw figures.
pub fn line(round: usize, trial: &Trial, ratio: f64) -> Value {
    json!({
        "round": round,
        "cell": trial.cell.name(),
        "target": trial.path.name(),
        "uploads": trial.latencies.len(),
        "failures": trial.failures.len(),
        "verified": trial.verified,
        "bytes": trial.bytes,
        "seconds": trial.seconds,
        "mb_per_s": megabytes_per_second(trial),
        "requests_per_s": requests_per_second(trial),
        "p50_ms": percentile(&trial.latencies, 0.50),
        "p99_ms": percentile(&trial.latencies, 0.99),
        "ratio_to_direct": ratio,
        "service_cpu_s": trial.cost.service,
        "service_cpu_s_per_gb": cpu_per_gigabyte(trial),
        "service_peak_mib": trial.cost.peak_mib,
        "client_cpu_s": trial.cost.client,
        "store_cpu_s": trial.cost.store,
        "database_cpu_s": trial.cost.database,
        "others_cpu_share": trial.cost.others,
    })
}

/// The speed of a trial in relation to the direct PUT of the same round.
pub fn ratio(trial: &Trial, round: &[Trial]) -> f64 {
    let direct = round.iter().find(|other| other.cell == trial.cell && other.path == Path::Direct);
    direct.map_or(f64::NAN, |direct| megabytes_per_second(trial) / megabytes_per_second(direct))
}

/// The whole table: medians over the rounds.
pub fn table(options: &Options, rounds: &[Vec<Trial>]) -> String {
    let mut table = String::from(
        "| size / at once | into | MB/s | req/s | p50 ms | p99 ms | × direct | CPU s/GB | peak MiB | others' CPU |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for &cell in &options.cells {
        for path in Path::ALL.into_iter().filter(|path| options.paths.contains(path)) {
            table.push_str(&row(cell, path, rounds));
        }
    }
    table
}

fn row(cell: Cell, path: Path, rounds: &[Vec<Trial>]) -> String {
    let over_rounds = |figure: &dyn Fn(&Trial, &[Trial]) -> f64| {
        let found = rounds.iter().filter_map(|round| {
            let trial = round.iter().find(|trial| trial.cell == cell && trial.path == path)?;
            Some(figure(trial, round))
        });
        median(&found.collect::<Vec<f64>>())
    };
    // A round shows its own peak; of memory the worst one counts, not the middle one.
    let trials = rounds.iter().flatten().filter(|trial| trial.cell == cell && trial.path == path);
    let peak = trials.map(|trial| trial.cost.peak_mib).fold(f64::NAN, f64::max);
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} % |\n",
        cell.name(),
        path.title(),
        shown(over_rounds(&|trial, _| megabytes_per_second(trial)), 0),
        shown(over_rounds(&|trial, _| requests_per_second(trial)), 1),
        shown(over_rounds(&|trial, _| percentile(&trial.latencies, 0.50)), 1),
        shown(over_rounds(&|trial, _| percentile(&trial.latencies, 0.99)), 1),
        shown(over_rounds(&ratio), 2),
        shown(over_rounds(&|trial, _| cpu_per_gigabyte(trial)), 2),
        shown(peak, 0),
        shown(over_rounds(&|trial, _| trial.cost.others * 100.0), 0),
    )
}

fn megabytes_per_second(trial: &Trial) -> f64 {
    trial.bytes as f64 / 1e6 / trial.seconds
}

fn requests_per_second(trial: &Trial) -> f64 {
    trial.latencies.len() as f64 / trial.seconds
}

fn cpu_per_gigabyte(trial: &Trial) -> f64 {
    trial.cost.service / (trial.bytes as f64 / 1e9)
}
