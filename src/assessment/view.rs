//! The assessment as a reader may see it: an apprentice sees no result before it was released.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Assessment, Error, Record};
use crate::domain::assessment::{Attainment, MeetingRemark, overall, remarks};
use crate::domain::standard::{Component, ComponentCode, CriterionCode};
use crate::records::judgements::Judgement;
use crate::records::showcases::Showcase;
use crate::records::sittings::Sitting;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The apprentice: results count once they are released.
    Apprentice,
    /// Everybody else of the showcase.
    Others,
}

/// All that a reader may know of a showcase's assessment.
#[derive(Clone, Debug)]
pub struct AssessmentView {
    /// `None` until every component has its result.
    pub grade: Option<Attainment>,
    /// A component was taken again, so the grade is at most a pass.
    pub is_capped: bool,
    /// How often the whole assessment was begun.
    pub round: u32,
    /// In the order of the standard.
    pub components: Vec<ComponentView>,
    /// Known once every component was held.
    pub results_due_on: Option<NaiveDate>,
    pub resit_window_ends_on: Option<NaiveDate>,
    pub released_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub struct ComponentView {
    pub code: ComponentCode,
    pub title: String,
    pub result: Option<Attainment>,
    pub sittings: Vec<SittingView>,
}

#[derive(Clone, Debug)]
pub struct SittingView {
    /// Without its closing where the reader may not know the result yet.
    pub sitting: Sitting,
    /// The words that stand on criteria; none where the reader may not know the result yet.
    pub judgements: Vec<Judgement>,
    /// Pass criteria that are not met, once it is closed.
    pub missing: Vec<CriterionCode>,
    pub remarks: Vec<MeetingRemark>,
}

impl Assessment {
    /// The assessment of a showcase.
    ///
    /// # Errors
    /// [`Error::StandardMissing`], [`Error::Calendar`] or [`Error::Database`].
    pub async fn view(&self, showcase: &Showcase, audience: Audience) -> Result<AssessmentView, Error> {
        let standard = self.standard(showcase)?;
        let deadlines = self.deadlines(showcase)?;
        let mut tx = self.db.read().await?;
        let record = Record::load(&mut tx, showcase).await?;
        drop(tx);
        let components = standard.components().iter().map(|component| self.shown(&record, component, audience));
        let components: Vec<ComponentView> = components.collect();
        let results: Vec<_> = components.iter().map(|component| component.result).collect();
        let held: Option<Vec<NaiveDate>> =
            record.standing(standard).map(|sitting| sitting.and_then(Sitting::held_on)).collect();
        let last = held.and_then(|days| days.into_iter().max());
        Ok(AssessmentView {
            grade: overall(&results, record.is_capped()),
            is_capped: record.is_capped(),
            round: record.round(),
            components,
            results_due_on: last.map(|last| deadlines.results_due_on(last)).transpose()?,
            resit_window_ends_on: record.window_ends_on(&deadlines)?,
            released_at: record.release.map(|release| release.released_at),
        })
    }

    fn shown(&self, record: &Record, component: &Component, audience: Audience) -> ComponentView {
        let before = component.follows.as_ref().and_then(|follows| {
            let sittings = record.sittings.iter().filter(|sitting| sitting.component == *follows);
            sittings.filter_map(Sitting::held_on).min()
        });
        let own = record.sittings.iter().filter(|sitting| sitting.component == component.code);
        let sittings = own.map(|sitting| {
            let is_told = audience == Audience::Others || record.is_released(sitting);
            let missing = if sitting.closing.is_some() && is_told {
                record.graded(component, sitting).missing
            } else {
                Vec::new()
            };
            let words = record.words_on(sitting).into_iter().filter(|_| is_told).cloned();
            let remarks = sitting.meeting.map(|meeting| remarks(component, meeting, before, self.today()));
            SittingView {
                sitting: Sitting { closing: sitting.closing.filter(|_| is_told), ..sitting.clone() },
                judgements: words.collect(),
                missing,
                remarks: remarks.unwrap_or_default(),
            }
        });
        let sittings: Vec<SittingView> = sittings.collect();
        let result = sittings.iter().max_by_key(|shown| shown.sitting.number).and_then(|shown| shown.sitting.result());
        ComponentView { code: component.code.clone(), title: component.title.clone(), result, sittings }
    }
}
