//! The cohort of one provider as its people look at it: filtered, searched, in one of several orders, page by page. Every
//! order is that of an index, and a page begins after (or ends before) a showcase, so the last page costs what the first
//! does. An apprentice of a provider's showcase is a person of that provider, which `people` sees to.

mod held;

use uuid::Uuid;

use self::held::held;
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::gateway::{DocumentKind, GatewayDetails, ShowcaseState};
use crate::domain::ids::{OrganisationId, ShowcaseId};
use crate::domain::standing::Holdup;

/// One showcase of a roster.
#[derive(Clone, Debug)]
pub struct RosterRow {
    pub showcase_id: ShowcaseId,
    pub apprentice_name: String,
    pub apprentice_email: String,
    pub employer: String,
    pub state: ShowcaseState,
    /// Gateway attempts submitted so far.
    pub attempt: u32,
    pub assessor_name: Option<String>,
    /// Codes of the areas that a live piece is claimed for, and tagged for.
    pub claimed: Vec<String>,
    pub tagged: Vec<String>,
    pub details: GatewayDetails,
    pub documents: Vec<DocumentKind>,
}

/// Whose roster, and of which standard: its areas are the columns.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    pub provider: OrganisationId,
    pub standard: &'a str,
    pub version: &'a str,
    /// Areas of the standard's showcase.
    pub areas: usize,
}

/// What a roster is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    pub state: Option<ShowcaseState>,
    /// A part of the apprentice's name or e-mail address.
    pub search: Option<String>,
    /// A part of the employer's name.
    pub employer: Option<String>,
    pub assessor: Option<Assessor>,
    /// A part of the assessor's name.
    pub assessor_name: Option<String>,
    /// An area that has neither a claim nor a tag.
    pub area: Option<String>,
    pub held: Option<Held>,
}

/// Who is named to assess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessor {
    Nobody,
    Somebody,
}

/// What keeps a showcase from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    By(Holdup),
    /// Anything but a decision that is awaited.
    ByAnything,
    /// In draft, and nothing that can be told from here is missing.
    ByNothing,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Name,
    Newest,
    Oldest,
}

/// Where a page begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Start,
    After(ShowcaseId),
    Before(ShowcaseId),
}

/// What of the tables stands in which place: SQLite walks the first one, in the order of its index.
macro_rules! matching {
    ($tables:literal, $held:expr) => {
        concat!(
            "FROM ",
            $tables,
            " LEFT JOIN gateways g ON g.showcase_id = s.id LEFT JOIN users a ON a.id = s.assessor_id ",
            "WHERE s.apprentice_id = u.id AND u.organisation_id = $1 AND s.provider_id = $1 ",
            "AND s.standard = $2 AND s.version = $3 ",
            "AND (CAST($4 AS TEXT) IS NULL OR s.state = $4) ",
            "AND (CAST($5 AS TEXT) IS NULL OR LOWER(u.name) LIKE LOWER($5) ESCAPE '\\' ",
            "OR u.email LIKE LOWER($5) ESCAPE '\\') ",
            "AND (CAST($6 AS TEXT) IS NULL OR LOWER(s.employer) LIKE LOWER($6) ESCAPE '\\') ",
            "AND (CAST($7 AS TEXT) IS NULL OR LOWER(a.name) LIKE LOWER($7) ESCAPE '\\') ",
            "AND (CAST($8 AS TEXT) IS NULL OR ($8 = 'nobody' AND s.assessor_id IS NULL) ",
            "OR ($8 = 'somebody' AND s.assessor_id IS NOT NULL)) ",
            $held,
        )
    };
}

macro_rules! select {
    ($tables:literal, $held:expr, $rest:literal) => {
        concat!(
            "SELECT s.id, u.name AS apprentice_name, u.email AS apprentice_email, s.employer, s.state, s.attempt, ",
            "a.name AS assessor_name, g.details, ",
            "(SELECT STRING_AGG(area, ',') FROM (SELECT DISTINCT c.area FROM claims c ",
            "JOIN pieces p ON p.id = c.piece_id WHERE p.showcase_id = s.id AND p.slot IS NOT NULL) x) AS claimed, ",
            // Nothing is tagged before it was submitted once.
            "CASE WHEN s.attempt > 0 THEN (SELECT STRING_AGG(area, ',') FROM (SELECT DISTINCT t.area FROM tags t ",
            "JOIN pieces p ON p.id = t.piece_id WHERE p.showcase_id = s.id AND p.slot IS NOT NULL ",
            "AND t.removed_at IS NULL) y) END AS tagged, ",
            "(SELECT STRING_AGG(kind, ',') FROM (SELECT DISTINCT d.kind FROM gateway_documents d ",
            "WHERE d.showcase_id = s.id AND d.replaced_by IS NULL) z) AS documents ",
            matching!($tables, $held),
            $rest
        )
    };
}

