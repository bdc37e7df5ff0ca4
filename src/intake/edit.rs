//! Changing and withdrawing pieces of a showcase in draft. Nobody who says what they saw overwrites what they did not
//! see. A withdrawn piece leaves a tombstone; its object goes too, unless a gateway attempt froze it: that attempt stays
//! readable as it was.

use super::{Error, Intake};
use crate::db::Tx;
use crate::domain::digest::Digest;
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::UserId;
use crate::domain::piece::PieceDetails;
use crate::domain::standard::AreaCode;
use crate::records::pieces::Piece;
use crate::records::{pieces, showcases};
use crate::storage::ObjectKey;

/// What is to become of a piece.
#[derive(Debug)]
pub struct Edit<F> {
    /// The [`version`] that whoever changes it saw; `None` where only single fields are changed.
    pub seen: Option<Digest>,
    pub change: F,
    /// In place of all claims before; `None` leaves them.
    pub claims: Option<Vec<AreaCode>>,
    pub by: UserId,
}

/// By what details and claims are known to be those that somebody saw.
///
/// # Panics
/// Never: details and codes are JSON.
#[must_use]
pub fn version(details: &PieceDetails, claims: &[AreaCode]) -> Digest {
    let seen = serde_json::to_vec(&(details, claims)).expect("details and codes are JSON");
    Digest::of(&seen)
}

impl Intake {
    /// Changes a piece's details and claims together.
    ///
    /// # Errors
    /// [`Error::ChangedMeanwhile`], [`Error::ShowcaseFrozen`], [`Error::Gone`], [`Error::Database`], or
    /// [`Error::Refused`] when the file is not taken for what the piece would become.
    pub async fn edit<F: FnOnce(&mut PieceDetails)>(&self, piece: &Piece, edit: Edit<F>) -> Result<(), Error> {
        let Edit { seen, change, claims, by } = edit;
        let mut tx = self.db.write().await?;
        // The details as they are now: someone may have changed another field since the caller read them.
        let piece = draft_piece(&mut tx, piece).await?;
        if let Some(seen) = seen {
            let claimed = pieces::claims_of_piece(&mut tx, piece.id).await?;
            let claimed: Vec<AreaCode> = claimed.into_iter().map(|claim| claim.area).collect();
            if version(&piece.details, &claimed) != seen {
                return Err(Error::ChangedMeanwhile);
            }
        }
        let mut details = piece.details.clone();
        change(&mut details);
        if details != piece.details {
            let findings = self.with_signature(piece.findings, &piece.facts, &details)?;
            pieces::mark_details(&mut tx, piece.id, &details, &findings).await?;
        }
        if let Some(areas) = claims {
            pieces::remove_claims(&mut tx, piece.id).await?;
            pieces::claim(&mut tx, piece.id, &areas, by, self.clock.now()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Withdraws a piece and frees its slot.
    ///
    /// # Errors
    /// [`Error::ShowcaseFrozen`], [`Error::Gone`] or [`Error::Database`].
    pub async fn withdraw(&self, piece: &Piece, by: UserId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        let piece = draft_piece(&mut tx, piece).await?;
        let erased = piece.submitted_in.is_none();
        pieces::mark_withdrawn(&mut tx, piece.id, by, self.clock.now(), erased).await?;
        tx.commit().await?;
        fail::fail_point!("withdrawn", crate::storage::die);
        if erased {
            self.discard(ObjectKey::Piece(piece.id)).await;
        }
        Ok(())
    }
}

/// The piece as it is now, with its showcase's row held and in draft.
async fn draft_piece(tx: &mut Tx, piece: &Piece) -> Result<Piece, Error> {
    if showcases::lock(tx, piece.showcase_id).await?.state != ShowcaseState::Draft {
        return Err(Error::ShowcaseFrozen);
    }
    pieces::find(tx, piece.id).await?.ok_or(Error::Gone)
}
