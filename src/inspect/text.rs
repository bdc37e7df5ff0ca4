//! Plain text, which has no signature: its absence of anything else is the proof, and the name says which kind.

use std::io::{self, Read};

use super::{Claim, Found, Report, View, mail};
use crate::domain::finding::{Finding, FindingCode, Severity};
use crate::domain::media_type::{MediaType, Sort};

/// Control characters that text may hold beside those for lines and pages: one, and one more in a thousand bytes.
const CONTROLS_PER_BYTE: u64 = 1000;

/// The text type that the name claims, if it claims one.
fn claimed(claim: &Claim) -> Option<MediaType> {
    let named = MediaType::of_extension(&claim.name.extension()?)?;
    (named.sort() == Sort::Text).then_some(named)
}

/// Takes the name's word for text that nothing speaks against; `None` where the bytes are to be asked first.
///
/// # Errors
/// When the file cannot be read.
pub fn identify(head: &[u8], view: &View, claim: &Claim) -> io::Result<Option<Found>> {
    let Some(named) = claimed(claim) else { return Ok(None) };
    let signed = [b"%PDF-".as_slice(), b"{\\rtf", b"%!PS-"].iter().any(|signature| head.starts_with(signature));
    if signed {
        return Ok(None);
    }
    let seen = Seen::of(view)?;
    if !seen.is_text() {
        return Ok(None);
    }
    if seen.words == 0 && seen.solid == 0 {
        let detail = "The file holds nothing but white space. Choose the file again; if it is empty on your device too, export it once more.";
        return Ok(Some(Found::Refused(Finding::new(FindingCode::EmptyFile, detail))));
    }
    if mail::is_news(head) {
        return Ok(Some(Found::Other("an article of a newsgroup".into())));
    }
    if let Some(kind) = markup(head) {
        // A program that opens tables or Markdown reads a page's marks, and nobody sees them in a wide encoding;
        // what is plainly there in plain text is shown as it stands.
        let plain = named == MediaType::Txt && !seen.wide;
        return Ok(Some(if plain { Found::Accepted(named) } else { Found::Other(kind.into()) }));
    }
    // One column needs no comma, but then nothing says that the lines are a table.
    let is_table = named != MediaType::Csv || seen.separators > 0;
    Ok(Some(Found::Accepted(if is_table { named } else { MediaType::Txt })))
}

/// Whether a file is text, whatever its name.
///
/// # Errors
/// When the file cannot be read.
pub fn is_text(view: &View) -> io::Result<bool> {
    Seen::of(view).map(|seen| seen.is_text())
}

/// Remarks on a text.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(media_type: MediaType, view: View) -> io::Result<Report> {
    let seen = Seen::of(&view)?;
    let mut report = Report::default();
    report.facts.words = Some(seen.words);
    let mut head = Vec::new();
    view.from(0).take(super::HEAD as u64).read_to_end(&mut head)?;
    if let Some(kind) = markup(&head) {
        let detail = format!(
            "The text is {kind} by its content. It is kept and shown as plain text; upload a PDF of it if the page is the evidence."
        );
        let code = FindingCode::TypeMismatch;
        report.add(Finding { code, severity: Severity::Warns, detail });
    }
    if seen.commands > 0 {
        let detail = "The text holds commands for a terminal, which change what is shown. Save it again without colours if it was copied from one.";
        report.add(Finding::new(FindingCode::Unverifiable, detail));
    }
    if media_type == MediaType::Csv && seen.asks {
        let detail = "The table holds a formula that asks another program or address when a spreadsheet program opens it. Export the values instead.";
        report.add(Finding::new(FindingCode::Links, detail));
    }
    Ok(report)
}

/// What kind of markup a file begins with, in words: a browser may run it, whatever the file is called.
pub fn markup(head: &[u8]) -> Option<&'static str> {
    // Most files show with their first letter that they begin with none.
    let first = decoded(&head[..head.len().min(64)]);
    let first = begun(&first);
    if first.len() > 8 && !first.starts_with('<') {
        return None;
    }
    let text = decoded(&head[..head.len().min(super::HEAD)]);
    let mut rest = begun(&text);
    let declared = rest.starts_with("<?xml");
    // Declarations and comments may stand before the first element, and hide it.
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?xml") => "?>",
            _ => break,
        };
        match rest.split_once(end) {
            Some((_, behind)) => rest = behind.trim_start(),
            None => break,
        }
    }
    let start: String = rest.chars().take(40).collect::<String>().to_ascii_lowercase();
    let is = |name: &str| {
        let behind = start.strip_prefix(name);
        behind.is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')))
    };
    if ["<html", "<head", "<body", "<script", "<iframe", "<!doctype html", "<meta", "<frameset"]
        .iter()
        .any(|name| is(name))
    {
        Some("a web page (HTML)")
    } else if is("<svg") || start.starts_with("<!doctype svg") || start.starts_with("<svg:svg") {
        Some("an SVG picture")
    } else if start.starts_with("<?php") {
        Some("a PHP script")
    } else if declared || start.starts_with("<!doctype ") || start.starts_with("<!entity") {
        Some("an XML file")
    } else {
        None
    }
}

