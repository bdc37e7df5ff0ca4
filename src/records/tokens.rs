//! Table `tokens`: API tokens by the SHA-256 of their secret; a secret itself is never kept.

use chrono::{DateTime, Utc};

use super::showcases::{Showcase, columns};
use super::users::User;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::ids::{ShowcaseId, TokenId, UploadId, UserId};

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

/// What a request is about, as far as its address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Showcase(ShowcaseId),
    /// The showcase of an upload of the bearer's.
    Upload(UploadId),
}

macro_rules! bearer {
    ($columns:expr, $joined:literal) => {
        concat!(
            "SELECT b.id AS user_id, b.email, b.name, b.role, b.organisation_id, b.created_at AS user_created_at, ",
            "t.id AS token_id, t.expires_at, t.last_used_at",
            $columns,
            " FROM tokens t JOIN users b ON b.id = t.user_id ",
            $joined,
            " WHERE t.hash = $1"
        )
    };
}

statements! {
    INSERT = "INSERT INTO tokens (id, user_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    FIND_BEARER = bearer!("", "");
    FIND_WITH_SHOWCASE = bearer!(
        concat!(", ", columns!()),
        "LEFT JOIN showcases s ON s.id = $2 LEFT JOIN users u ON u.id = s.apprentice_id"
    );
    FIND_WITH_UPLOAD = bearer!(
        concat!(", ", columns!()),
        "LEFT JOIN uploads l ON l.id = $2 AND l.user_id = b.id LEFT JOIN showcases s ON s.id = l.showcase_id \
         LEFT JOIN users u ON u.id = s.apprentice_id"
    );
    LIST = "SELECT id, created_at, expires_at, last_used_at FROM tokens WHERE user_id = $1 ORDER BY id LIMIT 200";
    REMOVE = "DELETE FROM tokens WHERE id = $1 RETURNING user_id";
    MARK_USED = "UPDATE tokens SET last_used_at = $2 WHERE id = $1";
}

impl FromRow for Bearer {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            user: User {
                id: row.id("user_id")?,
                email: row.parse("email")?,
                name: row.get("name")?,
                role: row.parse("role")?,
                organisation_id: row.id_or_none("organisation_id")?,
                created_at: row.get("user_created_at")?,
            },
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

struct Recognised(Bearer, Option<Showcase>);

impl FromRow for Recognised {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let showcase = row.id_or_none::<ShowcaseId>("id")?.map(|_| Showcase::from_row(row));
        Ok(Self(Bearer::from_row(row)?, showcase.transpose()?))
    }
}

/// The bearer with the showcase that is named, if there is one: a read less for the many requests about one.
///
/// # Errors
/// See [`Error`].
pub async fn find_bearer_at(
    on: &mut impl Session,
    hash: Digest,
    named: Named,
) -> Result<Option<(Bearer, Option<Showcase>)>, Error> {
    let (sql, id) = match named {
        Named::Showcase(id) => (FIND_WITH_SHOWCASE, id.0),
        Named::Upload(id) => (FIND_WITH_UPLOAD, id.0),
    };
    let found = on.query(sql).bind(hash.as_bytes().as_slice()).bind(id).fetch_optional::<Recognised>().await?;
    Ok(found.map(|Recognised(bearer, showcase)| (bearer, showcase)))
}

/// # Errors
/// See [`Error`].
pub async fn mark_used(on: &mut impl Session, token: TokenId, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(MARK_USED).bind(token.0).bind(at).execute().await.map(drop)
}
