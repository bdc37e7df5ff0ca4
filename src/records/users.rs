//! Table `users`: people, known by their e-mail address.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::many::{self, many};
use super::search;
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::ids::{OrganisationId, ShowcaseId, UserId};
use crate::domain::people::{Actor, Email, Role};

/// A recorded person.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub name: String,
    pub role: Role,
    pub organisation_id: Option<OrganisationId>,
    pub created_at: DateTime<Utc>,
}

macro_rules! uninvited {
    () => {
        "FROM users u WHERE u.organisation_id = $1 AND u.role = 'apprentice' \
         AND EXISTS (SELECT 1 FROM showcases s WHERE s.apprentice_id = u.id AND s.provider_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM passwords p WHERE p.user_id = u.id) \
         AND NOT EXISTS (SELECT 1 FROM links l WHERE l.user_id = u.id AND l.ended_at IS NULL AND l.expires_at > $2)"
    };
}

statements! {
    INSERT = "INSERT INTO users (id, email, name, role, organisation_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    INSERT_MANY = many!(INSERT.sqlite);
    FIND = "SELECT id, email, name, role, organisation_id, created_at FROM users WHERE id = $1";
    FIND_BY_EMAIL = "SELECT id, email, name, role, organisation_id, created_at FROM users WHERE email = $1";
    // The addresses as one JSON text: neither database takes a list of any length otherwise.
    KNOWN = "SELECT u.id, u.email, u.role, u.organisation_id, \
             (SELECT STRING_AGG(s.standard || '=' || LOWER(HEX(s.id)), ',') FROM showcases s \
             WHERE s.apprentice_id = u.id AND s.provider_id = $2) AS showcases \
             FROM users u WHERE u.email IN (SELECT value FROM json_each($1))",
        postgres = "SELECT u.id, u.email, u.role, u.organisation_id, \
             (SELECT STRING_AGG(s.standard || '=' || CAST(s.id AS TEXT), ',') FROM showcases s \
             WHERE s.apprentice_id = u.id AND s.provider_id = $2) AS showcases \
             FROM users u WHERE u.email IN (SELECT jsonb_array_elements_text(CAST(CAST($1 AS TEXT) AS JSONB)))";
    UNINVITED = concat!(
        "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at ",
        uninvited!(),
        " ORDER BY u.name, u.id LIMIT $3"
    );
    COUNT_UNINVITED = concat!("SELECT COUNT(*) AS users ", uninvited!());
    // As for organisations. What is not given narrows nothing.
    SEARCH = "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at, o.name AS organisation \
              FROM users u LEFT JOIN organisations o ON o.id = u.organisation_id WHERE (u.name, u.id) > ($1, $2) \
              AND (CAST($4 AS TEXT) IS NULL OR LOWER(u.name) LIKE $4 ESCAPE '\\' OR u.name LIKE $5 ESCAPE '\\' \
              OR u.email LIKE $4 ESCAPE '\\') AND (CAST($6 AS TEXT) IS NULL OR u.role = $6) ORDER BY u.name, u.id LIMIT $3";
    SEARCH_OF_ORGANISATION = "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at, \
              o.name AS organisation FROM users u JOIN organisations o ON o.id = u.organisation_id \
              WHERE (u.name, u.id) > ($1, $2) AND u.organisation_id = $7 \
              AND (CAST($4 AS TEXT) IS NULL OR LOWER(u.name) LIKE $4 ESCAPE '\\' OR u.name LIKE $5 ESCAPE '\\' \
              OR u.email LIKE $4 ESCAPE '\\') AND (CAST($6 AS TEXT) IS NULL OR u.role = $6) ORDER BY u.name, u.id LIMIT $3";
    COUNT = "SELECT COUNT(*) AS users FROM users";
}

impl User {
    /// The person as one who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { id: self.id, role: self.role, organisation: self.organisation_id }
    }
}

