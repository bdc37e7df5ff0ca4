//! Why an act of the assessment did not happen. Nothing was changed.

use chrono::NaiveDate;

use crate::domain::calendar::CalendarError;
use crate::{db, gateway};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The gateway is not accepted.
    #[error("the gateway is not accepted")]
    NotAccepted,
    #[error("the standard has no such component")]
    NoSuchComponent,
    #[error("`{criterion}` is no criterion of component {component}")]
    UnknownCriterion { criterion: String, component: String },
    /// The component has its result.
    #[error("the component has its result")]
    Closed,
    /// No meeting of the component is recorded as held.
    #[error("no meeting is recorded as held")]
    NotHeld,
    /// A day of a first sitting before the notice of the gateway form is over, or after the assessment's window.
    #[error("{day} is not within {earliest} to {latest}")]
    OutsideWindow { day: NaiveDate, earliest: NaiveDate, latest: NaiveDate },
    /// All components have to be taken by this day, or the whole assessment again.
    #[error("the period for taking components again ended on {0}")]
    ResitWindowOver(NaiveDate),
    /// The component has no fail to mend.
    #[error("the component was not failed")]
    NotFailed,
    #[error("no result waits to be released")]
    NothingToRelease,
    #[error("component {0} has no mock")]
    NoMock(String),
    #[error("{0} is in the future")]
    InFuture(NaiveDate),
    #[error("standard {0} {1} is not loaded")]
    StandardMissing(String, String),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error(transparent)]
    Gateway(#[from] gateway::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}
