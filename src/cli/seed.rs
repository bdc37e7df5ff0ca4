//! `exhibit seed`.

use std::process::ExitCode;

use clap::Args;

use crate::config::Settings;

#[derive(Debug, Args)]
pub struct Arguments {
    /// How many showcases to make
    #[arg(long, value_name = "N")]
    showcases: u32,
}

pub async fn run(_: Arguments, _: Settings) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not here yet")
}
