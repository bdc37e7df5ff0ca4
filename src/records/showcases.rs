//! Table `showcases`: one apprentice's portfolio for one standard. Every writer of a showcase moves its
//! `revision` first ([`lock`]), so two writers of one showcase never interleave, on either database.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::many::{self, many};
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{OrganisationId, ShowcaseId, UserId};
use crate::domain::permission::{Parties, Scope};

/// A recorded showcase with the person it belongs to.
#[derive(Clone, Debug)]
pub struct Showcase {
    pub id: ShowcaseId,
    pub standard: String,
    pub version: String,
    pub piece_limit: i64,
    pub apprentice_id: UserId,
    pub apprentice_name: String,
    pub apprentice_email: String,
    pub provider_id: OrganisationId,
    pub assessor_id: Option<UserId>,
    pub employer: String,
    pub uln: Option<String>,
    pub uln_reason: Option<String>,
    pub started_on: NaiveDate,
    pub state: ShowcaseState,
    /// Gateway attempts submitted so far.
    pub attempt: u32,
    /// Moved by every change.
    pub revision: i64,
    pub created_at: DateTime<Utc>,
    /// Live pieces.
    pub pieces: i64,
}

/// What a page of a list asks for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The last id of the page before.
    pub after: Option<Uuid>,
    /// Rows.
    pub limit: u32,
}

/// What is read of a showcase `s` and its apprentice `u`.
macro_rules! columns {
    () => {
        "s.id, s.standard, s.version, s.piece_limit, s.apprentice_id, u.name AS apprentice_name, \
         u.email AS apprentice_email, s.provider_id, s.assessor_id, s.employer, s.uln, s.uln_reason, \
         s.started_on, s.state, s.attempt, s.revision, s.created_at, \
         (SELECT COUNT(*) FROM pieces p WHERE p.showcase_id = s.id AND p.slot IS NOT NULL) AS pieces"
    };
}
pub(super) use columns;

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM showcases s JOIN users u ON u.id = s.apprentice_id WHERE ", $rest)
    };
}

statements! {
    INSERT = "INSERT INTO showcases (id, standard, version, piece_limit, apprentice_id, provider_id, assessor_id, employer, \
              uln, uln_reason, started_on, state, attempt, revision, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    INSERT_MANY = many!(INSERT.sqlite);
    FIND = select!("s.id = $1");
    LIST_ALL = select!("s.id > $1 ORDER BY s.id LIMIT $2");
    LIST_OF_APPRENTICE = select!("s.id > $1 AND s.apprentice_id = $3 ORDER BY s.id LIMIT $2");
    LIST_OF_PROVIDER = select!("s.id > $1 AND s.provider_id = $3 ORDER BY s.id LIMIT $2");
    LIST_OF_ASSESSOR = select!("s.id > $1 AND s.assessor_id = $3 ORDER BY s.id LIMIT $2");
    LIST_UNASSIGNED = select!("s.provider_id = $3 AND s.assessor_id IS NULL AND s.id > $1 ORDER BY s.id LIMIT $2");
    // By provider, since a count of all at once finds no index that it likes.
    COUNT_UNASSIGNED = "SELECT c.provider_id, c.name, c.showcases FROM (SELECT o.id AS provider_id, o.name, \
                        (SELECT COUNT(*) FROM showcases s WHERE s.provider_id = o.id AND s.assessor_id IS NULL) \
                        AS showcases FROM organisations o) c WHERE c.showcases > 0 \
                        ORDER BY c.name, c.provider_id LIMIT 1000";
    LOCK = "UPDATE showcases SET revision = revision + 1 WHERE id = $1 RETURNING state, attempt, revision, assessor_id";
    MARK_ASSESSOR = "UPDATE showcases SET assessor_id = $2 WHERE id = $1";
    MARK_STATE = "UPDATE showcases SET state = $2, attempt = $3 WHERE id = $1";
}

impl Showcase {
    /// The people that decisions about it depend on.
    #[must_use]
    pub fn parties(&self) -> Parties {
        Parties { apprentice: self.apprentice_id, provider: self.provider_id, assessor: self.assessor_id }
    }
}

