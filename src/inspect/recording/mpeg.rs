//! MP3 and its sisters (ISO/IEC 11172-3 and 13818-3): frames one behind the other. A stray pair of bytes looks
//! like a frame, so one counts only where the next follows it.

use super::{Recording, breaks_off, id3, milliseconds};
use crate::domain::finding::Facts;
use crate::inspect::View;
use crate::inspect::bytes::{Cursor, Stop, Walk};

/// How far behind the tag the first frame may be.
const STRAY: u64 = 512 * 1024;
/// How far into the file's head it may be, where nothing else speaks for MP3.
const STRAY_IN_HEAD: usize = 4096;
/// Frames that are walked before the rest is reckoned from their rate: some minutes of sound.
const WALKED: u64 = 20_000;
/// What may stand behind the last frame of a recording that is all walked: the old tag, and a little more.
const SHORT_TAG: u64 = 1024;
/// Frames in a row that make a recording of bytes which could be anything.
const IN_A_ROW: usize = 3;

/// Thousands of bits a second: MPEG 1 layers I, II, III, then MPEG 2 layer I, and its layers II and III.
const RATES: [[u16; 15]; 5] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// A frame's header.
#[derive(Clone, Copy)]
struct Frame {
    /// Version, layer and sampling rate, which stay the same throughout.
    kind: u32,
    layer: u32,
    len: u64,
    samples: u64,
    rate: u64,
    /// How far from its start the description of the whole stands, in the first frame of some recordings.
    about: u64,
}

