//! Table `passwords`: what a password was hashed to and with what, one a person; never the password itself.

use chrono::{DateTime, Utc};

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::ids::UserId;

/// A hash with all that it takes to make it again.
#[derive(Clone, Debug)]
pub struct Hashed {
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

statements! {
    FIND = "SELECT salt, hash, memory_kib, passes, lanes FROM passwords WHERE user_id = $1";
    MARK = "INSERT INTO passwords (user_id, salt, hash, memory_kib, passes, lanes, changed_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id) DO UPDATE SET salt = excluded.salt, \
            hash = excluded.hash, memory_kib = excluded.memory_kib, passes = excluded.passes, \
            lanes = excluded.lanes, changed_at = excluded.changed_at";
}

impl FromRow for Hashed {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            salt: row.get("salt")?,
            hash: row.get("hash")?,
            memory_kib: row.number("memory_kib")?,
            passes: row.number("passes")?,
            lanes: row.number("lanes")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, user: UserId) -> Result<Option<Hashed>, Error> {
    on.query(FIND).bind(user.0).fetch_optional().await
}

/// Makes this the person's password, in place of one before.
///
/// # Errors
/// See [`Error`].
pub async fn mark(on: &mut impl Session, user: UserId, hashed: &Hashed, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(MARK)
        .bind(user.0)
        .bind(hashed.salt.as_slice())
        .bind(hashed.hash.as_slice())
        .bind(i64::from(hashed.memory_kib))
        .bind(i64::from(hashed.passes))
        .bind(i64::from(hashed.lanes))
        .bind(at)
        .execute()
        .await
        .map(drop)
}
