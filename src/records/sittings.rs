//! Table `sittings`: when and how a component of the assessment was sat. A closed sitting is never opened again.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::assessment::{Attainment, Meeting, SittingKind};
use crate::domain::ids::{ShowcaseId, UserId};
use crate::domain::standard::ComponentCode;

/// A sitting of one component.
#[derive(Clone, Debug)]
pub struct Sitting {
    pub showcase_id: ShowcaseId,
    pub component: ComponentCode,
    /// Counted from 1 for each component.
    pub number: u32,
    /// Counted from 1 for the whole assessment.
    pub round: u32,
    pub kind: SittingKind,
    pub planned_on: Option<NaiveDate>,
    pub meeting: Option<Meeting>,
    pub opened_by: UserId,
    pub opened_at: DateTime<Utc>,
    /// `None` while it is open.
    pub closing: Option<Closing>,
}

/// How a sitting ended.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    pub result: Attainment,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

impl Sitting {
    #[must_use]
    pub fn result(&self) -> Option<Attainment> {
        self.closing.map(|closing| closing.result)
    }

    #[must_use]
    pub fn held_on(&self) -> Option<NaiveDate> {
        self.meeting.map(|meeting| meeting.held_on)
    }
}

statements! {
    INSERT = "INSERT INTO sittings (showcase_id, component, number, round, kind, opened_by, opened_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LIST = "SELECT showcase_id, component, number, round, kind, planned_on, held_on, minutes, mode, result, opened_by, \
            opened_at, closed_by, closed_at FROM sittings WHERE showcase_id = $1 ORDER BY component, number";
    MEET = "UPDATE sittings SET planned_on = $4, held_on = $5, minutes = $6, mode = $7 \
            WHERE showcase_id = $1 AND component = $2 AND number = $3 AND result IS NULL";
    CLOSE = "UPDATE sittings SET result = $4, closed_by = $5, closed_at = $6 \
             WHERE showcase_id = $1 AND component = $2 AND number = $3 AND result IS NULL";
}

impl FromRow for Sitting {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let meeting = match row.get::<Option<NaiveDate>>("held_on")? {
            None => None,
            Some(held_on) => Some(Meeting { held_on, minutes: row.number("minutes")?, mode: row.parse("mode")? }),
        };
        let closing = match (row.id_or_none("closed_by")?, row.get("closed_at")?) {
            (Some(by), Some(at)) => Some(Closing { result: row.parse("result")?, by, at }),
            _ => None,
        };
        Ok(Self {
            showcase_id: row.id("showcase_id")?,
            component: ComponentCode::from(row.get::<String>("component")?),
            number: row.number("number")?,
            round: row.number("round")?,
            kind: row.parse("kind")?,
            planned_on: row.get("planned_on")?,
            meeting,
            opened_by: row.id("opened_by")?,
            opened_at: row.get("opened_at")?,
            closing,
        })
    }
}

/// Opens a sitting, without a meeting yet.
///
/// # Errors
/// [`Error::Conflict`] when its number is taken.
pub async fn insert(on: &mut impl Session, sitting: &Sitting) -> Result<(), Error> {
    on.query(INSERT)
        .bind(sitting.showcase_id.0)
        .bind(sitting.component.as_ref())
        .bind(i64::from(sitting.number))
        .bind(i64::from(sitting.round))
        .bind(sitting.kind.word())
        .bind(sitting.opened_by.0)
        .bind(sitting.opened_at)
        .execute()
        .await
        .map(drop)
}

/// Every sitting of a showcase, by component and number.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Sitting>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}

/// Records the meeting of an open sitting as `sitting` has it, in place of what was recorded before.
///
/// # Errors
/// See [`Error`].
pub async fn meet(on: &mut impl Session, sitting: &Sitting) -> Result<(), Error> {
    on.query(MEET)
        .bind(sitting.showcase_id.0)
        .bind(sitting.component.as_ref())
        .bind(i64::from(sitting.number))
        .bind(sitting.planned_on)
        .bind(sitting.meeting.map(|meeting| meeting.held_on))
        .bind(sitting.meeting.map(|meeting| i64::from(meeting.minutes)))
        .bind(sitting.meeting.map(|meeting| meeting.mode.word()))
        .execute()
        .await
        .map(drop)
}

/// Closes an open sitting.
///
/// # Errors
/// See [`Error`].
pub async fn close(on: &mut impl Session, sitting: &Sitting, closing: Closing) -> Result<(), Error> {
    on.query(CLOSE)
        .bind(sitting.showcase_id.0)
        .bind(sitting.component.as_ref())
        .bind(i64::from(sitting.number))
        .bind(closing.result.word())
        .bind(closing.by.0)
        .bind(closing.at)
        .execute()
        .await
        .map(drop)
}
