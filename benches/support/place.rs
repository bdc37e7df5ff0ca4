//! Where a run takes place: the folders and servers that `benches/run` has made ready.

use std::env;
use std::path::PathBuf;

use anyhow::Context;

/// True if the program was started to measure: `cargo test --all-targets` starts it too, and must
/// neither fail nor wait for minutes.
pub fn asked_to_measure() -> bool {
    let asked = env::args().any(|argument| argument == "--bench");
    if !asked {
        println!("this is a benchmark; start it with benches/run");
    }
    asked
}

/// A setting that `benches/run` passes on.
pub fn setting(name: &str) -> anyhow::Result<String> {
    env::var(name).with_context(|| format!("{name} is not set; start the benchmark with benches/run"))
}

/// The folder for everything that is thrown away after the run.
pub fn scratch() -> anyhow::Result<PathBuf> {
    setting("BENCH_SCRATCH").map(PathBuf::from)
}

/// The folder for the raw figures.
pub fn results() -> anyhow::Result<PathBuf> {
    setting("BENCH_RESULTS").map(PathBuf::from)
}

/// The value that follows an option, or what is wrong about it.
pub fn value<T: std::str::FromStr>(option: &str, next: Option<String>) -> anyhow::Result<T> {
    let text = next.with_context(|| format!("{option} needs a value"))?;
    text.parse().ok().with_context(|| format!("{option}: {text:?} is not a value for it"))
}
