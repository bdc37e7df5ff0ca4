//! FLAC (RFC 9639): blocks about the sound, of which the first describes it, then frames with their own sums.

use super::{Recording, breaks_off, id3, milliseconds, ogg};
use crate::domain::finding::Facts;
use crate::inspect::View;
use crate::inspect::bytes::{Cursor, Stop, Walk, lenient};

/// More blocks than have ever been put into a file.
const MAX_BLOCKS: usize = 10_000;
/// How far from the file's end the last frame starts: they are shorter than this.
const LAST: u64 = 256 * 1024;

/// Whether FLAC is what stands behind the tag of a file that begins with one.
pub fn is_behind_tag(view: &View) -> Walk<bool> {
    let mut cursor = Cursor::new(view);
    id3::skip(&mut cursor, &mut Facts::default())?;
    Ok(cursor.left() >= 4 && &cursor.take::<4>()? == b"fLaC")
}

/// What the first block says of the sound.
struct Stream {
    rate: u64,
    samples: u64,
    /// Samples of a frame, if all have as many.
    block: Option<u64>,
}

impl Stream {
    fn read(cursor: &mut Cursor) -> Walk<Self> {
        let (shortest, longest) = (cursor.be16()?, cursor.be16()?);
        cursor.skip(6)?;
        // Twenty bits of rate, eight of channels and sample size, and 36 of length.
        let word = cursor.be64()?;
        let rate = word >> 44;
        if rate == 0 || shortest < 16 || longest < shortest {
            return Err(Stop::Damaged("the description of its sound makes no sense"));
        }
        Ok(Self { rate, samples: word & 0xF_FFFF_FFFF, block: (shortest == longest).then_some(longest.into()) })
    }
}

pub fn look(view: &View) -> Walk<Recording> {
    let (mut cursor, mut facts) = (Cursor::new(view), Facts::default());
    id3::skip(&mut cursor, &mut facts)?;
    if &cursor.take::<4>()? != b"fLaC" {
        return Err(Stop::Damaged("its header makes no sense"));
    }
    let mut stream = None;
    for index in 0..=MAX_BLOCKS {
        if index == MAX_BLOCKS {
            return Err(Stop::Damaged("the description of its sound has no end"));
        }
        let [kind, a, b, c] = cursor.take()?;
        let (start, len) = (cursor.at(), u64::from(u32::from_be_bytes([0, a, b, c])));
        cursor.skip(len)?;
        let behind = cursor.at();
        cursor.go(start);
        match (kind & 0x7F, &stream) {
            (0, None) if len >= 34 => stream = Some(Stream::read(&mut cursor)?),
            (_, None) => return Err(Stop::Damaged("the description of its sound is missing")),
            (4, _) => _ = lenient(ogg::comments(&mut cursor, behind, &mut facts))?,
            _ => {}
        }
        cursor.go(behind);
        if kind & 0x80 != 0 {
            break;
        }
    }
    let Some(stream) = stream else { return Err(Stop::Damaged("the description of its sound is missing")) };
    let start = cursor.at();
    if frame(&mut cursor)?.is_none() {
        return Err(Stop::Damaged("it holds no sound that can be played"));
    }
    facts.codecs = vec!["flac".to_owned()];
    facts.duration_ms = milliseconds(stream.samples, stream.rate).filter(|_| stream.samples > 0);
    let breaks_off = if is_short(view, start, &stream)? { vec![breaks_off()] } else { Vec::new() };
    Ok(Recording { facts, findings: breaks_off, end: None })
}

/// Whether the last frame lies before the end that the description gives.
fn is_short(view: &View, start: u64, stream: &Stream) -> Walk<bool> {
    let Some(block) = stream.block.filter(|_| stream.samples > 0) else { return Ok(false) };
    let mut cursor = Cursor::over(view, start.max(view.len.saturating_sub(LAST)), view.len);
    let mut last = None;
    while cursor.left() >= 16 {
        let at = cursor.at();
        let held = cursor.at_hand()?;
        let Some(ahead) = held.iter().position(|&byte| byte == 0xFF) else {
            let held = held.len() as u64;
            cursor.skip(held)?;
            continue;
        };
        cursor.go(at + ahead as u64);
        let found = lenient(frame(&mut cursor))?.flatten();
        last = found.or(last);
        cursor.go(at + ahead as u64 + 1);
    }
    // A stray match would be far off; the last number is of a frame, or of a sample where frames vary.
    let expected = (stream.samples - 1) / block;
    Ok(last.is_some_and(|last| last < expected))
}

