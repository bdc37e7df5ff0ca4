//! The gateway as it stands: details, documents, checks, dates, and every attempt with its decisions.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Error, Gateway};
use crate::config::WindowFrom;
use crate::coverage;
use crate::db::Session;
use crate::domain::calendar::{Deadlines, today_in_london};
use crate::domain::coverage::Coverage;
use crate::domain::gateway::{Check, DocumentKind, Facts, GatewayDetails, Outcome, checks, ready};
use crate::records::attempts::{Attempt, Decision};
use crate::records::documents::Document;
use crate::records::pieces::Piece;
use crate::records::showcases::Showcase;
use crate::records::{attempts, documents, gateways, mocks, pieces};

/// Everything a reader may know of a showcase's gateway.
#[derive(Clone, Debug)]
pub struct GatewayView {
    pub details: GatewayDetails,
    pub documents: Vec<Document>,
    pub checks: Vec<Check>,
    /// Every blocking check is met.
    pub ready: bool,
    pub dates: Dates,
    pub attempts: Vec<AttemptView>,
}

/// An attempt with the decisions on it, in the order in which they were made.
#[derive(Clone, Debug)]
pub struct AttemptView {
    pub attempt: Attempt,
    pub decisions: Vec<Decision>,
}

/// The days that matter, as civil dates in London.
#[derive(Clone, Copy, Debug)]
pub struct Dates {
    pub employer_confirmed_on: Option<NaiveDate>,
    pub submitted_on: Option<NaiveDate>,
    pub accepted_on: Option<NaiveDate>,
    /// The day on which the form counts as received: that of the submission that brought it, or today.
    pub form_received_on: NaiveDate,
    /// The day from which the window runs; today while it is not known.
    pub gateway_on: NaiveDate,
    pub earliest_assessment_on: NaiveDate,
    pub latest_assessment_on: NaiveDate,
}

/// What one unit of work saw of a showcase: the ground on which checks and a submission stand.
pub(super) struct Ground {
    pub details: GatewayDetails,
    pub documents: Vec<Document>,
    pub pieces: Vec<Piece>,
    pub coverage: Coverage,
    pub attempts: Vec<Attempt>,
    pub checks: Vec<Check>,
    pub dates: Dates,
}

impl Gateway {
    /// The gateway of a showcase.
    ///
    /// # Errors
    /// [`Error::Calendar`] when a day lies beyond the table of bank holidays, or [`Error::Database`].
    pub async fn view(&self, showcase: &Showcase) -> Result<GatewayView, Error> {
        let mut tx = self.db.read().await?;
        let ground = self.survey(&mut tx, showcase).await?;
        let mut decisions = attempts::decisions(&mut tx, showcase.id).await?;
        let attempts = ground.attempts.into_iter().map(|attempt| {
            let (own, rest) = std::mem::take(&mut decisions).into_iter().partition(|d| d.attempt == attempt.number);
            decisions = rest;
            AttemptView { attempt, decisions: own }
        });
        Ok(GatewayView {
            attempts: attempts.collect(),
            ready: ready(&ground.checks),
            details: ground.details,
            documents: ground.documents,
            checks: ground.checks,
            dates: ground.dates,
        })
    }

    /// The days that matter to a showcase, as the caller's unit of work sees them.
    ///
    /// # Errors
    /// [`Error::Calendar`] or [`Error::Database`].
    pub async fn dates_in(&self, on: &mut impl Session, showcase: &Showcase) -> Result<Dates, Error> {
        let details = gateways::find(on, showcase.id).await?;
        let documents = documents::list(on, showcase.id).await?;
        let attempts = attempts::list(on, showcase.id).await?;
        self.dates(showcase, &details, &documents, &attempts, today_in_london(self.clock.now()))
    }

