//! Tables `attempts` and `decisions`: what was submitted to the gateway, word for word, and what was decided.
//! Neither is ever rewritten; an attempt is closed once, and a later decision stands in place of an earlier one.

use chrono::{DateTime, Utc};

use super::many::{self, many};
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::gateway::{Component, ComponentDecision, Outcome};
use crate::domain::ids::{DecisionId, ShowcaseId, UserId};

/// A submitted gateway attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub showcase_id: ShowcaseId,
    /// Counted from 1.
    pub number: u32,
    /// The JSON text whose SHA-256 is `snapshot_sha256`.
    pub snapshot: String,
    pub snapshot_sha256: Digest,
    pub submitted_by: UserId,
    pub submitted_at: DateTime<Utc>,
    /// `None` while it is open.
    pub outcome: Option<Outcome>,
    pub closed_by: Option<UserId>,
    pub closed_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
}

/// A decision on one component of an attempt.
#[derive(Clone, Debug)]
pub struct Decision {
    pub id: DecisionId,
    pub showcase_id: ShowcaseId,
    pub attempt: u32,
    pub component: Component,
    pub decision: ComponentDecision,
    /// A reason code; always there for a rejection.
    pub reason: Option<String>,
    pub note: String,
    pub decided_by: UserId,
    pub decided_at: DateTime<Utc>,
    /// The earlier attempt in which it was made, when it stands because what was accepted did not change since.
    pub carried_from: Option<u32>,
}

/// How and by whom an attempt ends.
#[derive(Clone, Debug)]
pub struct Closing<'a> {
    pub outcome: Outcome,
    pub by: UserId,
    pub at: DateTime<Utc>,
    pub note: Option<&'a str>,
}

statements! {
    INSERT = "INSERT INTO attempts (showcase_id, number, snapshot, snapshot_sha256, submitted_by, submitted_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    LIST = "SELECT showcase_id, number, snapshot, snapshot_sha256, submitted_by, submitted_at, outcome, closed_by, \
            closed_at, note FROM attempts WHERE showcase_id = $1 ORDER BY number";
    CLOSE = "UPDATE attempts SET outcome = $3, closed_by = $4, closed_at = $5, note = $6 \
             WHERE showcase_id = $1 AND number = $2 AND outcome IS NULL";
    DECIDE = "INSERT INTO decisions (id, showcase_id, attempt, component, decision, reason, note, decided_by, decided_at, \
              carried_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    DECIDE_MANY = many!(DECIDE.sqlite);
    DECISIONS = "SELECT id, showcase_id, attempt, component, decision, reason, note, decided_by, decided_at, \
                 carried_from FROM decisions WHERE showcase_id = $1 ORDER BY attempt, decided_at, id";
}

impl FromRow for Attempt {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let outcome = row.get::<Option<&str>>("outcome")?.map(str::parse).transpose();
        Ok(Self {
            showcase_id: row.id("showcase_id")?,
            number: row.number("number")?,
            snapshot: row.get("snapshot")?,
            snapshot_sha256: row.bytes("snapshot_sha256")?,
            submitted_by: row.id("submitted_by")?,
            submitted_at: row.get("submitted_at")?,
            outcome: outcome.map_err(|_| Error::Inconsistent("outcome"))?,
            closed_by: row.id_or_none("closed_by")?,
            closed_at: row.get("closed_at")?,
            note: row.get("note")?,
        })
    }
}

impl FromRow for Decision {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let carried_from = row.get::<Option<i64>>("carried_from")?.map(u32::try_from).transpose();
        Ok(Self {
            id: row.id("id")?,
            showcase_id: row.id("showcase_id")?,
            attempt: row.number("attempt")?,
            component: row.parse("component")?,
            decision: row.parse("decision")?,
            reason: row.get("reason")?,
            note: row.get("note")?,
            decided_by: row.id("decided_by")?,
            decided_at: row.get("decided_at")?,
            carried_from: carried_from.map_err(|_| Error::Inconsistent("carried_from"))?,
        })
    }
}

/// # Errors
/// [`Error::Conflict`] when the number is taken.
pub async fn insert(on: &mut impl Session, attempt: &Attempt) -> Result<(), Error> {
    on.query(INSERT)
        .bind(attempt.showcase_id.0)
        .bind(i64::from(attempt.number))
        .bind(&attempt.snapshot)
        .bind(attempt.snapshot_sha256.as_bytes().as_slice())
        .bind(attempt.submitted_by.0)
        .bind(attempt.submitted_at)
        .execute()
        .await
        .map(drop)
}

/// A showcase's attempts, first to last.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Attempt>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}

/// Closes an open attempt; says whether it was still open.
///
/// # Errors
/// See [`Error`].
pub async fn close(
    on: &mut impl Session,
    showcase: ShowcaseId,
    number: u32,
    closing: &Closing<'_>,
) -> Result<bool, Error> {
    let closed = on
        .query(CLOSE)
        .bind(showcase.0)
        .bind(i64::from(number))
        .bind(closing.outcome.word())
        .bind(closing.by.0)
        .bind(closing.at)
        .bind(closing.note)
        .execute()
        .await?;
    Ok(closed == 1)
}

/// # Errors
/// See [`Error`].
pub async fn decide(on: &mut impl Session, decision: &Decision) -> Result<(), Error> {
    bind_decision(on.query(DECIDE), decision).execute().await.map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn decide_many(on: &mut impl Session, decisions: &[Decision]) -> Result<(), Error> {
    many::insert_many(on, (DECIDE, DECIDE_MANY), decisions, bind_decision).await
}

fn bind_decision<'q>(query: Query<'q>, decision: &Decision) -> Query<'q> {
    query
        .bind(decision.id.0)
        .bind(decision.showcase_id.0)
        .bind(i64::from(decision.attempt))
        .bind(decision.component.word())
        .bind(decision.decision.word())
        .bind(&decision.reason)
        .bind(&decision.note)
        .bind(decision.decided_by.0)
        .bind(decision.decided_at)
        .bind(decision.carried_from.map(i64::from))
}

/// Every decision on a showcase's attempts, in the order in which they were made.
///
/// # Errors
/// See [`Error`].
pub async fn decisions(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Decision>, Error> {
    on.query(DECISIONS).bind(showcase.0).fetch_all().await
}