// Each twice: what it waits for is only asked where that is wanted, since PostgreSQL thinks longer about the question than it
// takes to answer the rest.
statements! {
    BY_NAME = select!(
        "users u CROSS JOIN showcases s", "",
        "AND u.name >= $10 AND (u.name > $10 OR s.id > $11) ORDER BY u.name, s.id LIMIT $9"
    );
    BY_NAME_BACK = select!(
        "users u CROSS JOIN showcases s", "",
        "AND u.name <= $10 AND (u.name < $10 OR s.id < $11) ORDER BY u.name DESC, s.id DESC LIMIT $9"
    );
    UPWARDS = select!("showcases s CROSS JOIN users u", "", "AND s.id > $10 ORDER BY s.id LIMIT $9");
    DOWNWARDS = select!("showcases s CROSS JOIN users u", "", "AND s.id < $10 ORDER BY s.id DESC LIMIT $9");
    COUNT = concat!("SELECT COUNT(*) AS found FROM (SELECT 1 ", matching!("showcases s CROSS JOIN users u", ""), "LIMIT $9) x");
    HELD_BY_NAME = select!(
        "users u CROSS JOIN showcases s", held!(),
        "AND u.name >= $13 AND (u.name > $13 OR s.id > $14) ORDER BY u.name, s.id LIMIT $12"
    );
    HELD_BY_NAME_BACK = select!(
        "users u CROSS JOIN showcases s", held!(),
        "AND u.name <= $13 AND (u.name < $13 OR s.id < $14) ORDER BY u.name DESC, s.id DESC LIMIT $12"
    );
    HELD_UPWARDS = select!("showcases s CROSS JOIN users u", held!(), "AND s.id > $13 ORDER BY s.id LIMIT $12");
    HELD_DOWNWARDS = select!("showcases s CROSS JOIN users u", held!(), "AND s.id < $13 ORDER BY s.id DESC LIMIT $12");
    HELD_COUNT = concat!("SELECT COUNT(*) AS found FROM (SELECT 1 ", matching!("showcases s CROSS JOIN users u", held!()), "LIMIT $12) x");
    BY_STATE = "SELECT state, COUNT(*) AS found FROM showcases \
                WHERE provider_id = $1 AND standard = $2 AND version = $3 GROUP BY state";
    NAME = "SELECT u.name FROM showcases s JOIN users u ON u.id = s.apprentice_id \
            WHERE s.id = $1 AND s.provider_id = $2";
}

