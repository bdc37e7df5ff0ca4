//! The secret address of a person's calendar, for programs that can follow a link but not sign in. It shows what is due
//! and nothing else, and can be renewed or taken back.

use super::secret::{self, Secret};
use super::{Access, Error};
use crate::domain::ids::UserId;
use crate::records::feeds;
use crate::records::users::User;

impl Access {
    /// A new secret for a person's calendar; the one before ends.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn new_feed(&self, user: UserId) -> Result<Secret, Error> {
        let secret = Secret::new();
        feeds::put(&mut self.db.alone(), user, secret::hash(secret.expose()), self.clock.now()).await?;
        Ok(secret)
    }

    /// Whose calendar a secret opens.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn feed(&self, presented: &str) -> Result<Option<User>, Error> {
        Ok(feeds::find(&mut &self.db, secret::hash(presented)).await?)
    }

    /// Ends a person's calendar, if there is one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_feed(&self, user: UserId) -> Result<(), Error> {
        Ok(feeds::remove(&mut self.db.alone(), user).await?)
    }
}
