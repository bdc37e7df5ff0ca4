//! One track: what it is of, how it is coded, and whether its tables hold what they promise and point into the
//! file. A table's count is held against its length before anything is read.

use super::{Reader, external};
use crate::inspect::boxes::{self, Span};
use crate::inspect::bytes::{Stop, Walk};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sound,
    Picture,
    /// Subtitles, times, places: nothing that plays alone.
    Other,
}

pub struct Track {
    pub id: u32,
    pub kind: Kind,
    pub codec: [u8; 4],
    pub size: Option<(u32, u32)>,
    pub timescale: u64,
    pub duration: u64,
    pub samples: u64,
    chunks: u64,
    /// Chunks of samples that begin behind the file's end.
    pub chunks_beyond: u64,
}

impl Track {
    pub fn is_playable(&self) -> bool {
        self.kind != Kind::Other
    }

    pub fn has_samples(&self) -> bool {
        self.samples > 0 && self.chunks > 0
    }

    pub fn is_missing(&self) -> bool {
        self.chunks_beyond == self.chunks
    }

    pub fn is_protected(&self) -> bool {
        matches!(&self.codec, b"drms" | b"drmi" | b"enca" | b"encv")
    }
}

/// What a table of samples is made of: bytes in front of its count, and bytes an entry.
struct Table {
    count: u64,
    start: u64,
}

impl Reader {
    pub fn track(&mut self, outer: Span) -> Walk<Track> {
        let parts = self.within(outer)?;
        let media = boxes::first(&parts, *b"mdia").ok_or(Stop::Damaged("the description of a track is incomplete"))?;
        let media = self.within(media)?;
        let mut track = Track {
            id: 0,
            kind: self.kind(&media)?,
            codec: [0; 4],
            size: None,
            timescale: 0,
            duration: 0,
            samples: 0,
            chunks: 0,
            chunks_beyond: 0,
        };
        if let Some(tkhd) = boxes::first(&parts, *b"tkhd") {
            self.header(&mut track, tkhd)?;
        }
        if let Some(mdhd) = boxes::first(&media, *b"mdhd") {
            let times = self.times(mdhd)?;
            (track.timescale, track.duration) = (times.timescale, times.duration);
        }
        let Some(minf) = boxes::first(&media, *b"minf") else { return Ok(track) };
        let minf = self.within(minf)?;
        if let Some(dinf) = boxes::first(&minf, *b"dinf") {
            self.refuse_references(dinf)?;
        }
        if let Some(stbl) = boxes::first(&minf, *b"stbl") {
            self.samples(&mut track, stbl)?;
        }
        Ok(track)
    }

    fn kind(&mut self, media: &[Span]) -> Walk<Kind> {
        let Some(hdlr) = boxes::first(media, *b"hdlr") else { return Ok(Kind::Other) };
        // Version, flags, and what QuickTime once had there.
        self.cursor.go(hdlr.body + 8);
        Ok(match &self.cursor.take()? {
            b"soun" => Kind::Sound,
            b"vide" | b"pict" => Kind::Picture,
            _ => Kind::Other,
        })
    }

    fn header(&mut self, track: &mut Track, tkhd: Span) -> Walk<()> {
        self.cursor.go(tkhd.body);
        let is_long = self.cursor.be32()? >> 24 == 1;
        self.cursor.skip(if is_long { 16 } else { 8 })?;
        track.id = self.cursor.be32()?;
        if tkhd.end - tkhd.body >= 84 {
            // Fractions of 16 bits.
            self.cursor.go(tkhd.end - 8);
            track.size = size(self.cursor.be32()? >> 16, self.cursor.be32()? >> 16);
        }
        Ok(())
    }

    fn refuse_references(&mut self, dinf: Span) -> Walk<()> {
        if let Some(dref) = boxes::first(&self.within(dinf)?, *b"dref")
            && !boxes::is_self_contained(&mut self.cursor, &mut self.budget, dref)?
        {
            return Err(Stop::Refused(external()));
        }
        Ok(())
    }

    fn samples(&mut self, track: &mut Track, stbl: Span) -> Walk<()> {
        for span in self.within(stbl)? {
            match &span.kind {
                b"stsd" => self.description(track, span)?,
                b"stsz" => track.samples = self.sizes(span)?,
                b"stz2" => track.samples = self.table(span, 8, 0)?.count,
                b"stts" | b"ctts" => _ = self.table(span, 4, 8)?,
                b"stsc" => _ = self.table(span, 4, 12)?,
                b"stss" => _ = self.table(span, 4, 4)?,
                b"stco" => self.chunks(track, span, 4)?,
                b"co64" => self.chunks(track, span, 8)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A table's count, once the table was found to be as long as that takes.
    fn table(&mut self, span: Span, ahead: u64, width: u64) -> Walk<Table> {
        self.cursor.go(span.body + ahead);
        let count = u64::from(self.cursor.be32()?);
        let start = self.cursor.at();
        if start + count * width > span.end {
            return Err(Stop::Damaged("its index is shorter than it says"));
        }
        Ok(Table { count, start })
    }

    fn sizes(&mut self, stsz: Span) -> Walk<u64> {
        self.cursor.go(stsz.body + 4);
        let all_alike = self.cursor.be32()? != 0;
        Ok(self.table(stsz, 8, if all_alike { 0 } else { 4 })?.count)
    }

    fn chunks(&mut self, track: &mut Track, span: Span, width: u64) -> Walk<()> {
        let Table { count, start } = self.table(span, 4, width)?;
        self.cursor.go(start);
        let len = self.cursor.end();
        for _ in 0..count {
            let at = if width == 8 { self.cursor.be64()? } else { self.cursor.be32()?.into() };
            track.chunks_beyond += u64::from(at >= len);
        }
        track.chunks = count;
        Ok(())
    }

    /// The first way in which the samples are coded: files have hardly ever more.
    fn description(&mut self, track: &mut Track, stsd: Span) -> Walk<()> {
        let entries = Span { body: stsd.body + 8, ..stsd };
        let Some(entry) = self.within(entries)?.first().copied() else { return Ok(()) };
        track.codec = entry.kind;
        if track.kind == Kind::Picture && entry.end - entry.body >= 28 {
            self.cursor.go(entry.body + 24);
            track.size = size(self.cursor.be16()?.into(), self.cursor.be16()?.into()).or(track.size);
        }
        Ok(())
    }
}

fn size(width: u32, height: u32) -> Option<(u32, u32)> {
    (width > 0 && height > 0).then_some((width, height))
}
