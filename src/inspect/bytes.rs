//! Reading a hostile file: within its bounds, a block at a time, and never as much as the file claims to hold.

use std::io;

use super::View;
use crate::domain::finding::{Finding, FindingCode};

/// Small enough that a walk which skips from header to header does not read the whole file after all.
const BLOCK: u64 = 8 * 1024;

/// Why a walk through a file ended before its time.
#[derive(Debug)]
pub enum Stop {
    Io(io::Error),
    /// The structure does not hold; in words that follow "The file is damaged:".
    Damaged(&'static str),
    Refused(Finding),
}

/// What a step of a walk gives.
pub type Walk<T> = Result<T, Stop>;

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The file ended within something that it had announced.
pub const ENDS_EARLY: &str = "it ends before it should";

/// What a walk found out, or `None` where the file was damaged in that place: for what a file says of itself,
/// which is no reason to refuse it.
pub fn lenient<T>(walked: Walk<T>) -> Walk<Option<T>> {
    match walked {
        Ok(found) => Ok(Some(found)),
        Err(Stop::Damaged(_)) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// How many steps a walk may take in all, so that no file keeps a processor for long.
pub struct Budget(u32);

impl Budget {
    pub const fn new(steps: u32) -> Self {
        Self(steps)
    }

    pub fn spend(&mut self) -> Walk<()> {
        self.spend_many(1)
    }

    pub fn spend_many(&mut self, steps: u64) -> Walk<()> {
        let left = u64::from(self.0).checked_sub(steps).and_then(|left| u32::try_from(left).ok());
        self.0 = left.ok_or_else(|| Stop::Refused(too_complex()))?;
        Ok(())
    }
}

fn too_complex() -> Finding {
    let detail = "The file is made of far more parts than pictures and recordings have, and was not read to its end. \
                  Export it again from the program that made it.";
    Finding::new(FindingCode::TooComplex, detail)
}

/// A position in a stretch of a file, past whose end nothing is read.
pub struct Cursor {
    view: View,
    at: u64,
    end: u64,
    block: Vec<u8>,
    block_at: u64,
}

impl Cursor {
    /// Over the whole file.
    pub fn new(view: &View) -> Self {
        Self::over(view, 0, view.len)
    }

    /// From `from` to `end`, or to the file's end if that comes first.
    pub fn over(view: &View, from: u64, end: u64) -> Self {
        Self { view: view.clone(), at: from, end: end.min(view.len), block: Vec::new(), block_at: 0 }
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// Goes to a place in the file; behind the end there is nothing left to read.
    pub fn go(&mut self, at: u64) {
        self.at = at;
    }

    pub fn skip(&mut self, count: u64) -> Walk<()> {
        if count > self.left() {
            return Err(Stop::Damaged(ENDS_EARLY));
        }
        self.at += count;
        Ok(())
    }

    /// What is at hand from here on without another read: never empty, unless the end is reached.
    pub fn at_hand(&mut self) -> Walk<&[u8]> {
        let held = self.block_at..self.block_at + self.block.len() as u64;
        if !held.contains(&self.at) {
            self.fill()?;
        }
        let from = usize::try_from(self.at - self.block_at).unwrap_or(usize::MAX);
        Ok(self.block.get(from..).unwrap_or_default())
    }

    fn fill(&mut self) -> Walk<()> {
        let wanted = self.left().min(BLOCK);
        self.block.resize(usize::try_from(wanted).unwrap_or(0), 0);
        self.block_at = self.at;
        if let Err(error) = self.view.fill(&mut self.block, self.at) {
            self.block.clear();
            return Err(error.into());
        }
        Ok(())
    }

    pub fn read(&mut self, out: &mut [u8]) -> Walk<()> {
        if out.len() as u64 > self.left() {
            return Err(Stop::Damaged(ENDS_EARLY));
        }
        let mut done = 0;
        while done < out.len() {
            let held = self.at_hand()?;
            let count = held.len().min(out.len() - done);
            out[done..done + count].copy_from_slice(&held[..count]);
            done += count;
            self.at += count as u64;
        }
        Ok(())
    }

    pub fn take<const N: usize>(&mut self) -> Walk<[u8; N]> {
        let mut out = [0; N];
        self.read(&mut out)?;
        Ok(out)
    }

    /// The next `count` bytes, or the first `most` of them; goes on behind all of them.
    pub fn take_at_most(&mut self, count: u64, most: usize) -> Walk<Vec<u8>> {
        let behind = self.at.saturating_add(count);
        let mut out = vec![0; most.min(usize::try_from(count).unwrap_or(most))];
        self.read(&mut out)?;
        self.go(behind);
        Ok(out)
    }

    pub fn u8(&mut self) -> Walk<u8> {
        Ok(self.take::<1>()?[0])
    }

    pub fn be16(&mut self) -> Walk<u16> {
        self.take().map(u16::from_be_bytes)
    }

    pub fn be32(&mut self) -> Walk<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub fn be64(&mut self) -> Walk<u64> {
        self.take().map(u64::from_be_bytes)
    }

    pub fn le16(&mut self) -> Walk<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub fn le32(&mut self) -> Walk<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub fn le64(&mut self) -> Walk<u64> {
        self.take().map(u64::from_le_bytes)
    }
}
