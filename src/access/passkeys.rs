//! Passkeys: a public key of a person's device, which signs a challenge of ours instead of a password being typed. A
//! challenge is answered once, within minutes, by the browser that got it and for what it was given, at any replica.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::relying_party::{Answer, Asked, Made, RelyingParty};
use super::secret::{self, Secret};
use super::{Access, Attempt, Error, Opened, Visit};
use crate::db::{self, Tx};
use crate::domain::digest::Digest;
use crate::domain::ids::{PasskeyId, SessionId, UserId};
use crate::domain::text::Line;
use crate::records::ceremonies::{self, Ceremony};
use crate::records::passkeys::{self, Passkey, WaysIn};
use crate::records::users::User;
use crate::records::{links, sessions, throttles};

/// How long a challenge waits for its answer.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// How long ago somebody may have signed in who adds a passkey: whoever finds a browser open adds none.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Passkeys of one person: each browser that is asked for a further one is told of all of them.
const MOST: u32 = 20;

/// A challenge for a browser.
#[derive(Debug)]
pub struct Challenge {
    /// For the browser's own function, as JSON.
    pub options: Value,
    /// What the browser has to present with the answer.
    pub browser: Secret,
}

/// What a challenge is for.
enum Purpose {
    SignIn,
    Session(SessionId),
    Link(crate::domain::ids::LinkId),
}

impl Purpose {
    /// By what the challenge is known: another browser, session or link has another one.
    fn hash(&self, browser: &str) -> Digest {
        let subject = match self {
            Self::SignIn => "sign in".to_owned(),
            Self::Session(id) => format!("session {id}"),
            Self::Link(id) => format!("link {id}"),
        };
        Digest::of(format!("{subject} {}", secret::hash(browser)).as_bytes())
    }
}

impl Access {
    /// Lets people use passkeys where they reach the service, if browsers do so there.
    #[must_use]
    pub fn with_passkeys(mut self, public_url: Option<&str>) -> Self {
        self.party = public_url.and_then(RelyingParty::at).map(Into::into);
        self
    }

    #[must_use]
    pub fn has_passkeys(&self) -> bool {
        self.party.is_some()
    }

    fn party(&self) -> Result<&RelyingParty, Error> {
        self.party.as_deref().ok_or(Error::PasskeysOff)
    }

    /// A challenge for somebody who signs in; counted as an attempt from their network address.
    ///
    /// # Errors
    /// [`Error::PasskeysOff`] or [`Error::AddressThrottled`].
    pub async fn ask_who(&self, attempt: &Attempt) -> Result<Challenge, Error> {
        let asked = self.party()?.ask_who()?;
        self.count_address("passkey", attempt).await?;
        self.keep(&Purpose::SignIn, asked).await
    }

    /// Signs in whoever the answer proves to be there.
    ///
    /// # Errors
    /// [`Error::PasskeyRefused`], [`Error::AccountThrottled`] or [`Error::PasskeysOff`].
    pub async fn sign_in_with_passkey(&self, browser: &str, json: &str, attempt: Attempt) -> Result<Opened, Error> {
        let party = self.party()?;
        let answer = Answer::read(json)?;
        let credential = answer.credential_id();
        // The challenge is gone before the answer is looked at.
        let state = self.take(&Purpose::SignIn, browser).await?;
        let attempt = Attempt { email: hex::encode(&credential), ..attempt };
        let subjects = self.count_account("passkey", &attempt).await?;
        let mut tx = self.db.write().await?;
        let passkey = passkeys::find_by_credential(&mut tx, &credential).await?.ok_or(Error::PasskeyRefused)?;
        let after = party.proven(&state, &answer, &passkey)?;
        if !passkeys::mark_used(&mut tx, &passkey, &after, self.clock.now()).await? {
            return Err(Error::PasskeyRefused);
        }
        if let Some(address) = subjects.address {
            throttles::forgive_one(&mut tx, address).await?;
        }
        throttles::forgive(&mut tx, subjects.account).await?;
        let opened = self.open(&mut tx, passkey.user_id, &attempt.visit).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// Whether somebody who signed in then may add a passkey now.
    #[must_use]
    pub fn is_fresh(&self, signed_in_at: DateTime<Utc>) -> bool {
        self.clock.now() - signed_in_at < FRESH
    }

    /// A challenge for a further passkey of somebody who signed in just now.
    ///
    /// # Errors
    /// [`Error::PasskeysOff`], [`Error::NotFresh`] or [`Error::TooManyPasskeys`].
    pub async fn ask_for_passkey(
        &self,
        user: &User,
        session: SessionId,
        signed_in_at: DateTime<Utc>,
    ) -> Result<Challenge, Error> {
        if !self.is_fresh(signed_in_at) {
            return Err(Error::NotFresh);
        }
        self.ask_for_new(user, &Purpose::Session(session)).await
    }

    /// Adds the passkey that a browser made for a session.
    ///
    /// # Errors
    /// [`Error::PasskeyRefused`], [`Error::NotFresh`] or [`Error::PasskeysOff`].
    pub async fn add_passkey(
        &self,
        user: &User,
        (session, signed_in_at): (SessionId, DateTime<Utc>),
        browser: &str,
        json: &str,
        name: Line,
    ) -> Result<(), Error> {
        if !self.is_fresh(signed_in_at) {
            return Err(Error::NotFresh);
        }
        let state = self.take(&Purpose::Session(session), browser).await?;
        let made = self.party()?.made(&state, json)?;
        let mut tx = self.db.write().await?;
        passkeys::lock(&mut tx, user.id).await?;
        self.insert(&mut tx, user.id, made, name).await?;
        Ok(tx.commit().await?)
    }

    /// A challenge for a passkey in place of the password that a link is for.
    ///
    /// # Errors
    /// As [`Access::look_at`], or [`Error::PasskeysOff`].
    pub async fn ask_by_link(&self, presented: &str) -> Result<Challenge, Error> {
        let link = self.look_at(presented).await?;
        self.ask_for_new(&link.user, &Purpose::Link(link.link)).await
    }

    /// Adds the passkey that a browser made for a link, which is then used; ends every session of the person, and
    /// opens one.
    ///
    /// # Errors
    /// As [`Access::look_at`], [`Error::PasskeyRefused`] or [`Error::PasskeysOff`]; the link is then as good as before.
    pub async fn add_passkey_by_link(
        &self,
        presented: &str,
        browser: &str,
        json: &str,
        (name, visit): (Line, &Visit),
    ) -> Result<Opened, Error> {
        let link = self.look_at(presented).await?;
        let state = self.take(&Purpose::Link(link.link), browser).await?;
        let made = self.party()?.made(&state, json)?;
        let user = link.user.id;
        let mut tx = self.db.write().await?;
        passkeys::lock(&mut tx, user).await?;
        if !links::mark_ended(&mut tx, link.link, self.clock.now()).await? {
            return Err(Error::LinkUsed);
        }
        self.insert(&mut tx, user, made, name).await?;
        let opened = self.open(&mut tx, user, visit).await?;
        sessions::remove_others(&mut tx, user, opened.session).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// The passkeys of a person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<Passkey>, Error> {
        Ok(passkeys::list(&mut &self.db, user).await?)
    }

    /// How a person can sign in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ways_in(&self, user: UserId) -> Result<WaysIn, Error> {
        Ok(passkeys::ways_in(&mut &self.db, user).await?)
    }

