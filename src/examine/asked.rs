//! A file as a worker sees it: bytes that it asks the service for, over its standard input. It holds no descriptor of
//! any file, so one that was taken over reads nothing but what it was asked about.

use std::io::{self, Stdin};
use std::sync::{Mutex, PoisonError};

use super::wire::{self, Answer};
use crate::inspect::ReadAt;

/// The fewest bytes asked for at once.
const LEAST: usize = 4 * 1024;
/// How bytes begin that were asked for; a message with another first byte says that they could not be read.
pub const BYTES: u8 = 1;

/// The file that the worker was asked about.
pub struct Asked {
    socket: Stdin,
    last: Mutex<Stretch>,
}

/// The stretch that was asked for last, with the byte [`BYTES`] before it.
#[derive(Default)]
struct Stretch {
    at: u64,
    message: Vec<u8>,
    /// With that byte.
    len: usize,
}

impl Asked {
    pub fn new(socket: Stdin) -> Self {
        Self { socket, last: Mutex::default() }
    }
}

impl Stretch {
    fn bytes_from(&self, at: u64) -> &[u8] {
        let from = at.checked_sub(self.at).and_then(|from| usize::try_from(from).ok());
        let bytes = self.message.get(1..self.len).unwrap_or_default();
        from.and_then(|from| bytes.get(from..)).unwrap_or_default()
    }

    /// How much to ask for: twice as much as before from whoever reads on, and from whoever jumps no more than needed.
    fn appetite(&self, at: u64, wanted: usize) -> usize {
        let before = self.len.saturating_sub(1);
        let reads_on = before > 0 && at == self.at + before as u64;
        wanted.max(if reads_on { before * 2 } else { LEAST }).min(wire::MOST)
    }

    fn ask(&mut self, socket: &Stdin, at: u64, wanted: usize) -> io::Result<()> {
        let len = self.appetite(at, wanted);
        (self.at, self.len) = (at, 0);
        wire::send(socket, &serde_json::to_vec(&Answer::Read { at, len })?)?;
        let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
        match wire::receive(socket, &mut self.message)?.ok_or_else(gone)? {
            [BYTES, bytes @ ..] => self.len = 1 + bytes.len(),
            _ => return Err(io::Error::from_raw_os_error(rustix::io::Errno::IO.raw_os_error())),
        }
        Ok(())
    }
}

impl ReadAt for Asked {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.bytes_from(at).is_empty() && !buffer.is_empty() {
            last.ask(&self.socket, at, buffer.len())?;
        }
        let bytes = last.bytes_from(at);
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }
}
