//! Bytes on their way in: written to a file that nobody else sees and hashed beside it. Dropping a `Staging` or a
//! `Staged` leaves nothing behind.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::task::{JoinHandle, spawn_blocking};

use super::gathered::Gathered;
use super::sums::Sums;
use super::{BLOCK, Error, disk, s3};
use crate::domain::digest::Digest;

/// An object that is being gathered.
pub struct Staging {
    gathered: Gathered,
    /// Bytes handed over so far.
    len: u64,
    /// What is received and not yet handed on, where the file is on disk.
    block: BytesMut,
    hand: Hand,
    place: Place,
}

/// The one who writes and hashes: at rest, or at work on the block before.
enum Hand {
    Resting(Box<Sums>, BytesMut),
    Working(JoinHandle<io::Result<(Box<Sums>, BytesMut)>>),
}

/// Where the object goes when it is sealed.
pub(super) enum Place {
    Disk(disk::Unsealed),
    S3(s3::Unsealed),
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
        let hand = Hand::Resting(Box::default(), BytesMut::new());
        Self { gathered, len: 0, block: BytesMut::new(), hand, place }
    }

    /// Adds bytes. Into memory they go at once; for the disk they are gathered to blocks, and while one block is
    /// written and hashed on another thread, the next can be received.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; the object cannot be completed then.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if self.gathered.is_in_memory()
            && let Hand::Resting(sums, _) = &mut self.hand
        {
            sums.update(chunk);
            self.len += chunk.len() as u64;
            return Ok((&*self.gathered.file).write_all(chunk)?);
        }
        self.block.extend_from_slice(chunk);
        if self.block.len() >= BLOCK { self.hand_on().await } else { Ok(()) }
    }

    async fn hand_on(&mut self) -> Result<(), Error> {
        let (mut sums, spare) = self.rest().await?;
        let mut block = std::mem::replace(&mut self.block, spare);
        if let Place::S3(unsealed) = &mut self.place {
            unsealed.advance(&self.gathered, self.len, sums.whole_parts()).await?;
        }
        self.len += block.len() as u64;
        let file = Arc::clone(&self.gathered.file);
        self.hand = Hand::Working(spawn_blocking(move || {
            sums.update(&block);
            (&*file).write_all(&block)?;
            block.clear();
            Ok((sums, block))
        }));
        Ok(())
    }

    /// Ends the object.
    ///
    /// # Errors
    /// As [`Staging::write`].
    pub async fn finish(mut self) -> Result<Staged, Error> {
        if !self.block.is_empty() {
            self.hand_on().await?;
        }
        let (sums, _) = self.rest().await?;
        let (digest, parts) = sums.finish();
        Ok(Staged { digest, len: self.len, parts, gathered: self.gathered, place: self.place })
    }

    async fn rest(&mut self) -> Result<(Box<Sums>, BytesMut), Error> {
        match std::mem::replace(&mut self.hand, Hand::Resting(Box::default(), BytesMut::new())) {
            Hand::Resting(sums, spare) => Ok((sums, spare)),
            Hand::Working(work) => Ok(work.await??),
        }
    }
}

impl Staged {
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
