//! The memory through which files go out to S3: blocks of one size and one budget for the whole process. Whoever
//! would exceed it waits; blocks are used again, since asking the system for fresh ones costs more.

use std::fs::File;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::mem;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use rustix::io::{ReadWriteFlags, preadv2};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::gathered::Gathered;
use super::{BLOCK, Span};

/// Hands out blocks, of no more than the budget together.
#[derive(Clone, Debug)]
pub struct Blocks {
    budget: Arc<Semaphore>,
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// A block on loan; it goes back when it is dropped.
struct Block {
    bytes: Vec<u8>,
    len: usize,
    home: Arc<Mutex<Vec<Vec<u8>>>>,
    _budget: OwnedSemaphorePermit,
}

impl Blocks {
    /// A budget of that many blocks.
    pub fn new(count: usize) -> Self {
        Self { budget: Arc::new(Semaphore::new(count)), spare: Arc::default() }
    }

    async fn take(&self, len: usize) -> Block {
        let permit = Arc::clone(&self.budget).acquire_owned().await.expect("the semaphore is never closed");
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = spare.unwrap_or_else(|| vec![0; BLOCK]);
        Block { bytes, len, home: Arc::clone(&self.spare), _budget: permit }
    }
}

impl Block {
    fn fill(&mut self, file: &File, from: u64) -> io::Result<()> {
        file.read_exact_at(&mut self.bytes[..self.len], from)
    }

    /// Fills the block with what the system has in memory; answers whether that was all of it.
    fn fill_now(&mut self, file: &File, from: u64) -> bool {
        let into = &mut [IoSliceMut::new(&mut self.bytes[..self.len])];
        preadv2(file, into, from, ReadWriteFlags::NOWAIT).is_ok_and(|read| read == self.len)
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
        self.home.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

/// A stretch of a gathered file as the body of a request, block by block.
pub struct Outgoing {
    gathered: Gathered,
    rest: Span,
    blocks: Blocks,
    reading: Option<Reading>,
}

type Reading = Pin<Box<dyn Future<Output = io::Result<Block>> + Send + Sync>>;

impl Outgoing {
    pub fn new(gathered: Gathered, span: Span, blocks: Blocks) -> Self {
        Self { gathered, rest: span, blocks, reading: None }
    }

    fn begin(&self) -> Reading {
        let (blocks, gathered, from) = (self.blocks.clone(), self.gathered.clone(), self.rest.start);
        let len = usize::try_from(self.rest.end - from).unwrap_or(BLOCK).min(BLOCK);
        Box::pin(async move {
            let mut block = blocks.take(len).await;
            if gathered.is_in_memory() {
                return block.fill(&gathered.file, from).map(|()| block);
            }
            // What was written a moment ago is in memory still: only where it is not, a thread waits for the disk.
            if block.fill_now(&gathered.file, from) {
                return Ok(block);
            }
            spawn_blocking(move || block.fill(&gathered.file, from).map(|()| block)).await?
        })
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.rest.start >= self.rest.end {
            return Poll::Ready(None);
        }
        let mut reading = self.reading.take().unwrap_or_else(|| self.begin());
        let Poll::Ready(read) = reading.as_mut().poll(context) else {
            self.reading = Some(reading);
            return Poll::Pending;
        };
        Poll::Ready(Some(read.map(|block| {
            self.rest.start += block.len as u64;
            Frame::data(Bytes::from_owner(block))
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.start >= self.rest.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.end - self.rest.start)
    }
}
