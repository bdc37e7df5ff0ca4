//! When a browser on a slow line paints the first of a cohort.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::Options;
use crate::support::figures::{Lines, cell, median};

/// Measures it, if there is a browser.
pub async fn first(options: &Options, host: &str, token: &str, lines: &mut Lines) -> anyhow::Result<()> {
    let Ok(folder) = env::var("BENCH_PAINTER") else { return Ok(()) };
    let address = format!("http://{host}/");
    let arguments = ["paint.mjs", &address, token, &options.paints.to_string()];
    let output = Command::new("node").args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.context("node")?;
    ensure!(output.status.success(), "paint.mjs: {}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let paints: Vec<f64> = told["paints_ms"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    ensure!(!paints.is_empty(), "no paint was told: {told}");
    let worst = paints.iter().copied().fold(0.0, f64::max);
    lines.push(
        &json!({"page": "/ (first paint)", "database": options.database, "paints_ms": paints, "bytes": told["bytes"]}),
    )?;
    println!(
        "\nFirst contentful paint of the cohort over slow 4G (1.6 Mbit/s, 562.5 ms a request), cold, {} times: median {} ms, \
         worst {} ms, {} KB in all.",
        paints.len(),
        cell(median(&paints), 0),
        cell(worst, 0),
        cell(told["bytes"].as_f64().unwrap_or(f64::NAN) / 1024.0, 1)
    );
    Ok(())
}
