//! Tags: the assessor maps a submitted piece to an area. A tag is added while the showcase is submitted and can
//! be taken back until it is accepted; its row stays either way.

use super::{Error, Gateway};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{TagId, UserId};
use crate::domain::piece::Locator;
use crate::domain::standard::{AreaCode, CriterionCode};
use crate::records::pieces::Piece;
use crate::records::showcases::{self, Showcase};
use crate::records::tags::{self, Tag};

use super::locked_in;

/// What an assessor says of a piece.
#[derive(Clone, Debug)]
pub struct NewTag {
    pub area: String,
    pub criteria: Vec<String>,
    pub locator: Option<Locator>,
    pub note: String,
    pub by: UserId,
}

impl Gateway {
    /// Tags a piece of a submitted showcase.
    ///
    /// # Errors
    /// [`Error::UnknownArea`], [`Error::UnknownCriterion`], [`Error::Locator`] or [`Error::WrongState`].
    pub async fn tag(&self, showcase: &Showcase, piece: &Piece, new: NewTag) -> Result<Tag, Error> {
        let standard = self.standard(showcase)?;
        let area = standard.showcase_area(&new.area).ok_or_else(|| Error::UnknownArea(new.area.clone()))?;
        let mut criteria: Vec<CriterionCode> = Vec::new();
        for code in &new.criteria {
            let unknown = || Error::UnknownCriterion { criterion: code.clone(), area: area.code.to_string() };
            let criterion = area.criterion(code).ok_or_else(unknown)?;
            if !criteria.contains(&criterion.code) {
                criteria.push(criterion.code.clone());
            }
        }
        if let Some(locator) = new.locator {
            locator.check(piece.pages)?;
        }
        let tag = Tag {
            id: TagId(self.clock.new_id()),
            piece_id: piece.id,
            area: AreaCode::clone(&area.code),
            criteria,
            locator: new.locator,
            note: new.note,
            tagged_by: new.by,
            tagged_at: self.clock.now(),
            removed_by: None,
            removed_at: None,
        };
        let mut tx = self.db.write().await?;
        locked_in(&mut tx, showcase, ShowcaseState::Submitted).await?;
        tags::insert(&mut tx, &tag).await?;
        tx.commit().await?;
        Ok(tag)
    }

    /// Takes a tag back.
    ///
    /// # Errors
    /// [`Error::WrongState`] once the showcase is accepted.
    pub async fn untag(&self, showcase: &Showcase, tag: &Tag, by: UserId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        let locked = showcases::lock(&mut tx, showcase.id).await?;
        if !matches!(locked.state, ShowcaseState::Draft | ShowcaseState::Submitted) {
            return Err(Error::WrongState { is: locked.state, must_be: ShowcaseState::Submitted });
        }
        tags::mark_removed(&mut tx, tag.id, by, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}
