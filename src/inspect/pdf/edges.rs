//! What stands around a PDF in its file: a reader skips it, and something else may live there.

use crate::domain::finding::{Finding, FindingCode};

/// Readers look for the header in so many bytes, whatever stands before it (ISO 32000-1, annex H.3).
pub const HEADER_WITHIN: usize = 1024;

/// A ZIP's end record, and its length without the comment (APPNOTE 4.3.16).
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_END_LEN: usize = 22;
/// The longest comment of a ZIP.
const ZIP_COMMENT: usize = 65_535;

/// A remark about bytes before the header or behind the end, if there are any but white space.
pub fn around(bytes: &[u8]) -> Option<Finding> {
    let header = find(&bytes[..bytes.len().min(HEADER_WITHIN + 5)], b"%PDF-").unwrap_or(0);
    let end = rfind(bytes, b"%%EOF").map_or(bytes.len(), |at| at + 5);
    if ends_as_zip(bytes, end) {
        let detail = "The file is a PDF and an archive at once, so programs disagree about what it is. Print it to a new PDF and upload that.";
        return Some(Finding::new(FindingCode::Polyglot, detail));
    }
    let before = bytes[..header].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes[..header]);
    let (before, after) = (solid(before), solid(&bytes[end..]));
    let place = match (before, after) {
        (0, 0) => return None,
        (before, 0) => format!("{before} bytes before the PDF begins"),
        (_, after) => format!("{after} bytes after the PDF ends"),
    };
    let detail =
        format!("The file holds {place}, which no reader shows. If it should be only the PDF, export it again.");
    Some(Finding::new(FindingCode::TrailingData, detail))
}

/// Whether objects stand behind the last end: the file was cut off before its own, or an update before its table.
pub fn breaks_off(bytes: &[u8]) -> bool {
    let end = [b"%%EOF".as_slice(), b"startxref"].iter().filter_map(|word| rfind(bytes, word)).max();
    let rest = &bytes[end.unwrap_or(0)..];
    rest.windows(4).enumerate().any(|(at, word)| {
        let before = rest[..at].trim_ascii_end();
        word == b" obj" && before.last().is_some_and(u8::is_ascii_digit)
    })
}

/// How many bytes there are from the first to the last that is not white space or padding.
fn solid(bytes: &[u8]) -> usize {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a);
    let start = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !blank(byte)).map_or(start, |at| at + 1);
    end - start
}

/// Whether an unpacker would find an archive's end: behind the PDF's, or with a comment that reaches to the very end.
fn ends_as_zip(bytes: &[u8], pdf_end: usize) -> bool {
    let from = bytes.len().saturating_sub(ZIP_END_LEN + ZIP_COMMENT);
    let mut tail = &bytes[from..];
    let mut at = from;
    while let Some(found) = find(tail, ZIP_END) {
        at += found;
        let Some(record) = bytes.get(at..at + ZIP_END_LEN) else { return false };
        let entries = u16::from_le_bytes([record[10], record[11]]);
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        if entries > 0 && (at >= pdf_end || at + ZIP_END_LEN + comment == bytes.len()) {
            return true;
        }
        at += 1;
        tail = &bytes[at..];
    }
    false
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}
