//! The headers of a mail or of one of its parts (RFC 5322, 2.2; RFC 2045, 5), with words as programs encode them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime};

use super::content::Content;

/// The headers gathered so far: unfolded lines, in the order in which they stand.
#[derive(Default)]
pub struct Headers {
    fields: Vec<(String, Vec<u8>)>,
    bytes: usize,
}

impl Headers {
    /// Takes a line; gives the bytes of all so far.
    pub fn push(&mut self, line: &[u8]) -> usize {
        self.bytes += line.len();
        let text = line.trim_ascii_end();
        if text.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            if let Some((_, value)) = self.fields.last_mut() {
                value.push(b' ');
                value.extend_from_slice(text.trim_ascii());
            }
        } else if let Some((name, value)) = field(text) {
            self.fields.push((name, value.to_vec()));
        }
        self.bytes
    }

    /// A header's value with its encoded words decoded; the first of several.
    pub fn text(&self, name: &str) -> Option<String> {
        Some(decoded(&String::from_utf8_lossy(self.raw(name)?)))
    }

    fn raw(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// What the headers say about the body that follows.
    pub fn content(&self) -> Content {
        let value = |name: &str| self.raw(name).map(|value| String::from_utf8_lossy(value).into_owned());
        Content::new(value("content-type"), value("content-disposition"), value("content-transfer-encoding"))
    }

    fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }
}

/// A line as a field: a name of printable letters, a colon, a value.
fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), line[colon + 1..].trim_ascii()))
}

/// The headers at the beginning of a file, up to the first line that is none.
fn beginning(head: &[u8]) -> Headers {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut headers = Headers::default();
    for (number, line) in head.split_inclusive(|byte| *byte == b'\n').enumerate() {
        // Mailboxes divide mails by such a line, and some programs leave it in front of a single one.
        let divides = number == 0 && line.starts_with(b"From ");
        let folded = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        if line.trim_ascii().is_empty() || !(divides || folded || field(line).is_some()) {
            break;
        }
        headers.push(line);
    }
    headers
}

/// Whether a file begins like a mail: who wrote it, and one more thing that every mail program adds.
pub fn is_mail(head: &[u8]) -> bool {
    let headers = beginning(head);
    let marks = ["date", "subject", "message-id", "received", "mime-version", "to"];
    let sender = headers.has("from") || headers.has("sender") || headers.has("return-path");
    sender && marks.iter().any(|name| headers.has(name))
}

/// Whether a file that is called a mail begins like one: a draft has no sender yet, an export may have lost its date.
pub fn is_called_mail_rightly(head: &[u8]) -> bool {
    let headers = beginning(head);
    let marks = ["from", "to", "date", "subject", "message-id", "received", "mime-version", "content-type"];
    marks.iter().filter(|name| headers.has(name)).count() >= 2
}

/// Whether a file begins like an article of a newsgroup (RFC 5536, 3.1).
pub fn is_news(head: &[u8]) -> bool {
    let headers = beginning(head);
    ["from", "newsgroups", "message-id", "path"].iter().all(|name| headers.has(name))
}

/// The date of a mail, by its writer's own clock.
pub fn moment(text: &str) -> Option<NaiveDateTime> {
    // Many programs name the zone behind the date again, in brackets.
    let plain = text.split('(').next().unwrap_or(text).trim();
    DateTime::parse_from_rfc2822(plain).ok().map(|moment| moment.naive_local())
}

/// Text whose words may be encoded (RFC 2047): `=?charset?B or Q?…?=`.
pub fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, word)) = rest.split_once("=?") {
        let mut parts = word.splitn(3, '?');
        let (charset, form, content) = (parts.next(), parts.next(), parts.next());
        let Some((content, behind)) = content.and_then(|content| content.split_once("?=")) else { break };
        // White space between two encoded words is none of the text.
        if !before.trim().is_empty() || out.is_empty() {
            out.push_str(before);
        }
        let bytes = match form {
            Some("B" | "b") => STANDARD.decode(content).unwrap_or_default(),
            _ => from_percent(&content.replace('_', " "), b'='),
        };
        out.push_str(&of_charset(charset.unwrap_or_default(), &bytes));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Text of Latin-1 letter by letter, of everything else as UTF-8 where it is.
fn of_charset(charset: &str, bytes: &[u8]) -> String {
    let charset = charset.to_ascii_lowercase();
    if charset.starts_with("iso-8859-1") || charset == "windows-1252" {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// Bytes that are written as a mark and two hexadecimal digits.
pub fn from_percent(text: &str, mark: u8) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if bytes[at] == mark => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}
