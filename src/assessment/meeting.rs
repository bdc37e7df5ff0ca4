//! Meetings: planned for a day, then held. A first sitting keeps to the days that the gateway leaves, one that is taken
//! again to the period in which all components are taken.

use chrono::NaiveDate;

use super::{Assessment, Error, Record};
use crate::db::Tx;
use crate::domain::assessment::{Meeting, SittingKind};
use crate::domain::ids::UserId;
use crate::records::showcases::Showcase;
use crate::records::sittings::{self, Sitting};

/// What is recorded of a component's meeting, in place of what was before.
#[derive(Clone, Debug)]
pub struct NewMeeting {
    pub component: String,
    pub planned_on: Option<NaiveDate>,
    pub meeting: Option<Meeting>,
    pub by: UserId,
}

impl Assessment {
    /// Records the meeting of a component's open sitting.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], [`Error::NoSuchComponent`], [`Error::Closed`], [`Error::OutsideWindow`],
    /// [`Error::ResitWindowOver`], or [`Error::Calendar`] when the day its results are due cannot be reckoned.
    pub async fn meet(&self, showcase: &Showcase, new: NewMeeting) -> Result<(), Error> {
        let component = self.component(showcase, &new.component)?;
        let mut tx = self.db.write().await?;
        let (mut sitting, mut record) = self.open_sitting(&mut tx, showcase, component, new.by).await?;
        sitting.planned_on = new.planned_on;
        sitting.meeting = new.meeting;
        self.within_its_days(&mut tx, showcase, &sitting).await?;
        if let Some(recorded) = record.sittings.iter_mut().find(|other| is_same(other, &sitting)) {
            *recorded = sitting.clone();
        }
        self.within_one_period(showcase, &record)?;
        sittings::meet(&mut tx, &sitting).await?;
        Ok(tx.commit().await?)
    }

    /// A first sitting is not before the notice of the gateway form is over, nor after the window from gateway.
    async fn within_its_days(&self, tx: &mut Tx, showcase: &Showcase, sitting: &Sitting) -> Result<(), Error> {
        let deadlines = self.deadlines(showcase)?;
        let days = [sitting.planned_on, sitting.held_on()];
        for day in days.into_iter().flatten() {
            // Refused now rather than when the result is due.
            deadlines.results_due_on(day)?;
            if sitting.kind == SittingKind::First {
                let dates = self.gateway.dates_in(tx, showcase).await?;
                let (earliest, latest) = (dates.earliest_assessment_on, dates.latest_assessment_on);
                if day < earliest || day > latest {
                    return Err(Error::OutsideWindow { day, earliest, latest });
                }
            }
        }
        Ok(())
    }

    fn within_one_period(&self, showcase: &Showcase, record: &Record) -> Result<(), Error> {
        let ends_on = record.window_ends_on(&self.deadlines(showcase)?)?;
        match (record.held(), ends_on) {
            (Some((_, last)), Some(ends_on)) if last > ends_on => Err(Error::ResitWindowOver(ends_on)),
            _ => Ok(()),
        }
    }
}

fn is_same(one: &Sitting, other: &Sitting) -> bool {
    one.component == other.component && one.number == other.number
}
