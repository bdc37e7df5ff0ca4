//! The memory through which files come in and go out: blocks of one size and one budget. Whoever would exceed it
//! waits; blocks are used again, since asking the system for fresh ones costs more.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::mem;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rustix::io::{ReadWriteFlags, preadv2};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::BLOCK;

/// Hands out blocks, of no more than the budget together.
#[derive(Clone, Debug)]
pub struct Blocks {
    budget: Arc<Semaphore>,
    count: usize,
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Blocks that are set aside for somebody.
#[derive(Debug)]
pub struct Share {
    blocks: Blocks,
    left: OwnedSemaphorePermit,
}

/// A block on loan; it goes back when it is dropped.
#[derive(Debug)]
pub struct Block {
    bytes: Vec<u8>,
    len: usize,
    home: Blocks,
    _budget: OwnedSemaphorePermit,
}

impl Blocks {
    /// A budget of that many bytes.
    pub fn new(bytes: usize) -> Self {
        let count = bytes / BLOCK;
        Self { budget: Arc::new(Semaphore::new(count)), count, spare: Arc::default() }
    }

    /// An empty block, as soon as there is one.
    pub async fn take(&self) -> Block {
        let permit = Arc::clone(&self.budget).acquire_owned().await.expect("the semaphore is never closed");
        self.lend(permit)
    }

    /// Sets aside as many blocks as `bytes` need, if they are free within a moment.
    pub async fn set_aside(&self, bytes: u64, moment: Duration) -> Option<Share> {
        let count = u32::try_from(bytes.div_ceil(BLOCK as u64)).ok().filter(|&count| count as usize <= self.count)?;
        let left = timeout(moment, Arc::clone(&self.budget).acquire_many_owned(count)).await.ok()?;
        Some(Share { blocks: self.clone(), left: left.expect("the semaphore is never closed") })
    }

    /// How many blocks are free now, and how many there are.
    pub fn counted(&self) -> (usize, usize) {
        (self.budget.available_permits(), self.count)
    }

    fn lend(&self, permit: OwnedSemaphorePermit) -> Block {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Block { bytes: spare.unwrap_or_else(|| vec![0; BLOCK]), len: 0, home: self.clone(), _budget: permit }
    }
}

impl Share {
    /// The next of the blocks; `None` when all are out.
    pub fn block(&mut self) -> Option<Block> {
        self.left.split(1).map(|permit| self.blocks.lend(permit))
    }
}

impl Block {
    /// Adds what there is room for, and answers the rest.
    pub fn add<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
        let (now, later) = chunk.split_at(chunk.len().min(BLOCK - self.len));
        self.bytes[self.len..self.len + now.len()].copy_from_slice(now);
        self.len += now.len();
        later
    }

    pub fn is_full(&self) -> bool {
        self.len == BLOCK
    }

    /// Its bytes, to be shared; the block goes back with the last of those who hold them.
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }

    /// Fills the block with `len` bytes of a file.
    pub fn fill(&mut self, file: &File, from: u64, len: usize) -> io::Result<()> {
        self.len = len;
        file.read_exact_at(&mut self.bytes[..len], from)
    }

    /// The same with what the system has in memory; answers whether that was all of it.
    pub fn fill_now(&mut self, file: &File, from: u64, len: usize) -> bool {
        self.len = len;
        let into = &mut [IoSliceMut::new(&mut self.bytes[..len])];
        preadv2(file, into, from, ReadWriteFlags::NOWAIT).is_ok_and(|read| read == len)
    }
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let bytes = mem::take(&mut self.bytes);
        self.home.spare.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}
