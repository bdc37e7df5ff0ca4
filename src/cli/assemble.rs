//! Puts the rooms together from the settings, for the commands that need them.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::access::Access;
use crate::clock::Clock;
use crate::config::{Settings, SettingsError, StandardsSettings};
use crate::db::Database;
use crate::domain::calendar::Calendar;
use crate::domain::standard::{Standard, Standards, Wording};
use crate::examine::Examiner;
use crate::mail::{BadRoute, Mailer};
use crate::people::People;
use crate::storage::{Integrity, Storage};
use crate::web::{App, Parts};

const ST0072: &str = include_str!("../../config/standards/st0072-1.1.toml");
const CALENDAR: &str = include_str!("../../config/calendars/england-and-wales.toml");

/// Opens the database and brings its schema up to date.
///
/// # Errors
/// When it cannot be opened, or was migrated by a newer version.
pub async fn database(settings: &Settings) -> anyhow::Result<Database> {
    let db = Database::open(&settings.database).await.context("the database cannot be opened")?;
    db.migrate().await?;
    Ok(db)
}

/// People and their organisations, over an open database.
///
/// # Errors
/// As [`database`].
pub async fn people(settings: &Settings) -> anyhow::Result<People> {
    Ok(People::new(database(settings).await?, Clock::system()))
}

/// Links and passwords, over an open database.
///
/// # Errors
/// As [`database`].
pub async fn access(settings: &Settings) -> anyhow::Result<Access> {
    Ok(Access::new(database(settings).await?, Clock::system(), settings.sign_in.clone()))
}

/// The whole service. `clock` is the system's but in tests.
///
/// # Errors
/// When a setting is wrong, or the database or the store cannot be opened.
pub async fn app(settings: &Settings, clock: Clock, metrics: PrometheusHandle) -> anyhow::Result<App> {
    let storage = Storage::new(&settings.storage, &settings.uploads)?;
    let calendar = calendar()?;
    let (standards, wording) = standards(&settings.standards, &calendar)?;
    let db = database(settings).await?;
    let integrity =
        storage.open().await.with_context(|| format!("the store {} cannot be opened", settings.storage.url))?;
    if integrity == Integrity::Unverified {
        tracing::warn!(
            "the store accepts bytes with a wrong checksum: damage on the way to it is noticed only on reading"
        );
    }
    let mailer = mailer(settings, clock.clone())?;
    let parts = Parts {
        db,
        storage,
        integrity,
        clock,
        standards: Arc::new(standards),
        wording: Arc::new(wording),
        calendar: Arc::new(calendar),
        examiner: examiner(settings)?,
        mailer,
        metrics,
    };
    Ok(App::new(parts, settings))
}

/// What sends mail.
///
/// # Errors
/// When a setting is wrong.
fn mailer(settings: &Settings, clock: Clock) -> Result<Mailer, SettingsError> {
    Mailer::new(&settings.mail, clock).map_err(|error| {
        let key = match error {
            BadRoute::From(_) => "mail.from",
            BadRoute::Url(_) => "mail.url",
        };
        SettingsError::Wrong { key, problem: error.to_string() }
    })
}

/// What judges files, whose processes start when they are needed.
///
/// # Errors
/// When the system has no room for it.
pub fn examiner(settings: &Settings) -> anyhow::Result<Examiner> {
    Examiner::new(settings).context("the inspection of files cannot be prepared")
}

/// The calendar by which working days are counted.
///
/// # Errors
/// Never, unless the program was built wrong.
pub fn calendar() -> anyhow::Result<Calendar> {
    Calendar::parse(CALENDAR).context("the compiled-in calendar")
}

/// The compiled-in standard first, then those of the operator's folder; and the official wording, if there is any.
///
/// # Errors
/// When a file is missing or contradicts itself.
pub fn standards(settings: &StandardsSettings, calendar: &Calendar) -> anyhow::Result<(Standards, Wording)> {
    let wrong = |key, problem: String| SettingsError::Wrong { key, problem };
    let first = Standard::parse(ST0072).context("the compiled-in standard")?;
    let wording = match &settings.wording {
        None => Wording::default(),
        Some(path) => {
            let unreadable = |error: &dyn Display| wrong("standards.wording", format!("{}: {error}", path.display()));
            let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
            Wording::parse(&text, &first).map_err(|error| unreadable(&error))?
        }
    };
    let mut all = vec![first];
    if let Some(folder) = &settings.folder {
        let unreadable =
            |path: &Path, error: &dyn Display| wrong("standards.folder", format!("{}: {error}", path.display()));
        for path in standard_files(folder).map_err(|error| unreadable(folder, &error))? {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            all.push(Standard::parse(&text).map_err(|error| unreadable(&path, &error))?);
        }
    }
    if let Some(other) = all.iter().find(|standard| standard.calendar() != calendar.name()) {
        let problem = format!("{} asks for the calendar `{}`, which is not here", other.code(), other.calendar());
        return Err(wrong("standards.folder", problem).into());
    }
    let standards = Standards::new(all).map_err(|error| wrong("standards.folder", error.to_string()))?;
    Ok((standards, wording))
}

fn standard_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = entries.collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}
