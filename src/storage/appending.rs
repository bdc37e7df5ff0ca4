//! Objects that arrive over many requests. What is flushed is durable; what is not is gone with its writer. On disk
//! one file grows, under a lock of the system's that dies with its process; in S3 parts of the object do, and what is
//! less than a part is an object named by its writer's fence, so that a writer who was replaced overwrites nothing.

use std::sync::Arc;

use sha2::Sha256;

use super::pen::{Into, Pen};
use super::sums::Sums;
use super::{Cursor, Error, Fragment, FragmentKey, ObjectKey, PART, Staged, Storage, disk, s3};
use crate::domain::digest::Digest;
use crate::domain::ids::UploadId;
use crate::domain::segment::{Composition, Segment};

/// An upload that is taken up to be appended to.
pub struct Appending {
    fence: i64,
    /// Where what is durable or on its way to be ends.
    at: u64,
    /// The digest so far, while nothing is being written.
    sums: Box<Sums>,
    /// What is being written.
    pen: Option<Pen>,
    /// What became durable and was not asked for yet.
    landed: Vec<Stretch>,
    place: Place,
}

enum Place {
    Disk(disk::Held, super::blocks::Blocks),
    S3(Box<s3::Growing>),
}

/// Bytes that are durable now and were not before.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub segment: Segment,
    /// The digest's state after them.
    pub digest_state: Vec<u8>,
    /// Where the part starts that they are the last of: what was stored of it before is not needed any more.
    pub part_start: Option<u64>,
}

impl Storage {
    /// Takes up an upload of which `at` bytes are durable, with the digest's state after them; `None` while another
    /// writer of this machine still holds its file.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`].
    pub async fn take_up(
        &self,
        upload: UploadId,
        fence: i64,
        at: u64,
        (hasher, known): (Sha256, Composition),
    ) -> Result<Option<Appending>, Error> {
        let place = match self {
            Self::Disk(disk) => match disk.hold(upload, at == 0).await? {
                Some(held) => Place::Disk(held, disk.blocks()),
                None => return Ok(None),
            },
            Self::S3(s3) => Place::S3(Box::new(s3::Growing::new(s3.clone(), upload, at, known))),
        };
        let sums = Box::new(Sums::resumed(hasher));
        Ok(Some(Appending { fence, at, sums, pen: None, landed: Vec::new(), place }))
    }

    /// The object of an upload whose bytes are all there, to be looked at and sealed; `None` while another writer of this
    /// machine still holds its file. It is `key`, unless [`Storage::object_of`] has another name for it.
    ///
    /// # Errors
    /// [`Error::Missing`] when they are not; [`Error::Full`] or [`Error::Unavailable`].
    pub async fn gather(
        &self,
        upload: UploadId,
        key: ObjectKey,
        known: Composition,
        (len, digest): (u64, Digest),
    ) -> Result<Option<Staged>, Error> {
        match self {
            Self::Disk(disk) => disk.gather(upload, key, len, digest).await,
            Self::S3(s3) => s3.gather(upload, key, known, (len, digest)).await.map(Some),
        }
    }

    /// The object that an upload of several parts is from its first part on; `None` for one that gets its name when it
    /// is sealed.
    #[must_use]
    pub fn object_of(&self, upload: UploadId, known: &Composition) -> Option<ObjectKey> {
        known.multipart.as_ref().map(|_| s3::object(upload))
    }

    /// Removes all that is stored of an upload; of the object that its parts are, only if it `is_piece` of nobody.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn forget(&self, upload: UploadId, multipart: Option<&str>, is_piece: bool) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.remove_fragment(FragmentKey { upload, segment: None }).await,
            Self::S3(s3) => s3.forget(upload, multipart, is_piece).await,
        }
    }

    /// Takes back stretches that were flushed and are not recorded, and a multipart upload that is not.
    pub async fn take_back(&self, upload: UploadId, stretches: &[Stretch], multipart: Option<&str>) {
        let Self::S3(s3) = self else { return };
        if let Some(id) = multipart {
            s3.give_up(upload, id).await;
        }
        for Stretch { segment, .. } in stretches.iter().filter(|stretch| stretch.segment.part.is_none()) {
            let key = FragmentKey { upload, segment: Some((segment.start, segment.fence)) };
            if let Err(error) = s3.remove_fragment(key).await {
                tracing::warn!(%key, %error, "a segment that nobody needs could not be removed; sweep will");
            }
        }
    }

    /// Whether what an upload's writer flushes are parts and objects that have to be remembered.
    #[must_use]
    pub fn is_segmented(&self) -> bool {
        matches!(self, Self::S3(_))
    }

    /// A stretch of the listing of all that is stored of uploads, and where it goes on.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn fragments(&self, from: Option<Cursor>) -> Result<(Vec<Fragment>, Option<Cursor>), Error> {
        match self {
            Self::Disk(disk) => disk.fragments(from).await,
            Self::S3(s3) => s3.fragments(from).await,
        }
    }

    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn remove_fragment(&self, key: FragmentKey) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.remove_fragment(key).await,
            Self::S3(s3) => s3.remove_fragment(key).await,
        }
    }
}

impl Appending {
    /// Bytes of what is one part at most.
    pub const PART: u64 = PART as u64;

    /// Begins: whatever stands behind the durable bytes goes. The caller makes sure first that the upload is still its
    /// own to take up.
    ///
    /// # Errors
    /// As [`Appending::flush`].
    pub async fn begin(&self) -> Result<(), Error> {
        match &self.place {
            Place::Disk(held, _) => held.cut(self.at).await,
            Place::S3(_) => Ok(()),
        }
    }

