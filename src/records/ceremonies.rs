//! Table `ceremonies`: challenges that wait for a passkey's answer, shared by all replicas. A row is taken out to be
//! answered, so no challenge is answered twice.

use chrono::{DateTime, Utc};

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::digest::Digest;

/// A challenge that was taken out.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// What the answer is held against, in the words of whoever made it.
    pub state: Vec<u8>,
    pub expires_at: DateTime<Utc>,
}

statements! {
    INSERT = "INSERT INTO ceremonies (hash, state, expires_at) VALUES ($1, $2, $3)";
    REMOVE = "DELETE FROM ceremonies WHERE hash = $1 RETURNING state, expires_at";
    REMOVE_EXPIRED = "DELETE FROM ceremonies WHERE expires_at <= $1";
}

impl FromRow for Ceremony {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { state: row.get("state")?, expires_at: row.get("expires_at")? })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, hash: Digest, ceremony: &Ceremony) -> Result<(), Error> {
    on.query(INSERT)
        .bind(hash.as_bytes().as_slice())
        .bind(ceremony.state.as_slice())
        .bind(ceremony.expires_at)
        .execute()
        .await
        .map(drop)
}

/// Takes one out; whoever comes second finds none.
///
/// # Errors
/// See [`Error`].
pub async fn remove(on: &mut impl Session, hash: Digest) -> Result<Option<Ceremony>, Error> {
    on.query(REMOVE).bind(hash.as_bytes().as_slice()).fetch_optional().await
}

/// # Errors
/// See [`Error`].
pub async fn remove_expired(on: &mut impl Session, now: DateTime<Utc>) -> Result<(), Error> {
    on.query(REMOVE_EXPIRED).bind(now).execute().await.map(drop)
}
