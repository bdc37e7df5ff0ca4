//! The files that are uploaded: real ones, made while they are sent.
//!
//! A payload is a beginning, noise, and an end; it is never in memory whole.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::support::noise;

/// What kind of file to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PCM noise: inspection has little to do, so this measures how bytes are moved.
    Wav,
    /// A page with one large picture: inspection has to read the file's structure.
    Pdf,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Pdf => "pdf",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Pdf => "application/pdf",
        }
    }

    /// The kind of evidence that such a file usually is.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Wav => "recording",
            Self::Pdf => "work_product",
        }
    }
}

/// One file; reading it yields its bytes from where the last read ended.
#[derive(Clone)]
pub struct Payload {
    start: Vec<u8>,
    end: Vec<u8>,
    length: u64,
    seed: u64,
    offset: u64,
}

impl Payload {
    pub fn new(format: Format, length: u64, seed: u64) -> Self {
        let (start, end) = match format {
            Format::Wav => (wav_start(length), Vec::new()),
            Format::Pdf => crate::support::pdf::around(length),
        };
        Self { start, end, length, seed, offset: 0 }
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads the rest and returns its digest in hex.
    pub fn digest(mut self) -> String {
        let mut hasher = Sha256::new();
        let mut slice = vec![0; 256 << 10];
        loop {
            match self.next(&mut slice) {
                0 => return hex::encode(hasher.finalize()),
                count => hasher.update(&slice[..count]),
            }
        }
    }

    fn next(&mut self, room: &mut [u8]) -> usize {
        let start = self.start.len() as u64;
        let end = self.length - self.end.len() as u64;
        let at = self.offset;
        let written = if at < start {
            copy(&self.start[at as usize..], room)
        } else if at < end {
            let count = (end - at).min(room.len() as u64) as usize;
            noise::write(self.seed, at, &mut room[..count]);
            count
        } else {
            copy(&self.end[(at - end) as usize..], room)
        };
        self.offset += written as u64;
        written
    }
}

impl Read for Payload {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        Ok(self.next(room))
    }
}

fn copy(from: &[u8], room: &mut [u8]) -> usize {
    let count = from.len().min(room.len());
    room[..count].copy_from_slice(&from[..count]);
    count
}

/// The header of a 16-bit stereo recording that fills `length` bytes exactly.
fn wav_start(length: u64) -> Vec<u8> {
    const HEADER: u64 = 44;
    const RATE: u32 = 44_100;
    const FRAME: u16 = 4;
    let field = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = Vec::with_capacity(HEADER as usize);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&field(length - 8));
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend_from_slice(&RATE.to_le_bytes());
    bytes.extend_from_slice(&(RATE * u32::from(FRAME)).to_le_bytes());
    bytes.extend_from_slice(&FRAME.to_le_bytes());
    bytes.extend_from_slice(&16u16.to_le_bytes());
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&field(length - HEADER));
    bytes
}
