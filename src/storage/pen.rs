//! Gathers bytes and computes their sums beside the receiving. Into memory they go at once; for a file, one block is
//! written and hashed on another thread while the next fills. A sender that pauses keeps no block.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

use super::Error;
use super::blocks::{Block, Blocks};
use super::gathered::{Gathered, Room};
use super::sums::Sums;

/// Bytes that are being gathered.
pub struct Pen {
    into: Into,
    /// What is received and not yet handed on, where it goes into a file.
    block: Option<Block>,
    blocks: Blocks,
    len: u64,
    hand: Hand,
}

/// Where bytes are gathered.
pub enum Into {
    Memory(Room),
    File(Arc<File>),
}

/// The one who writes and hashes: at rest, or at work on the block before.
enum Hand {
    Resting(Box<Sums>),
    Working(JoinHandle<io::Result<Box<Sums>>>),
}

impl Pen {
    /// Goes on with `sums`.
    pub fn new(into: Into, blocks: Blocks, sums: Box<Sums>) -> Self {
        Self { into, block: None, blocks, len: 0, hand: Hand::Resting(sums) }
    }

    /// Bytes that were added.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it has been gathering in memory for too long, and should be moved to a file.
    pub fn is_overdue(&self) -> bool {
        matches!(&self.into, Into::Memory(room) if room.is_overdue())
    }

    /// Whether it gathers in memory.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.into, Into::Memory(_))
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When they cannot be written, or memory was asked for fewer.
    pub async fn add(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if let (Into::Memory(room), Hand::Resting(sums)) = (&mut self.into, &mut self.hand) {
            sums.update(chunk);
            let left = room_left(room.add(chunk));
            return self.len_after(chunk.len(), left);
        }
        self.len += chunk.len() as u64;
        let mut rest = chunk;
        while !rest.is_empty() {
            let mut block = match self.block.take() {
                Some(block) => block,
                None => self.blocks.take().await,
            };
            rest = block.add(rest);
            let is_full = block.is_full();
            self.block = Some(block);
            if is_full {
                self.hand_on().await?;
            }
        }
        Ok(())
    }

    /// Adds bytes that the digest has seen before.
    ///
    /// # Errors
    /// As [`Pen::add`].
    pub async fn add_again(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hand_on().await?;
        let mut sums = self.rest().await?;
        sums.recall(bytes);
        self.hand = Hand::Resting(sums);
        match &mut self.into {
            Into::Memory(room) => {
                let left = room_left(room.add(bytes));
                self.len_after(bytes.len(), left)
            }
            Into::File(file) => {
                let (file, bytes) = (Arc::clone(file), bytes.to_vec());
                self.len += bytes.len() as u64;
                Ok(spawn_blocking(move || (&*file).write_all(&bytes)).await??)
            }
        }
    }

    fn len_after(&mut self, count: usize, left: io::Result<()>) -> Result<(), Error> {
        self.len += count as u64;
        Ok(left?)
    }

    /// Lets go of what a pausing sender need not hold.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn pause(&mut self) -> Result<(), Error> {
        self.hand_on().await
    }

    /// Goes on in a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn move_to(&mut self, file: File) -> Result<(), Error> {
        let file = Arc::new(file);
        let before = std::mem::replace(&mut self.into, Into::File(Arc::clone(&file)));
        if let Into::Memory(room) = before {
            let blocks = room.finish();
            spawn_blocking(move || blocks.iter().try_for_each(|block| (&*file).write_all(block))).await??;
        }
        Ok(())
    }

    /// Waits until the block before is written, if there is one.
    async fn rest(&mut self) -> Result<Box<Sums>, Error> {
        match std::mem::replace(&mut self.hand, Hand::Resting(Box::default())) {
            Hand::Resting(sums) => Ok(sums),
            Hand::Working(work) => Ok(work.await??),
        }
    }

    /// Has the block written and hashed, beside what follows.
    async fn hand_on(&mut self) -> Result<(), Error> {
        let Into::File(file) = &self.into else { return Ok(()) };
        let file = Arc::clone(file);
        let Some(block) = self.block.take() else { return Ok(()) };
        let mut sums = self.rest().await?;
        self.hand = Hand::Working(spawn_blocking(move || {
            sums.update(block.as_ref());
            (&*file).write_all(block.as_ref())?;
            Ok(sums)
        }));
        Ok(())
    }

    /// Writes what is left, and answers the bytes, how many they are, and the sums.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn finish(mut self) -> Result<(Gathered, u64, Box<Sums>), Error> {
        self.hand_on().await?;
        let sums = self.rest().await?;
        let gathered = match self.into {
            Into::Memory(room) => Gathered::Memory(Arc::new(room.finish())),
            Into::File(file) => Gathered::File(file),
        };
        Ok((gathered, self.len, sums))
    }
}

/// Memory is asked for as much as was announced, and whoever sends more has been stopped before.
fn room_left(rest: &[u8]) -> io::Result<()> {
    if rest.is_empty() { Ok(()) } else { Err(io::Error::other("more bytes came than were announced")) }
}
