//! Sealed → recorded: the row that makes an object a piece or a gateway document. Slot, digest and idempotency
//! key are decided by constraints, or in one transaction that holds the showcase's row; whoever loses leaves no object.

use chrono::{DateTime, Utc};

use super::examine::Sealed;
use super::resume::Ending;
use super::{Error, Intake, Received};
use crate::db::{self, Session, Tx};
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::gateway::{DocumentKind, ShowcaseState};
use crate::domain::ids::{DocumentId, PieceId, UserId};
use crate::domain::piece::PieceDetails;
use crate::domain::standard::AreaCode;
use crate::inspect::Claim;
use crate::records::arrivals::{self, Arrival, UploadEnd};
use crate::records::documents::Document;
use crate::records::pieces::{KeyUse, Piece};
use crate::records::showcases::Showcase;
use crate::records::{documents, gateways, pieces, showcases};
use crate::storage::ObjectKey;

/// Leave to upload a piece, given before its body is read.
#[derive(Clone, Debug)]
pub struct Admission {
    piece: PieceId,
    key: Option<String>,
    /// The key was used before: the body is compared, not stored.
    earlier: Option<KeyUse>,
    /// The resumable upload that becomes the piece, with its holder's fence: the piece's row and the upload's end are
    /// one transaction.
    upload: Option<Ending>,
    /// The object belongs to the upload.
    is_lent: bool,
}

/// What is said about an uploaded piece.
#[derive(Clone, Debug)]
pub struct NewPiece {
    pub by: UserId,
    pub file_name: FileName,
    pub declared_type: Option<String>,
    pub details: PieceDetails,
    pub claims: Vec<AreaCode>,
}

/// What is said about an uploaded gateway document.
#[derive(Clone, Debug)]
pub struct NewDocument {
    pub by: UserId,
    pub file_name: FileName,
    pub declared_type: Option<String>,
    pub kind: DocumentKind,
    /// The document of the same kind that it takes the place of.
    pub replaces: Option<DocumentId>,
}

impl Admission {
    /// The object that the body is to become.
    #[must_use]
    pub fn object(&self) -> ObjectKey {
        ObjectKey::Piece(self.piece)
    }

    /// The piece ends this upload, and is the object that it became already, if there is one.
    pub(super) fn ending(self, upload: Ending, object: Option<ObjectKey>) -> Self {
        let lent = match object {
            Some(ObjectKey::Piece(piece)) => Some(piece),
            _ => None,
        };
        Self { piece: lent.unwrap_or(self.piece), is_lent: lent.is_some(), upload: Some(upload), ..self }
    }

    /// Whether the object goes when the piece is not recorded; that of an upload goes with the upload.
    fn discards(&self) -> bool {
        !self.is_lent
    }
}

impl Intake {
    /// Checks, before a byte of the body is read, what would refuse the piece whatever its bytes are.
    ///
    /// # Errors
    /// [`Error::ShowcaseFrozen`], [`Error::ShowcaseFull`], [`Error::KeyReused`] or [`Error::KeyOfWithdrawn`].
    pub async fn admit(&self, showcase: &Showcase, by: UserId, key: Option<String>) -> Result<Admission, Error> {
        let piece = PieceId(self.clock.new_id());
        if let Some(text) = &key
            && let Some(earlier) = pieces::find_key(&mut &self.db, by, text).await?
        {
            if earlier.showcase != showcase.id {
                return Err(Error::KeyReused);
            }
            if earlier.withdrawn {
                return Err(Error::KeyOfWithdrawn(earlier.piece));
            }
            return Ok(Admission { piece, key, earlier: Some(earlier), upload: None, is_lent: false });
        }
        if showcase.state != ShowcaseState::Draft {
            return Err(Error::ShowcaseFrozen);
        }
        if showcase.pieces >= showcase.piece_limit {
            return Err(Error::ShowcaseFull { limit: showcase.piece_limit });
        }
        Ok(Admission { piece, key, earlier: None, upload: None, is_lent: false })
    }

