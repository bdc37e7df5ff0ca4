//! The chunks of RIFF files, which WAV and WebP are, in either order of bytes and in the 64-bit form.

use super::bytes::{Budget, Cursor, Stop, Walk};

/// More chunks than animations have frames.
const MAX_CHUNKS: u32 = 1_000_000;

/// A chunk: its name, and where its content starts and ends. The end may lie behind the file's.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    pub name: [u8; 4],
    pub start: u64,
    pub end: u64,
}

impl Chunk {
    pub fn len(&self) -> u64 {
        self.end - self.start
    }
}

/// A RIFF file's chunks, one after the other.
pub struct Chunks {
    pub cursor: Cursor,
    pub big_endian: bool,
    /// Where the file ends by its own account; `None` where its writer could not go back to fill that in.
    pub end: Option<u64>,
    /// The length of the chunk `data` where it is too long for 32 bits.
    long_data: Option<u64>,
    budget: Budget,
}

/// What stands for a length that was not known, or does not fit.
const UNKNOWN: u32 = u32::MAX;

impl Chunks {
    /// Reads the header up to the form, such as `WAVE`.
    pub fn open(mut cursor: Cursor) -> Walk<(Self, [u8; 4])> {
        let magic: [u8; 4] = cursor.take()?;
        let big_endian = &magic == b"RIFX";
        let mut chunks = Self { cursor, big_endian, end: None, long_data: None, budget: Budget::new(MAX_CHUNKS) };
        let len = chunks.u32()?;
        let form = chunks.cursor.take()?;
        if &magic == b"RF64" || &magic == b"BW64" {
            chunks.read_long_lengths()?;
        } else if len != UNKNOWN && len != 0 {
            chunks.end = Some(8 + u64::from(len));
        }
        Ok((chunks, form))
    }

    /// The chunk `ds64`, which comes first where lengths have 64 bits.
    fn read_long_lengths(&mut self) -> Walk<()> {
        let (name, len) = (self.cursor.take::<4>()?, self.cursor.le32()?);
        if &name != b"ds64" || len < 16 {
            return Err(Stop::Damaged("the lengths of its parts are missing"));
        }
        let behind = self.cursor.at() + u64::from(len);
        let (all, data) = (self.cursor.le64()?, self.cursor.le64()?);
        self.end = all.checked_add(8).filter(|_| all != 0);
        self.long_data = (data != 0).then_some(data);
        self.cursor.go(behind);
        Ok(())
    }

    pub fn u32(&mut self) -> Walk<u32> {
        if self.big_endian { self.cursor.be32() } else { self.cursor.le32() }
    }

    pub fn u16(&mut self) -> Walk<u16> {
        if self.big_endian { self.cursor.be16() } else { self.cursor.le16() }
    }

    /// The chunk behind the one that was given last, if the file has another.
    pub fn next(&mut self) -> Walk<Option<Chunk>> {
        let end = self.end.unwrap_or(u64::MAX).min(self.cursor.end());
        if self.cursor.at().checked_add(8).is_none_or(|at| at > end) {
            return Ok(None);
        }
        self.budget.spend()?;
        let name = self.cursor.take()?;
        let len = self.u32()?;
        let start = self.cursor.at();
        let end = match (&name, len, self.long_data) {
            (b"data", UNKNOWN, Some(long)) => start.saturating_add(long),
            // A stream's writer leaves the length open: it goes on to the file's end.
            (b"data", UNKNOWN | 0, None) if self.end.is_none() => self.cursor.end(),
            (b"data", UNKNOWN, None) => self.cursor.end(),
            _ => start + u64::from(len),
        };
        // Chunks start at even places.
        self.cursor.go(end.saturating_add((end - start) & 1));
        Ok(Some(Chunk { name, start, end }))
    }
}

#[cfg(test)]
pub mod made {
    //! RIFF files as writers make them.

    pub fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
        let len = u32::try_from(content.len()).unwrap();
        let pad = &b"\0"[..content.len() % 2];
        [name, &len.to_le_bytes(), content, pad].concat()
    }

    pub fn riff(form: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"RIFF", &[form, &chunks.concat()].concat())
    }
}
