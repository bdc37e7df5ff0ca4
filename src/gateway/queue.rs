//! What waits for an assessor: how long it has waited, by when it has to be done, and what is left to do.

use chrono::NaiveDate;

use super::{Error, Gateway};
use crate::config::WindowFrom;
use crate::domain::calendar::{add_months, today_in_london};
use crate::domain::gateway::{Component, ComponentDecision};
use crate::domain::ids::{ShowcaseId, UserId};
use crate::domain::standard::{AreaCode, Standard};
use crate::records::queue::{self, WaitingRow};

/// A submitted showcase, as its assessor finds it in the queue.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub showcase_id: ShowcaseId,
    pub apprentice_name: String,
    pub employer: String,
    pub standard: String,
    pub attempt: u32,
    pub pieces: u32,
    pub submitted_on: NaiveDate,
    /// Working days since then; `None` where that lies beyond the table of bank holidays.
    pub working_days: Option<u32>,
    /// The planned day of the assessment.
    pub assessment_on: Option<NaiveDate>,
    /// Working days until then, 0 on the day itself and after it.
    pub working_days_left: Option<u32>,
    /// The last day of the assessment window, once it runs.
    pub latest_assessment_on: Option<NaiveDate>,
    /// Areas without a tag; `None` when the standard is not loaded any more.
    pub untagged: Option<Vec<AreaCode>>,
    pub undecided: Vec<Component>,
    pub rejected: Vec<Component>,
    pub today: NaiveDate,
}

impl Gateway {
    /// The submitted showcases of an assessor, oldest submission first; one more than `limit` when there is a next page.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Calendar`] for a day later than any.
    pub async fn waiting(
        &self,
        assessor: UserId,
        after: Option<ShowcaseId>,
        limit: u32,
    ) -> Result<Vec<Waiting>, Error> {
        let rows = queue::waiting(&mut &self.db, assessor, after, limit).await?;
        let today = today_in_london(self.clock.now());
        rows.into_iter().map(|row| self.seen(row, today)).collect()
    }

    fn seen(&self, row: WaitingRow, today: NaiveDate) -> Result<Waiting, Error> {
        let standard = self.standards.find(&row.standard, &row.version);
        let submitted_on = today_in_london(row.submitted_at);
        let days = |from, to| self.calendar.working_days_between(from, to).ok();
        let window_from = match self.settings.window_from {
            WindowFrom::EmployerConfirmed => row.details.employer_confirmed_on,
            WindowFrom::Submitted => Some(submitted_on),
            WindowFrom::Accepted => None,
        };
        let window = standard.map(|standard| standard.limits().assessment_window_months).zip(window_from);
        let decided = |component, wanted: Option<ComponentDecision>| {
            row.decided.iter().find(|(of, _)| *of == component).map(|(_, decision)| *decision) == wanted
        };
        let with = |wanted| Component::ALL.iter().copied().filter(|&component| decided(component, wanted)).collect();
        Ok(Waiting {
            untagged: standard.map(|standard| untagged(standard, &row.tagged)),
            undecided: with(None),
            rejected: with(Some(ComponentDecision::Rejected)),
            working_days: days(submitted_on, today),
            assessment_on: row.details.assessment_on,
            working_days_left: row.details.assessment_on.and_then(|planned| days(today, planned)),
            latest_assessment_on: window.map(|(months, from)| add_months(from, months)).transpose()?,
            submitted_on,
            today,
            showcase_id: row.showcase_id,
            apprentice_name: row.apprentice_name,
            employer: row.employer,
            standard: row.standard,
            attempt: row.attempt,
            pieces: row.pieces,
        })
    }
}

fn untagged(standard: &Standard, tagged: &[String]) -> Vec<AreaCode> {
    let areas = standard.showcase_areas().iter().map(|area| &area.code);
    areas.filter(|code| !tagged.iter().any(|tagged| tagged == code.as_ref())).cloned().collect()
}
