//! Mail (RFC 5322, MIME) and Outlook messages: read part by part with a bound on each header, on parts and on their
//! depth, so that a mail of mails ends; an attached program refuses it.

mod content;
mod headers;
mod leaf;
pub mod msg;
#[cfg(test)]
pub mod tests;

use std::io::{self, BufRead, BufReader, Read};

use self::headers::Headers;
use self::leaf::Leaf;
use super::{Report, Rules, Stop, View, told};
use crate::domain::finding::{Finding, FindingCode};

pub use headers::{is_called_mail_rightly, is_mail, is_news};

/// Bytes of a line that are looked at together; longer ones come in pieces.
const LINE: u64 = 64 * 1024;

/// Reads a mail to its end.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(view: View, rules: &Rules) -> io::Result<Report> {
    let mut walk = Walk {
        rules,
        levels: Vec::new(),
        depth: 0,
        parts: 0,
        state: State::Headers(Headers::default()),
        report: Report::default(),
    };
    Stop::reported(walk.read(BufReader::with_capacity(256 * 1024, view)).map(|()| walk.report))
}

/// A multipart that is open: its parts are divided by this line.
struct Level {
    boundary: Vec<u8>,
    depth: u32,
    parts: u32,
}

enum State {
    Headers(Headers),
    /// Before the first part of a multipart, or behind its last.
    Between,
    Leaf(Box<Leaf>),
}

struct Walk<'a> {
    rules: &'a Rules,
    levels: Vec<Level>,
    depth: u32,
    parts: u32,
    state: State,
    report: Report,
}

impl Walk<'_> {
    fn read(&mut self, mut reader: impl BufRead) -> Result<(), Stop> {
        let (mut line, mut continues) = (Vec::new(), false);
        loop {
            line.clear();
            if reader.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let starts = !continues;
            continues = line.last() != Some(&b'\n');
            if !(starts && self.divides(&line)?) {
                self.line(&line)?;
            }
        }
        // A mail without a body ends in its headers.
        if matches!(self.state, State::Headers(_)) {
            self.headers_end()?;
        }
        self.part_ends()?;
        let hollow = self.levels.iter().any(|level| level.parts == 0);
        if hollow { Err(damaged("none of its parts can be found").into()) } else { Ok(()) }
    }

    /// Whether a line divides parts, or ends a multipart; then the part before it is over.
    fn divides(&mut self, line: &[u8]) -> Result<bool, Stop> {
        let Some(told) = line.strip_prefix(b"--") else { return Ok(false) };
        let told = told.trim_ascii_end();
        let matching = self.levels.iter().rposition(|level| told == level.boundary);
        let closing =
            told.strip_suffix(b"--").and_then(|told| self.levels.iter().rposition(|level| told == level.boundary));
        let Some(at) = matching.or(closing) else { return Ok(false) };
        if matches!(self.state, State::Headers(_)) {
            self.headers_end()?;
        }
        self.part_ends()?;
        // A level inside that was never closed is over, too.
        self.levels.truncate(at + 1);
        self.depth = self.levels[at].depth;
        if matching.is_some() {
            self.levels[at].parts += 1;
            self.parts += 1;
            if self.parts > self.rules.mail.max_parts {
                return Err(too_complex("has more parts").into());
            }
            self.state = State::Headers(Headers::default());
        } else {
            self.state = State::Between;
            if self.levels[at].parts > 0 {
                self.levels.truncate(at);
            }
        }
        Ok(true)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Stop> {
        match &mut self.state {
            State::Headers(headers) => {
                if !line.trim_ascii().is_empty() {
                    return if headers.push(line) <= self.rules.mail.max_header_bytes as usize {
                        Ok(())
                    } else {
                        Err(too_complex("has longer headers").into())
                    };
                }
                self.headers_end()
            }
            State::Between => Ok(()),
            State::Leaf(leaf) => {
                leaf.line(line);
                Ok(())
            }
        }
    }

    /// All headers of a part are there: they say what follows.
    fn headers_end(&mut self) -> Result<(), Stop> {
        let State::Headers(headers) = std::mem::replace(&mut self.state, State::Between) else { return Ok(()) };
        if self.parts == 0 && self.depth == 0 {
            self.facts(&headers);
        }
        let content = headers.content();
        if content.is_encrypted() {
            return Err(encrypted().into());
        }
        if content.is_multipart() {
            self.deeper()?;
            let boundary = content.boundary().ok_or_else(|| damaged("a part does not say how it is divided"))?;
            self.levels.push(Level { boundary, depth: self.depth, parts: 0 });
        } else if content.is_message() {
            self.deeper()?;
            self.state = State::Headers(Headers::default());
        } else {
            self.state = State::Leaf(Box::new(Leaf::new(content)));
        }
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > self.rules.mail.max_depth { Err(too_complex("is nested deeper").into()) } else { Ok(()) }
    }

    fn part_ends(&mut self) -> Result<(), Stop> {
        match std::mem::replace(&mut self.state, State::Between) {
            State::Leaf(leaf) => leaf.end(&mut self.report),
            State::Headers(_) | State::Between => Ok(()),
        }
    }

    fn facts(&mut self, headers: &Headers) {
        let facts = &mut self.report.facts;
        facts.author = headers.text("from").and_then(|text| told::line(&text));
        let software = headers.text("x-mailer").or_else(|| headers.text("user-agent"));
        facts.software = software.and_then(|text| told::line(&text));
        facts.captured_at = headers.text("date").and_then(|text| headers::moment(&text));
    }
}

fn damaged(what: &str) -> Finding {
    let detail = format!("The mail is damaged: {what}. Save it from your mail program again and upload the new file.");
    Finding::new(FindingCode::Damaged, detail)
}

fn too_complex(how: &str) -> Finding {
    let detail = format!("The mail {how} than any mail program writes. Print it to a PDF and upload that.");
    Finding::new(FindingCode::TooComplex, detail)
}

fn encrypted() -> Finding {
    let detail = "The mail is encrypted, so an assessor could not read it. Open it in your mail program, print it to a PDF and upload that.";
    Finding::new(FindingCode::Encrypted, detail)
}

fn program_attached() -> Finding {
    let detail =
        "The mail has a program attached to it. Save it without the attachment, or print it to a PDF, and upload that.";
    Finding::new(FindingCode::ActiveContent, detail)
}

fn attachments() -> Finding {
    let detail = "The mail has files attached to it, which do not show in its text. Upload them as pieces of their own if they are evidence.";
    Finding::new(FindingCode::EmbeddedFiles, detail)
}

fn script() -> Finding {
    let detail = "The mail's text holds a script or loads a page. Print it to a PDF if the text is the evidence.";
    Finding::new(FindingCode::JavaScript, detail)
}