impl FromRow for Showcase {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            standard: row.get("standard")?,
            version: row.get("version")?,
            piece_limit: row.get("piece_limit")?,
            apprentice_id: row.id("apprentice_id")?,
            apprentice_name: row.get("apprentice_name")?,
            apprentice_email: row.get("apprentice_email")?,
            provider_id: row.id("provider_id")?,
            assessor_id: row.id_or_none("assessor_id")?,
            employer: row.get("employer")?,
            uln: row.get("uln")?,
            uln_reason: row.get("uln_reason")?,
            started_on: row.get("started_on")?,
            state: row.parse("state")?,
            attempt: row.number("attempt")?,
            revision: row.get("revision")?,
            created_at: row.get("created_at")?,
            pieces: row.get("pieces")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, showcase: &Showcase) -> Result<(), Error> {
    bind(on.query(INSERT), showcase).execute().await.map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn insert_many(on: &mut impl Session, showcases: &[Showcase]) -> Result<(), Error> {
    many::insert_many(on, (INSERT, INSERT_MANY), showcases, bind).await
}

fn bind<'q>(query: Query<'q>, showcase: &Showcase) -> Query<'q> {
    query
        .bind(showcase.id.0)
        .bind(&showcase.standard)
        .bind(&showcase.version)
        .bind(showcase.piece_limit)
        .bind(showcase.apprentice_id.0)
        .bind(showcase.provider_id.0)
        .bind(showcase.assessor_id.map(|id| id.0))
        .bind(&showcase.employer)
        .bind(&showcase.uln)
        .bind(&showcase.uln_reason)
        .bind(showcase.started_on)
        .bind(showcase.state.word())
        .bind(i64::from(showcase.attempt))
        .bind(showcase.revision)
        .bind(showcase.created_at)
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: ShowcaseId) -> Result<Option<Showcase>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// The showcases of a scope in the order in which they were made; one row more than `page.limit` when
/// there is a next page.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, scope: Scope, page: Page) -> Result<Vec<Showcase>, Error> {
    let after = page.after.unwrap_or_default();
    let limit = i64::from(page.limit) + 1;
    match scope {
        Scope::All => on.query(LIST_ALL).bind(after).bind(limit).fetch_all().await,
        Scope::OfApprentice(id) => on.query(LIST_OF_APPRENTICE).bind(after).bind(limit).bind(id.0).fetch_all().await,
        Scope::OfProvider(id) => on.query(LIST_OF_PROVIDER).bind(after).bind(limit).bind(id.0).fetch_all().await,
        Scope::OfAssessor(id) => on.query(LIST_OF_ASSESSOR).bind(after).bind(limit).bind(id.0).fetch_all().await,
        Scope::Nothing => Ok(Vec::new()),
    }
}

/// How many showcases of a provider nobody is to assess yet.
#[derive(Clone, Debug)]
pub struct Unassigned {
    pub provider: OrganisationId,
    pub name: String,
    pub showcases: u64,
}

impl FromRow for Unassigned {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { provider: row.id("provider_id")?, name: row.get("name")?, showcases: row.number("showcases")? })
    }
}

/// The providers that have showcases without an assessor, by name, the first thousand of them.
///
/// # Errors
/// See [`Error`].
pub async fn count_unassigned(on: &mut impl Session) -> Result<Vec<Unassigned>, Error> {
    on.query(COUNT_UNASSIGNED).fetch_all().await
}

/// A provider's showcases without an assessor; one row more than `page.limit` when there is a next page.
///
/// # Errors
/// See [`Error`].
pub async fn list_unassigned(
    on: &mut impl Session,
    provider: OrganisationId,
    page: Page,
) -> Result<Vec<Showcase>, Error> {
    let query = on.query(LIST_UNASSIGNED).bind(page.after.unwrap_or_default()).bind(i64::from(page.limit) + 1);
    query.bind(provider.0).fetch_all().await
}

/// A showcase that this unit of work alone may change, as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Locked {
    pub state: ShowcaseState,
    pub attempt: u32,
    pub revision: i64,
    pub assessor: Option<UserId>,
}

impl FromRow for Locked {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            state: row.parse("state")?,
            attempt: row.number("attempt")?,
            revision: row.get("revision")?,
            assessor: row.id_or_none("assessor_id")?,
        })
    }
}

/// Makes this unit of work the showcase's only writer until it ends, and moves its revision.
///
/// # Errors
/// See [`Error`].
pub async fn lock(on: &mut impl Session, id: ShowcaseId) -> Result<Locked, Error> {
    on.query(LOCK).bind(id.0).fetch_one().await
}

/// # Errors
/// See [`Error`].
pub async fn mark_assessor(on: &mut impl Session, id: ShowcaseId, assessor: UserId) -> Result<(), Error> {
    on.query(MARK_ASSESSOR).bind(id.0).bind(assessor.0).execute().await.map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn mark_state(
    on: &mut impl Session,
    id: ShowcaseId,
    state: ShowcaseState,
    attempt: u32,
) -> Result<(), Error> {
    on.query(MARK_STATE).bind(id.0).bind(state.word()).bind(i64::from(attempt)).execute().await.map(drop)
}
