//! Objects that arrive over many requests. What is flushed is durable; what is not is gone with its writer. On disk
//! one file grows, under a lock of the system's that dies with its process; in S3 segments are objects of their own,
//! named by their writer's fence, so that a writer who was replaced overwrites nothing.

use std::sync::Arc;

use sha2::Sha256;

use super::gathered::Gathered;
use super::pen::Pen;
use super::sums::Sums;
use super::{Cursor, Error, Fragment, FragmentKey, ObjectKey, PART, Staged, Storage, disk, s3};
use crate::domain::digest::Digest;
use crate::domain::ids::UploadId;
use crate::domain::segment::Segment;

/// An upload that is taken up to be appended to.
pub struct Appending {
    upload: UploadId,
    fence: i64,
    /// Bytes that are durable.
    at: u64,
    /// The digest so far, while nothing is being written.
    sums: Box<Sums>,
    /// What is being written and is not durable yet.
    pen: Option<Pen>,
    unflushed: u64,
    place: Place,
}

enum Place {
    Disk(disk::Held),
    S3(s3::S3),
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
        hasher: Sha256,
    ) -> Result<Option<Appending>, Error> {
        let place = match self {
            Self::Disk(disk) => match disk.hold(upload, at == 0).await? {
                Some(held) => Place::Disk(held),
                None => return Ok(None),
            },
            Self::S3(s3) => Place::S3(s3.clone()),
        };
        let sums = Box::new(Sums::resumed(hasher));
        Ok(Some(Appending { upload, fence, at, sums, pen: None, unflushed: 0, place }))
    }

    /// The object `key`, to be looked at and sealed, of an upload whose bytes are all there; `None` while another
    /// writer of this machine still holds its file.
    ///
    /// # Errors
    /// [`Error::Missing`] when they are not; [`Error::Full`] or [`Error::Unavailable`].
    pub async fn gather(
        &self,
        upload: UploadId,
        key: ObjectKey,
        segments: &[Segment],
        (len, digest): (u64, Digest),
    ) -> Result<Option<Staged>, Error> {
        match self {
            Self::Disk(disk) => disk.gather(upload, key, len, digest).await,
            Self::S3(s3) => s3.gather(upload, key, segments, (len, digest)).await.map(Some),
        }
    }

    /// Removes all that is stored of an upload, except what became an object.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn forget(&self, upload: UploadId) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.remove_fragment(FragmentKey { upload, segment: None }).await,
            Self::S3(s3) => s3.forget(upload).await,
        }
    }

    /// Whether what an upload's writer flushes are objects that have to be remembered.
    #[must_use]
    pub fn is_segmented(&self) -> bool {
        matches!(self, Self::S3(_))
    }

    /// Takes back stretches that were flushed and are not wanted.
    pub async fn take_back(&self, upload: UploadId, segments: &[Segment]) {
        let Self::S3(s3) = self else { return };
        for segment in segments {
            let key = FragmentKey { upload, segment: Some((segment.start, segment.fence)) };
            if let Err(error) = s3.remove_fragment(key).await {
                tracing::warn!(%key, %error, "a segment that nobody needs could not be removed; sweep will");
            }
        }
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
    /// Begins: whatever stands behind the durable bytes goes. The caller makes sure first that the upload is still its
    /// own to take up.
    ///
    /// # Errors
    /// As [`Appending::flush`].
    pub async fn begin(&self) -> Result<(), Error> {
        match &self.place {
            Place::Disk(held) => held.cut(self.at).await,
            Place::S3(_) => Ok(()),
        }
    }

    /// Bytes that can be added before they have to be flushed. Segments end where parts of an object do: a whole one
    /// then becomes a part without passing through here again.
    #[must_use]
    pub fn room(&self) -> u64 {
        let part = PART as u64;
        part - (self.at + self.unflushed) % part
    }

    /// Bytes that were added since the last flush.
    #[must_use]
    pub fn unflushed(&self) -> u64 {
        self.unflushed
    }

    /// Adds bytes, no more than there is room for. `expected` more may follow before the next flush.
    ///
    /// # Errors
    /// As [`Appending::flush`].
    pub async fn write(&mut self, chunk: &[u8], expected: Option<u64>) -> Result<(), Error> {
        let mut pen = match self.pen.take() {
            Some(pen) => pen,
            None => Pen::new(self.place.gathered(expected).await?, std::mem::take(&mut self.sums)),
        };
        if pen.add(chunk)? {
            let rested = pen.rest().await?;
            pen.hand_on(rested);
        }
        self.unflushed += chunk.len() as u64;
        self.pen = Some(pen);
        Ok(())
    }

    /// Makes everything durable; answers the stretch that is durable now and was not before.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; nothing more can be added then.
    pub async fn flush(&mut self) -> Result<Option<Segment>, Error> {
        let Some(pen) = self.pen.take() else { return Ok(None) };
        let (gathered, bytes, mut sums) = pen.finish().await?;
        let segment = Segment { start: self.at, bytes, fence: self.fence, crc32c: sums.cut() };
        match &self.place {
            Place::Disk(held) => held.sync().await?,
            Place::S3(s3) => s3.put_segment(self.upload, &segment, &gathered).await?,
        }
        (self.sums, self.at, self.unflushed) = (sums, segment.end(), 0);
        Ok(Some(segment))
    }

    /// The digest's state after everything that is flushed.
    #[must_use]
    pub fn digest_state(&self) -> Vec<u8> {
        Digest::save(self.sums.sha256())
    }
}

impl Place {
    async fn gathered(&self, expected: Option<u64>) -> Result<Gathered, Error> {
        match self {
            Self::Disk(held) => Ok(Gathered::on_disk_shared(Arc::clone(&held.file))),
            Self::S3(s3) => s3.gathered(expected).await,
        }
    }
}
