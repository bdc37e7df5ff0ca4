//! Bytes on their way in: written to a file that nobody else sees and hashed beside it, block by block.
//! Dropping a `Staging` or a `Staged` leaves nothing behind.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};
use tokio::task::{JoinHandle, spawn_blocking};

use super::{Error, disk, s3};
use crate::domain::digest::Digest;

/// An object that is being gathered.
pub struct Staging {
    file: Arc<File>,
    /// Bytes handed over so far.
    len: u64,
    hand: Hand,
    place: Place,
}

/// The one who writes and hashes: at rest, or at work on the block before.
enum Hand {
    Resting(Box<Sha256>, BytesMut),
    Working(JoinHandle<io::Result<(Box<Sha256>, BytesMut)>>),
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
    file: Arc<File>,
    place: Place,
}

impl Staging {
    pub(super) fn new(file: File, place: Place) -> Self {
        let hand = Hand::Resting(Box::default(), BytesMut::new());
        Self { file: Arc::new(file), len: 0, hand, place }
    }

    /// Adds a block, and gives back the buffer of the block before for the next one: while one block is
    /// written and hashed, the other can be received.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; the object cannot be completed then.
    pub async fn append(&mut self, block: BytesMut) -> Result<BytesMut, Error> {
        let (mut hasher, spare) = self.rest().await?;
        let written = self.len;
        self.len += block.len() as u64;
        let file = Arc::clone(&self.file);
        self.hand = Hand::Working(spawn_blocking(move || {
            let mut block = block;
            hasher.update(&block);
            (&*file).write_all(&block)?;
            block.clear();
            Ok((hasher, block))
        }));
        if let Place::S3(unsealed) = &mut self.place {
            unsealed.advance(&self.file, written).await?;
        }
        Ok(spare)
    }

    /// Ends the object with a last block.
    ///
    /// # Errors
    /// As [`Staging::append`].
    pub async fn finish(mut self, last: BytesMut) -> Result<Staged, Error> {
        if !last.is_empty() {
            self.append(last).await?;
        }
        let (hasher, _) = self.rest().await?;
        let digest = Digest::from_hasher(*hasher);
        Ok(Staged { digest, len: self.len, file: self.file, place: self.place })
    }

    async fn rest(&mut self) -> Result<(Box<Sha256>, BytesMut), Error> {
        match std::mem::replace(&mut self.hand, Hand::Resting(Box::default(), BytesMut::new())) {
            Hand::Resting(hasher, spare) => Ok((hasher, spare)),
            Hand::Working(work) => Ok(work.await??),
        }
    }
}

impl Staged {
    /// The gathered bytes, to look at before they are sealed.
    #[must_use]
    pub fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Makes the object durable and readable under its key.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; nothing is readable under the key then, except when the
    /// store kept the object and its answer was lost: such an object has no record, and `sweep` removes it.
    pub async fn seal(self) -> Result<(), Error> {
        match self.place {
            Place::Disk(unsealed) => unsealed.seal(self.file).await,
            Place::S3(unsealed) => unsealed.seal(&self.file, self.len, self.digest).await,
        }
    }
}

/// Reads a stretch of a file into memory, on a blocking thread.
pub(super) async fn read_span<B>(file: &Arc<File>, start: u64, mut into: B) -> Result<B, Error>
where
    B: AsMut<[u8]> + Send + 'static,
{
    use std::os::unix::fs::FileExt;

    let file = Arc::clone(file);
    spawn_blocking(move || {
        file.read_exact_at(into.as_mut(), start)?;
        Ok(into)
    })
    .await?
}

/// A block of an object that is read, from a file.
pub(super) async fn read_block(file: &Arc<File>, start: u64, len: usize) -> Result<Bytes, Error> {
    read_span(file, start, BytesMut::zeroed(len)).await.map(BytesMut::freeze)
}
