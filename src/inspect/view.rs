//! A file as inspectors see it: bytes at places, wherever they are kept. Nothing here can change them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes that can be read at any place. Reading blocks.
pub trait ReadAt: Send + Sync {
    /// Reads from `at` on, as a file does: fewer bytes than asked for now and then, none behind the end.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;
}

impl ReadAt for File {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, at)
    }
}

/// A reader over a shared file with a position of its own.
#[derive(Clone)]
pub(super) struct View {
    file: Arc<dyn ReadAt>,
    at: u64,
    pub len: u64,
}

impl View {
    pub fn new(file: Arc<dyn ReadAt>, len: u64) -> Self {
        Self { file, at: 0, len }
    }

    /// The same file, from here on.
    pub fn from(&self, position: u64) -> Self {
        Self { file: Arc::clone(&self.file), at: position, len: self.len }
    }

    /// Fills `buffer` with what stands at `at`.
    pub fn fill(&self, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
        while !buffer.is_empty() {
            let count = self.file.read_at(buffer, at)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buffer = &mut buffer[count..];
            at += count as u64;
        }
        Ok(())
    }
}

impl Read for View {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for View {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
