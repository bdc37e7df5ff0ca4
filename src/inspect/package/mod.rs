//! ZIP packages: an office document names its own kind inside (OPC, ECMA-376 part 2; OpenDocument, ODF 1.3 part
//! 2), and that decides. Nothing is unpacked before the list of entries is sound, and nothing beyond its limits.

mod directory;
mod embedded;
mod odf;
mod opc;
mod part;
#[cfg(test)]
pub mod tests;
mod xml;

use std::io::Read;

use self::directory::Entry;
use self::part::Part;
use super::{Found, Report, Rules, Stop, View};
use crate::domain::finding::{Finding, FindingCode};
use crate::domain::limits::PackageLimits;
use crate::domain::media_type::MediaType;

/// A package whose list of entries is sound.
struct Package {
    view: View,
    entries: Vec<Entry>,
    limits: PackageLimits,
}

impl Package {
    fn open(view: &View, rules: &Rules) -> Result<Self, Stop> {
        let entries = directory::read(view, &rules.package)?;
        Ok(Self { view: view.clone(), entries, limits: rules.package })
    }

    /// An entry by its name; the case of letters makes no difference in OPC, and no two names differ in it alone.
    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn has(&self, test: impl Fn(&str) -> bool) -> bool {
        self.entries.iter().any(|entry| test(&entry.name))
    }

    fn part(&self, entry: &Entry) -> Part {
        Part::new(&self.view, entry)
    }

    /// A small text, such as a media type; `None` if there is no such entry.
    fn text(&self, name: &str, limit: u64) -> Result<Option<String>, Stop> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        self.part(entry).take(limit).read_to_end(&mut bytes)?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Tells what kind of package a file is.
///
/// # Errors
/// When the file cannot be read.
pub fn identify(view: &View, rules: &Rules) -> std::io::Result<Found> {
    match kind(view, rules) {
        Ok(found) => Ok(found),
        Err(Stop::Refused(finding)) => Ok(Found::Refused(finding)),
        Err(Stop::Unreadable(error)) => Err(error),
    }
}

fn kind(view: &View, rules: &Rules) -> Result<Found, Stop> {
    let package = Package::open(view, rules)?;
    if let Some(kind) = package.text("mimetype", 200)? {
        return odf::kind(&package, kind.trim());
    }
    if package.entry("[Content_Types].xml").is_some() {
        return opc::kind(&package);
    }
    Ok(Found::Other(archive(&package).into()))
}

/// What an archive that is no document is called.
fn archive(package: &Package) -> &'static str {
    let ends = |ending: &str| package.has(|name| name.ends_with(ending));
    if ends(".iwa") || package.has(|name| name == "index.apxl" || name == "index.xml") {
        "an Apple Pages, Numbers or Keynote document"
    } else if package.has(|name| name == "AndroidManifest.xml") {
        "an Android app"
    } else if package.has(|name| name == "META-INF/MANIFEST.MF") {
        "a Java program (JAR)"
    } else {
        "an archive (ZIP)"
    }
}

/// Reads every entry of a document of this type to its end.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(media_type: MediaType, view: &View, rules: &Rules) -> std::io::Result<Report> {
    Stop::reported(look(media_type, view, rules))
}

fn look(media_type: MediaType, view: &View, rules: &Rules) -> Result<Report, Stop> {
    let package = Package::open(view, rules)?;
    let mut report = Report::default();
    if is_pdf_too(view)? {
        return Err(Finding::new(FindingCode::Polyglot, POLYGLOT).into());
    }
    match media_type {
        MediaType::Odt | MediaType::Ods | MediaType::Odp => odf::look(&package, &mut report)?,
        _ => opc::look(&package, &mut report)?,
    }
    Ok(report)
}

const POLYGLOT: &str = "The file is an office document and a PDF at once, so programs disagree about what it is. Save the document again as a new file and upload that.";

/// Whether a PDF's header stands where readers of PDF look for it, and the file opens as one.
fn is_pdf_too(view: &View) -> std::io::Result<bool> {
    let mut head = Vec::new();
    view.from(0).take(super::pdf::HEADER_WITHIN as u64 + 5).read_to_end(&mut head)?;
    if !head.windows(5).any(|bytes| bytes == b"%PDF-") {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    view.from(0).read_to_end(&mut bytes)?;
    Ok(super::pdf::opens(bytes))
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

fn archive_unsafe(what: &str) -> Finding {
    let detail =
        format!("The document {what}. Open it in an office program, save it as a new file and upload the new file.");
    Finding::new(FindingCode::ArchiveUnsafe, detail)
}

fn bomb() -> Finding {
    let detail = "The document unpacks to far more than its size, as files made to stop a computer do. Save it again as a new file and upload that.";
    Finding::new(FindingCode::Bomb, detail)
}

fn macros() -> Finding {
    let detail = "The document can run macros. Save it without macros (as .docx, .xlsx, .pptx or an OpenDocument file without Basic or scripts) and upload that.";
    Finding::new(FindingCode::Macros, detail)
}

fn program_inside() -> Finding {
    let detail = "The document has a program inside, or starts one when it is used. Remove it, save the document as a new file and upload that.";
    Finding::new(FindingCode::ActiveContent, detail)
}

fn embedded_files() -> Finding {
    let detail = "The document has other files or controls embedded in it, which do not show in every program. Upload them as pieces of their own if they are evidence.";
    Finding::new(FindingCode::EmbeddedFiles, detail)
}

fn external(what: &str) -> Finding {
    let detail = format!(
        "The document loads {what} from elsewhere when it is opened. Break the link or embed the content, save it as a \
         new file and upload that."
    );
    Finding::new(FindingCode::ExternalReference, detail)
}

fn linked(what: &str) -> Finding {
    let detail = format!(
        "The document refers to {what}, which others may not have. Embed the content if it belongs to the evidence."
    );
    Finding::new(FindingCode::Links, detail)
}
