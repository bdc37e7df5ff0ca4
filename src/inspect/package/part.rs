//! One entry's content: no more bytes come out than the package says, and at the end the length and the checksum
//! are those that it says.

use std::io::{self, BufReader, Read, Take};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::directory::Entry;
use super::{bomb, damaged};
use crate::inspect::{Broken, View};

/// Reads one entry. What is wrong with it comes out as a [`Broken`].
pub struct Part {
    content: Content,
    /// Bytes that are still to come.
    left: u64,
    crc: Crc,
    expected: u32,
}

enum Content {
    Stored(BufReader<Take<View>>),
    Deflated(DeflateDecoder<BufReader<Take<View>>>),
}

impl Part {
    pub fn new(view: &View, entry: &Entry) -> Self {
        let packed = BufReader::with_capacity(64 * 1024, view.from(entry.data).take(entry.packed));
        let content =
            if entry.deflated { Content::Deflated(DeflateDecoder::new(packed)) } else { Content::Stored(packed) };
        Self { content, left: entry.size, crc: Crc::new(), expected: entry.crc }
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.content {
            Content::Stored(content) => content.read(buffer),
            Content::Deflated(content) => content.read(buffer),
        };
        let count = match read {
            Ok(count) => count,
            Err(error) if is_of_the_data(&error) => return Err(broken()),
            Err(error) => return Err(error),
        };
        if count as u64 > self.left {
            return Err(Broken(bomb()).into());
        }
        self.left -= count as u64;
        self.crc.update(&buffer[..count]);
        let ended = count == 0 && !buffer.is_empty();
        if ended && (self.left > 0 || self.crc.sum() != self.expected) { Err(broken()) } else { Ok(count) }
    }
}

/// Whether the packed data is at fault, and not the disk it is read from.
fn is_of_the_data(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

fn broken() -> io::Error {
    Broken(damaged("one of its parts cannot be unpacked")).into()
}
