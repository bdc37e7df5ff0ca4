//! Criteria, and the result that follows from them. What nobody judged is not met.

use super::{Assessment, Error, Record};
use crate::domain::assessment::{Attainment, Graded, grade};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{JudgementId, UserId};
use crate::domain::standard::{Component, CriterionCode};
use crate::records::judgements::{self, Judgement};
use crate::records::releases::{self, Release};
use crate::records::showcases::{self, Showcase};
use crate::records::sittings::{self, Closing, Sitting};

/// An assessor's word on a criterion.
#[derive(Clone, Debug)]
pub struct NewJudgement {
    pub component: String,
    pub criterion: String,
    pub met: bool,
    pub note: String,
    pub by: UserId,
}

/// What a closed sitting came to.
#[derive(Clone, Debug)]
pub struct Closed {
    pub result: Attainment,
    pub number: u32,
    pub missing: Vec<CriterionCode>,
}

impl Assessment {
    /// Records a word on a criterion; it stands in place of an earlier one in the same sitting.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], [`Error::NoSuchComponent`], [`Error::UnknownCriterion`] or [`Error::Closed`].
    pub async fn judge(&self, showcase: &Showcase, new: NewJudgement) -> Result<Judgement, Error> {
        let component = self.component(showcase, &new.component)?;
        let Some(criterion) = component.criterion(&new.criterion) else {
            return Err(Error::UnknownCriterion { criterion: new.criterion, component: new.component });
        };
        let mut tx = self.db.write().await?;
        let (sitting, _) = self.open_sitting(&mut tx, showcase, component, new.by).await?;
        let judgement = Judgement {
            id: JudgementId(self.clock.new_id()),
            component: component.code.clone(),
            number: sitting.number,
            criterion: criterion.code.clone(),
            met: new.met,
            note: new.note,
            judged_by: new.by,
            judged_at: self.clock.now(),
        };
        judgements::insert(&mut tx, showcase.id, &judgement).await?;
        tx.commit().await?;
        Ok(judgement)
    }

    /// Closes the open sitting of a component with the result that follows from its criteria. The result of the last
    /// component makes the showcase assessed.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], [`Error::NoSuchComponent`], [`Error::Closed`] or [`Error::NotHeld`].
    pub async fn close(&self, showcase: &Showcase, component: &str, by: UserId) -> Result<Closed, Error> {
        let component = self.component(showcase, component)?;
        let standard = self.standard(showcase)?;
        let mut tx = self.db.write().await?;
        let (sitting, mut record) = self.open_sitting(&mut tx, showcase, component, by).await?;
        if sitting.meeting.is_none() {
            return Err(Error::NotHeld);
        }
        let Graded { result, missing } = record.graded(component, &sitting);
        let closing = Closing { result, by, at: self.clock.now() };
        sittings::close(&mut tx, &sitting, closing).await?;
        let number = sitting.number;
        record.sittings.retain(|other| !(other.component == sitting.component && other.number == number));
        record.sittings.push(Sitting { closing: Some(closing), ..sitting });
        if record.grade(standard).is_some() {
            showcases::mark_state(&mut tx, showcase.id, ShowcaseState::Assessed, showcase.attempt).await?;
        }
        tx.commit().await?;
        Ok(Closed { result, number, missing })
    }

    /// Tells the apprentice every result that there is.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or [`Error::NothingToRelease`] when they were told all of them.
    pub async fn release(&self, showcase: &Showcase, by: UserId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        let record = Record::locked(&mut tx, showcase).await?;
        if !record.sittings.iter().any(|sitting| sitting.closing.is_some() && !record.is_released(sitting)) {
            return Err(Error::NothingToRelease);
        }
        let release = Release { released_at: self.clock.now(), released_by: by };
        releases::insert(&mut tx, showcase.id, release).await?;
        Ok(tx.commit().await?)
    }
}

impl Record {
    /// The words on criteria that stand in a sitting: the last on each.
    pub(super) fn words_on(&self, sitting: &Sitting) -> Vec<&Judgement> {
        let of_sitting: Vec<&Judgement> = self.judgements.iter().filter(|word| word.is_of(sitting)).collect();
        let stands = |at: usize| of_sitting[at + 1..].iter().all(|later| later.criterion != of_sitting[at].criterion);
        (0..of_sitting.len()).filter(|&at| stands(at)).map(|at| of_sitting[at]).collect()
    }

    pub(super) fn graded(&self, component: &Component, sitting: &Sitting) -> Graded {
        let words = self.words_on(sitting);
        grade(component, |code| words.iter().any(|word| word.met && word.criterion == *code))
    }

    /// Whether the apprentice was told the sitting's result.
    pub(super) fn is_released(&self, sitting: &Sitting) -> bool {
        let released = self.release.map(|release| release.released_at);
        sitting.closing.is_some_and(|closing| released.is_some_and(|released| closing.at <= released))
    }
}
