//! Who may go on with an upload. Whoever comes takes it over at once from whoever receives, and the next move of the
//! old one fails by its fence; only one who is making a piece of it is waited for, until there is no sign of life.

use chrono::TimeDelta;
use tokio::time::{Duration, Instant, sleep};

use super::outcome::{Ending, Outcome};
use super::{Error, Intake, wrong_offset};
use crate::domain::ids::{UploadId, UserId};
use crate::records::uploads::{self, Lease, Upload};

/// How long a holder is believed in without a sign of life.
pub const LEASE: TimeDelta = TimeDelta::seconds(4);
/// How often one that makes a piece of an upload gives one.
const SIGN: Duration = Duration::from_secs(1);
/// How long a request waits for the one before.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
pub const GLANCE: Duration = Duration::from_millis(100);

/// What came of taking an upload up.
pub enum Taken {
    Held(Upload),
    /// There is nothing to take up any more.
    Decided(Upload),
}

impl Intake {
    /// Takes an upload of this person's up at `offset`.
    pub(super) async fn take(&self, (id, by): (UploadId, UserId), offset: u64) -> Result<Taken, Error> {
        let (owner, wait) = (self.clock.new_id(), Instant::now() + PATIENCE);
        loop {
            let now = self.clock.now();
            let lease = Lease { owner, now, until: now + LEASE };
            if let Some(taken) = uploads::take(&mut self.db.alone(), (id, by), offset, lease).await? {
                return Ok(Taken::Held(taken));
            }
            let upload = self.find_upload(id, by).await?;
            if upload.outcome.is_some() || upload.expires_at <= now {
                return Ok(Taken::Decided(upload));
            }
            if upload.received != offset {
                return Err(wrong_offset(&upload));
            }
            if Instant::now() >= wait {
                return Err(Error::Locked);
            }
            sleep(GLANCE).await;
        }
    }

    /// Says that this request still holds the upload.
    ///
    /// # Errors
    /// [`Error::Locked`] or [`Error::Over`] when it does not.
    pub(super) async fn hold(&self, upload: &Upload, finishing: bool) -> Result<(), Error> {
        let until = self.clock.now() + LEASE;
        let held = uploads::hold(&mut self.db.alone(), (upload.id, upload.fence), until, finishing).await?;
        if held { Ok(()) } else { Err(self.why_lost(upload).await) }
    }

    /// Looks whether this request still holds the upload.
    ///
    /// # Errors
    /// As [`Intake::hold`].
    pub(super) async fn look(&self, upload: &Upload) -> Result<(), Error> {
        let held = uploads::is_held(&mut &self.db, (upload.id, upload.fence)).await?;
        if held { Ok(()) } else { Err(self.why_lost(upload).await) }
    }

    /// Gives signs of life for as long as it is polled.
    pub(super) async fn give_signs(&self, upload: &Upload) -> std::convert::Infallible {
        loop {
            sleep(SIGN).await;
            if let Err(error) = self.hold(upload, true).await {
                tracing::warn!(upload = %upload.id, %error, "an upload that is being finished could not be held");
            }
        }
    }

    /// Why this request does not hold the upload any more.
    pub(super) async fn why_lost(&self, upload: &Upload) -> Error {
        match self.find_upload(upload.id, upload.user_id).await {
            Ok(Upload { outcome: Some(outcome), .. }) => {
                // What this request stored since is needed by nobody.
                self.forget_upload(upload.id).await;
                // Whoever asks next is told what became of it.
                if outcome == Outcome::Cancelled.written() { Error::Over } else { Error::Locked }
            }
            Ok(_) => Error::Locked,
            Err(Error::Gone) => Error::Over,
            Err(error) => error,
        }
    }

    /// Lets the upload go. If the database does not answer, the next one waits a while longer.
    pub(super) async fn release(&self, upload: &Upload) {
        let released = uploads::release(&mut self.db.alone(), (upload.id, upload.fence)).await;
        if let Err(error) = released {
            tracing::warn!(upload = %upload.id, %error, "an upload could not be let go of");
        }
    }

    /// Lets the upload go after an error; one that refuses it ends it.
    pub(super) async fn let_go(&self, upload: &Upload, error: Error) -> Error {
        let Some(outcome) = Outcome::of(&error) else {
            self.release(upload).await;
            return error;
        };
        match self.end(upload, &outcome).await {
            Ok(()) => self.forget_upload(upload.id).await,
            // It will be refused again when it is asked for again.
            Err(lost) => tracing::warn!(upload = %upload.id, error = %lost, "a refusal could not be recorded"),
        }
        error
    }

    pub(super) async fn end(&self, upload: &Upload, outcome: &Outcome) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        self.ending(upload).end(&mut tx, outcome).await?;
        Ok(tx.commit().await?)
    }

    pub(super) fn ending(&self, upload: &Upload) -> Ending {
        let remembered = self.clock.now() + self.resuming.expire;
        Ending { id: upload.id, fence: upload.fence, remembered, is_bare: false }
    }
}
