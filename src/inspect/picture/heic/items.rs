//! The tables of items: which there are, where they lie, and which properties they have. Every count is held
//! against the budget before its entries are read.

use super::Reader;
use crate::inspect::boxes::Span;
use crate::inspect::bytes::{Stop, Walk};

/// An item: an image, or data that belongs to one.
pub struct Item {
    pub id: u32,
    pub kind: [u8; 4],
}

/// One stretch of an item's data.
pub struct Place {
    pub item: u32,
    /// 0: in the file; 1: in the description itself; 2: in another item.
    pub method: u16,
    pub start: u64,
    /// Zero: to the end.
    pub len: u64,
}

impl Place {
    pub fn is_within(&self, file: u64, inner: u64) -> bool {
        let fits = |whole: u64| self.start < whole && self.start.checked_add(self.len).is_some_and(|end| end <= whole);
        match self.method {
            0 => fits(file),
            1 => fits(inner),
            _ => true,
        }
    }
}

/// What an image has.
pub enum Property {
    Size(u32, u32),
    /// What a decoder has to know of HEVC.
    Decoder,
    Other,
}

impl Reader {
    /// Version and flags.
    fn version(&mut self, span: Span) -> Walk<(u8, u32)> {
        self.cursor.go(span.body);
        let word = self.cursor.be32()?;
        Ok((word.to_be_bytes()[0], word & 0x00FF_FFFF))
    }

    fn short_or_long(&mut self, is_long: bool) -> Walk<u32> {
        if is_long { self.cursor.be32() } else { self.cursor.be16().map(u32::from) }
    }

    pub fn primary(&mut self, pitm: Span) -> Walk<u32> {
        let (version, _) = self.version(pitm)?;
        self.short_or_long(version > 0)
    }

    pub fn items(&mut self, iinf: Span) -> Walk<Vec<Item>> {
        let (version, _) = self.version(iinf)?;
        self.short_or_long(version > 0)?;
        let entries = Span { body: self.cursor.at(), ..iinf };
        let mut items = Vec::new();
        for infe in self.within(entries)? {
            let (version, _) = self.version(infe)?;
            if &infe.kind == b"infe" && version >= 2 {
                let id = self.short_or_long(version > 2)?;
                // Whether it is protected is not of interest: images are not.
                self.cursor.skip(2)?;
                items.push(Item { id, kind: self.cursor.take()? });
            }
        }
        Ok(items)
    }

    pub fn places(&mut self, iloc: Span) -> Walk<Vec<Place>> {
        let (version, _) = self.version(iloc)?;
        let sizes = self.cursor.be16()?;
        let size = |shift: u16| sizes >> shift & 0xF;
        let count = self.short_or_long(version > 1)?;
        let mut places = Vec::new();
        for _ in 0..count {
            self.budget.spend()?;
            let item = self.short_or_long(version > 1)?;
            let method = if version > 0 { self.cursor.be16()? & 0xF } else { 0 };
            // Which of the data references: they all name the file itself.
            self.cursor.skip(2)?;
            let base = self.sized(size(4))?;
            for _ in 0..self.cursor.be16()? {
                self.budget.spend()?;
                if version > 0 {
                    self.sized(size(0))?;
                }
                let (offset, len) = (self.sized(size(12))?, self.sized(size(8))?);
                let start = base.checked_add(offset).ok_or(Stop::Damaged("the place of its image makes no sense"))?;
                places.push(Place { item, method, start, len });
            }
            if self.cursor.at() > iloc.end {
                return Err(Stop::Damaged("the list of its parts is too short"));
            }
        }
        Ok(places)
    }

    fn sized(&mut self, size: u16) -> Walk<u64> {
        match size {
            0 => Ok(0),
            4 => self.cursor.be32().map(u64::from),
            8 => self.cursor.be64(),
            _ => Err(Stop::Damaged("the list of its parts makes no sense")),
        }
    }

    pub fn properties(&mut self, ipco: Span) -> Walk<Vec<Property>> {
        let mut properties = Vec::new();
        for span in self.within(ipco)? {
            properties.push(match &span.kind {
                b"ispe" => {
                    self.version(span)?;
                    Property::Size(self.cursor.be32()?, self.cursor.be32()?)
                }
                b"hvcC" | b"lhvC" => Property::Decoder,
                _ => Property::Other,
            });
        }
        Ok(properties)
    }

    /// The properties of an item by their places in the list, counted from one.
    pub fn associated(&mut self, ipma: Span, wanted: u32) -> Walk<Vec<usize>> {
        let (version, flags) = self.version(ipma)?;
        let mut indices = Vec::new();
        for _ in 0..self.cursor.be32()? {
            self.budget.spend()?;
            if self.cursor.at() > ipma.end {
                return Err(Stop::Damaged("the list of its parts is too short"));
            }
            let item = self.short_or_long(version > 0)?;
            for _ in 0..self.cursor.u8()? {
                // The first bit tells whether a reader has to know the property.
                let index =
                    if flags & 1 == 1 { self.cursor.be16()? & 0x7FFF } else { (self.cursor.u8()? & 0x7F).into() };
                if item == wanted {
                    indices.push(usize::from(index));
                }
            }
        }
        Ok(indices)
    }
}
