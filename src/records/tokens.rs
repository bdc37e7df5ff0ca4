//! Table `tokens`: API tokens by the SHA-256 of their secret; a secret itself is never kept.

use chrono::{DateTime, Utc};

use super::users::User;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::ids::{TokenId, UserId};

/// A recorded token.
#[derive(Clone, Debug)]
pub struct Token {
    pub id: TokenId,
    pub user_id: UserId,
    /// Of the whole token as the user holds it.
    pub hash: Digest,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token as admins may see it: nothing of its secret is kept.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: TokenId,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The person behind a presented token.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub user: User,
    pub token: TokenId,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

statements! {
    INSERT = "INSERT INTO tokens (id, user_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    FIND_BEARER = "SELECT u.id, u.email, u.name, u.role, u.organisation_id, u.created_at, \
                   t.id AS token_id, t.expires_at, t.last_used_at \
                   FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = $1";
    LIST = "SELECT id, created_at, expires_at, last_used_at FROM tokens WHERE user_id = $1 ORDER BY id LIMIT 200";
    REMOVE = "DELETE FROM tokens WHERE id = $1 RETURNING user_id";
    MARK_USED = "UPDATE tokens SET last_used_at = $2 WHERE id = $1";
}

impl FromRow for Bearer {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            user: User::from_row(row)?,
            token: row.id("token_id")?,
            expires_at: row.get("expires_at")?,
            last_used_at: row.get("last_used_at")?,
        })
    }
}

impl FromRow for Listed {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
            last_used_at: row.get("last_used_at")?,
        })
    }
}

struct Owner(UserId);

impl FromRow for Owner {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.id("user_id").map(Self)
    }
}

/// The tokens of a person, in the order in which they were issued.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, user: UserId) -> Result<Vec<Listed>, Error> {
    on.query(LIST).bind(user.0).fetch_all().await
}

/// Removes a token; answers whose it was.
///
/// # Errors
/// See [`Error`].
pub async fn remove(on: &mut impl Session, id: TokenId) -> Result<Option<UserId>, Error> {
    let owner = on.query(REMOVE).bind(id.0).fetch_optional::<Owner>().await?;
    Ok(owner.map(|owner| owner.0))
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, token: &Token) -> Result<(), Error> {
    on.query(INSERT)
        .bind(token.id.0)
        .bind(token.user_id.0)
        .bind(token.hash.as_bytes().as_slice())
        .bind(token.created_at)
        .bind(token.expires_at)
        .execute()
        .await
        .map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn find_bearer(on: &mut impl Session, hash: Digest) -> Result<Option<Bearer>, Error> {
    on.query(FIND_BEARER).bind(hash.as_bytes().as_slice()).fetch_optional().await
}

/// # Errors
/// See [`Error`].
pub async fn mark_used(on: &mut impl Session, token: TokenId, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(MARK_USED).bind(token.0).bind(at).execute().await.map(drop)
}
