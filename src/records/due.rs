//! What the deadlines of many showcases depend on, read in few statements; it has no table of its own.

use chrono::{DateTime, Utc};

use super::showcases::Page;
use super::sittings::Sitting;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::gateway::{GatewayDetails, Outcome, ShowcaseState};
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Scope;

/// A showcase as far as its deadlines need it.
#[derive(Clone, Debug)]
pub struct DueRow {
    pub showcase_id: ShowcaseId,
    pub apprentice_name: String,
    pub standard: String,
    pub version: String,
    pub state: ShowcaseState,
    pub details: GatewayDetails,
    /// Of the attempt that is open or accepted.
    pub submitted_at: Option<DateTime<Utc>>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub released_at: Option<DateTime<Utc>>,
}

macro_rules! rows {
    ($and:literal) => {
        concat!(
            "SELECT s.id, u.name AS apprentice_name, s.standard, s.version, s.state, g.details, a.submitted_at, ",
            "a.closed_at, a.outcome, r.released_at FROM showcases s JOIN users u ON u.id = s.apprentice_id ",
            "LEFT JOIN gateways g ON g.showcase_id = s.id ",
            "LEFT JOIN attempts a ON a.showcase_id = s.id AND a.number = s.attempt ",
            "LEFT JOIN releases r ON r.showcase_id = s.id AND r.released_at = ",
            "(SELECT MAX(l.released_at) FROM releases l WHERE l.showcase_id = s.id) WHERE s.id > $1 ",
            $and,
            " ORDER BY s.id LIMIT $2"
        )
    };
}

macro_rules! sittings {
    ($and:literal) => {
        concat!(
            "SELECT t.showcase_id, t.component, t.number, t.round, t.kind, t.planned_on, t.held_on, t.minutes, t.mode, ",
            "t.result, t.opened_by, t.opened_at, t.closed_by, t.closed_at ",
            "FROM showcases s JOIN sittings t ON t.showcase_id = s.id WHERE s.id > $1 AND s.id <= $2 ",
            $and,
            " ORDER BY t.showcase_id, t.component, t.number"
        )
    };
}

statements! {
    ALL = rows!("");
    OF_APPRENTICE = rows!("AND s.apprentice_id = $3");
    OF_PROVIDER = rows!("AND s.provider_id = $3");
    OF_ASSESSOR = rows!("AND s.assessor_id = $3");
    SITTINGS_ALL = sittings!("");
    SITTINGS_OF_APPRENTICE = sittings!("AND s.apprentice_id = $3");
    SITTINGS_OF_PROVIDER = sittings!("AND s.provider_id = $3");
    SITTINGS_OF_ASSESSOR = sittings!("AND s.assessor_id = $3");
}

impl FromRow for DueRow {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let details = row.get::<Option<&str>>("details")?.map(serde_json::from_str).transpose();
        let outcome = row.get::<Option<&str>>("outcome")?.map(str::parse::<Outcome>).transpose();
        let outcome = outcome.map_err(|_| Error::Inconsistent("outcome"))?;
        let (submitted_at, closed_at): (Option<_>, Option<_>) = (row.get("submitted_at")?, row.get("closed_at")?);
        Ok(Self {
            showcase_id: row.id("id")?,
            apprentice_name: row.get("apprentice_name")?,
            standard: row.get("standard")?,
            version: row.get("version")?,
            state: row.parse("state")?,
            details: details.map_err(|_| Error::Inconsistent("details"))?.unwrap_or_default(),
            submitted_at: submitted_at.filter(|_| outcome != Some(Outcome::Returned)),
            accepted_at: closed_at.filter(|_| outcome == Some(Outcome::Accepted)),
            released_at: row.get("released_at")?,
        })
    }
}

/// The showcases of a scope in the order in which they were made; one row more than `page.limit` when there is a next
/// page.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, scope: Scope, page: Page) -> Result<Vec<DueRow>, Error> {
    let (after, limit) = (page.after.unwrap_or_default(), i64::from(page.limit) + 1);
    match scope {
        Scope::All => on.query(ALL).bind(after).bind(limit).fetch_all().await,
        Scope::OfApprentice(id) => on.query(OF_APPRENTICE).bind(after).bind(limit).bind(id.0).fetch_all().await,
        Scope::OfProvider(id) => on.query(OF_PROVIDER).bind(after).bind(limit).bind(id.0).fetch_all().await,
        Scope::OfAssessor(id) => on.query(OF_ASSESSOR).bind(after).bind(limit).bind(id.0).fetch_all().await,
        Scope::Nothing => Ok(Vec::new()),
    }
}

/// The sittings of the scope's showcases after `page.after`, up to `last`.
///
/// # Errors
/// See [`Error`].
pub async fn sittings(
    on: &mut impl Session,
    scope: Scope,
    page: Page,
    last: ShowcaseId,
) -> Result<Vec<Sitting>, Error> {
    let (after, last) = (page.after.unwrap_or_default(), last.0);
    match scope {
        Scope::All => on.query(SITTINGS_ALL).bind(after).bind(last).fetch_all().await,
        Scope::OfApprentice(id) => on.query(SITTINGS_OF_APPRENTICE).bind(after).bind(last).bind(id.0).fetch_all().await,
        Scope::OfProvider(id) => on.query(SITTINGS_OF_PROVIDER).bind(after).bind(last).bind(id.0).fetch_all().await,
        Scope::OfAssessor(id) => on.query(SITTINGS_OF_ASSESSOR).bind(after).bind(last).bind(id.0).fetch_all().await,
        Scope::Nothing => Ok(Vec::new()),
    }
}
