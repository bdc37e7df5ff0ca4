//! One calendar of what is due, over every showcase that a reader may see.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Assessment, Error, Record};
use crate::domain::calendar::{Deadlines, today_in_london};
use crate::domain::deadline::{Deadline, Facts, Stand, deadlines};
use crate::domain::permission::Scope;
use crate::domain::standard::Standard;
use crate::records::due::{self, DueRow};
use crate::records::showcases::Page;
use crate::records::sittings::Sitting;

/// What is due for one showcase.
#[derive(Clone, Debug)]
pub struct Due {
    pub showcase: DueRow,
    /// Soonest first.
    pub deadlines: Vec<Deadline>,
}

impl Assessment {
    /// What is due for the showcases of a page, in the order in which they were made; one more than `page.limit` when
    /// there is a next page. A showcase of a standard that is not loaded any more has no deadlines.
    ///
    /// # Errors
    /// [`Error::Calendar`] or [`Error::Database`].
    pub async fn due(&self, scope: Scope, page: Page) -> Result<Vec<Due>, Error> {
        let mut tx = self.db.read().await?;
        let rows = due::list(&mut tx, scope, page).await?;
        let Some(last) = rows.last() else { return Ok(Vec::new()) };
        let mut sittings = due::sittings(&mut tx, scope, page, last.showcase_id).await?;
        drop(tx);
        let mut found = Vec::with_capacity(rows.len());
        for showcase in rows {
            let (own, others) = sittings.into_iter().partition(|sitting| sitting.showcase_id == showcase.showcase_id);
            sittings = others;
            let deadlines = self.of_row(&showcase, own)?;
            found.push(Due { showcase, deadlines });
        }
        Ok(found)
    }

    fn of_row(&self, row: &DueRow, sittings: Vec<Sitting>) -> Result<Vec<Deadline>, Error> {
        let Some(standard) = self.standards.find(&row.standard, &row.version) else { return Ok(Vec::new()) };
        let record = Record { sittings, judgements: Vec::new(), release: None };
        let calculator = Deadlines::new(&self.calendar, standard.limits());
        Ok(deadlines(&self.facts(row, standard, &record), &calculator)?)
    }

    fn facts(&self, row: &DueRow, standard: &Standard, record: &Record) -> Facts {
        let day = |at: Option<DateTime<Utc>>| -> Option<NaiveDate> { at.map(today_in_london) };
        let (submitted_on, accepted_on) = (day(row.submitted_at), day(row.accepted_at));
        let is_told = |sitting: &Sitting| {
            let closed_at = sitting.closing.map(|closing| closing.at);
            closed_at.is_some_and(|closed_at| row.released_at.is_some_and(|released_at| closed_at <= released_at))
        };
        let stand =
            |sitting: &Sitting| Stand { kind: sitting.kind, held_on: sitting.held_on(), result: sitting.result() };
        Facts {
            state: row.state,
            assessment_on: row.details.assessment_on,
            gateway_on: self.gateway.window_from(row.details.employer_confirmed_on, submitted_on, accepted_on),
            standing: record.standing(standard).map(|sitting| sitting.map(stand)).collect(),
            first_held_on: record.held().map(|(first, _)| first),
            is_released: record.standing(standard).flatten().all(is_told),
        }
    }
}