/// A text from its first letter on.
fn begun(text: &str) -> &str {
    text.trim_start_matches(['\u{feff}', '\0']).trim_start()
}

/// A beginning as text, in whichever of the Unicode encodings its mark tells, or has zeros like.
fn decoded(head: &[u8]) -> String {
    let wide = |word: fn([u8; 2]) -> u16, bytes: &[u8]| -> String {
        let units = bytes.chunks_exact(2).map(|pair| word([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
    };
    match head {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        [b'<', 0, ..] => wide(u16::from_le_bytes, head),
        [0, b'<', ..] => wide(u16::from_be_bytes, head),
        _ => String::from_utf8_lossy(head).into_owned(),
    }
}

/// What one pass over a text counts. The encoding is not asked for: UTF-8 and the old 8-bit ones are all honest
/// evidence.
#[derive(Default)]
struct Seen {
    bytes: u64,
    /// UTF-16, by its mark.
    wide: bool,
    /// An encoding that switches its alphabets by control characters (ISO 2022).
    switched: bool,
    zeros: u64,
    controls: u64,
    /// Escape sequences that a terminal obeys.
    commands: u64,
    separators: u64,
    words: u64,
    /// Bytes that are no white space, in text of any encoding.
    solid: u64,
    /// A cell has a formula that reaches out of the table.
    asks: bool,
}

impl Seen {
    fn of(view: &View) -> io::Result<Self> {
        let mut view = view.from(0);
        let (mut seen, mut cell) = (Self::default(), Cell::default());
        let (mut block, mut last, mut in_word) = (vec![0; 64 * 1024], 0, false);
        loop {
            let count = view.read(&mut block)?;
            if count == 0 {
                seen.asks |= cell.asks();
                return Ok(seen);
            }
            let mut text = &block[..count];
            if seen.bytes == 0 {
                seen.wide = text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF");
                seen.switched = text.starts_with(b"\x1b$");
                let mark = if seen.wide { 2 } else { 3 * usize::from(text.starts_with(b"\xEF\xBB\xBF")) };
                text = &text[mark..];
            }
            seen.bytes += count as u64;
            for &byte in text {
                seen.asks |= cell.push(byte);
                seen.byte(byte, last);
                let blank = byte.is_ascii_whitespace() || byte == 0;
                // In UTF-16 a zero is half of a letter, and no end of a word.
                let ends = blank && !(seen.wide && byte == 0);
                seen.words += u64::from(!blank && !in_word);
                in_word = if ends { false } else { in_word || !blank };
                last = byte;
            }
        }
    }

    fn byte(&mut self, byte: u8, last: u8) {
        match byte {
            0 => self.zeros += 1,
            b'\t' => self.separators += 1,
            b'\n' | b'\r' | 0x0b | 0x0c | 0x1a | 0x1b => {}
            0x0e | 0x0f if self.switched => {}
            0x01..=0x1f => self.controls += 1,
            b',' | b';' | b'|' => self.separators += 1,
            b'[' | b']' | b'P' | b'_' | b'^' if last == 0x1b => self.commands += 1,
            _ => {}
        }
        self.solid += u64::from(!byte.is_ascii_whitespace() && byte != 0);
    }

    fn is_text(&self) -> bool {
        // A UTF-16 letter may look like a control, but then the zeros beside it tell that it is none.
        let controls = if self.wide { self.controls.saturating_sub(self.bytes / 4) } else { self.controls };
        (self.wide || self.zeros == 0) && controls <= 1 + self.bytes / CONTROLS_PER_BYTE
    }
}

/// The beginning of the cell of a table that is just read.
#[derive(Default)]
struct Cell {
    start: Vec<u8>,
}

impl Cell {
    const KEPT: usize = 200;

    /// Takes the next byte; says whether the cell that it ends asks for something.
    fn push(&mut self, byte: u8) -> bool {
        match byte {
            b'\n' | b'\r' | b'\t' | b',' | b';' => {
                let asks = self.asks();
                self.start.clear();
                asks
            }
            b'"' | b' ' | 0 => false,
            _ => {
                if self.start.len() < Self::KEPT {
                    self.start.push(byte.to_ascii_lowercase());
                }
                false
            }
        }
    }

    /// A formula with a pipe names a program and its topic (DDE); two functions fetch an address.
    fn asks(&self) -> bool {
        let Some((b'=' | b'+' | b'-' | b'@', formula)) = self.start.split_first() else { return false };
        let holds = |word: &[u8]| formula.windows(word.len()).any(|window| window == word);
        (holds(b"|") && holds(b"!")) || holds(b"webservice(") || holds(b"hyperlink(") || holds(b"importxml(")
    }
}
