//! Table `passkeys`: public keys with which people sign in. A credential belongs to one person, and what moves with its
//! use is only ever moved from the state that was looked at.

use chrono::{DateTime, Utc};

use super::users::User;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::ids::{PasskeyId, UserId};

/// A recorded passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    pub id: PasskeyId,
    pub user_id: UserId,
    /// The authenticator's name for it.
    pub credential_id: Vec<u8>,
    /// How the browser may reach the authenticator.
    pub transports: u8,
    pub key: Vec<u8>,
    pub state: Vec<u8>,
    /// What its person calls it.
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The ways in which somebody can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaysIn {
    pub has_password: bool,
    pub passkeys: u32,
}

statements! {
    INSERT = "INSERT INTO passkeys (id, user_id, credential_id, transports, key, state, name, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_BY_CREDENTIAL = "SELECT id, user_id, credential_id, transports, key, state, name, created_at, last_used_at \
                          FROM passkeys WHERE credential_id = $1";
    LIST = "SELECT id, user_id, credential_id, transports, key, state, name, created_at, last_used_at \
            FROM passkeys WHERE user_id = $1 ORDER BY id LIMIT 100";
    MARK_USED = "UPDATE passkeys SET state = $3, last_used_at = $4 WHERE id = $1 AND state = $2";
    REMOVE = "DELETE FROM passkeys WHERE id = $1 AND user_id = $2";
    // SQLite has one writer at a time already.
    LOCK = "SELECT id, email, name, role, organisation_id, created_at FROM users WHERE id = $1",
        postgres = "SELECT id, email, name, role, organisation_id, created_at FROM users WHERE id = $1 FOR UPDATE";
    WAYS_IN = "SELECT (SELECT COUNT(*) FROM passwords WHERE user_id = $1) AS passwords, \
               (SELECT COUNT(*) FROM passkeys WHERE user_id = $1) AS passkeys";
}

impl FromRow for Passkey {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            user_id: row.id("user_id")?,
            credential_id: row.get("credential_id")?,
            transports: row.number("transports")?,
            key: row.get("key")?,
            state: row.get("state")?,
            name: row.get("name")?,
            created_at: row.get("created_at")?,
            last_used_at: row.get("last_used_at")?,
        })
    }
}

impl FromRow for WaysIn {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { has_password: row.get::<i64>("passwords")? > 0, passkeys: row.number("passkeys")? })
    }
}

/// # Errors
/// [`Error::Conflict`] when the credential is known already.
pub async fn insert(on: &mut impl Session, passkey: &Passkey) -> Result<(), Error> {
    on.query(INSERT)
        .bind(passkey.id.0)
        .bind(passkey.user_id.0)
        .bind(passkey.credential_id.as_slice())
        .bind(i64::from(passkey.transports))
        .bind(passkey.key.as_slice())
        .bind(passkey.state.as_slice())
        .bind(&passkey.name)
        .bind(passkey.created_at)
        .execute()
        .await
        .map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn find_by_credential(on: &mut impl Session, credential: &[u8]) -> Result<Option<Passkey>, Error> {
    on.query(FIND_BY_CREDENTIAL).bind(credential).fetch_optional().await
}

/// The passkeys of a person, in the order in which they were added.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, user: UserId) -> Result<Vec<Passkey>, Error> {
    on.query(LIST).bind(user.0).fetch_all().await
}

/// Notes a use; whether nobody else had moved the state since it was read.
///
/// # Errors
/// See [`Error`].
pub async fn mark_used(
    on: &mut impl Session,
    passkey: &Passkey,
    state: &[u8],
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let query = on.query(MARK_USED).bind(passkey.id.0).bind(passkey.state.as_slice()).bind(state).bind(at);
    query.execute().await.map(|rows| rows > 0)
}

/// Removes one passkey of this person; whether it was there.
///
/// # Errors
/// See [`Error`].
pub async fn remove(on: &mut impl Session, user: UserId, id: PasskeyId) -> Result<bool, Error> {
    on.query(REMOVE).bind(id.0).bind(user.0).execute().await.map(|rows| rows > 0)
}

/// Makes this unit of work the only one that changes how a person signs in, until it ends.
///
/// # Errors
/// See [`Error`].
pub async fn lock(on: &mut impl Session, user: UserId) -> Result<Option<User>, Error> {
    on.query(LOCK).bind(user.0).fetch_optional().await
}

/// # Errors
/// See [`Error`].
pub async fn ways_in(on: &mut impl Session, user: UserId) -> Result<WaysIn, Error> {
    on.query(WAYS_IN).bind(user.0).fetch_one().await
}