    /// Bytes that can be added before [`Appending::turn`] is due.
    #[must_use]
    pub fn room(&self) -> u64 {
        let part = PART as u64;
        part - (self.at + self.unflushed()) % part
    }

    /// Where the bytes end that were added.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.at + self.unflushed()
    }

    /// Bytes that were added since the last flush or turn.
    #[must_use]
    pub fn unflushed(&self) -> u64 {
        self.pen.as_ref().map_or(0, Pen::len)
    }

    /// Adds bytes, no more than there is room for. `expected` may be added before the next flush or turn.
    ///
    /// # Errors
    /// As [`Appending::flush`].
    pub async fn write(&mut self, chunk: &[u8], expected: Option<u64>) -> Result<(), Error> {
        let mut pen = match self.pen.take() {
            Some(pen) => pen,
            None => self.place.pen(expected, std::mem::take(&mut self.sums)).await?,
        };
        pen.add(chunk).await?;
        if pen.is_overdue() {
            self.place.leave_memory(&mut pen).await?;
        }
        self.pen = Some(pen);
        Ok(())
    }

    /// Lets go of the block that a pausing sender holds of a file.
    ///
    /// # Errors
    /// As [`Appending::flush`].
    pub async fn pause(&mut self) -> Result<(), Error> {
        match &mut self.pen {
            Some(pen) => pen.pause().await,
            None => Ok(()),
        }
    }

    /// Makes a full part durable, in S3 beside what follows it.
    ///
    /// # Errors
    /// As [`Appending::flush`].
    pub async fn turn(&mut self) -> Result<(), Error> {
        let is_full = (self.at + self.unflushed()).is_multiple_of(PART as u64);
        match (&mut self.place, self.pen.take_if(|_| is_full)) {
            (Place::S3(growing), Some(pen)) => {
                let (gathered, bytes, mut sums) = pen.finish().await?;
                let stretch = stretch((self.at, bytes, self.fence), &mut sums);
                (self.at, self.sums) = (stretch.segment.end(), sums);
                growing.launch(stretch, gathered, &mut self.landed).await
            }
            (Place::Disk(held, _), Some(pen)) => {
                let (_, bytes, mut sums) = pen.finish().await?;
                held.sync().await?;
                let stretch = stretch((self.at, bytes, self.fence), &mut sums);
                (self.at, self.sums) = (stretch.segment.end(), sums);
                self.landed.push(stretch);
                Ok(())
            }
            (_, None) => Ok(()),
        }
    }

    /// Makes everything durable; `is_last` says that the upload has no more bytes than these.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; nothing more can be added then.
    pub async fn flush(&mut self, is_last: bool) -> Result<(), Error> {
        self.turn().await?;
        let Some(pen) = self.pen.take() else { return self.place.land(&mut self.landed).await };
        let (gathered, bytes, mut sums) = pen.finish().await?;
        let stretch = stretch((self.at, bytes, self.fence), &mut sums);
        (self.at, self.sums) = (stretch.segment.end(), sums);
        match &mut self.place {
            Place::Disk(held, _) => {
                held.sync().await?;
                self.landed.push(stretch);
            }
            Place::S3(growing) if is_last && growing.has_parts() => {
                growing.launch(stretch, gathered, &mut self.landed).await?;
                growing.land(&mut self.landed).await?;
            }
            Place::S3(growing) => {
                growing.land(&mut self.landed).await?;
                growing.put(&stretch.segment, gathered).await?;
                self.landed.push(stretch);
            }
        }
        Ok(())
    }

    /// What became durable since this was asked last, in order; also after an error.
    pub fn landed(&mut self) -> Vec<Stretch> {
        std::mem::take(&mut self.landed)
    }

    /// The object `key` of an upload that is whole and of which nothing was flushed.
    ///
    /// # Errors
    /// [`Error::Missing`] when something was; else as [`Appending::flush`].
    pub async fn whole(self, key: ObjectKey) -> Result<Staged, Error> {
        match self {
            Self { at: 0, pen: Some(pen), place: Place::S3(growing), .. } => growing.staged(pen, key).await,
            _ => Err(Error::Missing),
        }
    }

    /// The multipart upload that parts go to, if there are any.
    #[must_use]
    pub fn multipart(&self) -> Option<String> {
        match &self.place {
            Place::Disk(..) => None,
            Place::S3(growing) => growing.multipart().map(str::to_owned),
        }
    }

    /// Ends what is on its way.
    pub async fn give_up(self) {
        if let Place::S3(growing) = self.place {
            growing.give_up().await;
        }
    }
}

fn stretch((start, bytes, fence): (u64, u64, i64), sums: &mut Sums) -> Stretch {
    let segment = Segment { start, bytes, fence, crc32c: sums.cut(), part: None };
    Stretch { segment, digest_state: Digest::save(sums.sha256()), part_start: None }
}

impl Place {
    async fn pen(&self, expected: Option<u64>, sums: Box<Sums>) -> Result<Pen, Error> {
        match self {
            Self::Disk(held, blocks) => Ok(Pen::new(Into::File(Arc::clone(&held.file)), blocks.clone(), sums)),
            Self::S3(growing) => growing.pen(expected, sums).await,
        }
    }

    async fn leave_memory(&self, pen: &mut Pen) -> Result<(), Error> {
        match self {
            Self::Disk(..) => Ok(()),
            Self::S3(growing) => growing.leave_memory(pen).await,
        }
    }

    async fn land(&mut self, landed: &mut Vec<Stretch>) -> Result<(), Error> {
        match self {
            Self::Disk(..) => Ok(()),
            Self::S3(growing) => growing.land(landed).await,
        }
    }
}