impl FromRow for RosterRow {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let codes = |column| {
            let joined = row.get::<Option<&str>>(column)?.unwrap_or_default();
            Ok::<_, Error>(joined.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        let kinds = codes("documents")?.iter().map(|kind| kind.parse()).collect::<Result<_, _>>();
        let details = match row.get::<Option<&str>>("details")? {
            Some(text) => serde_json::from_str(text).map_err(|_| Error::Inconsistent("details"))?,
            None => GatewayDetails::default(),
        };
        Ok(Self {
            showcase_id: row.id("id")?,
            apprentice_name: row.get("apprentice_name")?,
            apprentice_email: row.get("apprentice_email")?,
            employer: row.get("employer")?,
            state: row.parse("state")?,
            attempt: row.number("attempt")?,
            assessor_name: row.get("assessor_name")?,
            claimed: codes("claimed")?,
            tagged: codes("tagged")?,
            details,
            documents: kinds.map_err(|_| Error::Inconsistent("documents"))?,
        })
    }
}

impl Narrowed {
    /// Whether pieces, claims and documents have to be looked into.
    fn asks_what_it_waits_for(&self) -> bool {
        self.area.is_some() || self.held.is_some()
    }
}

/// A part of a text as a pattern that matches it anywhere, and nothing by accident.
fn pattern(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}

fn narrowed<'q>(query: Query<'q>, of: Of<'_>, to: &Narrowed, limit: u32) -> Query<'q> {
    let part = |text: &Option<String>| text.as_deref().map(pattern);
    let assessor = to.assessor.map(|assessor| match assessor {
        Assessor::Nobody => "nobody",
        Assessor::Somebody => "somebody",
    });
    let held = to.held.map(|held| match held {
        Held::By(holdup) => holdup.word(),
        Held::ByAnything => "anything",
        Held::ByNothing => "nothing",
    });
    let query = query
        .bind(of.provider.0)
        .bind(of.standard.to_owned())
        .bind(of.version.to_owned())
        .bind(to.state.map(ShowcaseState::word))
        .bind(part(&to.search))
        .bind(part(&to.employer))
        .bind(part(&to.assessor_name))
        .bind(assessor);
    let query = if to.asks_what_it_waits_for() {
        let areas = i64::try_from(of.areas).unwrap_or(i64::MAX);
        query.bind(to.area.clone()).bind(held).bind(areas)
    } else {
        query
    };
    query.bind(i64::from(limit))
}

/// A page of a roster, in the order asked for; up to `limit` rows.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    on: &mut impl Session,
    of: Of<'_>,
    to: &Narrowed,
    (order, place): (Order, Place),
    limit: u32,
) -> Result<Vec<RosterRow>, Error> {
    let name = match place {
        Place::After(id) | Place::Before(id) if order == Order::Name => name(on, of, id).await?,
        _ => None,
    };
    // A showcase that is not there any more is no place: the list begins anew.
    let place = if order == Order::Name && name.is_none() { Place::Start } else { place };
    let is_back = matches!(place, Place::Before(_));
    let (plain, held) = match (order, is_back) {
        (Order::Name, false) => (BY_NAME, HELD_BY_NAME),
        (Order::Name, true) => (BY_NAME_BACK, HELD_BY_NAME_BACK),
        (Order::Oldest, false) | (Order::Newest, true) => (UPWARDS, HELD_UPWARDS),
        (Order::Newest, false) | (Order::Oldest, true) => (DOWNWARDS, HELD_DOWNWARDS),
    };
    let sql = if to.asks_what_it_waits_for() { held } else { plain };
    let id = match place {
        Place::After(id) | Place::Before(id) => id.0,
        Place::Start if order == Order::Newest => Uuid::max(),
        Place::Start => Uuid::nil(),
    };
    let query = narrowed(on.query(sql), of, to, limit);
    let query = if order == Order::Name { query.bind(name.unwrap_or_default()) } else { query };
    let mut rows: Vec<RosterRow> = query.bind(id).fetch_all().await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

struct Name(String);

impl FromRow for Name {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("name").map(Self)
    }
}

async fn name(on: &mut impl Session, of: Of<'_>, id: ShowcaseId) -> Result<Option<String>, Error> {
    let found = on.query(NAME).bind(id.0).bind(of.provider.0).fetch_optional::<Name>().await?;
    Ok(found.map(|name| name.0))
}

struct Found(u64);

impl FromRow for Found {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.number("found").map(Self)
    }
}

/// How many there are, counted up to `most`.
///
/// # Errors
/// See [`Error`].
pub async fn count(on: &mut impl Session, of: Of<'_>, to: &Narrowed, most: u32) -> Result<u64, Error> {
    narrowed(on.query(if to.asks_what_it_waits_for() { HELD_COUNT } else { COUNT }), of, to, most)
        .fetch_one::<Found>()
        .await
        .map(|found| found.0)
}

/// A state and how many showcases are in it.
#[derive(Clone, Copy, Debug)]
pub struct InState(pub ShowcaseState, pub u64);

impl FromRow for InState {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self(row.parse("state")?, row.number("found")?))
    }
}

/// How many showcases of a provider are in which state.
///
/// # Errors
/// See [`Error`].
pub async fn by_state(on: &mut impl Session, of: Of<'_>) -> Result<Vec<InState>, Error> {
    on.query(BY_STATE).bind(of.provider.0).bind(of.standard).bind(of.version).fetch_all().await
}
