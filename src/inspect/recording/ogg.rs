//! Ogg (RFC 3533): pages one behind the other. The first of each stream tells its codec; behind the codec's
//! headers there is at least one whole page of sound.

use super::{Recording, breaks_off, milliseconds};
use crate::domain::finding::{Facts, Finding, FindingCode};
use crate::inspect::bytes::{Budget, Cursor, Stop, Walk, lenient};
use crate::inspect::{View, said};

/// More pages than hours of sound have.
const MAX_PAGES: u32 = 20_000_000;
/// Streams of one file: sound, and perhaps an index or a text.
const MAX_STREAMS: usize = 16;
/// How much of a stream's first packet names its codec.
const HEAD: usize = 64;
/// The longest page: a header, 255 lengths, and as much as they can say.
const MAX_PAGE: usize = 27 + 255 + 255 * 255;
/// Comments that are read.
const MAX_COMMENTS: u32 = 1000;

/// Pages at the start, with the headers of the codec, whose sums are reckoned.
const SUMMED: u64 = 8;

/// No packet ends on the page.
const NO_POSITION: u64 = u64::MAX;
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;

struct Page {
    flags: u8,
    position: u64,
    serial: u32,
    body: u64,
    end: u64,
}

fn page(cursor: &mut Cursor) -> Walk<Page> {
    if &cursor.take::<5>()? != b"OggS\0" {
        return Err(Stop::Damaged("a part of it makes no sense"));
    }
    let flags = cursor.u8()?;
    let (position, serial) = (cursor.le64()?, cursor.le32()?);
    // The page's number, and its check sum.
    cursor.skip(8)?;
    let mut lengths = [0; 255];
    let lengths = &mut lengths[..usize::from(cursor.u8()?)];
    cursor.read(lengths)?;
    let body = cursor.at();
    let end = body + lengths.iter().map(|&len| u64::from(len)).sum::<u64>();
    Ok(Page { flags, position, serial, body, end })
}

/// Whether a page's check sum is right; its own place counts as zeros.
fn is_intact(cursor: &mut Cursor, start: u64, page: &Page) -> Walk<bool> {
    cursor.go(start);
    let mut bytes = cursor.take_at_most(page.end - start, MAX_PAGE)?;
    let Some(place) = bytes.get_mut(22..26) else { return Ok(false) };
    let stated = u32::from_le_bytes([place[0], place[1], place[2], place[3]]);
    place.fill(0);
    Ok(stated == sum_of(&bytes))
}

fn sum_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            if sum & 0x8000_0000 == 0 { sum << 1 } else { sum << 1 ^ 0x04C1_1DB7 }
        })
    })
}

struct Stream {
    serial: u32,
    codec: &'static str,
    /// Positions a second.
    rate: u64,
    /// Positions that are not played, at the start.
    ahead: u64,
    pages: u64,
    last: u64,
}

impl Stream {
    fn read(cursor: &mut Cursor, page: &Page) -> Walk<Self> {
        cursor.go(page.body);
        let head = cursor.take_at_most(page.end - page.body, HEAD)?;
        let le32 = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let le16 = |at: usize| head.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes);
        let (codec, rate, ahead) = if head.starts_with(b"\x01vorbis") {
            ("vorbis", le32(12), 0)
        } else if head.starts_with(b"OpusHead") {
            ("opus", 48_000, le16(10))
        } else if head.starts_with(b"\x7FFLAC") {
            // Twenty bits, behind the description's own header and block sizes.
            let rate = head.get(27..30).map_or(0, |b| u32::from_be_bytes([0, b[0], b[1], b[2]]) >> 4);
            ("flac", rate, 0)
        } else if head.starts_with(b"Speex   ") {
            ("speex", le32(36), 0)
        } else if head.starts_with(b"\x80theora") || head.starts_with(b"BBCD\0") || head.starts_with(b"\x01video") {
            return Err(Stop::Refused(video()));
        } else {
            ("", 0, 0)
        };
        Ok(Self { serial: page.serial, codec, rate: rate.into(), ahead: ahead.into(), pages: 1, last: 0 })
    }

    fn is_sound(&self) -> bool {
        !self.codec.is_empty() && self.rate > 0
    }
}

fn video() -> Finding {
    let detail = "The file is an Ogg video, which many programs cannot play. Save it as MP4 or WebM and upload that.";
    Finding::new(FindingCode::TypeNotAccepted, detail)
}

