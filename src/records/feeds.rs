//! Table `feeds`: a person's secret address of their calendar, by the SHA-256 of its secret. A new one ends the one before.

use chrono::{DateTime, Utc};

use super::users::User;
use crate::db::{Error, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::ids::UserId;

statements! {
    PUT = "INSERT INTO feeds (user_id, hash, created_at) VALUES ($1, $2, $3) \
           ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at";
    FIND = "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at \
            FROM feeds f JOIN users u ON u.id = f.user_id WHERE f.hash = $1";
    REMOVE = "DELETE FROM feeds WHERE user_id = $1";
}

/// # Errors
/// See [`Error`].
pub async fn put(on: &mut impl Session, user: UserId, hash: Digest, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(PUT).bind(user.0).bind(hash.as_bytes().as_slice()).bind(at).execute().await.map(drop)
}

/// Whose calendar it is.
///
/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, hash: Digest) -> Result<Option<User>, Error> {
    on.query(FIND).bind(hash.as_bytes().as_slice()).fetch_optional().await
}

/// # Errors
/// See [`Error`].
pub async fn remove(on: &mut impl Session, user: UserId) -> Result<(), Error> {
    on.query(REMOVE).bind(user.0).execute().await.map(drop)
}
