//! Sessions: opened by a right password or a link, known by their secret's SHA-256, and over when they are not used,
//! grow old, or are ended by their person from anywhere.

use chrono::{DateTime, TimeDelta, Utc};

use super::secret::{self, Secret};
use super::{Access, Error};
use crate::db::Tx;
use crate::domain::ids::{SessionId, UserId};
use crate::records::sessions::{self, Holder, Session};

/// The last use is noted at most this often: a read must not become a write each time.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Characters kept of what a browser calls itself.
const DEVICE: usize = 200;

/// The browser that somebody signs in with.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// What it calls itself.
    pub device: String,
    /// The secret of the session that it had before, which ends.
    pub earlier: Option<String>,
}

/// A session that was just opened.
#[derive(Clone, Debug)]
pub struct Opened {
    pub user: UserId,
    pub session: SessionId,
    pub secret: Secret,
    pub expires_at: DateTime<Utc>,
}

impl Access {
    /// Opens a session in a unit of work, with a new secret; the one that the browser had before ends.
    pub(super) async fn open(&self, tx: &mut Tx, user: UserId, visit: &Visit) -> Result<Opened, Error> {
        let now = self.clock.now();
        if let Some(earlier) = &visit.earlier {
            sessions::remove_by_hash(tx, secret::hash(earlier)).await?;
        }
        sessions::remove_expired(tx, now).await?;
        let secret = Secret::new();
        let session = Session {
            id: SessionId(self.clock.new_id()),
            user_id: user,
            device: visit.device.chars().filter(|c| !c.is_control()).take(DEVICE).collect(),
            created_at: now,
            last_used_at: now,
            expires_at: now + TimeDelta::hours(self.settings.session_h.into()),
        };
        sessions::insert(tx, &session, secret::hash(secret.expose())).await?;
        Ok(Opened { user, session: session.id, secret, expires_at: session.expires_at })
    }

    /// The person behind a presented secret; `None` when there is no such session or it is over.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn recognise(&self, presented: &str) -> Result<Option<Holder>, Error> {
        let Some(holder) = sessions::find_holder(&mut &self.db, secret::hash(presented)).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        if holder.expires_at <= now || now - holder.last_used_at >= self.idle() {
            return Ok(None);
        }
        if now - holder.last_used_at >= NOTE_USE_EVERY {
            let mut tx = self.db.write().await?;
            sessions::mark_used(&mut tx, holder.session, now).await?;
            tx.commit().await?;
        }
        Ok(Some(holder))
    }

    fn idle(&self) -> TimeDelta {
        TimeDelta::hours(self.settings.idle_h.into())
    }

    /// The open sessions of a person, the one used last first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sessions(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let now = self.clock.now();
        Ok(sessions::list(&mut &self.db, user, now, now - self.idle()).await?)
    }

    /// Ends one session of a person; whether it was there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<bool, Error> {
        let mut tx = self.db.write().await?;
        let ended = sessions::remove(&mut tx, user, session).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends every session of a person but this one; how many those were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_other_sessions(&self, user: UserId, keep: SessionId) -> Result<u64, Error> {
        let mut tx = self.db.write().await?;
        let ended = sessions::remove_others(&mut tx, user, keep).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends every session of a person; how many those were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_sessions(&self, user: UserId) -> Result<u64, Error> {
        let mut tx = self.db.write().await?;
        let ended = sessions::remove_all(&mut tx, user).await?;
        tx.commit().await?;
        Ok(ended)
    }
}
