//! PNG (W3C): chunks with their check sums up to the end chunk, and pixels that inflate to as many bytes as the
//! header promises. What else is compressed is inflated within a bound and thrown away.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{MaxPixels, Picture, exif, repaired};
use crate::domain::finding::{Finding, FindingCode};
use crate::inspect::bytes::{Budget, Cursor, ENDS_EARLY, Stop, Walk};
use crate::inspect::{View, said};

/// More chunks than an animation has frames.
const MAX_CHUNKS: u32 = 1_000_000;
/// What all texts and colour profiles of a picture may grow to: real ones stay far below.
const MAX_INFLATED: u64 = 16 * 1024 * 1024;
/// What each of them counts for beside that, however small it is.
const COST_OF_ONE: u64 = 1024;

/// Colour types and the samples a pixel has in them.
const SAMPLES: [(u8, u64); 5] = [(0, 1), (2, 3), (3, 1), (4, 2), (6, 4)];
/// The seven passes of an interlaced picture: first column and row, and the steps between.
const PASSES: [[u32; 4]; 7] =
    [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

pub fn look(view: &View, pixels: MaxPixels) -> Walk<Picture> {
    let mut cursor = Cursor::new(view);
    cursor.skip(8)?;
    let mut budget = Budget::new(MAX_CHUNKS);
    let head = chunk(&mut cursor)?;
    if &head.kind != b"IHDR" {
        return Err(Stop::Damaged("its header is missing"));
    }
    let header = Header::read(&mut cursor)?;
    pixels.hold(header.width, header.height)?;
    let mut walk = Chunks {
        pixels: Inflated::new(header.bytes()),
        aside: MAX_INFLATED,
        said: exif::Said::default(),
        is_animated: false,
        wrong_sums: false,
    };
    walk.finish(&mut cursor, &head)?;
    let mut findings = Vec::new();
    let mut end = view.len;
    match walk.all(view, &mut cursor, &mut budget) {
        Ok(()) => end = cursor.at(),
        Err(Stop::Damaged(ENDS_EARLY)) if walk.shows_whole() => {
            findings.push(repaired("Its last part, which says that nothing more comes, is missing."));
        }
        Err(stop) => return Err(stop),
    }
    if !walk.pixels.whole() {
        return Err(Stop::Damaged("not all of its pixels are there"));
    }
    if walk.wrong_sums {
        findings.push(repaired("A check sum beside the pixels is wrong."));
    }
    let Header { width, height, .. } = header;
    Ok(Picture { width, height, end: Some(end), said: walk.said, findings })
}

struct Header {
    width: u32,
    height: u32,
    bits_per_pixel: u64,
    interlaced: bool,
}

impl Header {
    fn read(cursor: &mut Cursor) -> Walk<Self> {
        let (width, height) = (cursor.be32()?, cursor.be32()?);
        let [depth, colour, _, _, interlaced] = cursor.take()?;
        let samples = SAMPLES.iter().find(|(known, _)| *known == colour);
        let (Some((_, samples)), 1 | 2 | 4 | 8 | 16, 0 | 1) = (samples, depth, interlaced) else {
            return Err(Stop::Damaged("its header makes no sense"));
        };
        Ok(Self { width, height, bits_per_pixel: samples * u64::from(depth), interlaced: interlaced == 1 })
    }

    /// How many bytes the pixels are when inflated: each row starts with the number of its filter.
    fn bytes(&self) -> u64 {
        let rows = |width: u32, height: u32| {
            if width == 0 { 0 } else { (1 + (u64::from(width) * self.bits_per_pixel).div_ceil(8)) * u64::from(height) }
        };
        if !self.interlaced {
            return rows(self.width, self.height);
        }
        let part = |all: u32, first: u32, step: u32| all.saturating_sub(first).div_ceil(step);
        PASSES.iter().map(|[x, y, dx, dy]| rows(part(self.width, *x, *dx), part(self.height, *y, *dy))).sum()
    }
}

/// A chunk's header; the cursor stands at its content.
struct Chunk {
    kind: [u8; 4],
    start: u64,
    end: u64,
}

impl Chunk {
    /// Readers refuse a picture for damage in these, and skip the others.
    fn is_critical(&self) -> bool {
        self.kind[0].is_ascii_uppercase()
    }
}

fn chunk(cursor: &mut Cursor) -> Walk<Chunk> {
    let len = u64::from(cursor.be32()?);
    let kind: [u8; 4] = cursor.take()?;
    let start = cursor.at();
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(Stop::Damaged("a part of it makes no sense"));
    }
    if len + 4 > cursor.left() {
        return Err(Stop::Damaged(ENDS_EARLY));
    }
    Ok(Chunk { kind, start, end: start + len })
}

struct Chunks {
    pixels: Inflated,
    /// What texts and profiles may still grow to.
    aside: u64,
    said: exif::Said,
    is_animated: bool,
    wrong_sums: bool,
}

impl Chunks {
    /// Walks the chunks behind the header, up to the one that ends the picture.
    fn all(&mut self, view: &View, cursor: &mut Cursor, budget: &mut Budget) -> Walk<()> {
        loop {
            budget.spend()?;
            let found = chunk(cursor)?;
            if self.read(view, cursor, &found)? {
                return Ok(());
            }
        }
    }

    /// Whether all pixels of a picture are there that has only one frame.
    fn shows_whole(&self) -> bool {
        self.pixels.whole() && !self.is_animated
    }