impl Frame {
    fn read(header: [u8; 4]) -> Option<Self> {
        let word = u32::from_be_bytes(header);
        let (version, layer, bits, hertz) = (word >> 19 & 3, 4 - (word >> 17 & 3), word >> 12 & 0xF, word >> 10 & 3);
        if word >> 21 != 0x7FF || version == 1 || layer == 4 || bits == 0 || bits == 15 || hertz == 3 {
            return None;
        }
        let is_first = version == 3;
        let table = if is_first { layer - 1 } else { 3 + (layer.min(2) - 1) };
        let bits = u64::from(RATES[table as usize][bits as usize]) * 1000;
        // MPEG 1, 2 and 2.5 halve the rate from one to the next.
        let rate = [44_100, 48_000, 32_000][hertz as usize]
            >> match version {
                3 => 0,
                2 => 1,
                _ => 2,
            };
        let samples = match (layer, is_first) {
            (1, _) => 384,
            (3, false) => 576,
            _ => 1152,
        };
        let slot = if layer == 1 { 4 } else { 1 };
        let len = (samples / 8 * bits / rate / slot + u64::from(word >> 9 & 1)) * slot;
        let is_mono = word >> 6 & 3 == 3;
        let about = 4 + match (is_first, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        Some(Self { kind: word & 0xFFFE_0C00, layer, len, samples, rate, about })
    }
}

/// Whether frames stand in a row near the start of a file.
pub fn of_head(head: &[u8]) -> bool {
    (0..head.len().min(STRAY_IN_HEAD)).any(|start| {
        let (mut at, mut kind) = (start, None);
        for _ in 0..IN_A_ROW {
            let header = head.get(at..at + 4).and_then(|header| header.try_into().ok());
            let frame = header.and_then(Frame::read).filter(|frame| kind.is_none_or(|kind| kind == frame.kind));
            let Some(frame) = frame else { return false };
            kind = Some(frame.kind);
            at += usize::try_from(frame.len).unwrap_or(usize::MAX);
        }
        true
    })
}

pub fn look(view: &View) -> Walk<Recording> {
    let (mut cursor, mut facts) = (Cursor::new(view), Facts::default());
    id3::skip(&mut cursor, &mut facts)?;
    let Some((start, first)) = first(&mut cursor)? else {
        return Err(Stop::Damaged("it holds no sound that can be played"));
    };
    facts.codecs = vec![format!("mp{}", first.layer)];
    let stated = stated_frames(&mut cursor, start, first)?;
    let walked = walk(&mut cursor, start, first)?;
    // The frame with the description is not counted in it, and is walked.
    let is_cut = walked.is_all && view.len - walked.end < SHORT_TAG && stated.is_some_and(|count| walked.count < count);
    let frames = stated.filter(|_| !is_cut).unwrap_or_else(|| {
        // The rest of the file, at the length that the frames had up to here.
        let rest = if walked.is_all { 0 } else { view.len - walked.end };
        walked.count + rest * walked.count / (walked.end - start).max(1)
    });
    facts.duration_ms = milliseconds(frames * first.samples, first.rate);
    // Where sound gave way to something else is an end only if that is something known.
    let end = if walked.is_all { behind_tags(&mut cursor, walked.end)? } else { None };
    let findings = if is_cut { vec![breaks_off()] } else { Vec::new() };
    Ok(Recording { facts, findings, end })
}

/// The first frame that another of its kind follows.
fn first(cursor: &mut Cursor) -> Walk<Option<(u64, Frame)>> {
    let from = cursor.at();
    let until = from.saturating_add(STRAY);
    while cursor.left() >= 4 && cursor.at() < until {
        let start = cursor.at();
        let Some(ahead) = cursor.at_hand()?.iter().position(|&byte| byte == 0xFF) else {
            let held = cursor.at_hand()?.len() as u64;
            cursor.skip(held)?;
            continue;
        };
        let start = start + ahead as u64;
        cursor.go(start);
        if let Some(frame) = frame(cursor)? {
            cursor.go(start + frame.len);
            if is_followed(cursor, frame)? {
                return Ok(Some((start, frame)));
            }
        }
        cursor.go(start + 1);
    }
    Ok(None)
}

/// Whether the cursor is at another frame like the one before; at its end a recording needs no other, unless
/// it is just one.
fn is_followed(cursor: &mut Cursor, before: Frame) -> Walk<bool> {
    Ok(frame(cursor)?.is_some_and(|next| next.kind == before.kind))
}

fn frame(cursor: &mut Cursor) -> Walk<Option<Frame>> {
    if cursor.left() < 4 { Ok(None) } else { cursor.take().map(Frame::read) }
}

/// How many frames the recording has by the description that encoders of varying rate put in the first.
fn stated_frames(cursor: &mut Cursor, start: u64, first: Frame) -> Walk<Option<u64>> {
    if cursor.end() < start + first.about + 12 {
        return Ok(None);
    }
    cursor.go(start + first.about);
    let (magic, flags): ([u8; 4], u32) = (cursor.take()?, cursor.be32()?);
    if matches!(&magic, b"Xing" | b"Info") && flags & 1 == 1 {
        return cursor.be32().map(|count| Some(u64::from(count)).filter(|count| *count > 0));
    }
    cursor.go(start + 4 + 32);
    if cursor.left() >= 18 && &cursor.take::<4>()? == b"VBRI" {
        cursor.skip(10)?;
        return cursor.be32().map(|count| Some(u64::from(count)).filter(|count| *count > 0));
    }
    Ok(None)
}

struct Walked {
    count: u64,
    end: u64,
    /// Whether the frames ended, and not only the walk.
    is_all: bool,
}

fn walk(cursor: &mut Cursor, start: u64, first: Frame) -> Walk<Walked> {
    let (mut count, mut end) = (0, start);
    while count < WALKED {
        cursor.go(end);
        match frame(cursor)? {
            Some(next) if next.kind == first.kind => {
                count += 1;
                end = (end + next.len).min(cursor.end());
            }
            _ => return Ok(Walked { count, end, is_all: true }),
        }
    }
    Ok(Walked { count, end, is_all: false })
}

/// Where the tags that taggers append end, if that or the end of sound is the end of what is known: a few stray
/// bytes, or another start of frames, are nothing that a player minds.
fn behind_tags(cursor: &mut Cursor, end: u64) -> Walk<Option<u64>> {
    cursor.go(end);
    let rest = cursor.take_at_most(cursor.left(), 16)?;
    let is_known = [&b"%PDF-"[..], b"PK\x03\x04", b"MZ", b"\x7FELF", b"<", b"\x89PNG", b"\xFF\xD8\xFF"];
    Ok(is_known.iter().any(|magic| rest.starts_with(magic)).then_some(end))
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

    /// MPEG 1, layer III, 128 kbit/s at 44,100 Hz: 417 bytes.
    const PLAIN: [u8; 4] = [0xFF, 0xFB, 0x90, 0x00];

    fn frames(header: [u8; 4], count: usize) -> Vec<u8> {
        let len = usize::try_from(Frame::read(header).unwrap().len).unwrap();
        let mut one = vec![0; len];
        one[..4].copy_from_slice(&header);
        one.repeat(count)
    }

    fn mp3() -> Vec<u8> {
        let tag = made::tag(&[made::frame(b"TPE1", b"\0Jo Bloggs"), made::frame(b"TSSE", b"\0Recorder")].concat());
        [tag, frames(PLAIN, 10)].concat()
    }

    fn look(bytes: &[u8]) -> Report {
        recording::inspect(MediaType::Mp3, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn a_whole_recording_tells_its_length_and_origin() {
        let report = look(&mp3());
        assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(261)));
        assert_eq!(
            (report.facts.author.as_deref(), report.facts.software.as_deref()),
            (Some("Jo Bloggs"), Some("Recorder"))
        );
        assert_eq!(report.facts.codecs, ["mp3"]);
    }

    #[test]
    fn frames_of_every_version_and_layer_have_their_lengths() {
        for (header, len, samples) in [
            (PLAIN, 417, 1152),
            ([0xFF, 0xFB, 0x92, 0x00], 418, 1152),
            ([0xFF, 0xFD, 0x90, 0x00], 522, 1152),
            ([0xFF, 0xFF, 0x90, 0x00], 312, 384),
            ([0xFF, 0xF3, 0x84, 0x64], 192, 576),
            ([0xFF, 0xE3, 0x48, 0x64], 288, 576),
        ] {
            let frame = Frame::read(header).unwrap();
            assert_eq!((frame.len, frame.samples), (len, samples), "{header:02X?}");
            assert_eq!((finding(&frames(header, 3)), of_head(&frames(header, 4))), (vec![], true));
        }
        for header in [[0xFF, 0xF1, 0x50, 0x80], [0xFF, 0xEB, 0x90, 0], [0xFF, 0xFB, 0xF0, 0], [0xFF, 0xFB, 0x9C, 0]] {
            assert!(Frame::read(header).is_none(), "{header:02X?}");
        }
    }

    #[test]
    fn the_encoders_count_of_frames_is_taken() {
        for about in [&b"Xing\0\0\0\x01\0\0\0\x50"[..], b"VBRI\0\x01\0\0\0\0\0\0\0\0\0\0\0\x50"] {
            let mut file = frames(PLAIN, 81);
            file[36..36 + about.len()].copy_from_slice(about);
            assert_eq!((finding(&file), look(&file).facts.duration_ms), (vec![], Some(2089)));
            file.truncate(417 * 20);
            assert_eq!((finding(&file), look(&file).facts.duration_ms), (vec![F::Repaired], Some(522)));
        }
    }

    #[test]
    fn a_long_recording_is_reckoned_from_its_beginning() {
        let file = frames(PLAIN, 25_000);
        let wanted = 25_000 * 1152 * 1000 / 44_100;
        assert!(look(&file).facts.duration_ms.unwrap().abs_diff(wanted) < 100);
    }

    #[test]
    fn stray_bytes_in_front_are_skipped() {
        assert_eq!(
            finding(&[&b"ID3\x03\0\0\0\0\0\x05TIT2\0\0\0\0\0\xFF\xFB\x90\0"[..], &frames(PLAIN, 3)].concat()),
            []
        );
        assert!(of_head(&[&[7; 100][..], &frames(PLAIN, 4)].concat()));
        assert!(!of_head(&frames(PLAIN, 2)) && !of_head(b"") && !of_head(&[0xFF; 8192]));
    }

    #[test]
    fn tags_without_sound_are_damaged() {
        assert_eq!(finding(b"ID3\x03\0\0\0\0\0\x0A\0\0\0\0\0\0\0\0\0\0<html><script>"), [F::Damaged]);
        assert_eq!(finding(&[&b"ID3\x04\0\0\x7F\x7F\x7F\x7F"[..], &[0; 100]].concat()), [F::Damaged]);
        assert_eq!(finding(&frames(PLAIN, 1)), [F::Damaged]);
        assert_eq!(finding(&frames(PLAIN, 2)[..300]), [F::Damaged]);
    }

    #[test]
    fn a_cut_recording_plays_to_the_cut() {
        let whole = mp3();
        assert_eq!(finding(&whole[..whole.len() - 700]), []);
    }

    #[test]
    fn other_files_before_and_behind_are_told() {
        let tail = |tail: &[u8]| finding(&[&mp3()[..], tail].concat());
        assert_eq!(tail(&[&b"TAG"[..], &[0; 125]].concat()), []);
        assert_eq!(tail(b"PK\x03\x04"), [F::TrailingData]);
        assert_eq!(tail(b"%PDF-1.4"), [F::Polyglot]);
        let tag = made::tag(&made::frame(b"PRIV", b"%PDF-1.4"));
        assert_eq!(finding(&[tag, frames(PLAIN, 3)].concat()), [F::Unverifiable]);
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(mp3())) {
            look(&file);
            of_head(&file);
        }
    }
}