    /// Removes a passkey of a person, unless it is their last way in; whether it was there.
    ///
    /// # Errors
    /// [`Error::LastWayIn`].
    pub async fn remove_passkey(&self, user: UserId, id: PasskeyId) -> Result<bool, Error> {
        let mut tx = self.db.write().await?;
        // Two that are removed at the same moment: the second finds that it is the last.
        passkeys::lock(&mut tx, user).await?;
        let WaysIn { has_password, passkeys } = passkeys::ways_in(&mut tx, user).await?;
        let removed = passkeys::remove(&mut tx, user, id).await?;
        if removed && !has_password && passkeys == 1 {
            return Err(Error::LastWayIn);
        }
        tx.commit().await?;
        Ok(removed)
    }

    async fn ask_for_new(&self, user: &User, purpose: &Purpose) -> Result<Challenge, Error> {
        let known = self.passkeys(user.id).await?;
        if known.len() >= MOST as usize {
            return Err(Error::TooManyPasskeys);
        }
        let asked = self.party()?.ask_for_new(user, &known)?;
        self.keep(purpose, asked).await
    }

    async fn keep(&self, purpose: &Purpose, asked: Asked) -> Result<Challenge, Error> {
        let now = self.clock.now();
        let browser = Secret::new();
        let ceremony = Ceremony { state: asked.state, expires_at: now + PATIENCE };
        let mut tx = self.db.write().await?;
        ceremonies::remove_expired(&mut tx, now).await?;
        ceremonies::insert(&mut tx, purpose.hash(browser.expose()), &ceremony).await?;
        tx.commit().await?;
        Ok(Challenge { options: asked.options, browser })
    }

    /// Takes the challenge out that this browser was given for this, whatever comes of the answer.
    async fn take(&self, purpose: &Purpose, browser: &str) -> Result<Vec<u8>, Error> {
        let mut tx = self.db.write().await?;
        let ceremony = ceremonies::remove(&mut tx, purpose.hash(browser)).await?;
        tx.commit().await?;
        let ceremony = ceremony.filter(|ceremony| ceremony.expires_at > self.clock.now());
        ceremony.map(|ceremony| ceremony.state).ok_or(Error::ChallengeOver)
    }

    async fn insert(&self, tx: &mut Tx, user: UserId, made: Made, name: Line) -> Result<(), Error> {
        let Made { credential_id, transports, key, state } = made;
        let passkey = Passkey {
            id: PasskeyId(self.clock.new_id()),
            user_id: user,
            credential_id,
            transports,
            key,
            state,
            name: name.into(),
            created_at: self.clock.now(),
            last_used_at: None,
        };
        if passkeys::ways_in(tx, user).await?.passkeys >= MOST {
            return Err(Error::TooManyPasskeys);
        }
        passkeys::insert(tx, &passkey).await.map_err(|error| match error {
            db::Error::Conflict => Error::PasskeyRefused,
            other => other.into(),
        })
    }
}
