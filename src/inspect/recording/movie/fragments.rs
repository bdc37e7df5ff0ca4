//! Fragments: a recording written as it went, or cut up for streaming, has an index with each of its pieces. How
//! long it is shows only from all of them.

use super::{Reader, Track, milliseconds};
use crate::inspect::boxes::{self, Span, Top};
use crate::inspect::bytes::{Walk, lenient};

/// What the fragments of a file come to.
pub struct Fragments {
    pub count: u64,
    pub duration_ms: Option<u64>,
}

/// How far a track has come.
struct Progress {
    track: u32,
    timescale: u64,
    /// The length of a sample that says none.
    sample: u64,
    reached: u64,
}

impl Reader {
    /// Walks the fragments of a file whose index says that there may be some.
    pub fn fragments(&mut self, top: &Top, index: &[Span], tracks: &[Track]) -> Walk<Option<Fragments>> {
        let Some(mvex) = boxes::first(index, *b"mvex") else { return Ok(None) };
        let mut progress: Vec<_> = tracks
            .iter()
            .map(|track| Progress { track: track.id, timescale: track.timescale, sample: 0, reached: 0 })
            .collect();
        for trex in self.within(mvex)?.iter().filter(|span| &span.kind == b"trex") {
            self.cursor.go(trex.body + 4);
            let track = self.cursor.be32()?;
            self.cursor.skip(4)?;
            let sample = self.cursor.be32()?;
            progress.iter_mut().filter(|one| one.track == track).for_each(|one| one.sample = sample.into());
        }
        let mut count = 0;
        for moof in top.boxes.iter().filter(|span| &span.kind == b"moof") {
            count += 1;
            // What is wrong with one of them, and most of all with the last, leaves the others.
            lenient(self.fragment(*moof, &mut progress))?;
        }
        let duration_ms = progress.iter().filter_map(|one| milliseconds(one.reached, one.timescale)).max();
        Ok(Some(Fragments { count, duration_ms: duration_ms.filter(|duration| *duration > 0) }))
    }

    fn fragment(&mut self, moof: Span, progress: &mut [Progress]) -> Walk<()> {
        for traf in self.within(moof)?.iter().filter(|span| &span.kind == b"traf") {
            let parts = self.within(*traf)?;
            let Some(tfhd) = boxes::first(&parts, *b"tfhd") else { continue };
            self.cursor.go(tfhd.body);
            let (flags, track) = (self.cursor.be32()?, self.cursor.be32()?);
            let Some(one) = progress.iter_mut().find(|one| one.track == track) else { continue };
            let mut sample = one.sample;
            if flags & 0x08 != 0 {
                // Behind an offset and the number of a description, if they are there.
                self.cursor.skip(if flags & 0x01 != 0 { 8 } else { 0 } + if flags & 0x02 != 0 { 4 } else { 0 })?;
                sample = self.cursor.be32()?.into();
            }
            if let Some(tfdt) = boxes::first(&parts, *b"tfdt") {
                self.cursor.go(tfdt.body);
                let is_long = self.cursor.be32()? >> 24 == 1;
                let start = if is_long { self.cursor.be64()? } else { self.cursor.be32()?.into() };
                one.reached = one.reached.max(start);
            }
            for trun in parts.iter().filter(|span| &span.kind == b"trun") {
                one.reached = one.reached.saturating_add(self.run(*trun, sample)?);
            }
        }
        Ok(())
    }

    /// The length of a run of samples.
    fn run(&mut self, trun: Span, sample: u64) -> Walk<u64> {
        self.cursor.go(trun.body);
        let flags = self.cursor.be32()?;
        let count = u64::from(self.cursor.be32()?);
        self.cursor.skip(u64::from((flags & 0x05).count_ones()) * 4)?;
        if flags & 0x100 == 0 {
            return Ok(count.saturating_mul(sample));
        }
        let rest = u64::from((flags & 0xE00).count_ones()) * 4;
        let mut length = 0;
        for _ in 0..count {
            if self.cursor.at() >= trun.end {
                break;
            }
            length += u64::from(self.cursor.be32()?);
            self.cursor.skip(rest)?;
        }
        Ok(length)
    }
}
