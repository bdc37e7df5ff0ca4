//! MP4, MOV and M4A (ISO/IEC 14496-12): an index of tracks whose samples lie in the file, and in no other. The
//! samples themselves are skipped, however long they are.

mod about;
mod fragments;
mod track;

use super::{Recording, breaks_off, four_letters, milliseconds, protected};
use crate::domain::finding::{Facts, Finding, FindingCode};
use crate::domain::media_type::MediaType;
use crate::inspect::boxes::{self, MAX_BOXES, Span, Top};
use crate::inspect::bytes::{Budget, Cursor, ENDS_EARLY, Stop, Walk};
use crate::inspect::{View, said};
use track::{Kind, Track};

/// More tracks than a recording has.
const MAX_TRACKS: usize = 256;
/// Brands that share the boxes and are other types.
const OTHERS: [&[u8]; 12] =
    [b"3g", b"qt  ", b"he", b"avif", b"avis", b"mif1", b"msf1", b"crx ", b"jp", b"mj", b"F4", b"MQ"];
/// Brands of MP4 that others name as compatible.
const COMPATIBLE: [&[u8]; 8] = [b"iso", b"mp41", b"mp42", b"avc1", b"dash", b"M4V", b"cmf", b"hvc1"];

/// A recording's type by its brands, or by how QuickTime began before there were brands.
pub fn of_head(head: &[u8]) -> Option<MediaType> {
    let len = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let kind = head.get(4..8)?;
    if kind != b"ftyp" {
        let next = head.get(len.checked_add(4)?..len.checked_add(8)?);
        let filler = [b"wide", b"free", b"skip", b"pnot"].iter().any(|known| kind == *known);
        return (filler && matches!(next, Some(b"moov" | b"mdat"))).then_some(MediaType::Mov);
    }
    let brands = head.get(8..head.len().min(len))?;
    let major = brands.get(..4)?;
    if matches!(major, b"M4B " | b"M4P ") {
        return Some(MediaType::M4a);
    }
    let is_other = OTHERS.iter().any(|other| major.starts_with(other));
    let names_ours = brands.chunks_exact(4).any(|brand| COMPATIBLE.iter().any(|ours| brand.starts_with(ours)));
    (!is_other && names_ours).then_some(MediaType::Mp4)
}

/// What goes through the boxes of one file.
struct Reader {
    cursor: Cursor,
    budget: Budget,
}

impl Reader {
    fn new(view: &View) -> Self {
        Self { cursor: Cursor::new(view), budget: Budget::new(MAX_BOXES) }
    }

    fn top(&mut self) -> Walk<Top> {
        boxes::top(&mut self.cursor, &mut self.budget)
    }

    fn within(&mut self, span: Span) -> Walk<Vec<Span>> {
        boxes::within(&mut self.cursor, &mut self.budget, span.body, span.end)
    }

    /// The index of a file, whole.
    fn index(&mut self, top: &Top) -> Walk<Vec<Span>> {
        let moov = boxes::first(&top.boxes, *b"moov").ok_or(Stop::Damaged("its index is missing"))?;
        if top.cut && top.boxes.last().is_some_and(|last| last.body == moov.body) {
            return Err(Stop::Damaged(ENDS_EARLY));
        }
        self.within(moov)
    }

    fn tracks(&mut self, index: &[Span]) -> Walk<Vec<Track>> {
        let mut tracks = Vec::new();
        for trak in index.iter().filter(|span| &span.kind == b"trak").take(MAX_TRACKS) {
            tracks.push(self.track(*trak)?);
        }
        Ok(tracks)
    }
}

/// Whether a file has moving pictures, and not only the stills that audio books show by chapter.
pub fn has_pictures(view: &View) -> Walk<bool> {
    let mut reader = Reader::new(view);
    let top = reader.top()?;
    let index = reader.index(&top)?;
    let is_moving = |track: &Track| track.kind == Kind::Picture && !matches!(&track.codec, b"jpeg" | b"png ");
    Ok(reader.tracks(&index)?.iter().any(is_moving))
}

