//! Table `throttles`: how often something was tried since when, shared by all replicas. A subject is a digest, so that
//! the table names neither people nor network addresses.

use chrono::{DateTime, Utc};

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::digest::Digest;

/// How often a subject tried.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    /// This attempt among them.
    pub attempts: u32,
    pub started_at: DateTime<Utc>,
}

statements! {
    // $3 is the start before which attempts no longer count.
    COUNT = "INSERT INTO throttles (subject, attempts, started_at) VALUES ($1, 1, $2) ON CONFLICT (subject) DO UPDATE \
             SET attempts = CASE WHEN throttles.started_at <= $3 THEN 1 ELSE throttles.attempts + 1 END, \
             started_at = CASE WHEN throttles.started_at <= $3 THEN excluded.started_at ELSE throttles.started_at END \
             RETURNING attempts, started_at";
    FORGIVE_ONE = "UPDATE throttles SET attempts = attempts - 1 WHERE subject = $1 AND attempts > 0";
    FORGIVE = "DELETE FROM throttles WHERE subject = $1";
    REMOVE_OLD = "DELETE FROM throttles WHERE started_at <= $1";
}

impl FromRow for Tally {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { attempts: row.number("attempts")?, started_at: row.get("started_at")? })
    }
}

/// Counts an attempt, and forgets those of before `since`.
///
/// # Errors
/// See [`Error`].
pub async fn count(
    on: &mut impl Session,
    subject: Digest,
    now: DateTime<Utc>,
    since: DateTime<Utc>,
) -> Result<Tally, Error> {
    on.query(COUNT).bind(subject.as_bytes().as_slice()).bind(now).bind(since).fetch_one().await
}

/// Takes one attempt back.
///
/// # Errors
/// See [`Error`].
pub async fn forgive_one(on: &mut impl Session, subject: Digest) -> Result<(), Error> {
    on.query(FORGIVE_ONE).bind(subject.as_bytes().as_slice()).execute().await.map(drop)
}

/// Takes all attempts of a subject back.
///
/// # Errors
/// See [`Error`].
pub async fn forgive(on: &mut impl Session, subject: Digest) -> Result<(), Error> {
    on.query(FORGIVE).bind(subject.as_bytes().as_slice()).execute().await.map(drop)
}

/// Removes what no longer counts for anybody.
///
/// # Errors
/// See [`Error`].
pub async fn remove_old(on: &mut impl Session, since: DateTime<Utc>) -> Result<(), Error> {
    on.query(REMOVE_OLD).bind(since).execute().await.map(drop)
}
