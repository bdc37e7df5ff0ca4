//! Table `releases`: when an apprentice was told the results that there were.

use chrono::{DateTime, Utc};

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::ids::{ShowcaseId, UserId};

/// One act of telling.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    pub released_at: DateTime<Utc>,
    pub released_by: UserId,
}

statements! {
    INSERT = "INSERT INTO releases (showcase_id, released_at, released_by) VALUES ($1, $2, $3)";
    LATEST = "SELECT released_at, released_by FROM releases WHERE showcase_id = $1 ORDER BY released_at DESC LIMIT 1";
}

impl FromRow for Release {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { released_at: row.get("released_at")?, released_by: row.id("released_by")? })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, showcase: ShowcaseId, release: Release) -> Result<(), Error> {
    on.query(INSERT).bind(showcase.0).bind(release.released_at).bind(release.released_by.0).execute().await.map(drop)
}

/// The last one.
///
/// # Errors
/// See [`Error`].
pub async fn latest(on: &mut impl Session, showcase: ShowcaseId) -> Result<Option<Release>, Error> {
    on.query(LATEST).bind(showcase.0).fetch_optional().await
}
