//! Acceptance: every component accepted, every area tagged, every stored object still what was submitted. The
//! objects are read outside any transaction; if the showcase changed meanwhile, nothing is accepted.

use futures_util::TryStreamExt;
use sha2::{Digest as _, Sha256};

use super::{Error, Gateway, standing};
use crate::coverage;
use crate::domain::digest::Digest;
use crate::domain::gateway::{Component, ComponentDecision, Outcome, ShowcaseState, Snapshot};
use crate::domain::ids::UserId;
use crate::records::attempts::{self, Attempt, Closing, Decision};
use crate::records::showcases::{self, Showcase};
use crate::records::users;
use crate::storage::{self, ObjectKey, Storage};

impl Gateway {
    /// Accepts an open attempt.
    ///
    /// # Errors
    /// [`Error::NotIndependent`], [`Error::Rejected`], [`Error::Undecided`], [`Error::CoverageIncomplete`],
    /// [`Error::EvidenceAltered`], [`Error::ChangedMeanwhile`], or that the attempt is not open.
    pub async fn accept(&self, showcase: &Showcase, number: u32, by: UserId) -> Result<Attempt, Error> {
        let (attempt, revision) = self.acceptable(showcase, number, by).await?;
        self.unaltered(&attempt).await?;
        let mut tx = self.db.write().await?;
        let locked = showcases::lock(&mut tx, showcase.id).await?;
        if locked.revision != revision + 1 {
            return Err(Error::ChangedMeanwhile);
        }
        let at = self.clock.now();
        let closing = Closing { outcome: Outcome::Accepted, by, at, note: None };
        if !attempts::close(&mut tx, showcase.id, number, &closing).await? {
            return Err(Error::AttemptClosed);
        }
        showcases::mark_state(&mut tx, showcase.id, ShowcaseState::Accepted, number).await?;
        tx.commit().await?;
        Ok(Attempt { outcome: Some(Outcome::Accepted), closed_by: Some(by), closed_at: Some(at), ..attempt })
    }

    /// Checks all that the database alone can tell; answers the revision for which that holds.
    async fn acceptable(&self, showcase: &Showcase, number: u32, by: UserId) -> Result<(Attempt, i64), Error> {
        let mut tx = self.db.read().await?;
        let attempts = attempts::list(&mut tx, showcase.id).await?;
        let attempt = attempts.into_iter().find(|attempt| attempt.number == number).ok_or(Error::NoSuchAttempt)?;
        if attempt.outcome.is_some() {
            return Err(Error::AttemptClosed);
        }
        let current = showcases::find(&mut tx, showcase.id).await?.ok_or(Error::NoSuchAttempt)?;
        let assessor = users::find(&mut tx, by).await?;
        if assessor.is_none_or(|person| person.organisation_id == Some(current.provider_id)) {
            return Err(Error::NotIndependent);
        }
        decided(&attempts::decisions(&mut tx, showcase.id).await?, number)?;
        let coverage = coverage::load(&mut tx, self.standard(showcase)?, showcase.id).await?;
        if !coverage.complete {
            return Err(Error::CoverageIncomplete(coverage.missing));
        }
        Ok((attempt, current.revision))
    }

    /// Reads every frozen object again and compares it with the snapshot, whose own digest is checked first.
    async fn unaltered(&self, attempt: &Attempt) -> Result<(), Error> {
        if Digest::of(attempt.snapshot.as_bytes()) != attempt.snapshot_sha256 {
            return Err(Error::EvidenceAltered(vec!["the recorded submission".into()]));
        }
        let broken = |_| Error::EvidenceAltered(vec!["the recorded submission".into()]);
        let snapshot: Snapshot = serde_json::from_str(&attempt.snapshot).map_err(broken)?;
        let pieces = snapshot.pieces.iter().map(|p| (ObjectKey::Piece(p.id), p.sha256, format!("piece {}", p.id)));
        let documents =
            snapshot.documents.iter().map(|d| (ObjectKey::Document(d.id), d.sha256, format!("document {}", d.id)));
        let mut altered = Vec::new();
        for (key, recorded, name) in pieces.chain(documents) {
            if stored_digest(&self.storage, key).await? != Some(recorded) {
                tracing::error!(%key, "a stored object does not have its recorded digest");
                altered.push(name);
            }
        }
        if altered.is_empty() { Ok(()) } else { Err(Error::EvidenceAltered(altered)) }
    }
}

/// Whether the latest decision on every component accepts it.
fn decided(decisions: &[Decision], number: u32) -> Result<(), Error> {
    let with = |wanted: Option<ComponentDecision>| -> Vec<Component> {
        let all = Component::ALL.iter().copied();
        all.filter(|&component| standing(decisions, number, component).map(|d| d.decision) == wanted).collect()
    };
    let (rejected, undecided) = (with(Some(ComponentDecision::Rejected)), with(None));
    match (rejected.is_empty(), undecided.is_empty()) {
        (false, _) => Err(Error::Rejected(rejected)),
        (true, false) => Err(Error::Undecided(undecided)),
        (true, true) => Ok(()),
    }
}

/// The digest of what is stored under a key now; `None` when nothing is.
async fn stored_digest(storage: &Storage, key: ObjectKey) -> Result<Option<Digest>, Error> {
    let mut content = match storage.read(key, None).await {
        Ok(content) => content,
        Err(storage::Error::Missing) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut hasher = Sha256::new();
    while let Some(block) = content.try_next().await? {
        hasher.update(&block);
    }
    Ok(Some(Digest::from_hasher(hasher)))
}