pub fn look(view: &View) -> Walk<Recording> {
    let mut reader = Reader::new(view);
    let top = reader.top()?;
    let index = reader.index(&top)?;
    if boxes::first(&index, *b"rmra").is_some() {
        return Err(Stop::Refused(external()));
    }
    let tracks = reader.tracks(&index)?;
    if tracks.is_empty() {
        return Err(Stop::Damaged("it holds no sound and no picture"));
    }
    let head = reader.head(&index)?;
    let fragments = reader.fragments(&top, &index, &tracks)?;
    let findings = judged(&tracks, fragments.as_ref(), top.cut)?;
    let mut facts = Facts { captured_at: head.created_at, ..Facts::default() };
    facts.codecs = tracks.iter().filter(|track| track.is_playable()).map(|track| four_letters(track.codec)).collect();
    facts.codecs.retain(|codec| !codec.is_empty());
    let size = tracks.iter().find(|track| track.kind == Kind::Picture).and_then(|track| track.size);
    (facts.width, facts.height) = size.unzip();
    let longest = tracks.iter().filter_map(|track| milliseconds(track.duration, track.timescale)).max();
    let stated = head.duration_ms.or(longest).filter(|duration| *duration > 0);
    facts.duration_ms = stated.max(fragments.and_then(|fragments| fragments.duration_ms));
    reader.about(&index, &mut facts)?;
    Ok(Recording { facts, findings, end: Some(top.end) })
}

/// What the tracks and what is there of them make of the file.
fn judged(tracks: &[Track], fragments: Option<&fragments::Fragments>, is_cut: bool) -> Walk<Vec<Finding>> {
    let is_fragmented = fragments.is_some_and(|fragments| fragments.count > 0);
    let playable = || tracks.iter().filter(|track| track.is_playable() && (track.has_samples() || is_fragmented));
    if playable().any(Track::is_protected) {
        return Err(Stop::Refused(protected()));
    }
    if fragments.is_some() && !is_fragmented && playable().count() == 0 {
        return Err(Stop::Damaged("it holds no sound and no picture that can be played"));
    }
    let is_missing = !is_fragmented && playable().all(Track::is_missing);
    if is_missing && is_cut {
        return Err(Stop::Damaged(ENDS_EARLY));
    }
    let mut findings = Vec::new();
    if is_missing {
        let detail = "No sound and no picture was found in the recording. Play it to see whether it shows what it \
                      should.";
        findings.push(Finding::new(FindingCode::Unverifiable, detail));
    }
    if is_cut || !is_missing && playable().any(|track| track.chunks_beyond > 0) {
        findings.push(breaks_off());
    }
    Ok(findings)
}

fn external() -> Finding {
    let detail = "The recording takes its sound or pictures from another file, which is not uploaded with it. Save \
                  it as one whole file (in QuickTime: as a self-contained movie) and upload that.";
    Finding::new(FindingCode::ExternalReference, detail)
}

/// What the index's header says of the whole.
struct Head {
    created_at: Option<chrono::NaiveDateTime>,
    duration_ms: Option<u64>,
}

/// A header's times: when, in which units, and how long; all bits set mean that its writer did not know.
struct Times {
    created: u64,
    timescale: u64,
    duration: u64,
}

impl Reader {
    fn head(&mut self, index: &[Span]) -> Walk<Head> {
        let Some(mvhd) = boxes::first(index, *b"mvhd") else {
            return Ok(Head { created_at: None, duration_ms: None });
        };
        let times = self.times(mvhd)?;
        // Seconds since 1904, or since 1970 by a common mistake; the two do not overlap.
        let created_at = said::seconds_since(1904, times.created).or_else(|| said::seconds_since(1970, times.created));
        let duration_ms = milliseconds(times.duration, times.timescale).filter(|duration| *duration > 0);
        Ok(Head { created_at, duration_ms })
    }

    /// Of `mvhd` and `mdhd`, which begin alike.
    fn times(&mut self, header: Span) -> Walk<Times> {
        self.cursor.go(header.body);
        let is_long = self.cursor.be32()? >> 24 == 1;
        let (created, timescale, duration) = if is_long {
            let created = self.cursor.be64()?;
            self.cursor.skip(8)?;
            (created, self.cursor.be32()?, self.cursor.be64()?)
        } else {
            let created = self.cursor.be32()?;
            self.cursor.skip(4)?;
            let (timescale, duration) = (self.cursor.be32()?, self.cursor.be32()?);
            (created.into(), timescale, if duration == u32::MAX { 0 } else { duration.into() })
        };
        let duration = if duration == u64::MAX { 0 } else { duration };
        Ok(Times { created, timescale: timescale.into(), duration })
    }
}

#[cfg(test)]
mod tests;
