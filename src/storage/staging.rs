//! Bytes on their way in, hashed as they come: into a file that becomes the object, or part by part into S3. Dropping a
//! `Staging` or a `Staged` leaves nothing behind.

use std::io;

use super::gathered::Gathered;
use super::pen::Pen;
use super::{Error, PART, disk, s3};
use crate::domain::digest::Digest;

/// An object that is being gathered.
pub struct Staging {
    /// Always there, but while one part follows another.
    pen: Option<Pen>,
    /// Bytes before those of the pen.
    sent: u64,
    place: Place,
}

/// Where the object goes when it is sealed.
pub(super) enum Place {
    Disk(disk::Unsealed),
    /// It goes on with at most as many bytes as were announced.
    S3(s3::Unsealed, Option<u64>),
    /// A file that was appended to: it gets its object's name beside its own.
    Appended(disk::Appended),
}

/// A gathered object, whole and not yet sealed.
pub struct Staged {
    pub digest: Digest,
    /// Length in bytes.
    pub len: u64,
    /// Its bytes, unless they are parts in the store already.
    gathered: Option<Gathered>,
    place: Place,
}

/// The bytes of an object that is not sealed, to look at. Reading blocks.
pub enum Readable {
    Gathered(Gathered),
    Remote(s3::Remote),
}

impl Readable {
    /// Reads from `at` on, as of a file.
    ///
    /// # Errors
    /// Those of a file; those of a store have an [`Error`] for their cause.
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Self::Gathered(gathered) => gathered.read_at(buffer, at),
            Self::Remote(remote) => remote.read_at(buffer, at),
        }
    }
}

impl Staging {
    pub(super) fn new(pen: Pen, place: Place) -> Self {
        Self { pen: Some(pen), sent: 0, place }
    }

    /// Adds bytes. For the disk, and where memory is short, they are gathered to blocks, and while one block is written
    /// and hashed on another thread, the next can be received.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; the object cannot be completed then.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let mut rest = chunk;
        while let Some(pen) = &mut self.pen
            && !rest.is_empty()
        {
            let room = match &self.place {
                Place::S3(..) => usize::try_from(PART as u64 - pen.len()).unwrap_or(PART),
                Place::Disk(_) | Place::Appended(_) => rest.len(),
            };
            // Only now: that a part is the last is known at the end alone.
            if room == 0 {
                self.next_part().await?;
                continue;
            }
            let (now, later) = rest.split_at(rest.len().min(room));
            pen.add(now).await?;
            rest = later;
        }
        if self.pen.as_ref().is_some_and(Pen::is_overdue) { self.leave_memory().await } else { Ok(()) }
    }

    async fn next_part(&mut self) -> Result<(), Error> {
        let (Place::S3(unsealed, announced), Some(pen)) = (&mut self.place, self.pen.take()) else { return Ok(()) };
        let (gathered, len, mut sums) = pen.finish().await?;
        unsealed.send(gathered, len, sums.cut()).await?;
        self.sent += len;
        let left = announced.map(|announced| announced.saturating_sub(self.sent).min(PART as u64));
        self.pen = Some(unsealed.pen(left, sums).await?);
        Ok(())
    }

    async fn leave_memory(&mut self) -> Result<(), Error> {
        match (&self.place, &mut self.pen) {
            (Place::S3(unsealed, _), Some(pen)) => pen.move_to(unsealed.spool().await?).await,
            _ => Ok(()),
        }
    }

    /// Lets go of the memory that a pausing sender holds.
    ///
    /// # Errors
    /// As [`Staging::write`].
    pub async fn pause(&mut self) -> Result<(), Error> {
        match &mut self.pen {
            Some(pen) if !pen.is_in_memory() => pen.pause().await,
            _ => self.leave_memory().await,
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    /// As [`Staging::write`].
    pub async fn finish(self) -> Result<Staged, Error> {
        let Self { pen, sent, mut place } = self;
        // Without it, an error was answered before.
        let pen = pen.ok_or(Error::Missing)?;
        let (gathered, len, mut sums) = pen.finish().await?;
        let mut gathered = Some(gathered);
        if let Place::S3(unsealed, _) = &mut place
            && sent > 0
            && let Some(last) = gathered.take()
        {
            unsealed.send(last, len, sums.cut()).await?;
        }
        Ok(Staged { digest: sums.digest(), len: sent + len, gathered, place })
    }
}

impl Staged {
    /// Small enough to be gathered whole, under the name that it will have.
    pub(super) async fn of_pen(pen: Pen, place: Place) -> Result<Self, Error> {
        Staging::new(pen, place).finish().await
    }

    /// An object whose bytes arrived over many requests and are all there; those of `None` are parts in the store.
    pub(super) fn whole(digest: Digest, len: u64, gathered: Option<Gathered>, place: Place) -> Self {
        Self { digest, len, gathered, place }
    }

    /// The bytes, to look at before they are sealed. Those that are in the store already become an object there, which
    /// no record names and which goes with this if it is not sealed.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`].
    pub async fn readable(&mut self) -> Result<Readable, Error> {
        match (&self.gathered, &mut self.place) {
            (Some(gathered), _) => Ok(Readable::Gathered(gathered.clone())),
            (None, Place::S3(unsealed, _)) => Ok(Readable::Remote(unsealed.compose(self.len).await?)),
            (None, _) => Err(Error::Missing),
        }
    }

    /// Makes the object durable and readable under its key.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`]; nothing is readable under the key then, except when the
    /// store kept the object and its answer was lost: such an object has no record, and `sweep` removes it.
    pub async fn seal(self) -> Result<(), Error> {
        match (self.place, self.gathered) {
            (Place::Disk(unsealed), Some(Gathered::File(file))) => unsealed.seal(file).await,
            (Place::Appended(appended), _) => appended.seal().await,
            (Place::S3(unsealed, _), gathered) => unsealed.seal(gathered, self.len, self.digest).await,
            (Place::Disk(_), _) => Err(Error::Missing),
        }
    }
}