    /// Reads one chunk; whether it was the last.
    fn read(&mut self, view: &View, cursor: &mut Cursor, chunk: &Chunk) -> Walk<bool> {
        match &chunk.kind {
            b"IDAT" => {
                self.pixels.feed(cursor, chunk.end)?;
            }
            b"acTL" => self.is_animated = true,
            b"tEXt" => self.text(&cursor.take_at_most(chunk.end - chunk.start, said::TEXT)?),
            // A keyword, and how the rest is compressed.
            b"zTXt" | b"iCCP" => self.inflate_aside(cursor, chunk, 1)?,
            // A keyword, whether and how the rest is compressed, and two texts on its language.
            b"iTXt" => {
                let is_compressed =
                    keyword(cursor, chunk.end)?.is_some() && cursor.at() < chunk.end && cursor.u8()? == 1;
                if is_compressed {
                    cursor.skip(1)?;
                    keyword(cursor, chunk.end)?;
                    keyword(cursor, chunk.end)?;
                    self.inflate_here(cursor, chunk.end)?;
                }
            }
            b"eXIf" => {
                let taken = exif::read(Cursor::over(view, chunk.start, chunk.end), chunk.start)?;
                self.said.captured_at = taken.captured_at.or(self.said.captured_at);
                self.said.software = taken.software.or(self.said.software.take());
                self.said.author = taken.author.or(self.said.author.take());
            }
            _ => {}
        }
        self.finish(cursor, chunk)?;
        Ok(&chunk.kind == b"IEND")
    }

    /// Compares the check sum and goes behind the chunk.
    fn finish(&mut self, cursor: &mut Cursor, chunk: &Chunk) -> Walk<()> {
        let mut sum = Crc::new();
        sum.update(&chunk.kind);
        cursor.go(chunk.start);
        while cursor.at() < chunk.end {
            let left = usize::try_from(chunk.end - cursor.at()).unwrap_or(usize::MAX);
            let held = cursor.at_hand()?;
            let held = &held[..held.len().min(left)];
            sum.update(held);
            let count = held.len() as u64;
            cursor.skip(count)?;
        }
        if cursor.be32()? != sum.sum() {
            if chunk.is_critical() {
                return Err(Stop::Damaged("a check sum in it is wrong"));
            }
            self.wrong_sums = true;
        }
        Ok(())
    }

    fn text(&mut self, content: &[u8]) {
        let Some(end) = content.iter().position(|&byte| byte == 0) else { return };
        // Latin-1, of which the first half is UTF-8 too.
        let text: String = content[end + 1..].iter().map(|&byte| char::from(byte)).collect();
        let text = || said::line(text.as_bytes());
        match &content[..end] {
            b"Software" => self.said.software = self.said.software.take().or_else(text),
            b"Author" => self.said.author = self.said.author.take().or_else(text),
            b"Creation Time" => {
                self.said.captured_at = self.said.captured_at.or_else(|| said::time(&text()?));
            }
            _ => {}
        }
    }

    fn inflate_aside(&mut self, cursor: &mut Cursor, chunk: &Chunk, skip: u64) -> Walk<()> {
        if keyword(cursor, chunk.end)?.is_none() || cursor.at() + skip > chunk.end {
            return Ok(());
        }
        cursor.skip(skip)?;
        self.inflate_here(cursor, chunk.end)
    }

    fn inflate_here(&mut self, cursor: &mut Cursor, end: u64) -> Walk<()> {
        // One more than it may be, to see whether it wants to be that.
        let mut inflated = Inflated::new(self.aside + 1);
        inflated.feed(cursor, end)?;
        if inflated.whole() {
            return Err(Stop::Refused(bomb()));
        }
        self.aside = self.aside.saturating_sub(inflated.done + COST_OF_ONE);
        Ok(())
    }
}

/// Goes behind the next zero before `end`; `None` where there is none.
fn keyword(cursor: &mut Cursor, end: u64) -> Walk<Option<()>> {
    while cursor.at() < end {
        if cursor.u8()? == 0 {
            return Ok(Some(()));
        }
    }
    Ok(None)
}

fn bomb() -> Finding {
    let detail = "A compressed text or colour profile in the picture unpacks to far more than any has, which fills \
                  the memory of whoever opens it. Save the picture anew without its additional data.";
    Finding::new(FindingCode::Bomb, detail)
}

/// A zlib stream that is inflated up to a number of bytes, into nothing.
struct Inflated {
    state: Decompress,
    scratch: Vec<u8>,
    done: u64,
    wanted: u64,
    /// The stream ended or broke: what comes now is no part of it.
    over: bool,
}

impl Inflated {
    fn new(wanted: u64) -> Self {
        Self { state: Decompress::new(true), scratch: vec![0; 64 * 1024], done: 0, wanted, over: false }
    }

    fn whole(&self) -> bool {
        self.done >= self.wanted
    }

    /// Takes what stands up to `end`.
    fn feed(&mut self, cursor: &mut Cursor, end: u64) -> Walk<()> {
        while cursor.at() < end && !self.over && !self.whole() {
            let left = usize::try_from(end - cursor.at()).unwrap_or(usize::MAX);
            let held = cursor.at_hand()?;
            let held = &held[..held.len().min(left)];
            let (taken, given) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(held, &mut self.scratch, FlushDecompress::None);
            let (taken, given) = (self.state.total_in() - taken, self.state.total_out() - given);
            self.done += given;
            self.over = !matches!(status, Ok(Status::Ok | Status::BufError)) || (taken == 0 && given == 0);
            cursor.skip(taken)?;
        }
        self.drain();
        Ok(())
    }

    /// What the last bytes taken still hold.
    fn drain(&mut self) {
        while !self.over && !self.whole() {
            let given = self.state.total_out();
            let status = self.state.decompress(&[], &mut self.scratch, FlushDecompress::None);
            let given = self.state.total_out() - given;
            self.done += given;
            self.over = !matches!(status, Ok(Status::Ok | Status::BufError));
            if given == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
