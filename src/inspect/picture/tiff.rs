//! TIFF: a chain of directories, each an image whose strips or tiles lie within the file.

use super::ifd::{Directories, Entry};
use super::{MaxPixels, Picture, exif};
use crate::inspect::View;
use crate::inspect::bytes::{Budget, Cursor, ENDS_EARLY, Stop, Walk, lenient};

/// Directories, and the strips and tiles of all of them.
const MAX_PARTS: u32 = 4_000_000;
/// More pages than are scanned into one file.
const MAX_IMAGES: usize = 10_000;

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const STRIPS: u16 = 273;
const STRIP_LENGTHS: u16 = 279;
const TILES: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const OLD_JPEG: u16 = 513;

/// Whether a file has 64-bit offsets, which the coarse look does not know.
pub fn is_big(head: &[u8]) -> bool {
    head.starts_with(b"II+\0\x08\0\0\0") || head.starts_with(b"MM\0+\0\x08\0\0")
}

pub fn look(view: &View, pixels: MaxPixels) -> Walk<Picture> {
    let (mut directories, first) = Directories::open(Cursor::new(view), 0)?;
    let mut budget = Budget::new(MAX_PARTS);
    let (mut seen, mut next) = (Vec::new(), first);
    let mut dimensions = None;
    while next != 0 {
        if seen.contains(&next) || seen.len() == MAX_IMAGES {
            return Err(Stop::Damaged("its pages go round in a circle"));
        }
        seen.push(next);
        let (entries, following) = directories.entries(next)?;
        budget.spend_many(entries.len() as u64 + 1)?;
        let image = Image { directories: &mut directories, entries, len: view.len };
        if let Some((width, height)) = image.look(&mut budget)? {
            pixels.hold(width, height)?;
            dimensions.get_or_insert((width, height));
        }
        next = following;
    }
    let Some((width, height)) = dimensions else { return Err(Stop::Damaged("it holds no image")) };
    let said = lenient(exif::of_directory(&mut directories, first))?.unwrap_or_default();
    Ok(Picture { width, height, end: None, said, findings: Vec::new() })
}

struct Image<'a> {
    directories: &'a mut Directories,
    entries: Vec<Entry>,
    /// Of the file.
    len: u64,
}

impl Image<'_> {
    /// The dimensions of the image, if the directory has one, once its parts were found to be there.
    fn look(mut self, budget: &mut Budget) -> Walk<Option<(u32, u32)>> {
        let (Some(width), Some(height)) = (self.number(WIDTH)?, self.number(HEIGHT)?) else { return Ok(None) };
        let strips = self.parts(STRIPS, STRIP_LENGTHS, budget)?;
        let tiles = self.parts(TILES, TILE_LENGTHS, budget)?;
        if !strips && !tiles && self.entry(OLD_JPEG).is_none() {
            return Ok(None);
        }
        let shown = |number: u64| u32::try_from(number).map_err(|_| Stop::Damaged("its size makes no sense"));
        Ok(Some((shown(width)?, shown(height)?)))
    }

    fn entry(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().copied().find(|entry| entry.tag == tag)
    }

    fn number(&mut self, tag: u16) -> Walk<Option<u64>> {
        match self.entry(tag) {
            Some(entry) => self.directories.number(entry),
            None => Ok(None),
        }
    }

    /// Whether the image has parts of a kind, which then are in the file. Old writers left their lengths out.
    fn parts(&mut self, offsets: u16, lengths: u16, budget: &mut Budget) -> Walk<bool> {
        let Some(offsets) = self.entry(offsets) else { return Ok(false) };
        let offsets = self.list(offsets, budget)?;
        let lengths = match self.entry(lengths) {
            Some(lengths) => self.list(lengths, budget)?,
            None => Vec::new(),
        };
        for (index, offset) in offsets.iter().enumerate() {
            let len = lengths.get(index).copied().unwrap_or(1);
            if offset.checked_add(len).is_none_or(|end| end > self.len) {
                return Err(Stop::Damaged(ENDS_EARLY));
            }
        }
        Ok(!offsets.is_empty())
    }

    fn list(&mut self, entry: Entry, budget: &mut Budget) -> Walk<Vec<u64>> {
        budget.spend_many(entry.count)?;
        self.directories.numbers(entry)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::finding::FindingCode as F;
    use crate::domain::media_type::MediaType;
    use crate::inspect::{Report, picture};
    use crate::inspect::{
        Rules,
        made::{codes, spoilt, view},
    };

    /// A directory of one strip at `strip`, in little-endian order.
    fn directory(width: u32, height: u32, strip: u32, len: u32, next: u32) -> Vec<u8> {
        let mut directory = 5_u16.to_le_bytes().to_vec();
        for (tag, value) in [(WIDTH, width), (HEIGHT, height), (STRIPS, strip), (STRIP_LENGTHS, len)] {
            directory
                .extend([&tag.to_le_bytes()[..], &4_u16.to_le_bytes(), &[1, 0, 0, 0], &value.to_le_bytes()].concat());
        }
        // Artist, short enough to stand in the entry.
        directory.extend(b"\x3B\x01\x02\0\x03\0\0\0Jo\0\0");
        directory.extend(next.to_le_bytes());
        directory
    }

    const DIRECTORY: u32 = 2 + 5 * 12 + 4;

    /// Two pages, then the strip of both.
    fn tiff(width: u32, height: u32) -> Vec<u8> {
        let strip = 8 + 2 * DIRECTORY;
        let pages = [directory(width, height, strip, 10, 8 + DIRECTORY), directory(4, 4, strip, 10, 0)];
        [b"II*\0\x08\0\0\0", &pages.concat()[..], &[7; 10]].concat()
    }

    fn look(bytes: &[u8]) -> Report {
        picture::inspect(MediaType::Tiff, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn a_whole_picture_tells_its_size_and_author() {
        let report = look(&tiff(20, 10));
        assert_eq!((codes(&report), report.facts.width, report.facts.height), (vec![], Some(20), Some(10)));
        assert_eq!(report.facts.author.as_deref(), Some("Jo"));
    }

    #[test]
    fn wide_offsets_are_read() {
        let entry = |tag: u16, value: u64| {
            [&tag.to_le_bytes()[..], &4_u16.to_le_bytes(), &1_u64.to_le_bytes(), &value.to_le_bytes()].concat()
        };
        let entries = [entry(WIDTH, 20), entry(HEIGHT, 10), entry(STRIPS, 100), entry(STRIP_LENGTHS, 10)].concat();
        let file = [&b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0"[..], &entries, &[0; 20]].concat();
        assert!(is_big(&file));
        assert_eq!((codes(&look(&file)), look(&file).facts.width), (vec![], Some(20)));
        assert_eq!(finding(&file[..109]), [F::Damaged]);
    }

    #[test]
    fn cut_pictures_are_damaged() {
        let whole = tiff(20, 10);
        for end in 8..whole.len() {
            assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
        }
        assert_eq!(finding(b"II*\0\0\0\0\0"), [F::Damaged], "no image");
    }

    #[test]
    fn circles_end() {
        let file = [b"II*\0\x08\0\0\0", &directory(4, 4, 8, 8, 8)[..]].concat();
        assert_eq!(finding(&file), [F::Damaged]);
    }

    #[test]
    fn sizes_are_looked_at() {
        assert_eq!(finding(&tiff(2000, 1000)), [F::TooComplex]);
        assert_eq!(finding(&tiff(0, 1000)), [F::Damaged]);
        assert_eq!(finding(&tiff(u32::MAX, u32::MAX)), [F::Bomb]);
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(tiff(20, 10))) {
            look(&file);
        }
    }
}