pub fn look(view: &View) -> Walk<Recording> {
    let mut cursor = Cursor::new(view);
    let mut walk = Pages { streams: Vec::new(), facts: Facts::default(), end: 0, is_cut: false };
    walk.all(&mut cursor)?;
    let Pages { streams, mut facts, end, is_cut } = walk;
    // Its position moves on where a page of sound is whole: all headers stand at zero.
    let Some(sound) = streams.iter().find(|stream| stream.is_sound() && stream.pages > 1 && stream.last > 0) else {
        return Err(Stop::Damaged("it holds no sound that can be played"));
    };
    facts.codecs = streams.iter().filter(|stream| stream.is_sound()).map(|stream| stream.codec.to_owned()).collect();
    facts.duration_ms = milliseconds(sound.last.saturating_sub(sound.ahead), sound.rate);
    let findings = if is_cut { vec![breaks_off()] } else { Vec::new() };
    Ok(Recording { facts, findings, end: Some(end) })
}

struct Pages {
    streams: Vec<Stream>,
    facts: Facts,
    end: u64,
    is_cut: bool,
}

impl Pages {
    fn all(&mut self, cursor: &mut Cursor) -> Walk<()> {
        let (mut budget, mut pages) = (Budget::new(MAX_PAGES), 0);
        while cursor.left() > 0 {
            budget.spend()?;
            let start = cursor.at();
            let page = match page(cursor) {
                Ok(page) if page.end <= cursor.end() => page,
                Ok(_) => {
                    self.cut(cursor);
                    return Ok(());
                }
                Err(Stop::Damaged(_)) => {
                    // Whether a page's header was cut, or something else begins.
                    cursor.go(start);
                    let head = cursor.take_at_most(cursor.left(), 4)?;
                    if b"OggS".starts_with(&head) {
                        self.cut(cursor);
                    }
                    return Ok(());
                }
                Err(stop) => return Err(stop),
            };
            pages += 1;
            if pages <= SUMMED && !is_intact(cursor, start, &page)? {
                return Err(Stop::Damaged("a check sum in it is wrong"));
            }
            self.one(cursor, &page)?;
            cursor.go(page.end);
            self.end = page.end;
        }
        Ok(())
    }

    fn cut(&mut self, cursor: &Cursor) {
        self.is_cut = true;
        self.end = cursor.end();
    }

    fn one(&mut self, cursor: &mut Cursor, page: &Page) -> Walk<()> {
        if page.flags & FIRST != 0 && page.flags & CONTINUED == 0 {
            let stream = Stream::read(cursor, page)?;
            if self.streams.len() < MAX_STREAMS {
                self.streams.push(stream);
            }
            return Ok(());
        }
        let Some(stream) = self.streams.iter_mut().find(|stream| stream.serial == page.serial) else { return Ok(()) };
        stream.pages += 1;
        if page.position != NO_POSITION {
            stream.last = stream.last.max(page.position);
        }
        if stream.pages == 2 {
            lenient(about(cursor, page, &mut self.facts))?;
        }
        Ok(())
    }
}

/// The comments, with which a stream's second page begins.
fn about(cursor: &mut Cursor, page: &Page, facts: &mut Facts) -> Walk<()> {
    cursor.go(page.body);
    let head: [u8; 8] = cursor.take()?;
    let skip = match &head {
        b"OpusTags" => 8,
        [3, b'v', b'o', b'r', b'b', b'i', b's', _] => 7,
        // A block of FLAC, with its own header.
        [4, ..] => 4,
        _ => return Ok(()),
    };
    cursor.go(page.body + skip);
    comments(cursor, page.end, facts)
}

