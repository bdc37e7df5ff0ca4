//! PostgreSQL by its own client, for what is done outside the timed parts.

use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::place;

/// Runs one statement and returns what it printed, without decoration.
pub fn psql(statement: &str) -> anyhow::Result<String> {
    let url = place::setting("BENCH_POSTGRES_URL")?;
    let arguments = ["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--dbname", &url, "--command", statement];
    let output = Command::new("psql").args(arguments).stdin(Stdio::null()).output().context("psql")?;
    ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
