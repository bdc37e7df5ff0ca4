//! What a file really is. Only its bytes decide; the name and the declared type are claims to compare with
//! them. Limits go in, a verdict comes out, and nothing in here touches the network or another file.

mod boxes;
mod bytes;
mod compound;
#[cfg(fuzzing)]
pub mod fuzz;
mod judge;
mod links;
#[cfg(test)]
mod made;
mod mail;
mod package;
mod pdf;
mod picture;
mod program;
mod recording;
mod riff;
mod rules;
mod said;
mod sniff;
mod stop;
mod tail;
#[cfg(test)]
mod tests;
mod text;
mod told;
mod view;

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use rules::Rules;
use stop::{Broken, Stop};
pub use view::ReadAt;
use view::View;

use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding, FindingCode, Verdict};
use crate::domain::media_type::{MediaType, Sort};

/// What a client says about a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claim {
    pub name: FileName,
    /// The `Content-Type` of its part.
    pub declared: Option<String>,
}

/// How many bytes from the start tell a coarse type.
pub const HEAD: usize = 8 * 1024;

/// The size limit of a file that starts with `head`: recordings may be larger than all else.
#[must_use]
pub fn size_limit(head: &[u8], rules: &Rules) -> u64 {
    match sniff::sniff(head) {
        sniff::Sniffed::Accepted(found) => rules.max_bytes_of(found),
        _ => rules.max_bytes,
    }
}

/// Why a file is refused that its inspection did not survive.
#[must_use]
pub fn too_complex() -> Finding {
    let detail = "The file could not be inspected within the limits of time and memory. Export it again, or upload it in a simpler form, for instance as a PDF.";
    Finding::new(FindingCode::TooComplex, detail)
}

/// Why a file of more than `limit` bytes is refused.
#[must_use]
pub fn too_large(limit: u64) -> Finding {
    let limit = if limit < 1_000_000 { format!("{limit} bytes") } else { format!("{} MB", limit / 1_000_000) };
    Finding::new(
        FindingCode::TooLarge,
        format!("The file is larger than {limit}, the limit for its type. Upload a shorter or compressed version."),
    )
}

/// Inspects a whole file of `len` bytes. Blocks; a parser that panics makes the file a damaged one.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(file: &Arc<dyn ReadAt>, len: u64, claim: &Claim, rules: &Rules) -> io::Result<Verdict> {
    let mut verdict = look(file, len, claim, rules)?;
    rules.weigh(&mut verdict);
    Ok(verdict)
}

fn look(file: &Arc<dyn ReadAt>, len: u64, claim: &Claim, rules: &Rules) -> io::Result<Verdict> {
    if len == 0 {
        let detail =
            "The file is empty. Choose the file again; if it is empty on your device too, export it once more.";
        return Ok(refused(None, Finding::new(FindingCode::EmptyFile, detail)));
    }
    let view = View::new(Arc::clone(file), len);
    let mut head = vec![0; HEAD.min(usize::try_from(len).unwrap_or(HEAD))];
    view.fill(&mut head, 0)?;
    let limit = size_limit(&head, rules);
    if len > limit {
        return Ok(refused(None, too_large(limit)));
    }
    let found = identify(&head, &view, claim, rules)?;
    match judge::judge(found, claim, rules) {
        Ok(media_type) => {
            let Report { findings, facts } = look_inside(media_type, view, rules)?;
            Ok(Verdict { media_type: Some(media_type), findings, facts })
        }
        Err(finding) => Ok(refused(None, finding)),
    }
}

/// What the content turned out to be.
enum Found {
    Accepted(MediaType),
    /// A type with a name that people know, but not one that is accepted.
    Other(String),
    /// Text, and nothing more can be told without a name.
    Text,
    /// The content alone refuses the file, whatever it is called.
    Refused(Finding),
    Unknown,
}

fn identify(head: &[u8], view: &View, claim: &Claim, rules: &Rules) -> io::Result<Found> {
    if let Some(found) = text::identify(head, view, claim)? {
        return Ok(found);
    }
    Ok(match sniff::sniff(head) {
        sniff::Sniffed::Accepted(media_type) if media_type.sort() == Sort::Recording => {
            Found::Accepted(recording::identify(view, media_type)?)
        }
        sniff::Sniffed::Accepted(media_type) => Found::Accepted(media_type),
        sniff::Sniffed::Package => package::identify(view, rules)?,
        sniff::Sniffed::Compound => compound::identify(view)?,
        sniff::Sniffed::Other(name) => Found::Other(name),
        sniff::Sniffed::Unknown if is_mail(head, claim) => Found::Accepted(MediaType::Eml),
        sniff::Sniffed::Unknown if text::is_text(view)? => Found::Text,
        sniff::Sniffed::Unknown => Found::Unknown,
    })
}

/// Whether a file without a signature is a mail; its name's word makes up for a header.
fn is_mail(head: &[u8], claim: &Claim) -> bool {
    let named = claim.name.extension().is_some_and(|ending| MediaType::of_extension(&ending) == Some(MediaType::Eml));
    mail::is_mail(head) || (named && mail::is_called_mail_rightly(head))
}

/// What the inspector of a format has to say of a file that is of its type.
#[derive(Default)]
struct Report {
    findings: Vec<Finding>,
    facts: Facts,
}

impl Report {
    fn of(finding: Finding) -> Self {
        Self { findings: vec![finding], facts: Facts::default() }
    }

    /// Adds a remark, unless there is one of its code: a hundred links are one remark about links.
    fn add(&mut self, finding: Finding) {
        if !self.findings.iter().any(|earlier| earlier.code == finding.code) {
            self.findings.push(finding);
        }
    }
}

fn look_inside(media_type: MediaType, view: View, rules: &Rules) -> io::Result<Report> {
    use MediaType as M;
    match media_type {
        M::Pdf => pdf::inspect(view, rules),
        M::Docx | M::Xlsx | M::Pptx | M::Odt | M::Ods | M::Odp => package::inspect(media_type, &view, rules),
        M::Txt | M::Csv | M::Md => text::inspect(media_type, view),
        M::Eml => mail::inspect(view, rules),
        M::Msg => compound::inspect(&view, rules),
        M::Jpeg | M::Png | M::Webp | M::Heic | M::Gif | M::Tiff => picture::inspect(media_type, view, rules),
        M::Mp3 | M::M4a | M::Wav | M::Ogg | M::Flac | M::Mp4 | M::Mov | M::Webm => {
            recording::inspect(media_type, view, rules)
        }
    }
}

fn refused(media_type: Option<MediaType>, finding: Finding) -> Verdict {
    Verdict { media_type, findings: vec![finding], facts: Facts::default() }
}
