//! ZIP packages: an office document names its own kind inside (OPC `[Content_Types].xml`, ECMA-376 part 2;
//! OpenDocument `mimetype`, ODF 1.3 part 2), and that name decides, not the names of its entries.

use std::io::{self, BufReader, Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{Found, View};
use crate::domain::finding::{Finding, FindingCode};
use crate::domain::media_type::MediaType;

/// Bytes of a content-types part that are read: real ones have a few kilobytes.
const CONTENT_TYPES_LIMIT: u64 = 4 * 1024 * 1024;

pub fn identify(view: View) -> Found {
    let Ok(mut archive) = ZipArchive::new(BufReader::new(view)) else {
        return Found::Refused(damaged("its list of contents cannot be read"));
    };
    for index in 0..archive.len() {
        match archive.by_index_raw(index) {
            Ok(entry) if entry.encrypted() => return Found::Refused(encrypted()),
            Ok(_) => {}
            Err(_) => return Found::Refused(damaged("one of its parts cannot be read")),
        }
    }
    // OpenDocument encrypts its parts itself and says so in its manifest (ODF 1.3 part 2, 3.4).
    let manifest = read_entry(&mut archive, "META-INF/manifest.xml", CONTENT_TYPES_LIMIT);
    if manifest.is_some_and(|manifest| manifest.contains("encryption-data")) {
        return Found::Refused(encrypted());
    }
    if let Some(kind) = read_entry(&mut archive, "mimetype", 100) {
        return match kind.trim().parse() {
            Ok(found @ (MediaType::Odt | MediaType::Ods | MediaType::Odp)) => Found::Accepted(found),
            _ => Found::Other("an archive or a document of another kind".into()),
        };
    }
    match read_entry(&mut archive, "[Content_Types].xml", CONTENT_TYPES_LIMIT) {
        Some(types) => main_part(&types),
        None => Found::Other("an archive (ZIP)".into()),
    }
}

/// A compound file: either an office document encrypted with a password (MS-OFFCRYPTO), or one of the old
/// formats, which are not accepted.
pub fn identify_ole(view: View) -> io::Result<Found> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(if contains(view, &name)? {
        Found::Refused(encrypted())
    } else {
        Found::Other("an old Office or Outlook file".into())
    })
}

fn read_entry<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str, limit: u64) -> Option<String> {
    let mut text = String::new();
    archive.by_name(name).ok()?.take(limit).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Reads the content type of the main part among all that the package lists, to the end of the list: macros may
/// stand behind it.
fn main_part(types: &str) -> Found {
    let mut reader = quick_xml::Reader::from_str(types);
    let mut main = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                for attribute in element.attributes().flatten() {
                    let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
                    match of_content_type(&value) {
                        Some(refused @ Found::Refused(_)) => return refused,
                        found => main = main.or(found),
                    }
                }
            }
            Ok(Event::Eof) => return main.unwrap_or_else(|| Found::Other("a package of another kind".into())),
            Ok(_) => {}
            Err(_) => return Found::Refused(damaged("its list of content types is broken")),
        }
    }
}

fn of_content_type(value: &str) -> Option<Found> {
    const OFFICE: &str = "application/vnd.openxmlformats-officedocument.";
    let lower = value.to_ascii_lowercase();
    if lower.contains("macroenabled") || lower == "application/vnd.ms-office.vbaproject" {
        let detail = "The document can run macros. Save it without macros (as .docx, .xlsx or .pptx) and upload that.";
        return Some(Found::Refused(Finding::new(FindingCode::Macros, detail)));
    }
    match value.strip_prefix(OFFICE)? {
        "wordprocessingml.document.main+xml" => Some(Found::Accepted(MediaType::Docx)),
        "spreadsheetml.sheet.main+xml" => Some(Found::Accepted(MediaType::Xlsx)),
        "presentationml.presentation.main+xml" => Some(Found::Accepted(MediaType::Pptx)),
        _ => None,
    }
}

fn contains(mut view: View, needle: &[u8]) -> io::Result<bool> {
    let mut window = Vec::new();
    let mut block = vec![0; 64 * 1024];
    loop {
        let count = view.read(&mut block)?;
        if count == 0 {
            return Ok(false);
        }
        window.extend_from_slice(&block[..count]);
        if window.windows(needle.len()).any(|bytes| bytes == needle) {
            return Ok(true);
        }
        window.drain(..window.len().saturating_sub(needle.len()));
    }
}

fn damaged(what: &str) -> Finding {
    let detail =
        format!("The document is damaged: {what}. Open it on your device, save it again and upload the new file.");
    Finding::new(FindingCode::Damaged, detail)
}

fn encrypted() -> Finding {
    let detail = "The document is protected with a password, so an assessor could not open it. Remove the password and upload it again.";
    Finding::new(FindingCode::Encrypted, detail)
}
