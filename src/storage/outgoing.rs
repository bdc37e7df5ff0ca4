//! Gathered bytes as the body of a request: those in memory as they lie there, those of a file block by block.

use std::fs::File;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::spawn_blocking;

use super::BLOCK;
use super::blocks::{Block, Blocks};
use super::gathered::Gathered;

/// The body; a request that is repeated begins another one.
pub struct Outgoing {
    gathered: Gathered,
    at: u64,
    end: u64,
    blocks: Blocks,
    reading: Option<Reading>,
}

type Reading = Pin<Box<dyn Future<Output = io::Result<Bytes>> + Send + Sync>>;

impl Outgoing {
    pub fn new(gathered: Gathered, len: u64, blocks: Blocks) -> Self {
        Self { gathered, at: 0, end: len, blocks, reading: None }
    }

    fn poll_block(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let len = usize::try_from(self.end - self.at).unwrap_or(BLOCK).min(BLOCK);
        let file = match &self.gathered {
            Gathered::Memory(blocks) => {
                let index = usize::try_from(self.at / BLOCK as u64).unwrap_or(usize::MAX);
                let missing = || io::Error::from(io::ErrorKind::UnexpectedEof);
                return Poll::Ready(blocks.get(index).cloned().ok_or_else(missing));
            }
            Gathered::File(file) => file,
        };
        let mut reading =
            self.reading.take().unwrap_or_else(|| Box::pin(read(Arc::clone(file), self.at, len, self.blocks.clone())));
        let polled = reading.as_mut().poll(context);
        if polled.is_pending() {
            self.reading = Some(reading);
        }
        polled
    }
}

async fn read(file: Arc<File>, from: u64, len: usize, blocks: Blocks) -> io::Result<Bytes> {
    let mut block = blocks.take().await;
    // What was written a moment ago is in memory still: only where it is not, a thread waits for the disk.
    if block.fill_now(&file, from, len) {
        return Ok(block.freeze());
    }
    spawn_blocking(move || block.fill(&file, from, len).map(|()| Block::freeze(block))).await?
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.at >= self.end {
            return Poll::Ready(None);
        }
        self.poll_block(context).map(|read| {
            Some(read.map(|bytes| {
                self.at += bytes.len() as u64;
                Frame::data(bytes)
            }))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.at >= self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end - self.at)
    }
}
