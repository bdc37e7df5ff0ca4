//! Where bytes are gathered: in memory while there is room for them, else in a file that nobody else sees. Memory is
//! waited for a moment only and kept a moment only, so slow clients never keep the others from being taken.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::BLOCK;
use super::blocks::{Block, Blocks, Share};

/// How long an upload waits for memory that others hold: on a quick network they are done by then.
const WAIT: Duration = Duration::from_millis(500);
/// How long it may gather in memory: whoever takes longer goes on in a file.
const STAY: Duration = Duration::from_secs(2);

/// Bytes that are gathered, whole.
#[derive(Clone, Debug)]
pub enum Gathered {
    /// Every block but the last is full.
    Memory(Arc<Vec<Bytes>>),
    File(Arc<File>),
}

impl Gathered {
    /// Reads from `at` on, as of a file.
    ///
    /// # Errors
    /// Those of a file.
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let blocks = match self {
            Self::File(file) => return file.read_at(buffer, at),
            Self::Memory(blocks) => blocks,
        };
        let (index, into) = (at / BLOCK as u64, usize::try_from(at % BLOCK as u64).unwrap_or(BLOCK));
        let block = usize::try_from(index).ok().and_then(|index| blocks.get(index)?.get(into..)).unwrap_or_default();
        let count = block.len().min(buffer.len());
        buffer[..count].copy_from_slice(&block[..count]);
        Ok(count)
    }
}

/// The budget of all that is gathered in memory.
#[derive(Clone, Debug)]
pub struct Memory {
    blocks: Blocks,
    /// Bytes of the most that is gathered in memory at once.
    largest: u64,
}

impl Memory {
    pub fn new(bytes: usize, largest: u64) -> Self {
        Self { blocks: Blocks::new(bytes), largest }
    }

    /// What it is made of.
    pub fn blocks(&self) -> Blocks {
        self.blocks.clone()
    }

    /// Room for `expected` bytes, if they are few enough and the budget has them soon.
    pub async fn room(&self, expected: Option<u64>) -> Option<Room> {
        let expected = expected.filter(|&bytes| bytes <= self.largest)?;
        let share = self.blocks.set_aside(expected, WAIT).await?;
        Some(Room { share, full: Vec::new(), block: None, since: Instant::now() })
    }
}

/// Memory that fills.
#[derive(Debug)]
pub struct Room {
    share: Share,
    full: Vec<Bytes>,
    block: Option<Block>,
    since: Instant,
}

impl Room {
    /// Adds bytes; answers what there was no room for.
    pub fn add<'a>(&mut self, mut chunk: &'a [u8]) -> &'a [u8] {
        while !chunk.is_empty() {
            let Some(mut block) = self.block.take().or_else(|| self.share.block()) else { return chunk };
            chunk = block.add(chunk);
            if block.is_full() {
                self.full.push(block.freeze());
            } else {
                self.block = Some(block);
            }
        }
        chunk
    }

    /// Whether it has been filling for too long.
    pub fn is_overdue(&self) -> bool {
        self.since.elapsed() > STAY
    }

    pub fn finish(mut self) -> Vec<Bytes> {
        self.full.extend(self.block.map(Block::freeze));
        self.full
    }
}
