//! The cohort view: one row a showcase with the areas that are claimed and tagged, straight from the tables.

use uuid::Uuid;

use super::showcases::Page;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Scope;

/// One showcase of a cohort.
#[derive(Clone, Debug)]
pub struct CohortRow {
    pub showcase_id: ShowcaseId,
    pub apprentice_name: String,
    pub employer: String,
    pub standard: String,
    pub version: String,
    pub state: ShowcaseState,
    /// Live pieces.
    pub pieces: u32,
    /// Codes of the areas that a live piece is claimed for.
    pub claimed: Vec<String>,
    /// Codes of the areas that a live piece is tagged for.
    pub tagged: Vec<String>,
}

/// What a cohort is narrowed to, beside the reader's scope.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<ShowcaseState>,
    /// Only showcases in which this area has no tag.
    pub missing: Option<String>,
}

macro_rules! select {
    ($scope:literal) => {
        concat!(
            "SELECT s.id, u.name AS apprentice_name, s.employer, s.standard, s.version, s.state, ",
            "(SELECT COUNT(*) FROM pieces p WHERE p.showcase_id = s.id AND p.slot IS NOT NULL) AS pieces, ",
            "(SELECT STRING_AGG(area, ',') FROM (SELECT DISTINCT c.area FROM claims c ",
            "JOIN pieces p ON p.id = c.piece_id WHERE p.showcase_id = s.id AND p.slot IS NOT NULL) x) AS claimed, ",
            "(SELECT STRING_AGG(area, ',') FROM (SELECT DISTINCT t.area FROM tags t ",
            "JOIN pieces p ON p.id = t.piece_id WHERE p.showcase_id = s.id AND p.slot IS NOT NULL ",
            "AND t.removed_at IS NULL) y) AS tagged ",
            "FROM showcases s JOIN users u ON u.id = s.apprentice_id WHERE s.id > $1 ",
            "AND (CAST($3 AS TEXT) IS NULL OR s.state = $3) ",
            "AND (CAST($4 AS TEXT) IS NULL OR NOT EXISTS (SELECT 1 FROM tags t JOIN pieces p ON p.id = t.piece_id ",
            "WHERE p.showcase_id = s.id AND p.slot IS NOT NULL AND t.removed_at IS NULL AND t.area = $4)) ",
            $scope,
            " ORDER BY s.id LIMIT $2"
        )
    };
}

statements! {
    ALL = select!("");
    OF_APPRENTICE = select!("AND s.apprentice_id = $5");
    OF_PROVIDER = select!("AND s.provider_id = $5");
    OF_ASSESSOR = select!("AND s.assessor_id = $5");
}

impl FromRow for CohortRow {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let codes = |column| {
            let joined = row.get::<Option<&str>>(column)?.unwrap_or_default();
            Ok::<_, Error>(joined.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect())
        };
        Ok(Self {
            showcase_id: row.id("id")?,
            apprentice_name: row.get("apprentice_name")?,
            employer: row.get("employer")?,
            standard: row.get("standard")?,
            version: row.get("version")?,
            state: row.parse("state")?,
            pieces: row.number("pieces")?,
            claimed: codes("claimed")?,
            tagged: codes("tagged")?,
        })
    }
}

/// The cohort that a reader may see; one row more than `page.limit` when there is a next page.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, scope: Scope, filter: &Filter, page: Page) -> Result<Vec<CohortRow>, Error> {
    let (sql, owner): (_, Option<Uuid>) = match scope {
        Scope::All => (ALL, None),
        Scope::OfApprentice(id) => (OF_APPRENTICE, Some(id.0)),
        Scope::OfProvider(id) => (OF_PROVIDER, Some(id.0)),
        Scope::OfAssessor(id) => (OF_ASSESSOR, Some(id.0)),
        Scope::Nothing => return Ok(Vec::new()),
    };
    let query = on
        .query(sql)
        .bind(page.after.unwrap_or_default())
        .bind(i64::from(page.limit) + 1)
        .bind(filter.state.map(ShowcaseState::word))
        .bind(filter.missing.as_deref());
    match owner {
        Some(id) => query.bind(id).fetch_all().await,
        None => query.fetch_all().await,
    }
}
