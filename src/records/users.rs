//! Table `users`: people, known by their e-mail address.

use chrono::{DateTime, Utc};

use super::many::{self, many};
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::ids::{OrganisationId, UserId};
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

statements! {
    INSERT = "INSERT INTO users (id, email, name, role, organisation_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    INSERT_MANY = many!(INSERT.sqlite);
    FIND = "SELECT id, email, name, role, organisation_id, created_at FROM users WHERE id = $1";
    FIND_BY_EMAIL = "SELECT id, email, name, role, organisation_id, created_at FROM users WHERE email = $1";
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
