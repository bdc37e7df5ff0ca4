//! Table `mocks`: the mock observations and discussions that providers and employers hold beforehand.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::ids::{MockId, ShowcaseId, UserId};
use crate::domain::standard::ComponentCode;

/// A mock that was held.
#[derive(Clone, Debug)]
pub struct Mock {
    pub id: MockId,
    pub showcase_id: ShowcaseId,
    pub component: ComponentCode,
    pub held_on: NaiveDate,
    pub minutes: u32,
    pub note: String,
    pub recorded_by: UserId,
    pub recorded_at: DateTime<Utc>,
}

statements! {
    INSERT = "INSERT INTO mocks (id, showcase_id, component, held_on, minutes, note, recorded_by, recorded_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIST = "SELECT id, showcase_id, component, held_on, minutes, note, recorded_by, recorded_at \
            FROM mocks WHERE showcase_id = $1 ORDER BY id";
}

impl FromRow for Mock {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            showcase_id: row.id("showcase_id")?,
            component: ComponentCode::from(row.get::<String>("component")?),
            held_on: row.get("held_on")?,
            minutes: row.number("minutes")?,
            note: row.get("note")?,
            recorded_by: row.id("recorded_by")?,
            recorded_at: row.get("recorded_at")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, mock: &Mock) -> Result<(), Error> {
    on.query(INSERT)
        .bind(mock.id.0)
        .bind(mock.showcase_id.0)
        .bind(mock.component.as_ref())
        .bind(mock.held_on)
        .bind(i64::from(mock.minutes))
        .bind(&mock.note)
        .bind(mock.recorded_by.0)
        .bind(mock.recorded_at)
        .execute()
        .await
        .map(drop)
}

/// Every mock of a showcase, in the order in which they were recorded.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Mock>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}
