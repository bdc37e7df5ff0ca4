//! The days of a showcase that are known: recorded, or computed from what is recorded. None is supposed, so before a
//! submission there is no window, and without a planned day none by which the form has to arrive.

use chrono::NaiveDate;

use super::{Error, Gateway};
use crate::db::Session;
use crate::domain::calendar::{Deadlines, add_months, today_in_london};
use crate::domain::gateway::DocumentKind;
use crate::records::showcases::Showcase;
use crate::records::{attempts, documents, gateways};

/// The days that somebody can plan by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDays {
    pub today: NaiveDate,
    /// From when a showcase is usually compiled.
    pub compiled_from: NaiveDate,
    pub employer_confirmed_on: Option<NaiveDate>,
    pub assessment_on: Option<NaiveDate>,
    /// The last day for the gateway form to arrive, for the planned day; `None` once a submission brought it.
    pub form_by: Option<NaiveDate>,
    pub submitted_on: Option<NaiveDate>,
    pub accepted_on: Option<NaiveDate>,
    /// The last day of the window in which all assessment takes place.
    pub window_ends_on: Option<NaiveDate>,
}

impl Gateway {
    /// The known days of a showcase, in the caller's unit of work.
    ///
    /// # Errors
    /// [`Error::Calendar`] when a day lies beyond the table of bank holidays, or [`Error::Database`].
    pub async fn known_days(&self, on: &mut impl Session, showcase: &Showcase) -> Result<KnownDays, Error> {
        let limits = self.standard(showcase)?.limits();
        let details = gateways::find(on, showcase.id).await?;
        let documents = documents::list(on, showcase.id).await?;
        let attempts = attempts::list(on, showcase.id).await?;
        let today = today_in_london(self.clock.now());
        let dates = self.dates(showcase, &details, &documents, &attempts, today)?;
        let form = documents.iter().rfind(|document| document.kind == DocumentKind::GatewayForm);
        let is_received =
            form.is_some_and(|form| attempts.iter().any(|attempt| attempt.submitted_at >= form.created_at));
        let planned = details.assessment_on.filter(|_| !is_received);
        let deadlines = Deadlines::new(&self.calendar, limits);
        let starts = self.window_starts(&dates);
        Ok(KnownDays {
            today,
            compiled_from: add_months(showcase.started_on, limits.typical_months_on_programme)?,
            employer_confirmed_on: details.employer_confirmed_on,
            assessment_on: details.assessment_on,
            form_by: planned.map(|day| deadlines.form_due_on(day)).transpose()?,
            submitted_on: dates.submitted_on,
            accepted_on: dates.accepted_on,
            window_ends_on: starts.map(|_| dates.latest_assessment_on),
        })
    }
}
