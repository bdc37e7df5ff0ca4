//! Entries that are no XML: pictures and the like pass, files of other kinds are remarked, and what runs is refused.

use std::io::{Cursor, Read};

use super::directory::Entry;
use super::{Package, archive_unsafe, damaged, macros, program_inside};
use crate::inspect::{Stop, program};

/// Bytes of an embedded document that are kept to look into it; the rest is only unpacked.
const KEPT: u64 = 16 * 1024 * 1024;
/// Bytes of a wrapped file's record: its names stand in front of its content.
const RECORD: u64 = 8 * 1024;

/// Endings of documents that may be embedded; with macros they run like any other.
const DOCUMENTS: &[&str] =
    &["docx", "xlsx", "pptx", "odt", "ods", "odp", "odg", "odf", "odc", "sldx", "thmx", "glox", "vsdx"];
const WITH_MACROS: &[&str] = &["docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam", "sldm"];

/// Unpacks an entry to its end and looks at what it is.
pub fn look(package: &Package, entry: &Entry) -> Result<(), Stop> {
    let mut part = package.part(entry);
    let mut kept = Vec::new();
    part.by_ref().take(program::HEAD as u64).read_to_end(&mut kept)?;
    if program::of_content(&kept).is_some() {
        return Err(program_inside().into());
    }
    let is_document = kept.starts_with(b"PK\x03\x04") || kept.starts_with(b"\xD0\xCF\x11\xE0");
    if is_document {
        part.by_ref().take(KEPT).read_to_end(&mut kept)?;
    }
    // Old drawings are markup too, though seldom well formed; what a document type could do stands at their start.
    let ending = entry.ending();
    if ending == "vml" {
        part.by_ref().take(KEPT).read_to_end(&mut kept)?;
        if kept.windows(9).any(|window| window.eq_ignore_ascii_case(b"<!DOCTYPE")) {
            return Err(archive_unsafe("declares a document type inside, which no office program writes").into());
        }
    }
    std::io::copy(&mut part, &mut std::io::sink())?;
    if WITH_MACROS.contains(&ending.as_str()) {
        return Err(macros().into());
    }
    match kept.first() {
        Some(b'P') if is_document => archive(&kept, &ending),
        Some(0xD0) if is_document => compound(kept),
        _ => Ok(()),
    }
}

/// An embedded document is a ZIP too; any other ZIP hides what it holds from whoever looks at the document.
fn archive(bytes: &[u8], ending: &str) -> Result<(), Stop> {
    let tells = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if tells(b"vbaProject.bin") {
        return Err(macros().into());
    }
    let is_package = tells(b"[Content_Types].xml") || tells(b"mimetypeapplication/vnd.oasis.opendocument.");
    if is_package || DOCUMENTS.contains(&ending) {
        Ok(())
    } else {
        Err(archive_unsafe("has an archive inside, which nobody sees").into())
    }
}

/// An OLE object (MS-CFB): an old office document, or any file in a wrapping that names it.
fn compound(bytes: Vec<u8>) -> Result<(), Stop> {
    // One that cannot be read is not shown by an office program either, only its picture is.
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return Ok(()) };
    let paths: Vec<_> = file.walk().take(10_000).map(|entry| entry.path().to_path_buf()).collect();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.eq_ignore_ascii_case("_VBA_PROJECT") {
            return Err(macros().into());
        }
        if name.contains("Ole10Native") && file.is_stream(&path) {
            let mut record = Vec::new();
            let stream = file.open_stream(&path).map_err(|_| damaged("an embedded file cannot be read"))?;
            // A stream that breaks off shows its beginning all the same.
            let _ = stream.take(RECORD).read_to_end(&mut record);
            if runs(&record) {
                return Err(program_inside().into());
            }
        }
    }
    Ok(())
}

/// Whether a wrapped file (MS-OLEDS 2.3.6: label, path and content behind a length) is a program.
fn runs(record: &[u8]) -> bool {
    let body = record.get(6..).unwrap_or_default();
    let mut texts = body.split(|byte| *byte == 0).take(3).map(|text| String::from_utf8_lossy(text).into_owned());
    // The content's place depends on the lengths of three names; a program's header is searched where it may be.
    let header = |at: usize| record[at..].starts_with(b"MZ") && program::of_content(&record[at..]).is_some();
    texts.any(|name| program::of_name(&name)) || (4..record.len().min(4096)).any(header)
}
