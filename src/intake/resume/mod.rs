//! An upload over many requests, at any replica: opened, asked for, appended to, cancelled. Its state is in database
//! and store alone. The offset moves only after its bytes are durable, and only by whoever took the upload up last;
//! what is decided about it, a piece or a refusal, is remembered, so that a lost answer can be asked for again.

mod append;
mod finish;
mod lock;
mod outcome;
mod writing;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

pub(super) use outcome::Ending;
use outcome::Outcome;

use super::{Error, Intake, NewPiece};
use crate::db::Database;
use crate::db::Tx;
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::ids::{PieceId, UploadId, UserId};
use crate::domain::piece::PieceDetails;
use crate::domain::standard::AreaCode;
use crate::records::pieces;
use crate::records::showcases::Showcase;
use crate::records::uploads::{self, Upload};
use crate::storage::Storage;

/// How long nobody has gone on with an upload that gives way to a further one of the same person.
const LEFT: TimeDelta = TimeDelta::hours(1);

/// Uploads that one person may be opening at the same moment without anybody counting them one by one.
const AT_A_MOMENT: i64 = 16;

/// What is said when an upload is opened.
#[derive(Clone, Debug)]
pub struct NewUpload {
    pub piece: NewPiece,
    /// Bytes; `None` when it is not known yet.
    pub length: Option<u64>,
    pub key: Option<String>,
    /// What the whole file's digest has to be.
    pub promised: Option<Digest>,
    /// What the sender sent along, to be told again.
    pub metadata: String,
}

/// What is sent to go on with an upload.
#[derive(Clone, Debug, Default)]
pub struct Append {
    /// Where the sender thinks the upload stands.
    pub offset: u64,
    /// The length, if it was not told before.
    pub length: Option<u64>,
    /// Of exactly these bytes.
    pub checksum: Option<Checksum>,
    /// How many bytes follow.
    pub announced: Option<u64>,
}

/// A checksum that bytes have to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

/// Where an upload stands.
#[derive(Clone, Debug)]
pub struct Progress {
    pub id: UploadId,
    pub offset: u64,
    pub length: Option<u64>,
    pub metadata: String,
    pub expires_at: DateTime<Utc>,
    /// What it became.
    pub piece: Option<PieceId>,
}

/// What an upload's row keeps of the declarations.
#[derive(Serialize, Deserialize)]
struct Declared {
    file_name: FileName,
    declared_type: Option<String>,
    details: PieceDetails,
    claims: Vec<AreaCode>,
    key: Option<String>,
    sha256: Option<Digest>,
}

/// Computes a checksum as its bytes arrive.
enum Checking {
    Sha1(Sha1, [u8; 20]),
    Sha256(Sha256, [u8; 32]),
}

impl Checking {
    fn new(checksum: &Checksum) -> Self {
        match checksum {
            Checksum::Sha1(expected) => Self::Sha1(Sha1::new(), *expected),
            Checksum::Sha256(expected) => Self::Sha256(Sha256::new(), *expected),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hasher, _) => hasher.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    fn came_right(self) -> bool {
        match self {
            Self::Sha1(hasher, expected) => hasher.finalize()[..] == expected,
            Self::Sha256(hasher, expected) => hasher.finalize()[..] == expected,
        }
    }
}

impl Intake {
    /// Opens an upload; the showcase was admitted before.
    ///
    /// # Errors
    /// [`Error::Refused`] when it is announced too large; [`Error::TooManyOpen`], or any of [`Intake::admit`].
    pub async fn open_upload(&self, showcase: &Showcase, new: NewUpload) -> Result<Progress, Error> {
        self.announced(new.length)?;
        let NewPiece { by, file_name, declared_type, details, claims } = new.piece;
        self.admit(showcase, by, new.key.clone()).await?;
        let declared = Declared { file_name, declared_type, details, claims, key: new.key, sha256: new.promised };
        let now = self.clock.now();
        let upload = Upload {
            id: UploadId(self.clock.new_id()),
            showcase_id: showcase.id,
            user_id: by,
            length: new.length,
            received: 0,
            metadata: new.metadata,
            declared: serde_json::to_string(&declared).expect("declarations are JSON"),
            head: Vec::new(),
            digest_state: Digest::save(&Sha256::new()),
            fence: 0,
            multipart: None,
            locked_until: None,
            finishing: false,
            outcome: None,
            created_at: now,
            expires_at: now + self.resuming.expire,
        };
        let few = i64::from(self.resuming.max_open) - AT_A_MOMENT;
        if !uploads::insert_below(&mut self.db.alone(), &upload, few).await? {
            self.open_near_the_limit(&upload, now).await?;
        }
        Ok(progress(&upload, None))
    }

