//! Decisions on an open attempt: component by component, and the return of the whole.

use super::{Error, Gateway, locked_in};
use crate::db::Tx;
use crate::domain::gateway::{Component, ComponentDecision, Outcome, ShowcaseState};
use crate::domain::ids::{DecisionId, UserId};
use crate::records::attempts::{self, Attempt, Closing, Decision};
use crate::records::showcases::{self, Showcase};

/// An assessor's decision on a component.
#[derive(Clone, Debug)]
pub struct NewDecision {
    pub component: Component,
    pub decision: ComponentDecision,
    pub reason: Option<String>,
    pub note: String,
    pub by: UserId,
    pub seen: Seen,
}

/// What the one who decides knew of the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Not said: the decision stands, whatever was decided before.
    Anything,
    /// This decision stood, or none; if another stands by now, nothing is decided.
    Standing(Option<DecisionId>),
}

/// The decision on a component that stands: the last of those that are given in the order in which they were made.
#[must_use]
pub fn standing(decisions: &[Decision], attempt: u32, component: Component) -> Option<&Decision> {
    decisions.iter().rfind(|decision| decision.attempt == attempt && decision.component == component)
}

impl Gateway {
    /// Records a decision; it stands in place of an earlier one on the same component. What was accepted in an earlier
    /// attempt and did not change since is locked: accepting it again changes nothing.
    ///
    /// # Errors
    /// [`Error::NoSuchAttempt`], [`Error::AttemptClosed`], [`Error::ComponentLocked`] or [`Error::DecidedMeanwhile`].
    pub async fn decide(&self, showcase: &Showcase, number: u32, new: NewDecision) -> Result<Decision, Error> {
        let mut tx = self.db.write().await?;
        open_attempt(&mut tx, showcase, number).await?;
        let decisions = attempts::decisions(&mut tx, showcase.id).await?;
        let standing = standing(&decisions, number, new.component);
        if let Seen::Standing(seen) = new.seen
            && standing.map(|decision| decision.id) != seen
        {
            return Err(Error::DecidedMeanwhile);
        }
        if let Some(carried) = standing.filter(|standing| standing.carried_from.is_some()) {
            let is_same = new.decision == carried.decision;
            return if is_same { Ok(carried.clone()) } else { Err(Error::ComponentLocked(new.component)) };
        }
        let decision = Decision {
            id: DecisionId(self.clock.new_id()),
            showcase_id: showcase.id,
            attempt: number,
            component: new.component,
            decision: new.decision,
            reason: new.reason,
            note: new.note,
            decided_by: new.by,
            decided_at: self.clock.now(),
            carried_from: None,
        };
        attempts::decide(&mut tx, &decision).await?;
        tx.commit().await?;
        Ok(decision)
    }

    /// Returns an open attempt to the provider: the showcase is in draft again.
    ///
    /// # Errors
    /// [`Error::NoSuchAttempt`] or [`Error::AttemptClosed`].
    pub async fn give_back(&self, showcase: &Showcase, number: u32, note: &str, by: UserId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        open_attempt(&mut tx, showcase, number).await?;
        let closing = Closing { outcome: Outcome::Returned, by, at: self.clock.now(), note: Some(note) };
        attempts::close(&mut tx, showcase.id, number, &closing).await?;
        showcases::mark_state(&mut tx, showcase.id, ShowcaseState::Draft, number).await?;
        Ok(tx.commit().await?)
    }
}

/// The attempt `number` if it is open, with the showcase's row held.
pub(super) async fn open_attempt(tx: &mut Tx, showcase: &Showcase, number: u32) -> Result<Attempt, Error> {
    showcases::lock(tx, showcase.id).await?;
    let attempts = attempts::list(tx, showcase.id).await?;
    let attempt = attempts.into_iter().find(|attempt| attempt.number == number).ok_or(Error::NoSuchAttempt)?;
    if attempt.outcome.is_some() {
        return Err(Error::AttemptClosed);
    }
    locked_in(tx, showcase, ShowcaseState::Submitted).await?;
    Ok(attempt)
}
