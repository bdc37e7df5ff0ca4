//! A part that holds no other parts: its text, or a file. Its beginning says whether it is a program.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::content::{Content, Encoding};
use super::{attachments, headers, program_attached, script};
use crate::inspect::{Report, Stop, program};

/// Bytes of a text that are read; a mail that a person wrote is far shorter.
const TEXT: usize = 2 * 1024 * 1024;
/// Bytes of a file that tell what it is.
const HEAD: usize = 4 * 1024;

pub struct Leaf {
    content: Content,
    /// The beginning of the body, as it is written.
    body: Vec<u8>,
    kept: usize,
    /// A file stands in the text, as it was done before MIME.
    program: bool,
}

impl Leaf {
    pub fn new(content: Content) -> Self {
        let kept = if content.is_html() || content.is_plain_text() { TEXT } else { HEAD };
        Self { content, body: Vec::new(), kept, program: false }
    }

    pub fn line(&mut self, line: &[u8]) {
        let room = self.kept - self.body.len();
        self.body.extend_from_slice(&line[..line.len().min(room)]);
        if let Some(told) = line.strip_prefix(b"begin ") {
            let name = String::from_utf8_lossy(told).into_owned();
            self.program |= name.starts_with(|c: char| c.is_ascii_digit()) && program::of_name(name.trim_end());
        }
    }

    /// The part is over: what it is goes into the report.
    pub fn end(self, report: &mut Report) -> Result<(), Stop> {
        let body = self.decoded();
        let named = self.content.names().any(|name| program::of_name(&name));
        if self.program || named || program::of_content(&body).is_some() {
            return Err(program_attached().into());
        }
        if self.content.is_html() && runs(&body) {
            report.add(script());
        }
        if self.content.is_attached() {
            report.add(attachments());
        }
        if self.content.is_plain_text() {
            let words = body.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count() as u64;
            report.facts.words = Some(report.facts.words.unwrap_or(0) + words);
        }
        Ok(())
    }

    fn decoded(&self) -> Vec<u8> {
        match self.content.encoding {
            Encoding::Plain => self.body.clone(),
            Encoding::Base64 => from_base64(&self.body),
            Encoding::QuotedPrintable => {
                let text = String::from_utf8_lossy(&self.body).replace("=\r\n", "").replace("=\n", "");
                headers::from_percent(&text, b'=')
            }
        }
    }
}

/// As much as can be decoded: what was kept may break off anywhere, and other characters are to be passed over.
fn from_base64(body: &[u8]) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut digits: Vec<u8> = body.iter().copied().take_while(|byte| *byte != b'=').filter(is_digit).collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    GeneralPurpose::new(&STANDARD, config).decode(digits).unwrap_or_default()
}

/// Whether a page runs a script, or loads another page or a program's object.
pub fn runs(html: &[u8]) -> bool {
    let html = html.to_ascii_lowercase();
    let holds = |word: &[u8]| html.windows(word.len()).any(|window| window == word);
    [b"<script".as_slice(), b"javascript:", b"vbscript:", b"<iframe", b"<object", b"<embed", b"<applet"]
        .iter()
        .any(|word| holds(word))
}
