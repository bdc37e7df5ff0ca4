//! XML of a package, event by event: without a document type (nothing in an office document needs one, and entities
//! are how XML attacks its readers), not deeper than a limit, and well formed.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::encoding::DecodingReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader, XmlVersion};

use super::{archive_unsafe, damaged};
use crate::domain::finding::{Finding, FindingCode};
use crate::inspect::{Broken, Stop};

/// Bytes of one tag or one stretch of text: the reader holds it whole.
const EVENT_MAX: usize = 16 * 1024 * 1024;

/// What a visitor is told.
pub enum Node<'a> {
    /// An element begins; attributes are those of [`attribute`].
    Start(&'a BytesStart<'a>),
    Text(Cow<'a, str>),
    End,
}

/// Reads XML to its end and shows it to `visit`.
pub fn scan(content: impl Read, max_depth: u32, mut visit: impl FnMut(Node)) -> Result<(), Stop> {
    let decoded = DecodingReader::new(BufReader::with_capacity(64 * 1024, content));
    let mut reader = Reader::from_reader(Metered { inner: decoded, taken: 0 });
    reader.config_mut().allow_dangling_amp = true;
    let (mut buffer, mut depth) = (Vec::new(), 0_u32);
    loop {
        buffer.clear();
        reader.get_mut().taken = 0;
        match reader.read_event_into(&mut buffer).map_err(stop)? {
            Event::Start(element) => {
                depth += 1;
                if depth > max_depth {
                    return Err(too_complex().into());
                }
                visit(Node::Start(&element));
            }
            Event::Empty(element) => {
                visit(Node::Start(&element));
                visit(Node::End);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                visit(Node::End);
            }
            Event::Text(text) => visit(Node::Text(text.into_inner())),
            Event::CData(text) => visit(Node::Text(text.into_inner())),
            Event::DocType(_) => {
                return Err(archive_unsafe("declares a document type inside, which no office program writes").into());
            }
            Event::Eof if depth > 0 => return Err(damaged("one of its parts breaks off").into()),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::GeneralRef(_) => {}
        }
    }
}

/// The value of an attribute by its name without a prefix.
pub fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    // Telling one name twice is no reason to stop, and comparing each with all takes long for many.
    attributes.with_checks(false);
    let found = attributes.flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    Some(value.map_or_else(|_| found.value.clone().into_owned(), Cow::into_owned))
}

/// Whether an element has this name, whatever its prefix.
pub fn is(element: &BytesStart, name: &str) -> bool {
    element.local_name().as_ref() == name
}

fn stop(error: Error) -> Stop {
    match error {
        Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
            Some(Broken(finding)) => finding.clone().into(),
            None if error.kind() == io::ErrorKind::InvalidData => malformed().into(),
            None => Stop::Unreadable(io::Error::new(error.kind(), error.to_string())),
        },
        _ => malformed().into(),
    }
}

fn malformed() -> Finding {
    damaged("one of its parts is not well-formed XML")
}

fn too_complex() -> Finding {
    let detail = "The document is nested deeper, or in larger pieces, than any program writes. Save it again as a new file and upload that.";
    Finding::new(FindingCode::TooComplex, detail)
}

/// Stops a reader that gathers too much for one event.
struct Metered<R> {
    inner: R,
    taken: usize,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > EVENT_MAX { Err(Broken(too_complex()).into()) } else { self.inner.fill_buf() }
    }

    fn consume(&mut self, count: usize) {
        self.taken += count;
        self.inner.consume(count);
    }
}
