//! The directories of TIFF, which EXIF uses too: entries that point at values, and directories that point at
//! directories. An offset is relative to the header and never leaves the stretch that was handed in.

use crate::inspect::bytes::{Cursor, Stop, Walk};
use crate::inspect::said;

/// A reader of directories: TIFF's order of bytes, and width of offsets.
pub struct Directories {
    pub cursor: Cursor,
    base: u64,
    big_endian: bool,
    /// BigTIFF, with offsets and counts of 64 bits.
    wide: bool,
}

/// One entry: a tag, and the values it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub tag: u16,
    kind: u16,
    pub count: u64,
    /// Where the values are, absolutely.
    at: u64,
}

impl Directories {
    /// Reads the header at `base`; gives where the first directory is.
    pub fn open(mut cursor: Cursor, base: u64) -> Walk<(Self, u64)> {
        cursor.go(base);
        let big_endian = match &cursor.take::<2>()? {
            b"II" => false,
            b"MM" => true,
            _ => return Err(Stop::Damaged("its header makes no sense")),
        };
        let mut open = Self { cursor, base, big_endian, wide: false };
        open.wide = match open.u16()? {
            42 => false,
            // Followed by the size of an offset, and a zero.
            43 if open.u16()? == 8 && open.u16()? == 0 => true,
            _ => return Err(Stop::Damaged("its header makes no sense")),
        };
        let first = open.offset()?;
        Ok((open, first))
    }

    fn u16(&mut self) -> Walk<u16> {
        if self.big_endian { self.cursor.be16() } else { self.cursor.le16() }
    }

    fn u32(&mut self) -> Walk<u32> {
        if self.big_endian { self.cursor.be32() } else { self.cursor.le32() }
    }

    fn u64(&mut self) -> Walk<u64> {
        if self.big_endian { self.cursor.be64() } else { self.cursor.le64() }
    }

    /// An offset or a count, as wide as the file has them.
    fn offset(&mut self) -> Walk<u64> {
        if self.wide { self.u64() } else { self.u32().map(u64::from) }
    }

    /// The entries of the directory at `at`, and where the next one is: zero if there is none.
    pub fn entries(&mut self, at: u64) -> Walk<(Vec<Entry>, u64)> {
        self.cursor.go(self.base.saturating_add(at));
        let count = if self.wide { self.u64()? } else { u64::from(self.u16()?) };
        let size = if self.wide { 20 } else { 12 };
        if count.checked_mul(size).is_none_or(|len| len > self.cursor.left()) || count > u64::from(u16::MAX) {
            return Err(Stop::Damaged("a directory of it is longer than the file"));
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            let entry = self.entry()?;
            entries.push(entry);
        }
        // Some writers leave the last link out.
        let next = if self.cursor.left() >= 4 { self.offset()? } else { 0 };
        Ok((entries, next))
    }

    fn entry(&mut self) -> Walk<Entry> {
        let (tag, kind, count) = (self.u16()?, self.u16()?, self.offset()?);
        let (here, room) = (self.cursor.at(), if self.wide { 8 } else { 4 });
        let value = self.offset()?;
        let inside = count.checked_mul(width(kind)).is_some_and(|len| len <= room);
        let at = if inside { here } else { self.base.saturating_add(value) };
        Ok(Entry { tag, kind, count, at })
    }

    /// The first whole number of an entry.
    pub fn number(&mut self, entry: Entry) -> Walk<Option<u64>> {
        if entry.count == 0 {
            return Ok(None);
        }
        self.cursor.go(entry.at);
        self.next_number(entry)
    }

    /// All whole numbers of an entry.
    pub fn numbers(&mut self, entry: Entry) -> Walk<Vec<u64>> {
        let len = entry.count.checked_mul(width(entry.kind));
        self.cursor.go(entry.at);
        if len.is_none_or(|len| len > self.cursor.left()) {
            return Err(Stop::Damaged("a list in it is longer than the file"));
        }
        let mut numbers = Vec::new();
        for _ in 0..entry.count {
            let Some(number) = self.next_number(entry)? else { break };
            numbers.push(number);
        }
        Ok(numbers)
    }

    fn next_number(&mut self, entry: Entry) -> Walk<Option<u64>> {
        Ok(match entry.kind {
            1 => Some(u64::from(self.cursor.u8()?)),
            3 => Some(u64::from(self.u16()?)),
            4 | 13 => Some(u64::from(self.u32()?)),
            16 | 18 => Some(self.u64()?),
            _ => None,
        })
    }

    /// The text of an entry, as bytes.
    pub fn text(&mut self, entry: Entry) -> Walk<Vec<u8>> {
        if !matches!(entry.kind, 1 | 2 | 7 | 129) {
            return Ok(Vec::new());
        }
        self.cursor.go(entry.at);
        self.cursor.take_at_most(entry.count.min(self.cursor.left()), said::TEXT)
    }
}

/// How many bytes one value of a kind takes.
fn width(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}
