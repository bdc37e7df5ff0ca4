//! Table `tags`: the assessor's mapping. A removed tag keeps its row: the history of a judgement is never lost.

use chrono::{DateTime, Utc};

use super::json_text;
use super::many::{self, many};
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::ids::{PieceId, ShowcaseId, TagId, UserId};
use crate::domain::piece::Locator;
use crate::domain::standard::{AreaCode, CriterionCode};

/// A recorded tag.
#[derive(Clone, Debug)]
pub struct Tag {
    pub id: TagId,
    pub piece_id: PieceId,
    pub area: AreaCode,
    pub criteria: Vec<CriterionCode>,
    pub locator: Option<Locator>,
    pub note: String,
    pub tagged_by: UserId,
    pub tagged_at: DateTime<Utc>,
    pub removed_by: Option<UserId>,
    pub removed_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.piece_id, t.area, t.criteria, t.locator, t.note, t.tagged_by, t.tagged_at, ",
            "t.removed_by, t.removed_at FROM tags t ",
            $rest
        )
    };
}

statements! {
    INSERT = "INSERT INTO tags (id, piece_id, area, criteria, locator, note, tagged_by, tagged_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    INSERT_MANY = many!(INSERT.sqlite);
    FIND = select!("WHERE t.id = $1");
    LIST = select!("JOIN pieces p ON p.id = t.piece_id WHERE p.showcase_id = $1 AND p.slot IS NOT NULL \
                    AND t.removed_at IS NULL ORDER BY p.slot, t.id");
    LIST_AT = select!("JOIN pieces p ON p.id = t.piece_id WHERE p.showcase_id = $1 AND t.tagged_at <= $2 \
                       AND (t.removed_at IS NULL OR t.removed_at > $2) ORDER BY t.id");
    HISTORY = select!("WHERE t.piece_id = $1 ORDER BY t.id");
    MARK_REMOVED = "UPDATE tags SET removed_by = $2, removed_at = $3 WHERE id = $1 AND removed_at IS NULL";
}

impl FromRow for Tag {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let locator = row.get::<Option<&str>>("locator")?.map(serde_json::from_str).transpose();
        Ok(Self {
            id: row.id("id")?,
            piece_id: row.id("piece_id")?,
            area: AreaCode::from(row.get::<String>("area")?),
            criteria: row.json("criteria")?,
            locator: locator.map_err(|_| Error::Inconsistent("locator"))?,
            note: row.get("note")?,
            tagged_by: row.id("tagged_by")?,
            tagged_at: row.get("tagged_at")?,
            removed_by: row.id_or_none("removed_by")?,
            removed_at: row.get("removed_at")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, tag: &Tag) -> Result<(), Error> {
    bind(on.query(INSERT), tag).execute().await.map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn insert_many(on: &mut impl Session, tags: &[Tag]) -> Result<(), Error> {
    many::insert_many(on, (INSERT, INSERT_MANY), tags, bind).await
}

fn bind<'q>(query: Query<'q>, tag: &Tag) -> Query<'q> {
    query
        .bind(tag.id.0)
        .bind(tag.piece_id.0)
        .bind(tag.area.as_ref())
        .bind(json_text(&tag.criteria))
        .bind(tag.locator.as_ref().map(json_text))
        .bind(&tag.note)
        .bind(tag.tagged_by.0)
        .bind(tag.tagged_at)
}

/// A tag, removed or not.
///
/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: TagId) -> Result<Option<Tag>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// The standing tags of a showcase's live pieces, in the order of slots.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Tag>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}

/// The tags that stood at an instant, also of pieces that were withdrawn since.
///
/// # Errors
/// See [`Error`].
pub async fn list_at(on: &mut impl Session, showcase: ShowcaseId, at: DateTime<Utc>) -> Result<Vec<Tag>, Error> {
    on.query(LIST_AT).bind(showcase.0).bind(at).fetch_all().await
}

/// Every tag a piece ever had, removed ones too, oldest first.
///
/// # Errors
/// See [`Error`].
pub async fn history(on: &mut impl Session, piece: PieceId) -> Result<Vec<Tag>, Error> {
    on.query(HISTORY).bind(piece.0).fetch_all().await
}

/// # Errors
/// See [`Error`].
pub async fn mark_removed(on: &mut impl Session, id: TagId, by: UserId, at: DateTime<Utc>) -> Result<(), Error> {
    on.query(MARK_REMOVED).bind(id.0).bind(by.0).bind(at).execute().await.map(drop)
}
