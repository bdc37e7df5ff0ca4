//! Compound files (MS-CFB): Outlook messages, encrypted office documents, and the old formats, which are named and
//! not accepted. The names of its streams tell which.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Found, Report, Rules, Stop, View, mail};
use crate::domain::finding::{Finding, FindingCode};
use crate::domain::media_type::MediaType;

/// Streams and storages that are looked at: an old document has some dozen, a message with attachments some hundred.
const ENTRIES_MAX: usize = 20_000;

const PASSWORD: &str = "EncryptedPackage";
const MESSAGE: &str = "__properties_version1.0";
/// What a stream of this name makes the file, in words.
const OLD: &[(&str, &str)] = &[
    ("WordDocument", "an old Word document (DOC)"),
    ("Workbook", "an old Excel workbook (XLS)"),
    ("Book", "an old Excel workbook (XLS)"),
    ("PowerPoint Document", "an old PowerPoint presentation (PPT)"),
    ("VisioDocument", "an old Visio drawing (VSD)"),
    ("Quill", "a Publisher document (PUB)"),
    ("_StringPool", "a Windows installer (MSI)"),
];

/// A compound file over a shared file.
pub type Compound = cfb::CompoundFile<View>;

/// Tells what a compound file is.
///
/// # Errors
/// When the file cannot be read.
pub fn identify(view: &View) -> io::Result<Found> {
    let opened = open(view)?;
    let names = match &opened {
        Some(file) => file.read_root_storage().take(ENTRIES_MAX).map(|entry| entry.name().to_owned()).collect(),
        None => known_names(view)?,
    };
    if names.contains(PASSWORD) {
        let detail = "The document is protected with a password, so an assessor could not open it. Remove the password and upload it again.";
        return Ok(Found::Refused(Finding::new(FindingCode::Encrypted, detail)));
    }
    if names.contains(MESSAGE) {
        return Ok(if opened.is_some() { Found::Accepted(MediaType::Msg) } else { Found::Refused(damaged()) });
    }
    let old = OLD.iter().find(|(name, _)| names.contains(*name));
    Ok(Found::Other(old.map_or("an old Office file, or another compound file", |(_, words)| words).into()))
}

/// Reads an Outlook message.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(view: &View, rules: &Rules) -> io::Result<Report> {
    let Some(mut file) = open(view)? else { return Ok(Report::of(damaged())) };
    let looked = catch_unwind(AssertUnwindSafe(|| mail::msg::look(&mut file, rules)));
    Stop::reported(looked.unwrap_or_else(|_| Err(damaged().into())))
}

/// Opens it; `None` if it is not sound.
fn open(view: &View) -> io::Result<Option<Compound>> {
    let opened = catch_unwind(AssertUnwindSafe(|| cfb::CompoundFile::open(view.from(0))));
    match opened {
        Ok(Ok(file)) => Ok(Some(file)),
        Ok(Err(error)) if is_of_the_data(&error) => Ok(None),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether the file's structure is at fault, and not the disk it is read from.
pub fn is_of_the_data(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::InvalidData | K::InvalidInput | K::UnexpectedEof | K::NotFound | K::Other)
}

/// The telling names that stand anywhere in a file whose own list cannot be read.
fn known_names(view: &View) -> io::Result<BTreeSet<String>> {
    let names: Vec<&str> = OLD.iter().map(|(name, _)| *name).chain([PASSWORD, MESSAGE]).collect();
    let wide: Vec<Vec<u8>> =
        names.iter().map(|name| name.encode_utf16().flat_map(u16::to_le_bytes).collect()).collect();
    let longest = wide.iter().map(Vec::len).max().unwrap_or(0);
    let (mut view, mut window, mut block) = (view.from(0), Vec::new(), vec![0; 64 * 1024]);
    let mut found = BTreeSet::new();
    loop {
        let count = view.read(&mut block)?;
        if count == 0 {
            return Ok(found);
        }
        window.extend_from_slice(&block[..count]);
        for (name, wide) in names.iter().zip(&wide) {
            if window.windows(wide.len()).any(|bytes| bytes == wide) {
                found.insert((*name).to_owned());
            }
        }
        window.drain(..window.len().saturating_sub(longest));
    }
}

fn damaged() -> Finding {
    let detail = "The message is damaged: its parts cannot be read. Save it from your mail program again and upload the new file.";
    Finding::new(FindingCode::Damaged, detail)
}
