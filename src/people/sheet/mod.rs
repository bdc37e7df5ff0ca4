//! A list of apprentices as people make it in a spreadsheet: CSV in, newcomers or faults out, each by its line. Cells are
//! text and stay text, also those that a spreadsheet would take for a formula; nothing here looks at who is known.

mod cell;
mod decode;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord, Trim};

pub use cell::{Wrong, newcomer};
pub use decode::{Decoded, Undecodable, decode};

use super::Newcomer;
use crate::domain::ids::OrganisationId;
use crate::domain::standard::Standards;
use crate::domain::words::words;

/// Bytes of a list.
pub const LARGEST: usize = 1024 * 1024;
/// Lines below the header.
pub const MOST_LINES: usize = 2000;

words! {
    /// What a column holds.
    Column {
        Name = "name",
        Email = "email",
        Employer = "employer",
        StartedOn = "started_on",
        Standard = "standard",
        Version = "version",
        Uln = "uln",
        UlnReason = "uln_reason",
        AssessmentOn = "assessment_on",
    }
}

/// Columns without which nothing can be read.
const NEEDED: [Column; 4] = [Column::Name, Column::Email, Column::Employer, Column::StartedOn];

/// Why a list cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    Empty,
    TooManyLines { found: usize },
    Missing(Vec<Column>),
    Repeated(Column),
}

/// A list that was read, faults and all.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub lines: Vec<SheetLine>,
    /// Titles of columns that mean nothing here, and are not read.
    pub unread: Vec<String>,
}

/// A line of a list.
#[derive(Clone, Debug)]
pub struct SheetLine {
    /// As a text editor counts: the header is line 1.
    pub number: u64,
    pub name: String,
    pub email: String,
    pub employer: String,
    pub read: Result<Newcomer, Vec<LineFault>>,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// `None` where it is about the line as a whole.
    pub column: Option<Column>,
    pub wrong: Wrong,
}

/// Which cell of a line holds what.
struct Header {
    places: HashMap<Column, usize>,
    width: usize,
    unread: Vec<String>,
}

impl Column {
    /// The column that a title names, however it is written.
    fn titled(title: &str) -> Option<Self> {
        let letters: String = title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        Some(match letters.as_str() {
            "name" | "fullname" | "apprentice" | "apprenticename" => Self::Name,
            "email" | "emailaddress" => Self::Email,
            "employer" | "employername" => Self::Employer,
            "startedon" | "start" | "startdate" | "started" => Self::StartedOn,
            "standard" | "standardcode" => Self::Standard,
            "version" | "standardversion" => Self::Version,
            "uln" | "uniquelearnernumber" => Self::Uln,
            "ulnreason" | "reasonwithoutuln" => Self::UlnReason,
            "assessmenton" | "assessment" | "assessmentdate" | "plannedassessment" => Self::AssessmentOn,
            _ => return None,
        })
    }
}

/// Reads a list for a provider.
///
/// # Errors
/// [`Unreadable`], where no line can be told from another; what is wrong with single lines stands with them.
pub fn read(text: &str, standards: &Standards, provider: OrganisationId) -> Result<Sheet, Unreadable> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut records = reader.records().flatten().filter(|record| record.iter().any(|cell| !cell.is_empty()));
    let header = Header::of(&records.next().ok_or(Unreadable::Empty)?)?;
    let records: Vec<StringRecord> = records.collect();
    match records.len() {
        0 => return Err(Unreadable::Empty),
        found if found > MOST_LINES => return Err(Unreadable::TooManyLines { found }),
        _ => {}
    }
    let mut numbers = Numbers { text, byte: 0, line: 1 };
    let read = |record: &StringRecord| {
        let number = numbers.of(record.position().map_or(0, csv::Position::byte));
        line(&header, record, number, (standards, provider))
    };
    let lines = records.iter().map(read).collect();
    Ok(Sheet { lines, unread: header.unread })
}

/// The numbers of lines, found in passing: the reader's own leave out lines that are empty.
struct Numbers<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Numbers<'_> {
    /// The number of the line at or after this byte, which is no earlier than those asked for before.
    fn of(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut end = usize::try_from(byte).unwrap_or(bytes.len()).clamp(self.byte, bytes.len());
        while bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
            end += 1;
        }
        self.line += bytes[self.byte..end].split(|b| *b == b'\n').skip(1).count() as u64;
        self.byte = end;
        self.line
    }
}

/// What stands between the cells: spreadsheets write commas or semicolons by the country, and copy with tabs.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let times = |byte: u8| first.bytes().filter(|b| *b == byte).count();
    let mut best = b',';
    for other in *b"\t;" {
        if times(other) > times(best) {
            best = other;
        }
    }
    best
}

impl Header {
    fn of(record: &StringRecord) -> Result<Self, Unreadable> {
        let mut header = Self { places: HashMap::new(), width: record.len(), unread: Vec::new() };
        for (place, title) in record.iter().enumerate() {
            match Column::titled(title) {
                Some(column) if header.places.insert(column, place).is_some() => {
                    return Err(Unreadable::Repeated(column));
                }
                Some(_) => {}
                None if title.is_empty() => {}
                None => header.unread.push(title.to_owned()),
            }
        }
        let missing: Vec<Column> = NEEDED.into_iter().filter(|column| !header.places.contains_key(column)).collect();
        if missing.is_empty() { Ok(header) } else { Err(Unreadable::Missing(missing)) }
    }
}

fn line(
    header: &Header,
    record: &StringRecord,
    number: u64,
    (standards, provider): (&Standards, OrganisationId),
) -> SheetLine {
    let cell = |column: Column| header.places.get(&column).and_then(|place| record.get(*place)).unwrap_or_default();
    let beyond = record.iter().skip(header.width).any(|cell| !cell.is_empty());
    let read = if beyond {
        // A comma in an employer's name, without quotes: everything after it stands in the wrong column.
        Err(vec![LineFault { column: None, wrong: Wrong::TooManyCells }])
    } else {
        cell::newcomer(cell, standards, provider)
    };
    let text = |column| cell(column).to_owned();
    SheetLine { number, name: text(Column::Name), email: text(Column::Email), employer: text(Column::Employer), read }
}
