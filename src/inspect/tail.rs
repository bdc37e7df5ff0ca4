//! What stands where a picture or recording has nothing to say: behind its end, or in front of what readers of
//! another format look for. Readers of the format skip it, so only what it is decides.

use std::io;

use super::View;
use super::bytes::{Cursor, Walk};
use crate::domain::finding::{Finding, FindingCode};

/// How far into a file readers of PDF look for its first line.
const PDF_WITHIN: usize = 1024;
/// Padding is looked through as far as this.
const PADDING: u64 = 16 * 1024 * 1024;

/// What the bytes behind `end` make of a file; padding alone makes nothing of it.
pub fn behind(view: &View, end: u64) -> Walk<Option<Finding>> {
    let mut cursor = Cursor::over(view, end, view.len);
    let from = loop {
        let held = cursor.at_hand()?;
        if held.is_empty() {
            return Ok(None);
        }
        let padding = held.iter().take_while(|&&byte| is_padding(byte)).count();
        let (all, count) = (padding == held.len(), padding as u64);
        cursor.skip(count)?;
        if !all || cursor.at() - end > PADDING {
            break cursor.at();
        }
    };
    let head = cursor.take_at_most(cursor.left(), 4096)?;
    Ok(Some(judged(&head, view.len - from)))
}

fn is_padding(byte: u8) -> bool {
    matches!(byte, 0 | b'\n' | b'\r' | b' ' | b'\t' | 0xFF)
}

fn judged(head: &[u8], len: u64) -> Finding {
    let first = &head[..head.len().min(PDF_WITHIN)];
    if contains(first, b"%PDF-") {
        let detail = "A PDF begins behind the end of the file, so that it is two files in one. Upload the picture or \
                      recording and the PDF as files of their own.";
        return Finding::new(FindingCode::Polyglot, detail);
    }
    if is_program(head) {
        let detail = "A program is attached behind the end of the file. Check the device it comes from for malware, \
                      and save the picture or recording anew.";
        return Finding::new(FindingCode::ActiveContent, detail);
    }
    let detail = format!(
        "Behind the end of the file are {len} more bytes: {}. They are kept, but do not show when the file is opened.",
        in_words(head)
    );
    Finding::new(FindingCode::TrailingData, detail)
}

fn in_words(head: &[u8]) -> &'static str {
    let lower = head[..head.len().min(256)].to_ascii_lowercase();
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        "a ZIP archive"
    } else if head.get(4..8) == Some(b"ftyp") {
        "a short video, as phones add to moving pictures"
    } else if head.starts_with(b"\xFF\xD8\xFF") || head.starts_with(b"\x89PNG") {
        "another picture"
    } else if [&b"<html"[..], b"<!doctype", b"<script", b"<svg", b"<?php"].iter().any(|tag| contains(&lower, tag)) {
        "a web page or script"
    } else {
        "data of no known kind"
    }
}

fn is_program(head: &[u8]) -> bool {
    let portable = || {
        let at = head.get(0x3C..0x40).and_then(|at| at.try_into().ok()).map(u32::from_le_bytes);
        // Its second header may lie behind what was read.
        at.is_some_and(|at| head.get(at as usize..).is_none_or(|rest| rest.starts_with(b"PE\0\0")) && at < 0x10000)
    };
    (head.starts_with(b"MZ") && portable())
        || head.starts_with(b"\x7FELF")
        || [&b"\xCF\xFA\xED\xFE"[..], b"\xCE\xFA\xED\xFE", b"\xFE\xED\xFA\xCF", b"\xFE\xED\xFA\xCE"]
            .iter()
            .any(|magic| head.starts_with(magic))
}

/// A PDF that starts so early in the file that PDF readers open it, whatever stands before it.
pub fn foreign(view: &View) -> io::Result<Option<Finding>> {
    let mut head = vec![0; usize::try_from(view.len).unwrap_or(PDF_WITHIN).min(PDF_WITHIN)];
    view.fill(&mut head, 0)?;
    if !contains(&head, b"%PDF-") {
        return Ok(None);
    }
    let detail = "Near its start the file has the first line of a PDF, so that some programs may open it as one. Open \
                  it only as what its type says.";
    Ok(Some(Finding::new(FindingCode::Unverifiable, detail)))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::super::made::view;
    use super::*;

    fn code(tail: &[u8]) -> Option<FindingCode> {
        let file = [b"picture", tail].concat();
        behind(&view(&file), 7).unwrap().map(|finding| finding.code)
    }

    #[test]
    fn what_is_behind_the_end_decides() {
        assert_eq!(code(b""), None);
        assert_eq!(code(&vec![0; 100_000]), None);
        assert_eq!(code(b"PK\x03\x04..."), Some(FindingCode::TrailingData));
        assert_eq!(code(b"\0\0<html><script>"), Some(FindingCode::TrailingData));
        assert_eq!(code(b"\0\0\0\x18ftypmp42"), Some(FindingCode::TrailingData));
        assert_eq!(code(b"junk %PDF-1.7\n"), Some(FindingCode::Polyglot));
        assert_eq!(code(b"\x7FELF\x02\x01\x01"), Some(FindingCode::ActiveContent));
        let mut program = [0; 200];
        program[..2].copy_from_slice(b"MZ");
        program[0x3C] = 0x80;
        program[0x80..0x84].copy_from_slice(b"PE\0\0");
        assert_eq!(code(&program), Some(FindingCode::ActiveContent));
        assert_eq!(code(b"MZ is not all there is to a program"), Some(FindingCode::TrailingData));
    }

    #[test]
    fn a_pdf_early_in_the_file_is_seen() {
        assert!(foreign(&view(b"ID3 and then %PDF-1.4")).unwrap().is_some());
        assert!(foreign(&view(b"ID3")).unwrap().is_none());
        assert!(foreign(&view(&[&[b'.'; 2000][..], b"%PDF-1.4"].concat())).unwrap().is_none());
    }
}