    /// Opens an upload of a person who has many open, one at a time.
    async fn open_near_the_limit(&self, upload: &Upload, now: DateTime<Utc>) -> Result<(), Error> {
        let (by, limit) = (upload.user_id, self.resuming.max_open);
        let mut tx = self.db.write().await?;
        let mut gave_way = None;
        if uploads::count_open(&mut tx, by, now).await? >= i64::from(limit) {
            gave_way = Some(self.give_way(&mut tx, by, now).await?.ok_or(Error::TooManyOpen { limit })?);
        }
        uploads::insert(&mut tx, upload).await?;
        tx.commit().await?;
        if let Some(id) = gave_way {
            self.forget_upload(id).await;
        }
        Ok(())
    }

    /// Cancels the upload of this person's that is most likely forgotten, if there is one. Whoever never heard the
    /// answer to an opening cannot cancel it, and would otherwise be kept from uploading until it expires.
    async fn give_way(&self, tx: &mut Tx, by: UserId, now: DateTime<Utc>) -> Result<Option<UploadId>, Error> {
        let Some(id) = uploads::least_wanted(tx, by, now, now + self.resuming.expire - LEFT).await? else {
            return Ok(None);
        };
        if !uploads::cancel(tx, id, &Outcome::Cancelled.written(), now).await? {
            return Ok(None);
        }
        uploads::remove_segments(tx, id).await?;
        Ok(Some(id))
    }

    /// Refuses a length that no file may have.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn announced(&self, length: Option<u64>) -> Result<(), Error> {
        if length.is_some_and(|length| length > self.largest()) {
            return Err(Error::too_large(self.largest()));
        }
        Ok(())
    }

    /// An upload of this person's, to be asked for or gone on with. Reading it takes no lock.
    ///
    /// # Errors
    /// [`Error::Gone`] when there is none; [`Error::Database`].
    pub async fn find_upload(&self, id: UploadId, by: UserId) -> Result<Upload, Error> {
        let found = uploads::find(&mut &self.db, id).await?;
        found.filter(|upload| upload.user_id == by).ok_or(Error::Gone)
    }

    /// Where an upload stands. One whose bytes are all there is finished first, since its sender will not come again.
    ///
    /// # Errors
    /// What refused it; [`Error::Over`]; and any that finishing it meets.
    pub async fn upload_progress(&self, showcase: &Showcase, upload: Upload) -> Result<Progress, Error> {
        if upload.outcome.is_none() && upload.length == Some(upload.received) {
            let append = Append { offset: upload.received, ..Append::default() };
            let nothing = futures_util::stream::empty::<Result<_, Error>>();
            return self.append(showcase, (upload.id, upload.user_id), append, nothing).await;
        }
        self.standing(&upload)
    }

    /// What can be told of an upload as it is.
    fn standing(&self, upload: &Upload) -> Result<Progress, Error> {
        if upload.expires_at <= self.clock.now() {
            return Err(Error::Over);
        }
        match &upload.outcome {
            None => Ok(progress(upload, None)),
            Some(outcome) => Ok(progress(upload, Some(Outcome::read(outcome)?.taken()?))),
        }
    }

    /// Cancels an upload, whoever is writing to it, and removes its bytes.
    ///
    /// # Errors
    /// [`Error::Over`] when it is decided already; [`Error::Locked`] while it is being finished.
    pub async fn cancel_upload(&self, upload: &Upload) -> Result<(), Error> {
        let now = self.clock.now();
        if upload.outcome.is_some() || upload.expires_at <= now {
            return Err(Error::Over);
        }
        let mut tx = self.db.write().await?;
        if !uploads::cancel(&mut tx, upload.id, &Outcome::Cancelled.written(), now).await? {
            return Err(Error::Locked);
        }
        uploads::remove_segments(&mut tx, upload.id).await?;
        tx.commit().await?;
        fail::fail_point!("upload-cancelled", crate::storage::die);
        self.forget_upload(upload.id).await;
        Ok(())
    }

    /// Removes what is left of an upload's bytes once it is decided. If the store does not answer, `sweep` will.
    async fn forget_upload(&self, id: UploadId) {
        if let Err(error) = forget(&self.db, &self.storage, id).await {
            tracing::warn!(upload = %id, %error, "the bytes of an upload that ended could not be removed; sweep will");
        }
    }
}

/// Removes what is stored of an upload that is over, but the piece that it became.
///
/// # Errors
/// When the store or the database does not answer.
pub(super) async fn forget(db: &Database, storage: &Storage, id: UploadId) -> Result<(), Error> {
    let mut session = db;
    let multipart = uploads::find(&mut session, id).await?.and_then(|upload| upload.multipart);
    let is_piece = multipart.is_some() && pieces::is_kept(&mut session, PieceId(id.0)).await?;
    Ok(storage.forget(id, multipart.as_deref(), is_piece).await?)
}

fn progress(upload: &Upload, piece: Option<PieceId>) -> Progress {
    Progress {
        id: upload.id,
        offset: upload.received,
        length: upload.length,
        metadata: upload.metadata.clone(),
        expires_at: upload.expires_at,
        piece,
    }
}

fn wrong_offset(upload: &Upload) -> Error {
    Error::WrongOffset { received: upload.received }
}
