//! GIF (87a and 89a): blocks up to the trailer, of which at least one is an image.

use super::{MaxPixels, Picture, exif, repaired};
use crate::inspect::View;
use crate::inspect::bytes::{Cursor, Stop, Walk};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

pub fn look(view: &View, pixels: MaxPixels) -> Walk<Picture> {
    let mut cursor = Cursor::new(view);
    cursor.skip(6)?;
    let (width, height) = (u32::from(cursor.le16()?), u32::from(cursor.le16()?));
    let [flags, _, _] = cursor.take()?;
    skip_colours(&mut cursor, flags)?;
    let (mut images, mut largest) = (0_u64, (0, 0));
    let mut findings = Vec::new();
    loop {
        if cursor.left() == 0 && images > 0 {
            findings.push(repaired("Its last byte, which says that nothing more comes, is missing."));
            break;
        }
        match cursor.u8()? {
            EXTENSION => {
                cursor.skip(1)?;
                skip_blocks(&mut cursor)?;
            }
            IMAGE => {
                largest = larger(largest, image(&mut cursor)?);
                images += 1;
                pixels.hold(largest.0, largest.1)?;
            }
            TRAILER => break,
            // Some writers pad between blocks.
            0 => {}
            _ => return Err(Stop::Damaged("a part of it makes no sense")),
        }
    }
    if images == 0 {
        return Err(Stop::Damaged("it holds no image"));
    }
    // Readers show the larger of the screen and what is painted on it.
    let (width, height) = larger((width, height), largest);
    pixels.hold(width, height)?;
    Ok(Picture { width, height, end: Some(cursor.at()), said: exif::Said::default(), findings })
}

fn larger(one: (u32, u32), other: (u32, u32)) -> (u32, u32) {
    (one.0.max(other.0), one.1.max(other.1))
}

/// Goes behind one image; gives its dimensions.
fn image(cursor: &mut Cursor) -> Walk<(u32, u32)> {
    cursor.skip(4)?;
    let (width, height) = (cursor.le16()?, cursor.le16()?);
    let flags = cursor.u8()?;
    skip_colours(cursor, flags)?;
    // The width of the first code.
    cursor.skip(1)?;
    skip_blocks(cursor)?;
    Ok((width.into(), height.into()))
}

fn skip_colours(cursor: &mut Cursor, flags: u8) -> Walk<()> {
    if flags & 0x80 == 0 { Ok(()) } else { cursor.skip(3 << ((flags & 7) + 1)) }
}

fn skip_blocks(cursor: &mut Cursor) -> Walk<()> {
    loop {
        match cursor.u8()? {
            0 => return Ok(()),
            len => cursor.skip(len.into())?,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::finding::FindingCode as F;
    use crate::domain::media_type::MediaType;
    use crate::inspect::{Report, picture};
    use crate::inspect::{
        Rules,
        made::{codes, spoilt, view},
    };

    fn gif(width: u16, height: u16) -> Vec<u8> {
        let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
        let screen = [b"GIF89a", &size[..], &[0x80, 0, 0], &[0, 0, 0, 255, 255, 255]].concat();
        let comment = b"\x21\xFE\x05hello\0".to_vec();
        let image = [&[0x2C, 0, 0, 0, 0], &size[..], &[0, 2, 2, 0x4C, 0x01, 0]].concat();
        [screen, comment, image, vec![0x3B]].concat()
    }

    fn look(bytes: &[u8]) -> Report {
        picture::inspect(MediaType::Gif, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn a_whole_picture_tells_its_size() {
        let report = look(&gif(20, 10));
        assert_eq!((codes(&report).len(), report.facts.width, report.facts.height), (0, Some(20), Some(10)));
    }

    #[test]
    fn a_cut_picture_is_damaged_unless_only_the_trailer_is_missing() {
        let whole = gif(20, 10);
        for end in 6..whole.len() - 1 {
            assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
        }
        assert_eq!(finding(&whole[..whole.len() - 1]), [F::Repaired]);
        assert_eq!(finding(b"GIF89a\x01\0\x01\0\0\0\0;"), [F::Damaged], "no image");
    }

    #[test]
    fn sizes_and_what_is_behind_the_end_are_looked_at() {
        assert_eq!(finding(&gif(0, 0)), [F::Damaged]);
        assert_eq!(finding(&gif(2000, 2000)), [F::TooComplex]);
        assert_eq!(finding(&[&gif(2, 2)[..], b"PK\x03\x04"].concat()), [F::TrailingData]);
        assert_eq!(finding(&[&gif(2, 2)[..], b"\x7FELF"].concat()), [F::ActiveContent]);
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(gif(20, 10))) {
            look(&file);
        }
    }
}
