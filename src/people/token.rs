//! API tokens: 256 random bits behind a prefix that secret scanners know; only their SHA-256 is kept.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, People};
use crate::clock::random_bytes;
use crate::domain::digest::Digest;
use crate::domain::ids::{TokenId, UserId};
use crate::domain::people::Email;
use crate::records::showcases::Showcase;
use crate::records::tokens::{Bearer, Listed, Named, Token};
use crate::records::{tokens, users};

const PREFIX: &str = "exhibit_";
/// Days.
const LONGEST_LIFE: u32 = 3650;
/// A token's last use is noted at most this often: a read must not become a write.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::hours(1);

/// A token as its holder presents it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A token that was just made: the one time its secret can be shown.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    pub id: TokenId,
    pub secret: Secret,
    pub expires_at: Option<DateTime<Utc>>,
}

impl Secret {
    fn new() -> Self {
        Self(format!("{PREFIX}{}", hex::encode(random_bytes())))
    }

    /// The text to show, once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl People {
    /// A new token for a person, for `days` or without an end.
    ///
    /// # Errors
    /// [`Error::UnknownUser`] or [`Error::TokenLifetime`].
    pub async fn issue_token(&self, user: UserId, days: Option<u32>) -> Result<IssuedToken, Error> {
        if days.is_some_and(|days| !(1..=LONGEST_LIFE).contains(&days)) {
            return Err(Error::TokenLifetime);
        }
        let secret = Secret::new();
        let created_at = self.clock.now();
        let token = Token {
            id: TokenId(self.clock.new_id()),
            user_id: user,
            hash: Digest::of(secret.expose().as_bytes()),
            created_at,
            expires_at: days.map(|days| created_at + TimeDelta::days(days.into())),
        };
        let mut tx = self.db.write().await?;
        users::find(&mut tx, user).await?.ok_or(Error::UnknownUser(user))?;
        tokens::insert(&mut tx, &token).await?;
        tx.commit().await?;
        Ok(IssuedToken { id: token.id, secret, expires_at: token.expires_at })
    }

    /// As [`People::issue_token`], for a person known by e-mail address.
    ///
    /// # Errors
    /// [`Error::UnknownEmail`] or [`Error::TokenLifetime`].
    pub async fn issue_token_by_email(&self, email: &Email, days: Option<u32>) -> Result<IssuedToken, Error> {
        let user = users::find_by_email(&mut &self.db, email).await?.ok_or(Error::UnknownEmail)?;
        self.issue_token(user.id, days).await
    }

    /// The tokens of a person known by e-mail address.
    ///
    /// # Errors
    /// [`Error::UnknownEmail`].
    pub async fn tokens_by_email(&self, email: &Email) -> Result<Vec<Listed>, Error> {
        let user = users::find_by_email(&mut &self.db, email).await?.ok_or(Error::UnknownEmail)?;
        Ok(tokens::list(&mut &self.db, user.id).await?)
    }

    /// Revokes a token at once, for every replica; answers whose it was.
    ///
    /// # Errors
    /// [`Error::UnknownToken`].
    pub async fn revoke_token(&self, token: TokenId) -> Result<UserId, Error> {
        let mut tx = self.db.write().await?;
        let owner = tokens::remove(&mut tx, token).await?.ok_or(Error::UnknownToken(token))?;
        tx.commit().await?;
        Ok(owner)
    }

    /// The person behind a presented token; `None` when it is unknown or has expired.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn authenticate(&self, presented: &str) -> Result<Option<Bearer>, Error> {
        let Some(hash) = hash_of(presented) else { return Ok(None) };
        let Some(bearer) = tokens::find_bearer(&mut &self.db, hash).await? else { return Ok(None) };
        Ok(self.is_current(&bearer).await?.then_some(bearer))
    }

    /// The same, with the showcase that the request names, if there is one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn authenticate_at(
        &self,
        presented: &str,
        named: Named,
    ) -> Result<Option<(Bearer, Option<Showcase>)>, Error> {
        let Some(hash) = hash_of(presented) else { return Ok(None) };
        let Some(found) = tokens::find_bearer_at(&mut &self.db, hash, named).await? else { return Ok(None) };
        Ok(self.is_current(&found.0).await?.then_some(found))
    }

    /// Whether a token has not expired; notes its use now and then.
    async fn is_current(&self, bearer: &Bearer) -> Result<bool, Error> {
        let now = self.clock.now();
        if bearer.expires_at.is_some_and(|end| end <= now) {
            return Ok(false);
        }
        if bearer.last_used_at.is_none_or(|last| now - last >= NOTE_USE_EVERY) {
            let mut tx = self.db.write().await?;
            tokens::mark_used(&mut tx, bearer.token, now).await?;
            tx.commit().await?;
        }
        Ok(true)
    }
}

fn hash_of(presented: &str) -> Option<Digest> {
    presented.starts_with(PREFIX).then(|| Digest::of(presented.as_bytes()))
}
