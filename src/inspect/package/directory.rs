//! The list of a ZIP's entries (APPNOTE 6.3.10), read before anything is unpacked. Only a ZIP that every reader
//! takes for the same files passes: entries back to back, told the same at both places, named without tricks.

use std::collections::HashSet;
use std::io::{self, Read};

use super::{archive_unsafe, damaged, encrypted};
use crate::domain::finding::{Finding, FindingCode};
use crate::domain::limits::PackageLimits;
use crate::inspect::{Stop, View};

const END: [u8; 4] = *b"PK\x05\x06";
const END_LEN: usize = 22;
const COMMENT_MAX: usize = 65_535;
/// Line ends or padding that careless programs leave behind an archive.
const PADDING_MAX: usize = 64;
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const CENTRAL_LEN: usize = 46;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_LEN: usize = 30;
/// The central directory is held in memory; real ones take some hundred bytes an entry.
const DIRECTORY_MAX: u64 = 16 * 1024 * 1024;

/// Encrypted, strongly encrypted, or with masked local headers.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Sizes and checksum stand behind the data.
const STREAMED: u16 = 1 << 3;

/// One file of a package.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub deflated: bool,
    pub crc: u32,
    /// Bytes in the package.
    pub packed: u64,
    /// Bytes that it says it unpacks to.
    pub size: u64,
    header: u64,
    /// Where its bytes begin.
    pub data: u64,
}

impl Entry {
    /// What the name ends in behind its last dot, in lower case.
    pub fn ending(&self) -> String {
        self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
    }

    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// Reads and checks the list.
///
/// # Errors
/// When the package is not sound, or the file cannot be read.
pub fn read(view: &View, limits: &PackageLimits) -> Result<Vec<Entry>, Stop> {
    let end = find_end(view)?;
    if end.entries > limits.max_entries {
        let detail =
            "The document is made of more parts than any program writes. Save it again as a new file and upload that.";
        return Err(Finding::new(FindingCode::TooComplex, detail).into());
    }
    let mut bytes = vec![0; usize::try_from(end.size).unwrap_or(0)];
    let mut reader = view.from(end.start);
    reader.read_exact(&mut bytes)?;
    let mut entries = list(&bytes, end.entries)?;
    for entry in &mut entries {
        local(view, entry)?;
    }
    names(&entries)?;
    spans(&entries, end.start)?;
    sizes(&entries, limits)?;
    Ok(entries)
}

/// Where the central directory is, by the record at the end.
struct End {
    entries: u32,
    start: u64,
    size: u64,
}

fn find_end(view: &View) -> Result<End, Stop> {
    let len = view.len.min((END_LEN + COMMENT_MAX + PADDING_MAX) as u64);
    let from = view.len - len;
    let mut tail = vec![0; usize::try_from(len).unwrap_or(0)];
    view.from(from).read_exact(&mut tail)?;
    let Some(at) = tail.windows(4).rposition(|bytes| bytes == END) else {
        return Err(damaged("its list of contents is missing, as if it had been cut off").into());
    };
    let Some(record) = tail.get(at..at + END_LEN) else { return Err(damaged("its end is cut off").into()) };
    let behind = tail[at + END_LEN..].get(usize::from(u16_at(record, 20))..);
    let Some(behind) = behind else { return Err(damaged("its end is cut off").into()) };
    let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    if behind.len() > PADDING_MAX || !behind.iter().all(blank) {
        return Err(archive_unsafe("holds data behind its end").into());
    }
    let (disk, first_disk) = (u16_at(record, 4), u16_at(record, 6));
    let (here, entries) = (u16_at(record, 8), u16_at(record, 10));
    let (size, start) = (u32_at(record, 12), u32_at(record, 16));
    if entries == u16::MAX || size == u32::MAX || start == u32::MAX {
        return Err(archive_unsafe("is built like an archive of many gigabytes").into());
    }
    if disk != 0 || first_disk != 0 || here != entries {
        return Err(archive_unsafe("is one of several parts of an archive").into());
    }
    let (size, start) = (u64::from(size), u64::from(start));
    if start + size != from + at as u64 {
        return Err(archive_unsafe("holds data that its list of contents does not tell").into());
    }
    if size > DIRECTORY_MAX {
        return Err(archive_unsafe("has a list of contents that is larger than any program writes").into());
    }
    Ok(End { entries: u32::from(entries), start, size })
}

fn list(bytes: &[u8], count: u32) -> Result<Vec<Entry>, Finding> {
    let broken = || damaged("its list of contents cannot be read");
    let mut entries = Vec::new();
    let mut rest = bytes;
    for _ in 0..count {
        let record = rest.get(..CENTRAL_LEN).filter(|record| record[..4] == CENTRAL).ok_or_else(broken)?;
        let (name, extra, comment) = (u16_at(record, 28), u16_at(record, 30), u16_at(record, 32));
        let name = rest.get(CENTRAL_LEN..CENTRAL_LEN + usize::from(name)).ok_or_else(broken)?;
        entries.push(entry(record, name)?);
        let len = CENTRAL_LEN + name.len() + usize::from(extra) + usize::from(comment);
        rest = rest.get(len..).ok_or_else(broken)?;
    }
    if rest.is_empty() { Ok(entries) } else { Err(archive_unsafe("holds data in its list of contents")) }
}

fn entry(record: &[u8], name: &[u8]) -> Result<Entry, Finding> {
    const SYMBOLIC_LINK: u32 = 0o12;
    if u16_at(record, 8) & ENCRYPTED != 0 {
        return Err(encrypted());
    }
    let method = u16_at(record, 10);
    if !matches!(method, 0 | 8) {
        return Err(archive_unsafe("is packed in a way that office programs do not read"));
    }
    // The upper half is a Unix mode where Unix or macOS made the entry; elsewhere it has no meaning.
    if matches!(record[5], 3 | 19) && u32_at(record, 38) >> 28 == SYMBOLIC_LINK {
        return Err(archive_unsafe("holds a link to another file of whoever unpacks it"));
    }
    let (packed, size, header) = (u32_at(record, 20), u32_at(record, 24), u32_at(record, 42));
    if u16_at(record, 34) != 0 || [packed, size, header].contains(&u32::MAX) {
        return Err(archive_unsafe("is built like an archive of many gigabytes"));
    }
    Ok(Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        deflated: method == 8,
        crc: u32_at(record, 16),
        packed: u64::from(packed),
        size: u64::from(size),
        header: u64::from(header),
        data: 0,
    })
}

