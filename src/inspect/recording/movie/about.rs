//! What an index says about its recording, in the three ways that grew one after the other: QuickTime's user
//! data, the list of iTunes, and QuickTime's named keys, which phones write.

use super::Reader;
use crate::domain::finding::Facts;
use crate::inspect::boxes::{self, Span};
use crate::inspect::bytes::{Walk, lenient};
use crate::inspect::said;

/// More keys than writers use.
const MAX_KEYS: u32 = 1000;

#[derive(Clone, Copy)]
enum Said {
    Author,
    /// The program, which counts more than the device.
    Software,
    Device,
    CapturedAt,
}

impl Said {
    fn of_box(kind: [u8; 4]) -> Option<Self> {
        Some(match &kind {
            b"\xA9ART" | b"\xA9aut" => Self::Author,
            b"\xA9swr" | b"\xA9too" => Self::Software,
            b"\xA9mod" => Self::Device,
            b"\xA9day" => Self::CapturedAt,
            _ => return None,
        })
    }

    fn of_key(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"com.apple.quicktime.author" | b"com.apple.quicktime.artist" | b"author" | b"artist" => Self::Author,
            b"com.apple.quicktime.software" | b"encoder" => Self::Software,
            b"com.apple.quicktime.model" | b"com.android.model" => Self::Device,
            b"com.apple.quicktime.creationdate" => Self::CapturedAt,
            _ => return None,
        })
    }

    fn tell(self, facts: &mut Facts, text: &[u8]) {
        let Some(text) = said::line(text) else { return };
        match self {
            Self::Author => facts.author = Some(text),
            Self::Software => facts.software = Some(text),
            Self::Device => facts.software = facts.software.take().or(Some(text)),
            // With the zone of the place, so it is nearer to the device's clock than the header's time.
            Self::CapturedAt => facts.captured_at = said::time(&text).or(facts.captured_at),
        }
    }
}

impl Reader {
    pub fn about(&mut self, index: &[Span], facts: &mut Facts) -> Walk<()> {
        if let Some(udta) = boxes::first(index, *b"udta") {
            lenient(self.user_data(udta, facts))?;
        }
        if let Some(meta) = boxes::first(index, *b"meta") {
            lenient(self.meta(meta, facts))?;
        }
        Ok(())
    }

    fn user_data(&mut self, udta: Span, facts: &mut Facts) -> Walk<()> {
        for span in self.within(udta)? {
            if &span.kind == b"meta" {
                lenient(self.meta(span, facts))?;
            } else if let Some(said) = Said::of_box(span.kind) {
                self.cursor.go(span.body);
                let len = u64::from(self.cursor.be16()?);
                // The language.
                self.cursor.skip(2)?;
                let text = self.cursor.take_at_most(len.min(span.end.saturating_sub(self.cursor.at())), said::TEXT)?;
                said.tell(facts, &text);
            }
        }
        Ok(())
    }

    fn meta(&mut self, meta: Span, facts: &mut Facts) -> Walk<()> {
        self.cursor.go(meta.body);
        // In MP4 version and flags stand first, in QuickTime they do not.
        let [_, _, _, _, kind @ ..] = self.cursor.take::<8>()?;
        let body = if &kind == b"hdlr" { meta.body } else { meta.body + 4 };
        let parts = self.within(Span { body, ..meta })?;
        let keys = match boxes::first(&parts, *b"keys") {
            Some(keys) => self.keys(keys)?,
            None => Vec::new(),
        };
        let Some(ilst) = boxes::first(&parts, *b"ilst") else { return Ok(()) };
        for item in self.within(ilst)? {
            let index = u32::from_be_bytes(item.kind) as usize;
            let by_key = || keys.get(index.checked_sub(1)?).copied().flatten();
            let Some(said) = Said::of_box(item.kind).or_else(by_key) else { continue };
            if let Some(data) = boxes::first(&self.within(item)?, *b"data") {
                // Type and language.
                self.cursor.go(data.body + 8);
                let text = self.cursor.take_at_most(data.end.saturating_sub(data.body + 8), said::TEXT)?;
                said.tell(facts, &text);
            }
        }
        Ok(())
    }

    /// What each key of the list stands for, in order.
    fn keys(&mut self, keys: Span) -> Walk<Vec<Option<Said>>> {
        self.cursor.go(keys.body + 4);
        let count = self.cursor.be32()?;
        let mut known = Vec::new();
        for _ in 0..count.min(MAX_KEYS) {
            let start = self.cursor.at();
            let len = u64::from(self.cursor.be32()?).max(8);
            self.cursor.skip(4)?;
            known.push(Said::of_key(&self.cursor.take_at_most(len - 8, said::TEXT)?));
            if start + len >= keys.end {
                break;
            }
            self.cursor.go(start + len);
        }
        Ok(known)
    }
}
