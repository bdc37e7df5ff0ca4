//! OpenDocument (ODF 1.3): the entry `mimetype` names the kind, the manifest tells of encryption, and Basic or
//! scripts stand in folders of their own.

use std::collections::HashMap;

use super::directory::Entry;
use super::xml::{self, Node, attribute, is};
use super::{Package, damaged, embedded, embedded_files, encrypted, external, linked, macros, program_inside};
use crate::domain::finding::Finding;
use crate::domain::media_type::MediaType;
use crate::inspect::links::{self, Leads};
use crate::inspect::{Found, Report, Stop, told};

const ODF: &str = "application/vnd.oasis.opendocument.";
const MANIFEST: &str = "META-INF/manifest.xml";

/// What kind of document a package of this `mimetype` is.
pub fn kind(package: &Package, mimetype: &str) -> Result<Found, Stop> {
    let found = match mimetype.strip_prefix(ODF).unwrap_or_default() {
        "text" => Found::Accepted(MediaType::Odt),
        "spreadsheet" => Found::Accepted(MediaType::Ods),
        "presentation" => Found::Accepted(MediaType::Odp),
        "text-master" => Found::Other("an OpenDocument master document (ODM)".into()),
        "graphics" => Found::Other("an OpenDocument drawing (ODG)".into()),
        other if other.ends_with("-template") => Found::Other("an OpenDocument template".into()),
        _ if mimetype == "application/epub+zip" => Found::Other("an e-book (EPUB)".into()),
        _ => Found::Other("an archive or a document of another kind".into()),
    };
    if matches!(found, Found::Accepted(_)) {
        if is_encrypted(package)? {
            return Err(encrypted().into());
        }
        if package.entry("content.xml").is_none() {
            return Err(damaged("its content is missing").into());
        }
    }
    Ok(found)
}

/// ODF encrypts its parts itself, and tells so in its manifest (ODF 1.3 part 2, 3.4).
fn is_encrypted(package: &Package) -> Result<bool, Stop> {
    let Some(manifest) = package.entry(MANIFEST) else { return Ok(package.entry("encrypted-package").is_some()) };
    let mut told = package.entry("encrypted-package").is_some();
    xml::scan(package.part(manifest), package.limits.max_xml_depth, |node| {
        if let Node::Start(element) = node {
            told |= is(element, "encryption-data") || is(element, "encrypted-key");
        }
    })?;
    Ok(told)
}

/// Reads every entry.
pub fn look(package: &Package, report: &mut Report) -> Result<(), Stop> {
    if package.has(runs) {
        return Err(macros().into());
    }
    for entry in package.entries.iter().filter(|entry| !entry.is_folder()) {
        let name = entry.name.to_lowercase();
        if name.starts_with("meta-inf/") && name.contains("macrosignatures") {
            continue;
        }
        if matches!(entry.ending().as_str(), "xml" | "rdf") {
            content(package, entry, report)?;
        } else {
            embedded::look(package, entry)?;
        }
    }
    Ok(())
}

/// Whether an entry holds Basic or a script. The two lists of libraries may stand there empty.
fn runs(name: &str) -> bool {
    let lists = ["script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"];
    let is_list = lists.iter().any(|list| name.ends_with(list));
    let in_folder = name.starts_with("Basic/") || name.starts_with("Scripts/") || name.contains("/Basic/");
    in_folder && !name.ends_with('/') && !is_list
}

/// What a document's XML does beside holding its text.
#[derive(Default)]
struct Seen {
    /// What refuses the document.
    stops: Option<Finding>,
    embeds: bool,
    refers: bool,
    link: Option<String>,
    element: String,
    values: HashMap<String, String>,
    counts: HashMap<&'static str, u64>,
}

fn content(package: &Package, entry: &Entry, report: &mut Report) -> Result<(), Stop> {
    let is_meta = entry.name.eq_ignore_ascii_case("meta.xml");
    let mut seen = Seen::default();
    xml::scan(package.part(entry), package.limits.max_xml_depth, |node| match node {
        Node::Start(element) => {
            seen.look(element);
            if is_meta {
                element.local_name().as_ref().clone_into(&mut seen.element);
            }
        }
        Node::Text(text) if is_meta && seen.values.len() < 1000 => {
            seen.values.entry(seen.element.clone()).or_default().push_str(&text);
        }
        Node::Text(_) => {}
        Node::End => seen.element.clear(),
    })?;
    if let Some(finding) = seen.stops {
        return Err(finding.into());
    }
    if seen.embeds {
        report.add(embedded_files());
    }
    if seen.refers {
        report.add(linked("content that is kept elsewhere"));
    }
    if let Some(finding) = seen.link.as_deref().and_then(|target| links::remark("document", target)) {
        report.add(finding);
    }
    if is_meta {
        seen.tell(report);
    }
    Ok(())
}

impl Seen {
    fn look(&mut self, element: &quick_xml::events::BytesStart) {
        let name = element.local_name();
        let target = || attribute(element, "href").unwrap_or_default();
        match name.as_ref() {
            "event-listener" => {
                let script = target().to_lowercase();
                if script.starts_with("vnd.sun.star.script") || script.starts_with("macro:") {
                    self.stops = Some(macros());
                } else if attribute(element, "action").is_some_and(|action| action == "execute") {
                    self.stops = Some(program_inside());
                }
            }
            "object-ole" if outside(&target()) => self.stops = Some(external("an object of another program")),
            "object-ole" => self.embeds = true,
            "object" | "section-source" | "floating-frame" if outside(&target()) => {
                self.stops = Some(external("a part of its content"));
            }
            "applet" | "plugin" => self.embeds = true,
            "image" | "fill-image" | "table-source" | "cell-range-source" if outside(&target()) => self.refers = true,
            "dde-source" | "dde-connection-decl" | "dde-link" => self.refers = true,
            "a" if self.link.is_none() => {
                let target = target();
                if target.to_lowercase().starts_with("vnd.sun.star.script") {
                    self.stops = Some(macros());
                }
                self.link = links::remark("document", &target).map(|_| target);
            }
            "document-statistic" => {
                for (name, key) in [("page-count", "pages"), ("word-count", "words")] {
                    if let Some(count) = attribute(element, name).and_then(|count| count.parse().ok()) {
                        self.counts.insert(key, count);
                    }
                }
            }
            _ => {}
        }
    }

    /// What `meta.xml` says (ODF 1.3 part 3, 4.3).
    fn tell(&self, report: &mut Report) {
        let value = |name: &str| self.values.get(name).map(String::as_str);
        let facts = &mut report.facts;
        facts.author = value("initial-creator").or(value("creator")).and_then(told::line);
        facts.software = value("generator").and_then(told::line);
        facts.captured_at = value("creation-date").and_then(told::iso_moment);
        facts.pages = self.counts.get("pages").and_then(|count| u32::try_from(*count).ok()).filter(|count| *count > 0);
        facts.words = self.counts.get("words").copied();
    }
}

/// Whether a target is fetched from somewhere else.
fn outside(target: &str) -> bool {
    matches!(links::leads(target), Leads::Web | Leads::Share | Leads::Disk)
}
