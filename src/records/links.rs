//! Table `links`: leave to set a password once, by the SHA-256 of the link's secret. A row is ended at most once, so
//! of two clicks at the same moment one finds it ended.

use chrono::{DateTime, Utc};

use super::users::User;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::ids::{LinkId, UserId};
use crate::domain::people::LinkPurpose;

/// A link as it is recorded.
#[derive(Clone, Debug)]
pub struct Link {
    pub id: LinkId,
    pub user_id: UserId,
    pub purpose: LinkPurpose,
    /// Who made it for somebody else.
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A presented link with the person that it is for.
#[derive(Clone, Debug)]
pub struct Presented {
    pub user: User,
    pub link: LinkId,
    pub purpose: LinkPurpose,
    pub expires_at: DateTime<Utc>,
    /// When it was used, or a newer one took its place.
    pub ended_at: Option<DateTime<Utc>>,
}

statements! {
    INSERT = "INSERT INTO links (id, user_id, hash, purpose, created_by, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND = "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at, \
            l.id AS link_id, l.purpose, l.expires_at, l.ended_at \
            FROM links l JOIN users u ON u.id = l.user_id WHERE l.hash = $1";
    MARK_ENDED = "UPDATE links SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    MARK_ALL_ENDED = "UPDATE links SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL";
}

impl FromRow for Presented {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            user: User::from_row(row)?,
            link: row.id("link_id")?,
            purpose: row.parse("purpose")?,
            expires_at: row.get("expires_at")?,
            ended_at: row.get("ended_at")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, link: &Link, hash: Digest) -> Result<(), Error> {
    on.query(INSERT)
        .bind(link.id.0)
        .bind(link.user_id.0)
        .bind(hash.as_bytes().as_slice())
        .bind(link.purpose.word())
        .bind(link.created_by.map(|id| id.0))
        .bind(link.created_at)
        .bind(link.expires_at)
        .execute()
        .await
        .map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, hash: Digest) -> Result<Option<Presented>, Error> {
    on.query(FIND).bind(hash.as_bytes().as_slice()).fetch_optional().await
}

/// Ends a link; whether it was not ended before.
///
/// # Errors
/// See [`Error`].
pub async fn mark_ended(on: &mut impl Session, id: LinkId, at: DateTime<Utc>) -> Result<bool, Error> {
    on.query(MARK_ENDED).bind(id.0).bind(at).execute().await.map(|rows| rows > 0)
}

/// Ends every link of a person.
///
/// # Errors
/// See [`Error`].
pub async fn mark_all_ended(on: &mut impl Session, user: UserId, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(MARK_ALL_ENDED).bind(user.0).bind(at).execute().await.map(drop)
}
