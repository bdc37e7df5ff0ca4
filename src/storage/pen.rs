//! Writes a file and computes its sums beside the receiving: while one block is written and hashed on another thread,
//! the next fills. What is written to memory is written at once.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::BytesMut;
use tokio::task::{JoinHandle, spawn_blocking};

use super::gathered::Gathered;
use super::sums::Sums;
use super::{BLOCK, Error};

/// A file that is being written.
pub struct Pen {
    gathered: Gathered,
    /// Bytes handed over so far.
    len: u64,
    /// What is received and not yet handed on, where the file is on disk.
    block: BytesMut,
    hand: Hand,
}

/// The one who writes and hashes: at rest, or at work on the block before.
enum Hand {
    Resting(Rested),
    Working(JoinHandle<io::Result<Rested>>),
}

/// What a hand at rest holds: the sums, and a block to fill.
#[derive(Default)]
pub struct Rested {
    pub sums: Box<Sums>,
    spare: BytesMut,
}

impl Pen {
    pub fn new(gathered: Gathered, sums: Box<Sums>) -> Self {
        let hand = Hand::Resting(Rested { sums, spare: BytesMut::new() });
        Self { gathered, len: 0, block: BytesMut::new(), hand }
    }

    /// Adds bytes; answers whether there is a block to hand on.
    pub fn add(&mut self, chunk: &[u8]) -> Result<bool, Error> {
        if self.gathered.is_in_memory()
            && let Hand::Resting(rested) = &mut self.hand
        {
            rested.sums.update(chunk);
            self.len += chunk.len() as u64;
            (&*self.gathered.file).write_all(chunk)?;
            return Ok(false);
        }
        self.block.extend_from_slice(chunk);
        Ok(self.block.len() >= BLOCK)
    }

    /// Waits until the block before is written, if there is one.
    pub async fn rest(&mut self) -> Result<Rested, Error> {
        match std::mem::replace(&mut self.hand, Hand::Resting(Rested::default())) {
            Hand::Resting(rested) => Ok(rested),
            Hand::Working(work) => Ok(work.await??),
        }
    }

    /// Has a hand at rest write the block.
    pub fn hand_on(&mut self, Rested { mut sums, spare }: Rested) {
        let mut block = std::mem::replace(&mut self.block, spare);
        self.len += block.len() as u64;
        let file = Arc::clone(&self.gathered.file);
        self.hand = Hand::Working(spawn_blocking(move || {
            sums.update(&block);
            (&*file).write_all(&block)?;
            block.clear();
            Ok(Rested { sums, spare: block })
        }));
    }

    /// Writes what is left, and answers the file, its length and its sums.
    pub async fn finish(mut self) -> Result<(Gathered, u64, Box<Sums>), Error> {
        if !self.block.is_empty() {
            let rested = self.rest().await?;
            self.hand_on(rested);
        }
        let rested = self.rest().await?;
        Ok((self.gathered, self.len, rested.sums))
    }

    /// Bytes handed over, without those of a block that fills.
    pub fn handed(&self) -> u64 {
        self.len
    }

    pub fn gathered(&self) -> &Gathered {
        &self.gathered
    }
}
