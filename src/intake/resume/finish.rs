//! The end of an upload: its bytes go through the same stages as those of one request. Each attempt makes an object
//! of its own, and the piece's row and the upload's end are one transaction, so two that finish never share a thing.

use tokio::time::{Instant, sleep};

use super::lock::{GLANCE, PATIENCE};
use super::outcome::{Ending, Outcome};
use super::{Declared, Error, Intake, Progress, progress};
use crate::domain::digest::Digest;
use crate::domain::ids::PieceId;
use crate::domain::segment::Composition;
use crate::intake::{NewPiece, Received};
use crate::records::showcases::Showcase;
use crate::records::uploads::Upload;
use crate::storage::{Appending, ObjectKey, Staged};
use crate::{db, storage};

impl Intake {
    /// Makes a piece of an upload whose bytes are all there, durable or `gathered`.
    pub(super) async fn finish(
        &self,
        showcase: &Showcase,
        upload: Upload,
        gathered: Option<Appending>,
    ) -> Result<Progress, Error> {
        let is_stored = gathered.is_none();
        // What is in hand is a piece in a moment, if it is one: only who takes longer says that it finishes.
        if is_stored {
            self.hold(&upload, true).await?;
        }
        fail::fail_point!("upload-whole", crate::storage::die);
        let made = tokio::select! {
            made = self.make_piece(showcase, &upload, gathered) => made,
            never = self.give_signs(&upload) => match never {},
        };
        match made {
            Ok(piece) => {
                if is_stored {
                    self.forget_upload(upload.id).await;
                }
                let received = upload.length.unwrap_or(upload.received);
                Ok(progress(&Upload { received, ..upload }, Some(piece)))
            }
            Err(error @ (Error::Locked | Error::Storage(storage::Error::Missing))) => {
                // Somebody else was faster.
                let now = self.find_upload(upload.id, upload.user_id).await?;
                if now.outcome.is_some() { self.standing(&now) } else { Err(self.let_go(&upload, error).await) }
            }
            Err(error) => Err(self.let_go(&upload, error).await),
        }
    }

    async fn make_piece(
        &self,
        showcase: &Showcase,
        upload: &Upload,
        gathered: Option<Appending>,
    ) -> Result<PieceId, Error> {
        let declared: Declared =
            serde_json::from_str(&upload.declared).map_err(|_| db::Error::Inconsistent("declared"))?;
        let known = self.composition(upload).await?;
        let object = self.storage.object_of(upload.id, &known);
        let ending = Ending { is_bare: known.segments.is_empty(), ..self.ending(upload) };
        let admission = self.admit(showcase, upload.user_id, declared.key).await?.ending(ending, object);
        let key = admission.object();
        let staged = match gathered {
            Some(appending) => appending.whole(key).await?,
            None => self.gather(upload, key, known).await?,
        };
        if declared.sha256.is_some_and(|promised| promised != staged.digest) {
            return Err(Error::WrongDigest);
        }
        let received = Received { key, staged };
        let Declared { file_name, declared_type, details, claims, .. } = declared;
        let new = NewPiece { by: upload.user_id, file_name, declared_type, details, claims };
        let piece = self.complete(showcase, admission, received, new).await?.id;
        if ObjectKey::Piece(piece) != key {
            // The idempotency key made it earlier.
            self.end(upload, &Outcome::Taken(piece)).await?;
        }
        Ok(piece)
    }

    async fn gather(&self, upload: &Upload, key: ObjectKey, known: Composition) -> Result<Staged, Error> {
        let hasher = Digest::resume(&upload.digest_state).map_err(|_| db::Error::Inconsistent("digest_state"))?;
        let digest = Digest::from_hasher(hasher);
        let wait = Instant::now() + PATIENCE;
        loop {
            match self.storage.gather(upload.id, key, known.clone(), (upload.received, digest)).await? {
                Some(staged) => return Ok(staged),
                None if Instant::now() >= wait => return Err(Error::Locked),
                None => sleep(GLANCE).await,
            }
        }
    }
}
