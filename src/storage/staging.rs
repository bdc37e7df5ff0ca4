//! Bytes on their way in: written to a file that nobody else sees and hashed beside it. Dropping a `Staging` or a
//! `Staged` leaves nothing behind.

use std::fs::File;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::task::spawn_blocking;

use super::gathered::Gathered;
use super::pen::Pen;
use super::{Error, disk, s3};
use crate::domain::digest::Digest;

/// An object that is being gathered.
pub struct Staging {
    pen: Pen,
    place: Place,
}

/// Where the object goes when it is sealed.
pub(super) enum Place {
    Disk(disk::Unsealed),
    S3(s3::Unsealed),
    /// A file that was appended to: it gets its object's name beside its own.
    Appended(disk::Appended),
}

/// A gathered object, whole and not yet sealed.
pub struct Staged {
    pub digest: Digest,
    /// Length in bytes.
    pub len: u64,
    /// Checksums of its parts.
    parts: Vec<u32>,
    gathered: Gathered,
    place: Place,
}

impl Staging {
    pub(super) fn new(gathered: Gathered, place: Place) -> Self {
        Self { pen: Pen::new(gathered, Box::default()), place }
    }

    /// Adds bytes. Into memory they go at once; for the disk they are gathered to blocks, and while one block is
    /// written and hashed on another thread, the next can be received.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; the object cannot be completed then.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if self.pen.add(chunk)? { self.hand_on().await } else { Ok(()) }
    }

    async fn hand_on(&mut self) -> Result<(), Error> {
        let rested = self.pen.rest().await?;
        if let Place::S3(unsealed) = &mut self.place {
            unsealed.advance(self.pen.gathered(), self.pen.handed(), rested.sums.whole_parts()).await?;
        }
        self.pen.hand_on(rested);
        Ok(())
    }

    /// Ends the object.
    ///
    /// # Errors
    /// As [`Staging::write`].
    pub async fn finish(self) -> Result<Staged, Error> {
        let (gathered, len, sums) = self.pen.finish().await?;
        let (digest, parts) = sums.finish();
        Ok(Staged { digest, len, parts, gathered, place: self.place })
    }
}

impl Staged {
    /// An object whose bytes arrived over many requests and are all there.
    pub(super) fn whole(digest: Digest, len: u64, parts: Vec<u32>, gathered: Gathered, place: Place) -> Self {
        Self { digest, len, parts, gathered, place }
    }

    /// The gathered bytes, to look at before they are sealed.
    #[must_use]
    pub fn file(&self) -> Arc<File> {
        Arc::clone(&self.gathered.file)
    }

    /// Makes the object durable and readable under its key.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; nothing is readable under the key then, except when the
    /// store kept the object and its answer was lost: such an object has no record, and `sweep` removes it.
    pub async fn seal(self) -> Result<(), Error> {
        match self.place {
            Place::Disk(unsealed) => unsealed.seal(self.gathered.file).await,
            Place::Appended(appended) => appended.seal().await,
            Place::S3(unsealed) => unsealed.seal(&self.gathered, self.len, self.digest, &self.parts).await,
        }
    }
}

/// A block of an object that is read, from a file.
pub(super) async fn read_block(file: &Arc<File>, start: u64, len: usize) -> Result<Bytes, Error> {
    use std::os::unix::fs::FileExt;

    let file = Arc::clone(file);
    spawn_blocking(move || {
        let mut block = BytesMut::zeroed(len);
        file.read_exact_at(&mut block, start)?;
        Ok(block.freeze())
    })
    .await?
}
