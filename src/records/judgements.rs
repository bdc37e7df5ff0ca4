//! Table `judgements`: which criterion was found met or not. None is ever changed; the last on a criterion stands.

use chrono::{DateTime, Utc};

use super::sittings::Sitting;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::ids::{JudgementId, ShowcaseId, UserId};
use crate::domain::standard::{ComponentCode, CriterionCode};

/// An assessor's word on one criterion.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub id: JudgementId,
    pub component: ComponentCode,
    /// The number of the sitting.
    pub number: u32,
    pub criterion: CriterionCode,
    pub met: bool,
    pub note: String,
    pub judged_by: UserId,
    pub judged_at: DateTime<Utc>,
}

statements! {
    INSERT = "INSERT INTO judgements (id, showcase_id, component, number, criterion, met, note, judged_by, judged_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LIST = "SELECT id, component, number, criterion, met, note, judged_by, judged_at \
            FROM judgements WHERE showcase_id = $1 ORDER BY component, number, id";
}

impl FromRow for Judgement {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            component: ComponentCode::from(row.get::<String>("component")?),
            number: row.number("number")?,
            criterion: CriterionCode::from(row.get::<String>("criterion")?),
            met: row.get("met")?,
            note: row.get("note")?,
            judged_by: row.id("judged_by")?,
            judged_at: row.get("judged_at")?,
        })
    }
}

impl Judgement {
    /// Whether it was made in this sitting.
    #[must_use]
    pub fn is_of(&self, sitting: &Sitting) -> bool {
        self.component == sitting.component && self.number == sitting.number
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, showcase: ShowcaseId, judgement: &Judgement) -> Result<(), Error> {
    on.query(INSERT)
        .bind(judgement.id.0)
        .bind(showcase.0)
        .bind(judgement.component.as_ref())
        .bind(i64::from(judgement.number))
        .bind(judgement.criterion.as_ref())
        .bind(judgement.met)
        .bind(&judgement.note)
        .bind(judgement.judged_by.0)
        .bind(judgement.judged_at)
        .execute()
        .await
        .map(drop)
}

/// Every judgement of a showcase, in the order in which they were made in each sitting.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Judgement>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}
