//! From single runs to the table that people read.

use serde_json::{Value, json};

use crate::options::{Cell, Entrant, Options, Path};
use crate::support::figures::{cell as shown, median, percentile};
use crate::trial::Trial;

/// One line of raw figures.
pub fn line(round: usize, trial: &Trial, of_round: &[Trial]) -> Value {
    json!({
        "round": round,
        "cell": trial.cell.name(),
        "target": trial.entrant.path.name(),
        "proto": trial.entrant.proto.name(),
        "uploads": trial.latencies.len(),
        "failures": trial.failures.len(),
        "verified": trial.verified,
        "bytes": trial.bytes,
        "seconds": trial.seconds,
        "mb_per_s": megabytes_per_second(trial),
        "requests_per_s": requests_per_second(trial),
        "p50_ms": percentile(&trial.latencies, 0.50),
        "p99_ms": percentile(&trial.latencies, 0.99),
        "ratio_to_direct": ratio(trial, of_round, Path::Direct),
        "ratio_to_relay": ratio(trial, of_round, Path::Relay),
        "ratio_to_tus_node": ratio(trial, of_round, Path::TusNode),
        "service_cpu_s": trial.cost.service,
        "service_cpu_s_per_gb": cpu_per_gigabyte(trial),
        "service_cpu_ms_per_upload": cpu_per_upload(trial),
        "service_peak_mib": trial.cost.memory.once,
        "service_summed_peak_mib": trial.cost.memory.summed,
        "client_cpu_s": trial.cost.client,
        "store_cpu_s": trial.cost.store,
        "database_cpu_s": trial.cost.database,
        "others_cpu_share": trial.cost.others,
    })
}

/// The speed of a trial in relation to another target of the same round: to `@tus/server` only for
/// what is sent as to it.
fn ratio(trial: &Trial, round: &[Trial], base: Path) -> f64 {
    let is_base = |other: &&Trial| {
        other.cell == trial.cell
            && other.entrant.path == base
            && (base != Path::TusNode || other.entrant.proto == trial.entrant.proto)
    };
    round.iter().find(is_base).map_or(f64::NAN, |base| megabytes_per_second(trial) / megabytes_per_second(base))
}

/// The whole table: medians over the rounds.
pub fn table(options: &Options, rounds: &[Vec<Trial>]) -> String {
    let mut table = String::from(
        "| size / at once | into | MB/s | req/s | p50 ms | p99 ms | × direct | × relay | × tus-node | CPU s/GB \
         | CPU ms/upload | peak MiB | peaks summed | others' CPU |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for &cell in &options.cells {
        for &entrant in options.entrants.iter().filter(|entrant| options.takes_part(**entrant, cell)) {
            table.push_str(&row(cell, entrant, rounds));
        }
    }
    table
}

fn row(cell: Cell, entrant: Entrant, rounds: &[Vec<Trial>]) -> String {
    let is_it = |trial: &&Trial| trial.cell == cell && trial.entrant == entrant;
    let over_rounds = |figure: &dyn Fn(&Trial, &[Trial]) -> f64| {
        let found = rounds.iter().filter_map(|round| Some(figure(round.iter().find(is_it)?, round)));
        median(&found.collect::<Vec<f64>>())
    };
    let middle = |digits: usize, figure: &dyn Fn(&Trial) -> f64| shown(over_rounds(&|trial, _| figure(trial)), digits);
    let beside = |base: Path| shown(over_rounds(&|trial, round| ratio(trial, round, base)), 2);
    // A round shows its own peak; of memory the worst one counts, not the middle one.
    let worst = |figure: &dyn Fn(&Trial) -> f64| {
        shown(rounds.iter().flatten().filter(is_it).map(figure).fold(f64::NAN, f64::max), 0)
    };
    let columns = [
        cell.name(),
        entrant.title(),
        middle(0, &megabytes_per_second),
        middle(1, &requests_per_second),
        middle(1, &|trial| percentile(&trial.latencies, 0.50)),
        middle(1, &|trial| percentile(&trial.latencies, 0.99)),
        beside(Path::Direct),
        beside(Path::Relay),
        beside(Path::TusNode),
        middle(2, &cpu_per_gigabyte),
        middle(2, &cpu_per_upload),
        worst(&|trial| trial.cost.memory.once),
        worst(&|trial| trial.cost.memory.summed),
        format!("{} %", middle(0, &|trial| trial.cost.others * 100.0)),
    ];
    format!("| {} |\n", columns.join(" | "))
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

/// Milliseconds of the service's CPU for one upload.
fn cpu_per_upload(trial: &Trial) -> f64 {
    trial.cost.service * 1e3 / trial.latencies.len() as f64
}
