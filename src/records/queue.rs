//! An assessor's showcases, straight from the tables: those that wait for a decision, oldest first, and the others, newest
//! first. Only the showcases of a page are looked into.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::gateway::{Component, ComponentDecision, GatewayDetails, Outcome, ShowcaseState};
use crate::domain::ids::{ShowcaseId, UserId};

/// A submitted showcase.
#[derive(Clone, Debug)]
pub struct WaitingRow {
    pub showcase_id: ShowcaseId,
    pub apprentice_name: String,
    pub employer: String,
    pub standard: String,
    pub version: String,
    pub attempt: u32,
    pub submitted_at: DateTime<Utc>,
    pub details: GatewayDetails,
    /// Live pieces.
    pub pieces: u32,
    /// Codes of the areas that a live piece is tagged for.
    pub tagged: Vec<String>,
    /// Components of the open attempt with the decision that stands.
    pub decided: Vec<(Component, ComponentDecision)>,
}

/// A showcase that does not wait for its assessor.
#[derive(Clone, Debug)]
pub struct OtherRow {
    pub showcase_id: ShowcaseId,
    pub apprentice_name: String,
    pub employer: String,
    pub standard: String,
    pub state: ShowcaseState,
    /// The last attempt's number; 0 before the first.
    pub attempt: u32,
    pub outcome: Option<Outcome>,
    pub closed_at: Option<DateTime<Utc>>,
}

statements! {
    // `$2` is the last showcase of the page before; none has the nil id, so the first page begins at the first.
    WAITING = "SELECT q.id, u.name AS apprentice_name, q.employer, q.standard, q.version, q.attempt, q.submitted_at, \
               (SELECT g.details FROM gateways g WHERE g.showcase_id = q.id) AS details, \
               (SELECT COUNT(*) FROM pieces p WHERE p.showcase_id = q.id AND p.slot IS NOT NULL) AS pieces, \
               (SELECT STRING_AGG(area, ',') FROM (SELECT DISTINCT t.area FROM tags t \
               JOIN pieces p ON p.id = t.piece_id WHERE p.showcase_id = q.id AND p.slot IS NOT NULL \
               AND t.removed_at IS NULL) y) AS tagged, \
               (SELECT STRING_AGG(d.component || '=' || d.decision, ',') FROM decisions d \
               WHERE d.showcase_id = q.id AND d.attempt = q.attempt AND NOT EXISTS (SELECT 1 FROM decisions l \
               WHERE l.showcase_id = d.showcase_id AND l.attempt = d.attempt AND l.component = d.component \
               AND (l.decided_at, l.id) > (d.decided_at, d.id))) AS decided \
               FROM (SELECT s.id, s.apprentice_id, s.employer, s.standard, s.version, s.attempt, a.submitted_at \
               FROM showcases s JOIN attempts a ON a.showcase_id = s.id AND a.number = s.attempt \
               WHERE s.assessor_id = $1 AND s.state = 'submitted' AND NOT EXISTS (SELECT 1 FROM attempts b \
               JOIN showcases o ON o.id = b.showcase_id AND o.attempt = b.number \
               WHERE b.showcase_id = $2 AND (b.submitted_at, b.showcase_id) >= (a.submitted_at, s.id)) \
               ORDER BY a.submitted_at, s.id LIMIT $3) q JOIN users u ON u.id = q.apprentice_id \
               ORDER BY q.submitted_at, q.id";
    COUNT = "SELECT COUNT(*) AS waiting FROM showcases WHERE assessor_id = $1 AND state = 'submitted'";
    OTHERS = "SELECT s.id, u.name AS apprentice_name, s.employer, s.standard, s.state, s.attempt, a.outcome, a.closed_at \
              FROM showcases s JOIN users u ON u.id = s.apprentice_id \
              LEFT JOIN attempts a ON a.showcase_id = s.id AND a.number = s.attempt \
              WHERE s.assessor_id = $1 AND s.state <> 'submitted' AND s.id < $2 ORDER BY s.id DESC LIMIT $3";
}

impl FromRow for WaitingRow {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let details = row.get::<Option<&str>>("details")?.map(serde_json::from_str).transpose();
        let listed = |column| {
            let joined = row.get::<Option<&str>>(column)?.unwrap_or_default();
            Ok::<_, Error>(joined.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        Ok(Self {
            showcase_id: row.id("id")?,
            apprentice_name: row.get("apprentice_name")?,
            employer: row.get("employer")?,
            standard: row.get("standard")?,
            version: row.get("version")?,
            attempt: row.number("attempt")?,
            submitted_at: row.get("submitted_at")?,
            details: details.map_err(|_| Error::Inconsistent("details"))?.unwrap_or_default(),
            pieces: row.number("pieces")?,
            tagged: listed("tagged")?,
            decided: listed("decided")?.iter().map(|pair| decision(pair)).collect::<Result<_, _>>()?,
        })
    }
}

/// A component and its decision, as `WAITING` joins them.
fn decision(pair: &str) -> Result<(Component, ComponentDecision), Error> {
    let read = pair.split_once('=').and_then(|(component, word)| Some((component.parse().ok()?, word.parse().ok()?)));
    read.ok_or(Error::Inconsistent("decided"))
}

impl FromRow for OtherRow {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let outcome = row.get::<Option<&str>>("outcome")?.map(str::parse).transpose();
        Ok(Self {
            showcase_id: row.id("id")?,
            apprentice_name: row.get("apprentice_name")?,
            employer: row.get("employer")?,
            standard: row.get("standard")?,
            state: row.parse("state")?,
            attempt: row.number("attempt")?,
            outcome: outcome.map_err(|_| Error::Inconsistent("outcome"))?,
            closed_at: row.get("closed_at")?,
        })
    }
}

/// The submitted showcases of an assessor after the one named, oldest submission first; one row more than `limit` when
/// there is a next page.
///
/// # Errors
/// See [`Error`].
pub async fn waiting(
    on: &mut impl Session,
    assessor: UserId,
    after: Option<ShowcaseId>,
    limit: u32,
) -> Result<Vec<WaitingRow>, Error> {
    let after = after.map_or(Uuid::nil(), |id| id.0);
    on.query(WAITING).bind(assessor.0).bind(after).bind(i64::from(limit) + 1).fetch_all().await
}

struct Waiting(i64);

impl FromRow for Waiting {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("waiting").map(Self)
    }
}

/// How many submitted showcases wait for an assessor.
///
/// # Errors
/// See [`Error`].
pub async fn count(on: &mut impl Session, assessor: UserId) -> Result<i64, Error> {
    on.query(COUNT).bind(assessor.0).fetch_one::<Waiting>().await.map(|waiting| waiting.0)
}

/// The assessor's other showcases below the one named, newest first; one row more than `limit` when there is a next page.
///
/// # Errors
/// See [`Error`].
pub async fn others(
    on: &mut impl Session,
    assessor: UserId,
    below: Option<ShowcaseId>,
    limit: u32,
) -> Result<Vec<OtherRow>, Error> {
    let below = below.map_or(Uuid::max(), |id| id.0);
    on.query(OTHERS).bind(assessor.0).bind(below).bind(i64::from(limit) + 1).fetch_all().await
}