    /// Takes a received body as a piece; the same idempotency key and bytes give the same piece again.
    ///
    /// # Errors
    /// Any [`Error`]; nothing is stored and no slot is taken then.
    pub async fn complete(
        &self,
        showcase: &Showcase,
        admission: Admission,
        received: Received,
        new: NewPiece,
    ) -> Result<Piece, Error> {
        if let Some(earlier) = admission.earlier {
            return self.same_piece(showcase, earlier, received.digest()).await;
        }
        let claim = Claim { name: new.file_name.clone(), declared: new.declared_type.clone() };
        let mut examined = self.examine(received, claim).await?;
        self.expect_signature(&mut examined, &new.details)?;
        let sealed = self.seal(examined).await?;
        let (key, digest) = (sealed.key, sealed.digest);
        let recorded = self.record_piece(showcase, &admission, sealed, new).await;
        if matches!(recorded, Err(Unrecorded::Refused(_) | Unrecorded::Twin(_))) && admission.discards() {
            self.discard(key).await;
        }
        match recorded {
            Ok(piece) => Ok(piece),
            Err(Unrecorded::Twin(earlier)) => self.same_piece(showcase, earlier, digest).await,
            // The row may be there after an unknown end: the object must stay, and `sweep` knows later.
            Err(Unrecorded::Refused(error) | Unrecorded::Unknown(error)) => Err(error),
        }
    }

    async fn same_piece(&self, showcase: &Showcase, earlier: KeyUse, digest: Digest) -> Result<Piece, Error> {
        if earlier.sha256 != digest || earlier.showcase != showcase.id {
            return Err(Error::KeyReused);
        }
        let piece = pieces::find(&mut &self.db, earlier.piece).await?;
        piece.ok_or(Error::KeyOfWithdrawn(earlier.piece))
    }

    async fn record_piece(
        &self,
        showcase: &Showcase,
        admission: &Admission,
        sealed: Sealed,
        new: NewPiece,
    ) -> Result<Piece, Unrecorded> {
        let piece = Piece {
            id: admission.piece,
            showcase_id: showcase.id,
            slot: 1,
            pages: sealed.pages(),
            details: new.details,
            file_name: new.file_name,
            media_type: sealed.media_type,
            bytes: sealed.bytes,
            sha256: sealed.digest,
            findings: sealed.findings,
            facts: sealed.facts,
            uploaded_by: new.by,
            created_at: self.clock.now(),
            submitted_in: None,
        };
        let piece = match self.record_at_once(showcase, admission, &piece, &new.claims).await? {
            Some(slot) => Piece { slot, ..piece },
            None => self.record_in_steps(showcase, admission, piece, &new.claims).await?,
        };
        fail::fail_point!("committed", crate::storage::die);
        Ok(piece)
    }

    /// Records a piece by one statement and answers its slot; `None` when that has to be done step by step.
    async fn record_at_once(
        &self,
        showcase: &Showcase,
        admission: &Admission,
        piece: &Piece,
        claims: &[AreaCode],
    ) -> Result<Option<u32>, Unrecorded> {
        fail::fail_point!("recorded-in-steps", |_| Ok(None));
        let outcome = Ending::outcome(piece.id);
        let upload = match admission.upload {
            Some(Ending { is_bare: false, .. }) => return Ok(None),
            Some(Ending { id, fence, remembered, .. }) => Some(UploadEnd { id, fence, outcome: &outcome, remembered }),
            None => None,
        };
        let Some(mut lane) = self.db.lane().await? else { return Ok(None) };
        let arrival = Arrival { piece, limit: showcase.piece_limit, claims, key: admission.key.as_deref(), upload };
        match arrivals::take(&mut lane, arrival).await {
            Ok(slot) => {
                lane.keep();
                Ok(slot)
            }
            Err(db::Error::Conflict | db::Error::Constraint(_)) => Ok(None),
            Err(error @ db::Error::Full(_)) => Err(error.into()),
            Err(error) => Err(Unrecorded::Unknown(error.into())),
        }
    }

    /// Records a piece under the showcase's lock, and says why if it cannot be.
    async fn record_in_steps(
        &self,
        showcase: &Showcase,
        admission: &Admission,
        piece: Piece,
        claims: &[AreaCode],
    ) -> Result<Piece, Unrecorded> {
        let mut tx = self.db.write().await?;
        let locked = showcases::lock(&mut tx, showcase.id).await?;
        // First of all: what a twin has brought in is in, whatever became of the showcase since.
        if let Some(key) = &admission.key
            && let Some(earlier) = pieces::find_key(&mut tx, piece.uploaded_by, key).await?
        {
            return Err(Unrecorded::Twin(earlier));
        }
        if locked.state != ShowcaseState::Draft {
            return Err(Error::ShowcaseFrozen.into());
        }
        let piece = Piece { slot: free_slot(&mut tx, showcase, piece.sha256).await?, ..piece };
        pieces::insert(&mut tx, &piece, showcase.piece_limit).await?;
        pieces::claim(&mut tx, piece.id, claims, piece.uploaded_by, piece.created_at).await?;
        if let Some(key) = &admission.key {
            match pieces::insert_key(&mut tx, piece.uploaded_by, key, &piece).await {
                // Used at the same moment for another showcase, whose row this transaction does not hold.
                Err(db::Error::Conflict) => return Err(Error::KeyReused.into()),
                inserted => inserted?,
            }
        }
        if let Some(ending) = &admission.upload {
            ending.taken(&mut tx, piece.id).await?;
        }
        fail::fail_point!("recorded", crate::storage::die);
        tx.commit().await.map_err(|error| Unrecorded::Unknown(error.into()))?;
        Ok(piece)
    }

