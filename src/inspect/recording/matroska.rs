//! WebM, the part of Matroska (RFC 9559) that browsers play: elements within elements. A live recording leaves
//! the lengths of the outer ones open, and they end where one begins that cannot be in them.

mod elements;

use super::{Recording, breaks_off, protected};
use crate::domain::finding::{Facts, Finding, FindingCode};
use crate::domain::media_type::MediaType;
use crate::inspect::bytes::{Budget, Cursor, Stop, Walk, lenient};
use crate::inspect::{View, said};
use elements::{Element, element, number, real};

/// More elements than hours of video have pictures.
const MAX_ELEMENTS: u32 = 10_000_000;
/// More tracks than a recording has.
const MAX_TRACKS: usize = 64;

const EBML: u32 = 0x1A45_DFA3;
const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
/// What a cluster may be followed by: seek head, cues, chapters, tags, attachments.
const BESIDE: [u32; 5] = [0x114D_9B74, 0x1C53_BB6B, 0x1043_A770, 0x1254_C367, 0x1941_A469];

/// WebM by its document type, also where the file is too short for the coarse look.
pub fn of_head(head: &[u8]) -> Option<MediaType> {
    let rest = head.strip_prefix(b"\x1A\x45\xDF\xA3")?;
    let rest = &rest[..rest.len().min(256)];
    let at = rest.windows(2).position(|window| window == b"\x42\x82")? + 2;
    // Its length takes a byte more for each zero that it begins with.
    let name = rest.get(at + 1 + rest.get(at)?.leading_zeros() as usize..)?;
    name.starts_with(b"webm").then_some(MediaType::Webm)
}

pub fn look(view: &View) -> Walk<Recording> {
    let mut walk = Walker {
        cursor: Cursor::new(view),
        budget: Budget::new(MAX_ELEMENTS),
        facts: Facts::default(),
        tick: 1_000_000,
        stated: None,
        latest: None,
        tracks: 0,
        clusters: 0,
    };
    walk.header()?;
    let segment = walk.next(view.len)?;
    let Some(segment) = segment.filter(|element| element.id == SEGMENT) else {
        return Err(Stop::Damaged("it holds no sound and no picture"));
    };
    let end = segment.end.unwrap_or(view.len).min(view.len);
    let cut = walk.segment(end)?;
    if walk.tracks == 0 || walk.clusters == 0 {
        return Err(Stop::Damaged("it holds no sound and no picture that can be played"));
    }
    let stated = walk.stated.filter(|ticks| ticks.is_finite() && *ticks > 0.0 && *ticks < 1e15);
    // Milliseconds are nanoseconds here, and lengths are fractions.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded above"
    )]
    let stated = stated.map(|ticks| (ticks * walk.tick as f64 / 1e6) as u64);
    let latest = walk.latest.and_then(|ticks| ticks.checked_mul(walk.tick)).map(|nanoseconds| nanoseconds / 1_000_000);
    let mut facts = walk.facts;
    facts.duration_ms = stated.or(latest);
    let is_cut = cut || segment.end.is_some_and(|end| end > view.len);
    let findings = if is_cut { vec![breaks_off()] } else { Vec::new() };
    Ok(Recording { facts, findings, end: segment.end.map(|end| end.min(view.len)) })
}

struct Walker {
    cursor: Cursor,
    budget: Budget,
    facts: Facts,
    /// Nanoseconds.
    tick: u64,
    /// The length in ticks, as the file says, and the latest time that a cluster has.
    stated: Option<f64>,
    latest: Option<u64>,
    tracks: usize,
    clusters: u64,
}

impl Walker {
    fn next(&mut self, end: u64) -> Walk<Option<Element>> {
        self.budget.spend()?;
        element(&mut self.cursor, end)
    }

    /// The children of an element that ends, each of which does so within it.
    fn children(&mut self, parent: Element) -> Walk<Vec<Element>> {
        let end = parent.end.filter(|end| *end <= self.cursor.end());
        let end = end.ok_or(Stop::Damaged("it ends before it should"))?;
        let mut children = Vec::new();
        self.cursor.go(parent.body);
        while let Some(child) = self.next(end)? {
            let behind = child.end.filter(|behind| *behind <= end);
            let behind = behind.ok_or(Stop::Damaged("a part of it is longer than what it is a part of"))?;
            children.push(child);
            self.cursor.go(behind);
        }
        Ok(children)
    }

    fn header(&mut self) -> Walk<()> {
        let header = self.next(self.cursor.end())?.filter(|element| element.id == EBML);
        let header = header.ok_or(Stop::Damaged("its header makes no sense"))?;
        for child in self.children(header)? {
            if child.id == DOC_TYPE && self.text(child)?.as_deref() != Some("webm") {
                let detail = "The file is a Matroska video, not a WebM one, and many programs cannot play it. Save it \
                              as MP4 or WebM and upload that.";
                return Err(Stop::Refused(Finding::new(FindingCode::TypeMismatch, detail)));
            }
        }
        self.cursor.go(header.end.unwrap_or(self.cursor.end()));
        Ok(())
    }

