//! WebP: the chunks of a RIFF file, of which one is an image or the frames of an animation.

use super::{MaxPixels, Picture, exif};
use crate::inspect::View;
use crate::inspect::bytes::{Cursor, ENDS_EARLY, Stop, Walk};
use crate::inspect::riff::{Chunk, Chunks};

pub fn look(view: &View, pixels: MaxPixels) -> Walk<Picture> {
    let (mut chunks, form) = Chunks::open(Cursor::new(view))?;
    let Some(end) = chunks.end.filter(|_| &form == b"WEBP") else {
        return Err(Stop::Damaged("its header makes no sense"));
    };
    let (mut canvas, mut image, mut said) = (None, None, exif::Said::default());
    while let Some(chunk) = chunks.next()? {
        let here = chunks.cursor.at();
        let found = match &chunk.name {
            b"VP8X" => {
                let size = extended(&mut chunks.cursor, chunk)?;
                canvas.get_or_insert(size);
                Some(size)
            }
            b"VP8 " | b"VP8L" => {
                let size = still(&mut chunks.cursor, chunk)?;
                image.get_or_insert(size);
                Some(size)
            }
            b"ANMF" => {
                let size = frame(&mut chunks.cursor, chunk)?;
                image.get_or_insert(size);
                Some(size)
            }
            b"EXIF" => {
                said =
                    exif::read(Cursor::over(view, chunk.start, chunk.end), start_of_exif(&mut chunks.cursor, chunk)?)?;
                None
            }
            _ => None,
        };
        if let Some((width, height)) = found {
            pixels.hold(width, height)?;
        }
        if chunk.end > view.len {
            return Err(Stop::Damaged(ENDS_EARLY));
        }
        chunks.cursor.go(here);
    }
    if end > view.len + 1 {
        return Err(Stop::Damaged(ENDS_EARLY));
    }
    let Some((width, height)) = image.and(canvas.or(image)) else {
        return Err(Stop::Damaged("it holds no image"));
    };
    Ok(Picture { width, height, end: Some(end.min(view.len)), said, findings: Vec::new() })
}

/// Flags, and the canvas less one in each direction.
fn extended(cursor: &mut Cursor, chunk: Chunk) -> Walk<(u32, u32)> {
    cursor.go(chunk.start + 4);
    Ok((le24(cursor)? + 1, le24(cursor)? + 1))
}

/// A frame of an animation: its place on the canvas, then its size less one.
fn frame(cursor: &mut Cursor, chunk: Chunk) -> Walk<(u32, u32)> {
    cursor.go(chunk.start + 6);
    Ok((le24(cursor)? + 1, le24(cursor)? + 1))
}

fn le24(cursor: &mut Cursor) -> Walk<u32> {
    let [a, b, c] = cursor.take()?;
    Ok(u32::from_le_bytes([a, b, c, 0]))
}

/// An image: a key frame of VP8 (RFC 6386), or a lossless one.
fn still(cursor: &mut Cursor, chunk: Chunk) -> Walk<(u32, u32)> {
    cursor.go(chunk.start);
    if &chunk.name == b"VP8L" {
        if cursor.u8()? != 0x2F {
            return Err(Stop::Damaged("its image makes no sense"));
        }
        let bits = cursor.le32()?;
        return Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
    }
    let first = cursor.u8()?;
    cursor.skip(2)?;
    if first & 1 != 0 || cursor.take()? != [0x9D, 0x01, 0x2A] {
        return Err(Stop::Damaged("its image makes no sense"));
    }
    // The upper two bits scale.
    Ok((u32::from(cursor.le16()? & 0x3FFF), u32::from(cursor.le16()? & 0x3FFF)))
}

/// Some writers keep JPEG's mark in front of the data.
fn start_of_exif(cursor: &mut Cursor, chunk: Chunk) -> Walk<u64> {
    cursor.go(chunk.start);
    let marked = chunk.len() > 6 && &cursor.take::<6>()? == b"Exif\0\0";
    Ok(chunk.start + if marked { 6 } else { 0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::exif::made::exif;
    use crate::domain::finding::FindingCode as F;
    use crate::domain::media_type::MediaType;
    use crate::inspect::riff::made::{chunk, riff};
    use crate::inspect::{Report, picture};
    use crate::inspect::{
        Rules,
        made::{codes, spoilt, view},
    };

    fn lossy(width: u16, height: u16) -> Vec<u8> {
        let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
        chunk(b"VP8 ", &[&[0x10, 0, 0, 0x9D, 0x01, 0x2A], &size[..], &[0; 21]].concat())
    }

    fn lossless(width: u32, height: u32) -> Vec<u8> {
        let bits = (width - 1) | (height - 1) << 14;
        chunk(b"VP8L", &[&[0x2F], &bits.to_le_bytes()[..], &[0; 4]].concat())
    }

    fn extended(width: u32, height: u32) -> Vec<u8> {
        let less_one = |size: u32| (size - 1).to_le_bytes()[..3].to_vec();
        chunk(b"VP8X", &[vec![0; 4], less_one(width), less_one(height)].concat())
    }

    fn look(bytes: &[u8]) -> Report {
        picture::inspect(MediaType::Webp, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn whole_pictures_tell_their_size() {
        for (file, size) in [
            (riff(b"WEBP", &[lossy(20, 10)]), (20, 10)),
            (riff(b"WEBP", &[lossless(20, 10)]), (20, 10)),
            (riff(b"WEBP", &[extended(40, 30), lossy(20, 10)]), (40, 30)),
            (riff(b"WEBP", &[extended(40, 30), chunk(b"ANMF", &[0; 24])]), (40, 30)),
        ] {
            let report = look(&file);
            assert_eq!((codes(&report), report.facts.width, report.facts.height), (vec![], Some(size.0), Some(size.1)));
        }
    }

    #[test]
    fn exif_is_read_with_and_without_jpegs_mark() {
        let exif = exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs");
        for data in [exif.clone(), [b"Exif\0\0", &exif[..]].concat()] {
            let report = look(&riff(b"WEBP", &[extended(20, 10), lossy(20, 10), chunk(b"EXIF", &data)]));
            assert_eq!(report.facts.author.as_deref(), Some("Jo Bloggs"));
        }
    }

    #[test]
    fn cut_pictures_are_damaged() {
        let whole = riff(b"WEBP", &[lossy(20, 10)]);
        // The byte that pads the last chunk is not missed.
        for end in 12..whole.len() - 1 {
            assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
        }
        assert_eq!(finding(&riff(b"WEBP", &[extended(20, 10)])), [F::Damaged], "no image");
        assert_eq!(finding(&riff(b"WEBP", &[chunk(b"VP8 ", &[0xFF; 20])])), [F::Damaged]);
    }

    #[test]
    fn sizes_and_what_is_behind_the_end_are_looked_at() {
        assert_eq!(finding(&riff(b"WEBP", &[extended(1 << 24, 1 << 24)])), [F::Bomb]);
        assert_eq!(finding(&riff(b"WEBP", &[extended(2000, 1000), lossy(20, 10)])), [F::TooComplex]);
        assert_eq!(finding(&[&riff(b"WEBP", &[lossy(20, 10)])[..], b"PK\x03\x04"].concat()), [F::TrailingData]);
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(riff(b"WEBP", &[extended(20, 10), lossy(20, 10), chunk(b"EXIF", &exif("", "a", "b"))]))) {
            look(&file);
        }
    }
}