    /// Takes a received body as a gateway document of a showcase in draft.
    ///
    /// # Errors
    /// Any [`Error`]; nothing is stored then.
    pub async fn complete_document(
        &self,
        showcase: &Showcase,
        received: Received,
        new: NewDocument,
    ) -> Result<Document, Error> {
        let claim = Claim { name: new.file_name.clone(), declared: new.declared_type.clone() };
        let examined = self.examine(received, claim).await?;
        let sealed = self.seal(examined).await?;
        let key = sealed.key;
        match self.record_document(showcase, sealed, new).await {
            Ok(document) => Ok(document),
            Err(Unrecorded::Unknown(error)) => Err(error),
            Err(Unrecorded::Refused(error)) => {
                self.discard(key).await;
                Err(error)
            }
            Err(Unrecorded::Twin(_)) => unreachable!("documents have no idempotency key"),
        }
    }

    async fn record_document(
        &self,
        showcase: &Showcase,
        sealed: Sealed,
        new: NewDocument,
    ) -> Result<Document, Unrecorded> {
        let replaces = new.replaces;
        let ObjectKey::Document(id) = sealed.key else { unreachable!("a document is received as a document") };
        let mut tx = self.db.write().await?;
        if showcases::lock(&mut tx, showcase.id).await?.state != ShowcaseState::Draft {
            return Err(Error::ShowcaseFrozen.into());
        }
        let document = Document {
            id,
            showcase_id: showcase.id,
            kind: new.kind,
            file_name: new.file_name,
            media_type: sealed.media_type,
            bytes: sealed.bytes,
            sha256: sealed.digest,
            pages: sealed.pages(),
            findings: sealed.findings,
            facts: sealed.facts,
            uploaded_by: new.by,
            created_at: self.clock.now(),
        };
        documents::insert(&mut tx, &document).await?;
        if let Some(old) = replaces {
            replace(&mut tx, old, &document, self.clock.now()).await?;
        }
        tx.commit().await.map_err(|error| Unrecorded::Unknown(error.into()))?;
        Ok(document)
    }

    /// A new document's object.
    #[must_use]
    pub fn new_document(&self) -> ObjectKey {
        ObjectKey::Document(DocumentId(self.clock.new_id()))
    }
}

/// Puts a document in the place of another, also where the gateway's details name that one as evidence. The caller holds
/// the showcase's row.
async fn replace(tx: &mut Tx, old: DocumentId, new: &Document, at: DateTime<Utc>) -> Result<(), Error> {
    if !documents::replace(tx, old, new).await? {
        return Err(Error::Gone);
    }
    let mut details = gateways::find(tx, new.showcase_id).await?;
    let subjects = [&mut details.maths, &mut details.english].into_iter().flatten();
    let named = subjects.filter(|subject| subject.document_id == Some(old));
    if named.map(|subject| subject.document_id = Some(new.id)).count() > 0 {
        gateways::put(tx, new.showcase_id, &details, new.uploaded_by, at).await?;
    }
    Ok(())
}

/// How recording ended without a row of ours.
enum Unrecorded {
    /// Certainly nothing was kept.
    Refused(Error),
    /// Another upload with the same idempotency key was faster.
    Twin(KeyUse),
    /// The commit's answer was lost.
    Unknown(Error),
}

impl From<Error> for Unrecorded {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<db::Error> for Unrecorded {
    fn from(error: db::Error) -> Self {
        Self::Refused(error.into())
    }
}

/// The lowest slot that is free, unless the content is there already. The caller holds the showcase's row.
async fn free_slot(session: &mut impl Session, showcase: &Showcase, digest: Digest) -> Result<u32, Error> {
    let occupied = pieces::occupied(session, showcase.id).await?;
    if let Some(same) = occupied.iter().find(|piece| piece.sha256 == digest) {
        return Err(Error::Duplicate(same.piece));
    }
    let gap = (1..).zip(&occupied).find(|(slot, taken)| *slot != taken.slot).map(|(slot, _)| slot);
    let slot = gap.unwrap_or(u32::try_from(occupied.len()).unwrap_or(u32::MAX).saturating_add(1));
    if i64::from(slot) > showcase.piece_limit {
        return Err(Error::ShowcaseFull { limit: showcase.piece_limit });
    }
    Ok(slot)
}