    /// Walks what is in the segment; whether it breaks off.
    fn segment(&mut self, end: u64) -> Walk<bool> {
        loop {
            let found = match self.next(end) {
                Ok(Some(found)) => found,
                Ok(None) => return Ok(false),
                Err(Stop::Damaged(_)) if self.clusters > 0 => return Ok(true),
                Err(stop) => return Err(stop),
            };
            match found.id {
                INFO => self.info(found)?,
                TRACKS => self.all_tracks(found)?,
                CLUSTER => {
                    if self.cluster(found, end)? {
                        return Ok(true);
                    }
                    continue;
                }
                _ => {}
            }
            let Some(behind) = found.end.filter(|behind| *behind <= end) else {
                return if self.clusters > 0 { Ok(true) } else { Err(Stop::Damaged("it ends before it should")) };
            };
            self.cursor.go(behind);
        }
    }

    fn info(&mut self, info: Element) -> Walk<()> {
        for child in self.children(info)? {
            match child.id {
                0x2A_D7B1 => self.tick = number(&mut self.cursor, child)?.max(1),
                0x4489 => self.stated = real(&mut self.cursor, child)?,
                // Nanoseconds since the year 2001.
                0x4461 => {
                    self.facts.captured_at =
                        said::seconds_since(2001, number(&mut self.cursor, child)? / 1_000_000_000);
                }
                0x5741 => self.facts.software = self.text(child)?,
                0x4D80 => self.facts.software = self.facts.software.take().or(self.text(child)?),
                _ => {}
            }
        }
        Ok(())
    }

    fn all_tracks(&mut self, tracks: Element) -> Walk<()> {
        for entry in self.children(tracks)? {
            if entry.id != 0xAE || self.tracks == MAX_TRACKS {
                continue;
            }
            for child in self.children(entry)? {
                match child.id {
                    // Pictures and sound; subtitles alone are no recording.
                    0x83 => self.tracks += usize::from(matches!(number(&mut self.cursor, child)?, 1 | 2)),
                    0x86 => {
                        let codec = self.text(child)?;
                        self.facts.codecs.extend(codec);
                    }
                    0xE0 => self.size(child)?,
                    0x6D80 => self.refuse_encryption(child)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn size(&mut self, video: Element) -> Walk<()> {
        for child in self.children(video)? {
            match child.id {
                0xB0 => self.facts.width = u32::try_from(number(&mut self.cursor, child)?).ok(),
                0xBA => self.facts.height = u32::try_from(number(&mut self.cursor, child)?).ok(),
                _ => {}
            }
        }
        Ok(())
    }

    fn refuse_encryption(&mut self, encodings: Element) -> Walk<()> {
        for encoding in self.children(encodings)? {
            if self.children(encoding)?.iter().any(|child| child.id == 0x5035) {
                return Err(Stop::Refused(protected()));
            }
        }
        Ok(())
    }

    /// Walks a cluster and goes behind it; whether it breaks off.
    fn cluster(&mut self, cluster: Element, end: u64) -> Walk<bool> {
        let is_cut = cluster.end.is_some_and(|behind| behind > end);
        let inside = cluster.end.unwrap_or(end).min(end);
        self.cursor.go(cluster.body);
        let mut time = 0;
        loop {
            let start = self.cursor.at();
            let child = match self.next(inside) {
                Ok(Some(child)) => child,
                Ok(None) => break,
                Err(Stop::Damaged(_)) => return Ok(true),
                Err(stop) => return Err(stop),
            };
            if cluster.end.is_none() && (BESIDE.contains(&child.id) || [CLUSTER, INFO, TRACKS].contains(&child.id)) {
                self.cursor.go(start);
                return Ok(false);
            }
            let Some(behind) = child.end.filter(|behind| *behind <= inside) else { return Ok(true) };
            match child.id {
                0xE7 => time = number(&mut self.cursor, child)?,
                // A block, behind its track's number; also one within a group.
                0xA3 | 0xA0 => self.clusters += 1,
                _ => {}
            }
            let here = if child.id == 0xA3 { lenient(self.time_of(child, time))? } else { Some(time) };
            self.latest = self.latest.max(here);
            self.cursor.go(behind);
            // What is known of the length is enough: the rest of the cluster is not read.
            if cluster.end.is_some() && self.stated.is_some() && self.clusters > 0 {
                break;
            }
        }
        self.cursor.go(inside);
        Ok(is_cut)
    }

    /// A block's time: the cluster's, and a signed difference.
    fn time_of(&mut self, block: Element, base: u64) -> Walk<u64> {
        self.cursor.go(block.body);
        let lead = self.cursor.u8()?;
        self.cursor.skip(lead.leading_zeros().into())?;
        let difference = i16::from_be_bytes(self.cursor.take()?);
        Ok(base.saturating_add_signed(difference.into()))
    }

    fn text(&mut self, element: Element) -> Walk<Option<String>> {
        self.cursor.go(element.body);
        let end = element.end.unwrap_or(element.body);
        Ok(said::line(&self.cursor.take_at_most(end - element.body, said::TEXT)?))
    }
}

#[cfg(test)]
mod tests;
