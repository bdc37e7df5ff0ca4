//! Links to set a password: an invitation, or the way back for one who forgot theirs. A link is good once and for a
//! while, setting the password ends every session there was, and a newer link ends those before it.

use chrono::{DateTime, TimeDelta, Utc};

use super::secret::{self, Secret};
use super::{Access, Attempt, Error, Opened, Visit};
use crate::domain::ids::{LinkId, OrganisationId, UserId};
use crate::domain::password::Password;
use crate::domain::people::{Email, LinkPurpose, Role};
use crate::records::links::{self, Link, Presented};
use crate::records::passkeys::{self, WaysIn};
use crate::records::users::User;
use crate::records::{organisations, passwords, sessions, users};

/// A link that was just made: the one time its secret can be shown.
#[derive(Clone, Debug)]
pub struct NewLink {
    pub secret: Secret,
    pub expires_at: DateTime<Utc>,
}

impl Access {
    /// Invites a person to set their password. Nobody but an admin makes a link for one who has one, or a
    /// passkey: whoever holds the link could sign in as them.
    ///
    /// # Errors
    /// [`Error::UnknownUser`] or [`Error::HasPassword`].
    pub async fn invite(&self, user: UserId, by: Option<&User>) -> Result<NewLink, Error> {
        let mut tx = self.db.write().await?;
        users::find(&mut tx, user).await?.ok_or(Error::UnknownUser)?;
        let is_admin = by.is_none_or(|by| by.role == Role::Admin);
        let WaysIn { has_password, passkeys } = passkeys::ways_in(&mut tx, user).await?;
        if !is_admin && (has_password || passkeys > 0) {
            return Err(Error::HasPassword);
        }
        let link = self.link(&mut tx, user, LinkPurpose::Invitation, by.map(|by| by.id)).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Invites apprentices of a provider who have no way in yet, neither a password nor an invitation that is still good:
    /// the first `most` of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn invite_uninvited(
        &self,
        provider: OrganisationId,
        by: UserId,
        most: u32,
    ) -> Result<Vec<(User, NewLink)>, Error> {
        let mut tx = self.db.write().await?;
        // Two who ask at once get links for different people: a second link would end the first.
        organisations::hold(&mut tx, provider).await?;
        let mut invited = Vec::new();
        for user in users::uninvited(&mut tx, provider, self.clock.now(), most).await? {
            let link = self.link(&mut tx, user.id, LinkPurpose::Invitation, Some(by)).await?;
            invited.push((user, link));
        }
        tx.commit().await?;
        Ok(invited)
    }

    /// How many apprentices of a provider have no way in yet.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn uninvited(&self, provider: OrganisationId) -> Result<u64, Error> {
        Ok(users::count_uninvited(&mut &self.db, provider, self.clock.now()).await?)
    }

    /// As [`Access::invite`], by whoever runs the service, for a person known by e-mail address.
    ///
    /// # Errors
    /// [`Error::UnknownUser`].
    pub async fn invite_by_email(&self, email: &Email) -> Result<NewLink, Error> {
        let user = users::find_by_email(&mut &self.db, email).await?.ok_or(Error::UnknownUser)?;
        self.invite(user.id, None).await
    }

    /// Counts that somebody forgot their password.
    ///
    /// # Errors
    /// [`Error::AccountThrottled`] or [`Error::AddressThrottled`].
    pub async fn count_forgotten(&self, attempt: &Attempt) -> Result<(), Error> {
        self.count("forgotten", attempt).await
    }

    /// A link for somebody who forgot their password; `None` when nobody has this address.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forgotten(&self, email: &str) -> Result<Option<(User, NewLink)>, Error> {
        let Ok(email) = email.parse::<Email>() else { return Ok(None) };
        let mut tx = self.db.write().await?;
        let Some(user) = users::find_by_email(&mut tx, &email).await? else { return Ok(None) };
        let link = self.link(&mut tx, user.id, LinkPurpose::Reset, None).await?;
        tx.commit().await?;
        Ok(Some((user, link)))
    }

    async fn link(
        &self,
        tx: &mut crate::db::Tx,
        user: UserId,
        purpose: LinkPurpose,
        created_by: Option<UserId>,
    ) -> Result<NewLink, Error> {
        let now = self.clock.now();
        let life = match purpose {
            LinkPurpose::Invitation => TimeDelta::hours(self.settings.invitation_h.into()),
            LinkPurpose::Reset => TimeDelta::minutes(self.settings.reset_min.into()),
        };
        links::mark_all_ended(tx, user, now).await?;
        let id = LinkId(self.clock.new_id());
        let link = Link { id, user_id: user, purpose, created_by, created_at: now, expires_at: now + life };
        let secret = Secret::new();
        links::insert(tx, &link, secret::hash(secret.expose())).await?;
        Ok(NewLink { secret, expires_at: link.expires_at })
    }

    /// Looks at a link without using it.
    ///
    /// # Errors
    /// [`Error::LinkUnknown`], [`Error::LinkUsed`] or [`Error::LinkExpired`].
    pub async fn look_at(&self, presented: &str) -> Result<Presented, Error> {
        let found = links::find(&mut &self.db, secret::hash(presented)).await?.ok_or(Error::LinkUnknown)?;
        if found.ended_at.is_some() {
            return Err(Error::LinkUsed);
        }
        if found.expires_at <= self.clock.now() { Err(Error::LinkExpired) } else { Ok(found) }
    }

    /// Sets the password that a link is for, ends every session of the person, and opens one.
    ///
    /// # Errors
    /// As [`Access::look_at`], [`Error::Weak`] or [`Error::Busy`]; the link is then as good as before.
    pub async fn set_password(&self, presented: &str, chosen: &str, visit: &Visit) -> Result<Opened, Error> {
        let link = self.look_at(presented).await?;
        let user = link.user;
        let password = Password::chosen(chosen, &user.name, &user.email)?;
        let hashed = self.hash(&password).await?;
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        if !links::mark_ended(&mut tx, link.link, now).await? {
            return Err(Error::LinkUsed);
        }
        passwords::mark(&mut tx, user.id, &hashed, now).await?;
        let opened = self.open(&mut tx, user.id, visit).await?;
        sessions::remove_others(&mut tx, user.id, opened.session).await?;
        tx.commit().await?;
        Ok(opened)
    }
}