/// Vorbis comments: the writer's name, then lines such as `ARTIST=Jo`.
pub fn comments(cursor: &mut Cursor, end: u64, facts: &mut Facts) -> Walk<()> {
    let len = u64::from(cursor.le32()?);
    facts.software = said::line(&cursor.take_at_most(len.min(cursor.left()), said::TEXT)?);
    for _ in 0..cursor.le32()?.min(MAX_COMMENTS) {
        let len = u64::from(cursor.le32()?);
        let behind = cursor.at().saturating_add(len);
        if behind > end {
            break;
        }
        let comment = cursor.take_at_most(len, said::TEXT)?;
        let Some(equals) = comment.iter().position(|&byte| byte == b'=') else { continue };
        let (name, text) = (comment[..equals].to_ascii_uppercase(), said::line(&comment[equals + 1..]));
        match &name[..] {
            b"ARTIST" => facts.author = facts.author.take().or(text),
            b"ENCODER" | b"ENCODED-BY" => facts.software = text.or(facts.software.take()),
            b"DATE" | b"CREATION_TIME" => facts.captured_at = facts.captured_at.or_else(|| said::time(&text?)),
            _ => {}
        }
        cursor.go(behind);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::finding::FindingCode as F;
    use crate::domain::media_type::MediaType;
    use crate::inspect::{Report, recording};
    use crate::inspect::{
        Rules,
        made::{codes, spoilt, view},
    };

    fn page(flags: u8, position: u64, body: &[u8]) -> Vec<u8> {
        let mut lengths = vec![255; body.len() / 255];
        lengths.push(u8::try_from(body.len() % 255).unwrap());
        let count = u8::try_from(lengths.len()).unwrap();
        let head = [&b"OggS\0"[..], &[flags], &position.to_le_bytes(), &[7, 0, 0, 0], &[0; 8], &[count]].concat();
        let mut page = [&head, &lengths[..], body].concat();
        let sum = super::sum_of(&page).to_le_bytes();
        page[22..26].copy_from_slice(&sum);
        page
    }

    fn comment_block() -> Vec<u8> {
        let line = |text: &str| [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat();
        [line("Recorder"), vec![2, 0, 0, 0], line("artist=Jo Bloggs"), line("DATE=2026-11-05T09:30:00Z")].concat()
    }

    fn vorbis_head() -> Vec<u8> {
        page(2, 0, &[b"\x01vorbis\0\0\0\0\x01", &8000_u32.to_le_bytes()[..], &[0; 14]].concat())
    }

    fn vorbis() -> Vec<u8> {
        let about = [b"\x03vorbis", &comment_block()[..], &[1]].concat();
        [vorbis_head(), page(0, 0, &about), page(0, 4000, &[1; 400]), page(4, 8000, &[1; 300])].concat()
    }

    fn look(bytes: &[u8]) -> Report {
        recording::inspect(MediaType::Ogg, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn a_whole_recording_tells_its_length_and_origin() {
        let report = look(&vorbis());
        assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(1000)));
        assert_eq!(
            (report.facts.author.as_deref(), report.facts.software.as_deref()),
            (Some("Jo Bloggs"), Some("Recorder"))
        );
        assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
        assert_eq!(report.facts.codecs, ["vorbis"]);
    }

    #[test]
    fn other_codecs_have_their_own_rates() {
        let opus = [
            page(2, 0, b"OpusHead\x01\x01\x38\x01\x80\xBB\0\0\0\0\0"),
            page(0, 0, b"OpusTags"),
            page(4, 48_312, &[1; 9]),
        ];
        assert_eq!(look(&opus.concat()).facts.duration_ms, Some(1000));
        let description =
            [&b"\x7FFLAC\x01\0\0\x01fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x01\xF4\0"[..], &[0; 20]].concat();
        let flac = [page(2, 0, &description), page(0, 0, b"\x04\0\0\0"), page(4, 8000, &[1; 9])];
        assert_eq!((look(&flac.concat()).facts.duration_ms, finding(&flac.concat())), (Some(1000), vec![]));
    }

    #[test]
    fn a_cut_recording_plays_if_its_sound_began() {
        let whole = vorbis();
        assert_eq!(finding(&whole[..whole.len() - 1]), [F::Repaired]);
        assert_eq!(finding(&whole[..whole.len() - 310]), [F::Repaired]);
        let begins = whole.len() - 330 - 430;
        for end in 5..begins {
            assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
        }
    }

    #[test]
    fn a_missing_mark_at_the_end_is_no_harm() {
        assert_eq!(finding(&[vorbis_head(), page(0, 0, b""), page(0, 800, &[1; 40])].concat()), []);
    }

    #[test]
    fn headers_with_wrong_sums_are_damaged() {
        let mut file = vorbis();
        file[40] ^= 1;
        assert_eq!(finding(&file), [F::Damaged]);
    }

    #[test]
    fn video_and_unknown_codecs_are_refused() {
        assert_eq!(finding(&[page(2, 0, b"\x80theora"), vorbis()].concat()), [F::TypeNotAccepted]);
        assert_eq!(finding(&[page(2, 0, b"unheard"), page(4, 800, b"1")].concat()), [F::Damaged]);
    }

    #[test]
    fn what_is_behind_the_end_is_told() {
        assert_eq!(finding(&[&vorbis()[..], b"PK\x03\x04"].concat()), [F::TrailingData]);
        assert_eq!(finding(&[&vorbis()[..], b"\x7FELF\x02"].concat()), [F::ActiveContent]);
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(vorbis())) {
            look(&file);
        }
    }
}
