//! `exhibit seed`: fills an empty service with made-up people and showcases, the same ones each time. Only the
//! tokens, which it prints at the end, are different ones.

mod batch;
mod cast;
mod days;
mod dice;
mod files;
mod gateway;
mod mapping;
mod piece;
mod plan;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use self::batch::Batch;
use self::cast::Cast;
use self::plan::Plan;
use super::assemble;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::Database;
use crate::people::People;
use crate::records::users;
use crate::storage::Storage;

/// Showcases that are made, sealed and recorded together. To the embedded database one batch writes at a time, and the
/// others must not wait for it longer than `acquire_timeout_s`.
const BATCH: u32 = 200;
/// Batches under way at the same time: while one waits for the database, another is made.
const UNDER_WAY: usize = 3;
const PROGRESS_EVERY: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub struct Arguments {
    /// How many showcases to make
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    showcases: u32,
    /// How many pieces each showcase has, at most as many as the standard lets it have
    #[arg(long, value_name = "P", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pieces: u32,
    /// How many showcases a provider has, about
    #[arg(long, value_name = "S", default_value_t = cast::TO_A_PROVIDER, value_parser = clap::value_parser!(u32).range(1..))]
    to_a_provider: u32,
    /// Write rows only, for measuring reports: such pieces have no content to open
    #[arg(long)]
    rows_only: bool,
}

/// The last line on standard output.
#[derive(Serialize)]
struct Seeded {
    showcases: u32,
    pieces: u64,
    admin_token: String,
    provider_token: String,
    assessor_token: String,
    apprentice_token: String,
}

/// Everything that a batch needs.
struct Seeding {
    plan: Plan,
    db: Database,
    /// `None` where only rows are wanted.
    storage: Option<Storage>,
}

pub async fn run(arguments: Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let Arguments { showcases, pieces, to_a_provider, rows_only } = arguments;
    let calendar = assemble::calendar()?;
    let (standards, _) = assemble::standards(&settings.standards, &calendar)?;
    let standard = standards.iter().next().context("no standard is configured")?.clone();
    let limit = standard.limits().pieces;
    if pieces > limit {
        eprintln!("exhibit: a showcase of {} has at most {limit} pieces", standard.code());
        return Ok(ExitCode::from(2));
    }
    let db = assemble::database(&settings).await?;
    ensure!(
        users::count(&mut &db).await? == 0,
        "this database has people already; seeding is for an empty one, so that it cannot mix with anybody's work"
    );
    let storage = if rows_only { None } else { Some(opened(&settings).await?) };
    let plan = Plan { standard, calendar, cast: Cast::new(showcases, to_a_provider), showcases, pieces };
    plan.cast.record(&db).await?;
    let seeding = Arc::new(Seeding { plan, db, storage });
    seed(&seeding).await?;
    let seeded = seeding.finish().await?;
    println!("{}", serde_json::to_string(&seeded)?);
    seeding.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn opened(settings: &Settings) -> anyhow::Result<Storage> {
    let storage = Storage::new(&settings.storage, &settings.uploads)?;
    storage.open().await.with_context(|| format!("the store {} cannot be opened", settings.storage.url))?;
    Ok(storage)
}

/// Makes every showcase.
async fn seed(seeding: &Arc<Seeding>) -> anyhow::Result<()> {
    let all = seeding.plan.showcases;
    let ranges = (0..all).step_by(BATCH as usize).map(|start| start..all.min(start + BATCH));
    let spawned = ranges.map(|range| {
        let seeding = Arc::clone(seeding);
        async move { tokio::spawn(async move { seeding.batch(range).await }).await? }
    });
    let mut batches = stream::iter(spawned).buffer_unordered(UNDER_WAY);
    let (begun, mut told, mut done) = (Instant::now(), Instant::now(), 0);
    while let Some(made) = batches.try_next().await? {
        done += made;
        if told.elapsed() >= PROGRESS_EVERY {
            told = Instant::now();
            eprintln!("exhibit: {done} of {all} showcases after {} s", begun.elapsed().as_secs());
        }
    }
    eprintln!("exhibit: {done} showcases in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

impl Seeding {
    /// Makes some showcases; answers how many.
    async fn batch(&self, range: Range<u32>) -> anyhow::Result<u32> {
        let made = range.end - range.start;
        let mut batch = Batch::new(self.storage.is_some());
        for number in range {
            self.plan.add(number, &mut batch)?;
        }
        if let Some(storage) = &self.storage {
            batch.seal(storage).await.context("the files could not be stored")?;
        }
        batch.record(&self.db).await.context("the showcases could not be recorded")?;
        Ok(made)
    }

    /// Gives one person of each role a token.
    async fn finish(&self) -> anyhow::Result<Seeded> {
        let people = People::new(self.db.clone(), Clock::system());
        let Plan { cast, showcases, pieces, .. } = &self.plan;
        let token =
            async |person| Ok::<_, anyhow::Error>(people.issue_token(person, None).await?.secret.expose().to_owned());
        Ok(Seeded {
            showcases: *showcases,
            pieces: u64::from(*showcases) * u64::from(*pieces),
            admin_token: token(cast.admin).await?,
            provider_token: token(cast.providers[0].staff).await?,
            assessor_token: token(cast.assessors[0]).await?,
            apprentice_token: token(self.plan.apprentice()).await?,
        })
    }
}
