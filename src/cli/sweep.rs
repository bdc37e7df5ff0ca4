//! `exhibit sweep`: removes what crashes left in the store, and prints how much that was.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use clap::Args;

use super::assemble;
use crate::clock::Clock;
use crate::config::Settings;
use crate::intake;
use crate::storage::Storage;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Minutes that something must be old to be removed: what is younger may belong to an upload under way.
    /// With 0 only when nothing is running
    #[arg(long, value_name = "MINUTES", default_value_t = 24 * 60)]
    older_than: u32,
}

pub async fn run(arguments: Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let storage = Storage::new(&settings.storage, &settings.uploads)?;
    storage.open().await.context("the store cannot be opened")?;
    let db = assemble::database(&settings).await?;
    let now = SystemTime::from(Clock::system().now());
    let grace = Duration::from_secs(u64::from(arguments.older_than) * 60);
    // With 0, what was written a moment ago by a clock that runs ahead counts as well.
    let before = if grace.is_zero() { now + Duration::from_secs(60) } else { now - grace };
    let swept = intake::sweep(&db, &storage, before).await?;
    println!("{}", serde_json::to_string(&swept)?);
    Ok(ExitCode::SUCCESS)
}
