//! Submission: the showcase freezes, and the digest of exactly what froze is recorded with it.

use super::{AttemptView, Error, Gateway, locked_in};
use crate::domain::digest::Digest;
use crate::domain::gateway::{
    Component, ComponentDecision, FrozenDocument, FrozenPiece, ShowcaseState, Snapshot, ready,
};
use crate::domain::ids::{DecisionId, UserId};
use crate::records::attempts::{Attempt, Decision};
use crate::records::showcases::Showcase;
use crate::records::{attempts, pieces, showcases};

use super::view::Ground;

impl Gateway {
    /// Submits the next attempt of a showcase in draft. What was accepted before and did not change stays accepted.
    ///
    /// # Errors
    /// [`Error::WrongState`], [`Error::NotReady`] with every check, or [`Error::Unchanged`].
    pub async fn submit(&self, showcase: &Showcase, by: UserId) -> Result<AttemptView, Error> {
        let mut tx = self.db.write().await?;
        let locked = locked_in(&mut tx, showcase, ShowcaseState::Draft).await?;
        let ground = self.survey(&mut tx, showcase).await?;
        if !ready(&ground.checks) {
            return Err(Error::NotReady(ground.checks));
        }
        let frozen = snapshot(showcase, &ground);
        let snapshot = serde_json::to_string(&frozen).expect("a snapshot is JSON");
        let attempt = Attempt {
            showcase_id: showcase.id,
            number: locked.attempt + 1,
            snapshot_sha256: Digest::of(snapshot.as_bytes()),
            snapshot,
            submitted_by: by,
            submitted_at: self.clock.now(),
            outcome: None,
            closed_by: None,
            closed_at: None,
            note: None,
        };
        if ground.attempts.last().is_some_and(|last| last.snapshot_sha256 == attempt.snapshot_sha256) {
            return Err(Error::Unchanged);
        }
        attempts::insert(&mut tx, &attempt).await?;
        let decisions = attempts::decisions(&mut tx, showcase.id).await?;
        let carried = self.carried(&ground, &decisions, &frozen, attempt.number);
        attempts::decide_many(&mut tx, &carried).await?;
        pieces::mark_submitted(&mut tx, showcase.id, attempt.number).await?;
        showcases::mark_state(&mut tx, showcase.id, ShowcaseState::Submitted, attempt.number).await?;
        tx.commit().await?;
        Ok(AttemptView { attempt, decisions: carried })
    }

    /// The acceptances of the last attempt that stand in attempt `number`, since what was accepted did not change.
    fn carried(&self, ground: &Ground, decisions: &[Decision], frozen: &Snapshot, number: u32) -> Vec<Decision> {
        let Some(last) = ground.attempts.last() else { return Vec::new() };
        // One that cannot be read carries nothing: everything is decided anew.
        let Ok(before) = serde_json::from_str::<Snapshot>(&last.snapshot) else { return Vec::new() };
        let stands = |component: &Component| {
            let latest = decisions.iter().rfind(|made| made.attempt == last.number && made.component == *component)?;
            let is_accepted = latest.decision == ComponentDecision::Accepted;
            (is_accepted && component.is_unchanged(&before, frozen)).then(|| Decision {
                id: DecisionId(self.clock.new_id()),
                attempt: number,
                carried_from: Some(latest.carried_from.unwrap_or(latest.attempt)),
                ..latest.clone()
            })
        };
        Component::ALL.iter().filter_map(stands).collect()
    }
}

fn snapshot(showcase: &Showcase, ground: &Ground) -> Snapshot {
    let claims = |id| {
        let areas = ground.coverage.areas.iter().filter(move |area| area.claimed.contains(&id));
        areas.map(|area| area.code.clone()).collect()
    };
    let pieces = ground.pieces.iter().map(|piece| FrozenPiece {
        id: piece.id,
        slot: piece.slot,
        title: piece.details.title.clone(),
        media_type: piece.media_type.name().to_owned(),
        bytes: piece.bytes,
        sha256: piece.sha256,
        claims: claims(piece.id),
    });
    let documents = ground.documents.iter().map(|document| FrozenDocument {
        id: document.id,
        kind: document.kind,
        bytes: document.bytes,
        sha256: document.sha256,
    });
    Snapshot {
        showcase_id: showcase.id,
        standard: showcase.standard.clone(),
        version: showcase.version.clone(),
        details: ground.details.clone(),
        pieces: pieces.collect(),
        documents: documents.collect(),
    }
}