    /// The day from which the assessment's window runs, by the settings; `None` while it is not known.
    #[must_use]
    pub fn window_from(
        &self,
        employer_confirmed_on: Option<NaiveDate>,
        submitted_on: Option<NaiveDate>,
        accepted_on: Option<NaiveDate>,
    ) -> Option<NaiveDate> {
        match self.settings.window_from {
            WindowFrom::EmployerConfirmed => employer_confirmed_on,
            WindowFrom::Submitted => submitted_on,
            WindowFrom::Accepted => accepted_on,
        }
    }

    /// Reads everything the checks depend on, in the caller's unit of work, and checks it.
    pub(super) async fn survey(&self, on: &mut impl Session, showcase: &Showcase) -> Result<Ground, Error> {
        let standard = self.standard(showcase)?;
        let details = gateways::find(on, showcase.id).await?;
        let documents = documents::list(on, showcase.id).await?;
        let pieces = pieces::list(on, showcase.id).await?;
        let coverage = coverage::load(on, standard, showcase.id).await?;
        let attempts = attempts::list(on, showcase.id).await?;
        let today = today_in_london(self.clock.now());
        let dates = self.dates(showcase, &details, &documents, &attempts, today)?;
        let kinds: Vec<_> = documents.iter().map(|document| (document.id, document.kind)).collect();
        let owing = pieces.iter().filter(|piece| !piece.details.missing_statement_fields().is_empty());
        let incomplete: Vec<String> = owing.map(|piece| piece.details.title.clone()).collect();
        let mocks: Vec<_> = mocks::list(on, showcase.id).await?.into_iter().map(|mock| mock.component).collect();
        let checks = checks(&Facts {
            standard,
            calendar: &self.calendar,
            details: &details,
            documents: &kinds,
            routes: &self.settings.routes,
            form_received_on: dates.form_received_on,
            gateway_on: dates.gateway_on,
            today,
            started_on: showcase.started_on,
            pieces: pieces.len(),
            claimed_missing: &coverage.claimed_missing,
            incomplete_statements: &incomplete,
            mocks: &mocks,
        })?;
        Ok(Ground { details, documents, pieces, coverage, attempts, checks, dates })
    }

    pub(super) fn dates(
        &self,
        showcase: &Showcase,
        details: &GatewayDetails,
        documents: &[Document],
        attempts: &[Attempt],
        today: NaiveDate,
    ) -> Result<Dates, Error> {
        let day = |instant: DateTime<Utc>| today_in_london(instant);
        let open_or_accepted = attempts.last().filter(|attempt| attempt.outcome != Some(Outcome::Returned));
        let submitted_on = open_or_accepted.map(|attempt| day(attempt.submitted_at));
        let accepted = open_or_accepted.filter(|attempt| attempt.outcome == Some(Outcome::Accepted));
        let accepted_on = accepted.and_then(|attempt| attempt.closed_at).map(day);
        let form = documents.iter().rfind(|document| document.kind == DocumentKind::GatewayForm);
        let brought = form.and_then(|form| attempts.iter().find(|attempt| attempt.submitted_at >= form.created_at));
        let form_received_on = brought.map_or(today, |attempt| day(attempt.submitted_at));
        let from = self.window_from(details.employer_confirmed_on, submitted_on, accepted_on);
        let gateway_on = from.unwrap_or(today);
        let deadlines = Deadlines::new(&self.calendar, self.standard(showcase)?.limits());
        Ok(Dates {
            employer_confirmed_on: details.employer_confirmed_on,
            submitted_on,
            accepted_on,
            form_received_on,
            gateway_on,
            earliest_assessment_on: deadlines.earliest_assessment_on(form_received_on)?,
            latest_assessment_on: deadlines.latest_assessment_on(gateway_on)?,
        })
    }

    /// The day from which the window of these dates runs, if it is known.
    pub(super) fn window_starts(&self, dates: &Dates) -> Option<NaiveDate> {
        self.window_from(dates.employer_confirmed_on, dates.submitted_on, dates.accepted_on)
    }
}