/// Compares an entry with what stands at the entry itself: a reader may go by either.
fn local(view: &View, entry: &mut Entry) -> Result<(), Stop> {
    let mut record = [0; LOCAL_LEN];
    let mut reader = view.from(entry.header);
    if !fill(&mut reader, &mut record)? || record[..4] != LOCAL {
        return Err(damaged("one of its parts cannot be read").into());
    }
    let mut name = vec![0; usize::from(u16_at(&record, 26))];
    if !fill(&mut reader, &mut name)? {
        return Err(damaged("one of its parts cannot be read").into());
    }
    let flags = u16_at(&record, 6);
    if flags & ENCRYPTED != 0 {
        return Err(encrypted().into());
    }
    let told = (u32_at(&record, 14), u64::from(u32_at(&record, 18)), u64::from(u32_at(&record, 22)));
    let same_sizes = flags & STREAMED != 0 || told == (entry.crc, entry.packed, entry.size);
    let same_method = (u16_at(&record, 8) == 8) == entry.deflated;
    if String::from_utf8_lossy(&name) != entry.name || !same_method || !same_sizes {
        return Err(archive_unsafe("tells different things about one of its parts at two places").into());
    }
    entry.data = entry.header + (LOCAL_LEN + name.len()) as u64 + u64::from(u16_at(&record, 28));
    Ok(())
}

/// No two entries share a name, also for systems that take `A` and `a` for the same, and none leads outside.
fn names(entries: &[Entry]) -> Result<(), Finding> {
    let mut seen = HashSet::new();
    for entry in entries {
        let name = entry.name.as_str();
        let leads_out = name.split('/').any(|part| part == "..") || name.starts_with('/');
        let of_windows = name.contains('\\') || name.as_bytes().get(1) == Some(&b':');
        if name.is_empty() || leads_out || of_windows || name.contains('\0') {
            return Err(archive_unsafe("names a part so that it would be unpacked outside of its folder"));
        }
        if !seen.insert(name.trim_end_matches('/').to_lowercase()) {
            return Err(archive_unsafe("has two parts of the same name, of which programs show either"));
        }
    }
    Ok(())
}

/// No entry overlaps another one or the list, and the first begins where the file does.
fn spans(entries: &[Entry], end: u64) -> Result<(), Finding> {
    let mut spans: Vec<_> = entries.iter().map(|entry| (entry.header, entry.data + entry.packed)).collect();
    spans.sort_unstable();
    if spans.first().is_some_and(|(first, _)| *first != 0) {
        return Err(archive_unsafe("holds data before its first part"));
    }
    let nexts = spans.iter().skip(1).map(|(start, _)| *start).chain([end]);
    if spans.iter().zip(nexts).any(|((_, stop), next)| *stop > next) {
        return Err(archive_unsafe("has parts that overlap, so that a little data unpacks to a lot"));
    }
    Ok(())
}

fn sizes(entries: &[Entry], limits: &PackageLimits) -> Result<(), Finding> {
    let total: u64 = entries.iter().map(|entry| entry.size).sum();
    if total > limits.max_total_bytes || entries.iter().any(|entry| entry.size > limits.max_entry_bytes) {
        return Err(super::bomb());
    }
    Ok(())
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
