//! `exhibit migrate`: also done at the start of `serve`, here for those who separate the two.

use std::process::ExitCode;

use super::assemble;
use crate::config::Settings;

pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    assemble::database(&settings).await?.close().await;
    Ok(ExitCode::SUCCESS)
}