/// The number of the frame at the cursor, if a whole header with a right sum is there.
fn frame(cursor: &mut Cursor) -> Walk<Option<u64>> {
    if cursor.left() < 16 {
        return Ok(None);
    }
    let start = cursor.at();
    let header: [u8; 16] = cursor.take()?;
    cursor.go(start);
    if header[0] != 0xFF || header[1] & 0xFE != 0xF8 {
        return Ok(None);
    }
    // A number as UTF-8 writes characters, only longer.
    let lead = header[4].leading_ones() as usize;
    let more = match lead {
        0 => 0,
        2..=7 => lead - 1,
        _ => return Ok(None),
    };
    let mut number = if lead == 0 { u64::from(header[4]) } else { u64::from(header[4]) & (0x7F >> lead.min(7)) };
    for byte in &header[5..5 + more] {
        number = number << 6 | u64::from(byte & 0x3F);
    }
    let behind_block = match header[2] >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    let behind_rate = match header[2] & 0xF {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    let sum_at = 5 + more + behind_block + behind_rate;
    let is_right = header.get(sum_at).is_some_and(|sum| *sum == sum_of(&header[..sum_at]));
    Ok(is_right.then_some(number))
}

fn sum_of(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 0x07 })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::id3::made;
    use super::*;
    use crate::domain::finding::FindingCode as F;
    use crate::domain::media_type::MediaType;
    use crate::inspect::{Report, recording};
    use crate::inspect::{
        Rules,
        made::{codes, spoilt, view},
    };

    fn block(kind: u8, content: &[u8]) -> Vec<u8> {
        let len = u32::try_from(content.len()).unwrap();
        [&[kind][..], &len.to_be_bytes()[1..], content].concat()
    }

    fn description(rate: u64, samples: u64) -> Vec<u8> {
        let word: u64 = rate << 44 | samples;
        block(0, &[&[0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0][..], &word.to_be_bytes(), &[0; 16]].concat())
    }

    fn frame_of(number: u8) -> Vec<u8> {
        let mut frame = vec![0xFF, 0xF8, 0xC9, 0x18, number];
        frame.push(sum_of(&frame));
        frame.extend([0x11; 60]);
        frame
    }

    /// Two frames of 4,096 samples.
    fn flac() -> Vec<u8> {
        let comments = block(0x84, b"\x08\0\0\0Recorder\x01\0\0\0\x10\0\0\0ARTIST=Jo Bloggs");
        [b"fLaC".to_vec(), description(8192, 8192), comments, frame_of(0), frame_of(1)].concat()
    }

    fn look(bytes: &[u8]) -> Report {
        recording::inspect(MediaType::Flac, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn a_whole_recording_tells_its_length_and_origin() {
        let report = look(&flac());
        assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(1000)));
        assert_eq!(
            (report.facts.author.as_deref(), report.facts.software.as_deref()),
            (Some("Jo Bloggs"), Some("Recorder"))
        );
    }

    #[test]
    fn a_tag_in_front_is_skipped() {
        let file = [made::tag(&made::frame(b"TPE1", b"\0Jo")), flac()].concat();
        assert_eq!(finding(&file), []);
        assert_eq!(recording::identify(&view(&file), MediaType::Mp3).unwrap(), MediaType::Flac);
        assert_eq!(recording::identify(&view(b"ID3 and nothing"), MediaType::Mp3).unwrap(), MediaType::Mp3);
    }

    #[test]
    fn a_cut_recording_plays_if_its_sound_began() {
        let whole = flac();
        assert_eq!(finding(&whole[..whole.len() - 66]), [F::Repaired]);
        for end in 4..whole.len() - 132 {
            assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
        }
    }

    #[test]
    fn a_description_that_makes_no_sense_is_damaged() {
        assert_eq!(finding(&[b"fLaC".to_vec(), description(0, 1), flac()].concat()), [F::Damaged]);
        assert_eq!(finding(&[b"fLaC".to_vec(), block(4, b""), flac()].concat()), [F::Damaged]);
        assert_eq!(
            finding(&[b"fLaC".to_vec(), description(1, 1), block(1, b"").repeat(MAX_BLOCKS)].concat()),
            [F::Damaged]
        );
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(flac())) {
            look(&file);
        }
    }
}
