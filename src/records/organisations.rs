//! Table `organisations`: training providers and assessment organisations.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::search;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::ids::OrganisationId;
use crate::domain::people::OrganisationKind;

/// A recorded organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub id: OrganisationId,
    pub kind: OrganisationKind,
    pub name: String,
    pub ukprn: Option<String>,
    pub epao_id: Option<String>,
    pub created_at: DateTime<Utc>,
}

statements! {
    INSERT = "INSERT INTO organisations (id, kind, name, ukprn, epao_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT id, kind, name, ukprn, epao_id, created_at FROM organisations WHERE id = $1";
    PROVIDERS = "SELECT id, kind, name, ukprn, epao_id, created_at FROM organisations WHERE kind = 'provider' \
                 ORDER BY name, id LIMIT 500";
    HOLD = "UPDATE organisations SET name = name WHERE id = $1";
    // One after another by name and id; a text that is not given stands for every name.
    SEARCH = "SELECT id, kind, name, ukprn, epao_id, created_at FROM organisations WHERE (name, id) > ($1, $2) \
              AND (CAST($4 AS TEXT) IS NULL OR LOWER(name) LIKE $4 ESCAPE '\\' OR name LIKE $5 ESCAPE '\\' \
              OR ukprn LIKE $5 ESCAPE '\\' OR epao_id LIKE $5 ESCAPE '\\') ORDER BY name, id LIMIT $3";
    LIST = "SELECT id, kind, name, ukprn, epao_id, created_at FROM organisations ORDER BY name, id LIMIT 200";
}

impl FromRow for Organisation {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            kind: row.parse("kind")?,
            name: row.get("name")?,
            ukprn: row.get("ukprn")?,
            epao_id: row.get("epao_id")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// # Errors
/// [`Error::Conflict`] when another organisation has the same UKPRN or assessment organisation number.
pub async fn insert(on: &mut impl Session, organisation: &Organisation) -> Result<(), Error> {
    on.query(INSERT)
        .bind(organisation.id.0)
        .bind(organisation.kind.word())
        .bind(&organisation.name)
        .bind(&organisation.ukprn)
        .bind(&organisation.epao_id)
        .bind(organisation.created_at)
        .execute()
        .await
        .map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: OrganisationId) -> Result<Option<Organisation>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// The organisations after one, by name, whose name or number holds a text; one more than `limit` when there are more.
///
/// # Errors
/// See [`Error`].
pub async fn search(
    on: &mut impl Session,
    text: Option<&str>,
    after: Option<&Organisation>,
    limit: u32,
) -> Result<Vec<Organisation>, Error> {
    let (name, id) = after.map_or(("", Uuid::nil()), |after| (after.name.as_str(), after.id.0));
    let [lower, exact] = text.map_or([None, None], |text| search::patterns(text).map(Some));
    let query = on.query(SEARCH).bind(name).bind(id).bind(i64::from(limit) + 1).bind(lower).bind(exact);
    query.fetch_all().await
}

/// The organisations by name, the first 200 of them.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session) -> Result<Vec<Organisation>, Error> {
    on.query(LIST).fetch_all().await
}

/// The training providers by name, the first 500 of them.
///
/// # Errors
/// See [`Error`].
pub async fn providers(on: &mut impl Session) -> Result<Vec<Organisation>, Error> {
    on.query(PROVIDERS).fetch_all().await
}

/// Holds an organisation's row until the unit of work ends.
///
/// # Errors
/// See [`Error`].
pub async fn hold(on: &mut impl Session, id: OrganisationId) -> Result<(), Error> {
    on.query(HOLD).bind(id.0).execute().await.map(drop)
}
