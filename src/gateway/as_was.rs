//! An attempt as it was: what was submitted, what had been tagged when it was decided, and the decisions. Nothing that
//! came after shows in it.

use super::{Error, Gateway};
use crate::domain::gateway::Snapshot;
use crate::records::attempts::{self, Attempt, Decision};
use crate::records::showcases::Showcase;
use crate::records::tags::{self, Tag};

/// An attempt, whole.
#[derive(Clone, Debug)]
pub struct AsWas {
    pub attempt: Attempt,
    pub decisions: Vec<Decision>,
    /// What was submitted, read from the attempt's own text.
    pub submitted: Snapshot,
    /// The tags of its pieces when it was closed; those of now while it is open.
    pub tags: Vec<Tag>,
}

impl Gateway {
    /// Attempt `number` as it was.
    ///
    /// # Errors
    /// [`Error::NoSuchAttempt`], [`Error::EvidenceAltered`] when the recorded submission cannot be read any more, or
    /// [`Error::Database`].
    pub async fn as_was(&self, showcase: &Showcase, number: u32) -> Result<AsWas, Error> {
        let mut tx = self.db.read().await?;
        let attempts = attempts::list(&mut tx, showcase.id).await?;
        let attempt = attempts.into_iter().find(|attempt| attempt.number == number).ok_or(Error::NoSuchAttempt)?;
        let mut decisions = attempts::decisions(&mut tx, showcase.id).await?;
        decisions.retain(|decision| decision.attempt == number);
        let at = attempt.closed_at.unwrap_or_else(|| self.clock.now());
        let mut tags = tags::list_at(&mut tx, showcase.id, at).await?;
        let altered = |_| Error::EvidenceAltered(vec!["the recorded submission".into()]);
        let submitted: Snapshot = serde_json::from_str(&attempt.snapshot).map_err(altered)?;
        tags.retain(|tag| submitted.pieces.iter().any(|piece| piece.id == tag.piece_id));
        Ok(AsWas { attempt, decisions, submitted, tags })
    }
}
