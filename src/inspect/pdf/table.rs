//! What a reader had to repair. A table whose places are all off by the same few bytes was moved by a program that
//! wrote something in front of it: nothing is lost. One that is a broken stream may have held objects itself.

use lopdf::xref::XrefRecovery;
use lopdf::{Document, Object};

use super::damaged;
use crate::domain::finding::{Finding, FindingCode};

/// Entries that are compared: more than any everyday file has, and soon done.
const ENTRIES: usize = 100_000;

/// The remark that a repaired document deserves, if any; a document that lost its table for good is damaged.
pub fn repaired(document: &Document, bytes: &[u8]) -> Result<Option<Finding>, Finding> {
    match document.xref_recovery {
        None => Ok(None),
        Some(XrefRecovery::OffsetCorrected) => Ok(None),
        // Without a trailer only the newest catalogue was found, and a stream for a table is one that cannot be read.
        Some(_) if !document.trailer.has(b"Size") || is_stream(document) => Err(damaged()),
        Some(_) if is_shifted(bytes) => Ok(None),
        Some(_) => {
            let detail = "The PDF's structure had to be repaired to read it. Check that every page shows; if not, export it again.";
            Ok(Some(Finding::new(FindingCode::Repaired, detail)))
        }
    }
}

fn is_stream(document: &Document) -> bool {
    document.trailer.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"XRef")
}

/// Whether the last table lists every object at its place, give or take one distance for all.
fn is_shifted(bytes: &[u8]) -> bool {
    let Some(start) = rfind(bytes, b"startxref") else { return false };
    let told = number(skip(&bytes[start + 9..]));
    let table = rfind(&bytes[..start], b"xref").filter(|at| *at == 0 || bytes[at - 1].is_ascii_whitespace());
    let (Some((told, _)), Some(table)) = (told, table) else { return false };
    let Ok(told) = usize::try_from(told) else { return false };
    let mut rest = skip(&bytes[table + 4..]);
    let mut compared = 0;
    while let Some((first, behind)) = number(rest) {
        let Some((count, behind)) = number(skip(behind)) else { return false };
        rest = skip(behind);
        for index in 0..count {
            let Some((offset, behind)) = number(rest) else { return false };
            let Some((_, behind)) = number(skip(behind)) else { return false };
            let behind = skip(behind);
            let in_use = behind.first() == Some(&b'n');
            compared += 1;
            if in_use && !is_object(bytes, offset, table, told, first + index) || compared > ENTRIES {
                return false;
            }
            rest = skip(behind.get(1..).unwrap_or_default());
        }
    }
    compared > 0 && rest.starts_with(b"trailer")
}

/// Whether the object of this number begins at an offset, moved as far as the table was.
fn is_object(bytes: &[u8], offset: u64, table: usize, told: usize, object: u64) -> bool {
    let at = usize::try_from(offset).ok().and_then(|offset| (offset + table).checked_sub(told));
    let Some(text) = at.and_then(|at| bytes.get(at..)) else { return false };
    number(skip(text)).is_some_and(|(found, _)| found == object)
}

fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    Some((number, &text[digits..]))
}

fn skip(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}