impl FromRow for User {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            email: row.parse("email")?,
            name: row.get("name")?,
            role: row.parse("role")?,
            organisation_id: row.id_or_none("organisation_id")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// # Errors
/// [`Error::Conflict`] when the e-mail address is taken.
pub async fn insert(on: &mut impl Session, user: &User) -> Result<(), Error> {
    bind(on.query(INSERT), user).execute().await.map(drop)
}

/// # Errors
/// As [`insert`].
pub async fn insert_many(on: &mut impl Session, users: &[User]) -> Result<(), Error> {
    many::insert_many(on, (INSERT, INSERT_MANY), users, bind).await
}

fn bind<'q>(query: Query<'q>, user: &User) -> Query<'q> {
    query
        .bind(user.id.0)
        .bind(user.email.to_string())
        .bind(&user.name)
        .bind(user.role.word())
        .bind(user.organisation_id.map(|id| id.0))
        .bind(user.created_at)
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: UserId) -> Result<Option<User>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// # Errors
/// See [`Error`].
pub async fn find_by_email(on: &mut impl Session, email: &Email) -> Result<Option<User>, Error> {
    on.query(FIND_BY_EMAIL).bind(email.to_string()).fetch_optional().await
}

/// Somebody who is here, as far as a list of newcomers has to know.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: UserId,
    pub email: Email,
    pub role: Role,
    pub organisation_id: Option<OrganisationId>,
    /// Their showcases of one provider, each with the code of its standard.
    pub showcases: Vec<(ShowcaseId, String)>,
}

impl FromRow for Known {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let joined = row.get::<Option<&str>>("showcases")?.unwrap_or_default();
        let one = |item: &str| {
            let (standard, id) = item.split_once('=').ok_or(Error::Inconsistent("showcases"))?;
            Ok((id.parse().map_err(|_| Error::Inconsistent("showcases"))?, standard.to_owned()))
        };
        let showcases = joined.split(',').filter(|item| !item.is_empty()).map(one).collect::<Result<_, Error>>()?;
        Ok(Self {
            id: row.id("id")?,
            email: row.parse("email")?,
            role: row.parse("role")?,
            organisation_id: row.id_or_none("organisation_id")?,
            showcases,
        })
    }
}

/// Those of a list of addresses who are here, with their showcases of a provider.
///
/// # Errors
/// See [`Error`].
pub async fn known(on: &mut impl Session, emails: &[String], provider: OrganisationId) -> Result<Vec<Known>, Error> {
    on.query(KNOWN).bind(super::json_text(&emails)).bind(provider.0).fetch_all().await
}

/// A person with the name of their organisation.
#[derive(Clone, Debug)]
pub struct Found {
    pub user: User,
    pub organisation: Option<String>,
}

/// What a search is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of a name or e-mail address.
    pub text: Option<String>,
    pub role: Option<Role>,
    pub organisation: Option<OrganisationId>,
}

impl FromRow for Found {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { user: User::from_row(row)?, organisation: row.get("organisation")? })
    }
}

/// The people after one, by name; one more than `limit` when there are more.
///
/// # Errors
/// See [`Error`].
pub async fn search(
    on: &mut impl Session,
    filter: &Filter,
    after: Option<&User>,
    limit: u32,
) -> Result<Vec<Found>, Error> {
    let (name, id) = after.map_or(("", Uuid::nil()), |after| (after.name.as_str(), after.id.0));
    let [lower, exact] = filter.text.as_deref().map_or([None, None], |text| search::patterns(text).map(Some));
    let sql = if filter.organisation.is_some() { SEARCH_OF_ORGANISATION } else { SEARCH };
    let query = on.query(sql).bind(name).bind(id).bind(i64::from(limit) + 1).bind(lower).bind(exact);
    let query = query.bind(filter.role.map(Role::word));
    match filter.organisation {
        Some(organisation) => query.bind(organisation.0).fetch_all().await,
        None => query.fetch_all().await,
    }
}

struct Users(i64);

impl FromRow for Users {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("users").map(Self)
    }
}

/// How many people are recorded.
///
/// # Errors
/// See [`Error`].
pub async fn count(on: &mut impl Session) -> Result<i64, Error> {
    on.query(COUNT).fetch_one::<Users>().await.map(|users| users.0)
}

/// Apprentices of a provider who have a showcase there, and neither a password nor a link that is good at `now`.
///
/// # Errors
/// See [`Error`].
pub async fn uninvited(
    on: &mut impl Session,
    provider: OrganisationId,
    now: DateTime<Utc>,
    most: u32,
) -> Result<Vec<User>, Error> {
    on.query(UNINVITED).bind(provider.0).bind(now).bind(i64::from(most)).fetch_all().await
}

/// How many there are of them.
///
/// # Errors
/// See [`Error`].
pub async fn count_uninvited(
    on: &mut impl Session,
    provider: OrganisationId,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let counted = on.query(COUNT_UNINVITED).bind(provider.0).bind(now).fetch_one::<Users>().await?;
    Ok(counted.0.unsigned_abs())
}
