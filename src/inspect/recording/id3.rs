//! ID3v2, the tag in front of MP3 and some other recordings: how long it is, and what of it is shown.

use crate::domain::finding::Facts;
use crate::inspect::bytes::{Cursor, Walk, lenient};
use crate::inspect::said;

/// More frames than taggers write.
const MAX_FRAMES: usize = 10_000;

/// Goes behind the tags in front of a recording, of which there may be several; reads the first.
pub fn skip(cursor: &mut Cursor, facts: &mut Facts) -> Walk<()> {
    let mut is_first = true;
    while let Some(tag) = Tag::open(cursor)? {
        if is_first {
            lenient(tag.read(cursor, facts))?;
        }
        is_first = false;
        // A tag may claim to be longer than the file: then nothing is behind it.
        cursor.go(tag.end.min(cursor.end()));
    }
    Ok(())
}

/// The order of sizes differs between versions.
struct Tag {
    version: u8,
    flags: u8,
    start: u64,
    end: u64,
}

impl Tag {
    fn open(cursor: &mut Cursor) -> Walk<Option<Self>> {
        let start = cursor.at();
        if cursor.left() < 10 {
            return Ok(None);
        }
        let [i, d, three, version, _, flags] = cursor.take()?;
        let len = seven_bits(cursor.take()?);
        if [i, d, three] != *b"ID3" {
            cursor.go(start);
            return Ok(None);
        }
        let footer = if flags & 0x10 != 0 { 10 } else { 0 };
        Ok(Some(Self { version, flags, start: start + 10, end: start + 10 + u64::from(len) + footer }))
    }

    fn read(&self, cursor: &mut Cursor, facts: &mut Facts) -> Walk<()> {
        cursor.go(self.start);
        if self.flags & 0x40 != 0 && self.version >= 3 {
            let extended: [u8; 4] = cursor.take()?;
            let len = if self.version == 3 { u32::from_be_bytes(extended) } else { seven_bits(extended).max(4) - 4 };
            cursor.skip(len.into())?;
        }
        for _ in 0..MAX_FRAMES {
            let Some((name, len)) = self.frame(cursor)? else { break };
            let behind = cursor.at().saturating_add(len);
            if matches!(&name, b"TPE1" | b"TP1\0" | b"TSSE" | b"TSS\0" | b"TENC" | b"TDRC" | b"TDRL") {
                let text = text(&cursor.take_at_most(len, said::TEXT)?);
                match &name {
                    b"TPE1" | b"TP1\0" => facts.author = text,
                    b"TSSE" | b"TSS\0" => facts.software = text,
                    b"TENC" => facts.software = facts.software.take().or(text),
                    _ => facts.captured_at = facts.captured_at.or_else(|| said::time(&text?)),
                }
            }
            cursor.go(behind);
        }
        Ok(())
    }

    /// The next frame's name and length; `None` at the padding.
    fn frame(&self, cursor: &mut Cursor) -> Walk<Option<([u8; 4], u64)>> {
        let header = if self.version == 2 { 6 } else { 10 };
        if cursor.at().saturating_add(header) > self.end {
            return Ok(None);
        }
        let (name, len) = if self.version == 2 {
            let (name, len) = (cursor.take::<3>()?, cursor.take::<3>()?);
            ([name[0], name[1], name[2], 0], u32::from_be_bytes([0, len[0], len[1], len[2]]))
        } else {
            let (name, len) = (cursor.take()?, cursor.take()?);
            cursor.skip(2)?;
            (name, if self.version == 3 { u32::from_be_bytes(len) } else { seven_bits(len) })
        };
        Ok((name[0] != 0).then_some((name, len.into())))
    }
}

/// Sizes are written in seven bits a byte, so that no size looks like a frame of sound.
fn seven_bits(bytes: [u8; 4]) -> u32 {
    bytes.iter().fold(0, |sum, byte| sum << 7 | u32::from(byte & 0x7F))
}

/// A text behind the byte that tells its encoding.
fn text(content: &[u8]) -> Option<String> {
    let (encoding, text) = content.split_first()?;
    match encoding {
        1 if text.starts_with(b"\xFE\xFF") => said::wide_line(&text[2..], true),
        1 if text.starts_with(b"\xFF\xFE") => said::wide_line(&text[2..], false),
        1 => said::wide_line(text, false),
        2 => said::wide_line(text, true),
        3 => said::line(text),
        _ => said::line(text.iter().map(|&byte| char::from(byte)).collect::<String>().as_bytes()),
    }
}

#[cfg(test)]
pub mod made {
    //! Tags as writers make them.

    pub fn frame(name: &[u8], content: &[u8]) -> Vec<u8> {
        let len = u32::try_from(content.len()).unwrap();
        [name, &len.to_be_bytes(), &[0, 0], content].concat()
    }

    /// Version 2.3.
    pub fn tag(frames: &[u8]) -> Vec<u8> {
        let len = u16::try_from(frames.len()).unwrap();
        let [high, low] = [u8::try_from(len >> 7).unwrap(), u8::try_from(len & 0x7F).unwrap()];
        assert!(high < 0x80);
        [&b"ID3\x03\0\0\0\0"[..], &[high, low], frames].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::made::{frame, tag};
    use super::*;
    use crate::inspect::made::view;

    fn read(bytes: &[u8]) -> (u64, Facts) {
        let (mut cursor, mut facts) = (Cursor::new(&view(bytes)), Facts::default());
        skip(&mut cursor, &mut facts).unwrap();
        (cursor.at(), facts)
    }

    #[test]
    fn texts_are_read_in_each_encoding() {
        for (content, wanted) in [
            (&b"\0Andr\xE9"[..], "Andr\u{e9}"),
            (b"\x01\xFF\xFEJ\0o\0", "Jo"),
            (b"\x01\xFE\xFF\0J\0o", "Jo"),
            (b"\x02\0J\0o", "Jo"),
            (b"\x03Andr\xC3\xA9\0", "Andr\u{e9}"),
        ] {
            let (_, facts) = read(&[&tag(&frame(b"TPE1", content))[..], &[0; 20]].concat());
            assert_eq!(facts.author.as_deref(), Some(wanted));
        }
    }

    #[test]
    fn older_and_later_versions_are_read() {
        let (_, facts) = read(b"ID3\x02\0\0\0\0\0\x0ATP1\0\0\x04\0Jo\0..");
        assert_eq!(facts.author.as_deref(), Some("Jo"));
        let (_, facts) = read(b"ID3\x04\0\0\0\0\0\x1ETDRC\0\0\0\x14\0\0\x032026-11-05T09:30:00");
        assert_eq!(facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
    }

    #[test]
    fn tags_are_skipped_by_their_length_whatever_is_in_them() {
        let one = tag(&frame(b"TPE1", b"\0Jo"));
        assert_eq!(read(&[&one[..], &one, b"sound"].concat()).0, 2 * one.len() as u64);
        assert_eq!(read(b"ID3\x03\0\0\0\0\0\x05\xFF\xFF\xFF\xFF\xFFsound").0, 15);
        assert_eq!(read(b"ID3\x04\0\0\x7F\x7F\x7F\x7Fshort").0, 15);
        assert_eq!(read(b"sound").0, 0);
    }
}
