//! Table `sessions`: who is signed in where, by the SHA-256 of what the browser holds. A session that is over is no
//! row, or one past its time.

use chrono::{DateTime, Utc};

use super::users::User;
use crate::db::{Error, FromRow, Row, Session as On, statements};
use crate::domain::digest::Digest;
use crate::domain::ids::{SessionId, UserId};

/// A session as its person may see it.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// What the browser called itself.
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    /// When it ends however much it is used.
    pub expires_at: DateTime<Utc>,
}

/// The person behind a presented session.
#[derive(Clone, Debug)]
pub struct Holder {
    pub user: User,
    pub session: SessionId,
    /// When the person signed in.
    pub signed_in_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

statements! {
    INSERT = "INSERT INTO sessions (id, user_id, hash, device, created_at, last_used_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND_HOLDER = "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at, \
                   s.id AS session_id, s.created_at AS signed_in_at, s.last_used_at, s.expires_at \
                   FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = $1";
    LIST = "SELECT id, user_id, device, created_at, last_used_at, expires_at FROM sessions \
            WHERE user_id = $1 AND expires_at > $2 AND last_used_at > $3 ORDER BY last_used_at DESC, id DESC LIMIT 100";
    MARK_USED = "UPDATE sessions SET last_used_at = $2 WHERE id = $1";
    REMOVE = "DELETE FROM sessions WHERE user_id = $1 AND id = $2";
    REMOVE_BY_HASH = "DELETE FROM sessions WHERE hash = $1";
    REMOVE_OF_USER = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2";
    REMOVE_ALL = "DELETE FROM sessions WHERE user_id = $1";
    REMOVE_EXPIRED = "DELETE FROM sessions WHERE expires_at <= $1";
}

impl FromRow for Session {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            user_id: row.id("user_id")?,
            device: row.get("device")?,
            created_at: row.get("created_at")?,
            last_used_at: row.get("last_used_at")?,
            expires_at: row.get("expires_at")?,
        })
    }
}

impl FromRow for Holder {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            user: User::from_row(row)?,
            session: row.id("session_id")?,
            signed_in_at: row.get("signed_in_at")?,
            last_used_at: row.get("last_used_at")?,
            expires_at: row.get("expires_at")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl On, session: &Session, hash: Digest) -> Result<(), Error> {
    on.query(INSERT)
        .bind(session.id.0)
        .bind(session.user_id.0)
        .bind(hash.as_bytes().as_slice())
        .bind(&session.device)
        .bind(session.created_at)
        .bind(session.last_used_at)
        .bind(session.expires_at)
        .execute()
        .await
        .map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn find_holder(on: &mut impl On, hash: Digest) -> Result<Option<Holder>, Error> {
    on.query(FIND_HOLDER).bind(hash.as_bytes().as_slice()).fetch_optional().await
}

/// The sessions of a person that end after `now` and were used after `idle_since`, the one used last first.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    on: &mut impl On,
    user: UserId,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Vec<Session>, Error> {
    on.query(LIST).bind(user.0).bind(now).bind(idle_since).fetch_all().await
}

/// # Errors
/// See [`Error`].
pub async fn mark_used(on: &mut impl On, id: SessionId, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(MARK_USED).bind(id.0).bind(at).execute().await.map(drop)
}

/// Removes one session of this person; whether it was there.
///
/// # Errors
/// See [`Error`].
pub async fn remove(on: &mut impl On, user: UserId, id: SessionId) -> Result<bool, Error> {
    on.query(REMOVE).bind(user.0).bind(id.0).execute().await.map(|rows| rows > 0)
}

/// # Errors
/// See [`Error`].
pub async fn remove_by_hash(on: &mut impl On, hash: Digest) -> Result<(), Error> {
    on.query(REMOVE_BY_HASH).bind(hash.as_bytes().as_slice()).execute().await.map(drop)
}

/// Removes every session of a person but one.
///
/// # Errors
/// See [`Error`].
pub async fn remove_others(on: &mut impl On, user: UserId, keep: SessionId) -> Result<u64, Error> {
    on.query(REMOVE_OF_USER).bind(user.0).bind(keep.0).execute().await
}

/// Removes every session of a person.
///
/// # Errors
/// See [`Error`].
pub async fn remove_all(on: &mut impl On, user: UserId) -> Result<u64, Error> {
    on.query(REMOVE_ALL).bind(user.0).execute().await
}

/// # Errors
/// See [`Error`].
pub async fn remove_expired(on: &mut impl On, now: DateTime<Utc>) -> Result<(), Error> {
    on.query(REMOVE_EXPIRED).bind(now).execute().await.map(drop)
}
