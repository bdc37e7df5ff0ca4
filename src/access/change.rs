//! Changing one's password while signed in: the current one is asked for, and counted as at signing in, so that whoever
//! finds an open browser cannot guess it there. Every session but the one that changed it ends, and every open link.

use super::{Access, Attempt, Error, Opened};
use crate::domain::password::Password;
use crate::records::users::User;
use crate::records::{links, passwords, sessions};

impl Access {
    /// Sets another password for somebody who is signed in, and gives their session a new secret.
    ///
    /// # Errors
    /// [`Error::Weak`]; [`Error::Wrong`], [`Error::AccountThrottled`] or [`Error::AddressThrottled`] for the current
    /// password; [`Error::Busy`].
    pub async fn change_password(
        &self,
        user: &User,
        attempt: &Attempt,
        current: &str,
        chosen: &str,
    ) -> Result<Opened, Error> {
        let password = Password::chosen(chosen, &user.name, &user.email)?;
        let subjects = self.counted("password", attempt).await?;
        let known = passwords::find(&mut &self.db, user.id).await?;
        if !self.is_right(current, known).await? {
            return Err(Error::Wrong);
        }
        let hashed = self.hash(&password).await?;
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        subjects.forgive(&mut tx).await?;
        links::mark_all_ended(&mut tx, user.id, now).await?;
        passwords::mark(&mut tx, user.id, &hashed, now).await?;
        let opened = self.open(&mut tx, user.id, &attempt.visit).await?;
        sessions::remove_others(&mut tx, user.id, opened.session).await?;
        tx.commit().await?;
        Ok(opened)
    }
}
