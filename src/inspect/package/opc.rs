//! Office Open XML (ECMA-376): the part that the package's first relationship leads to has a content type, and that
//! is the document's kind. Relationships tell what else it loads, and from where.

use std::collections::HashMap;

use super::directory::Entry;
use super::xml::{self, Node, attribute, is};
use super::{Package, damaged, embedded, embedded_files, encrypted, external, linked, macros, program_inside};
use crate::domain::finding::Facts;
use crate::domain::media_type::MediaType;
use crate::inspect::links::{self, Leads};
use crate::inspect::{Found, Report, Stop, told};

const CONTENT_TYPES: &str = "[Content_Types].xml";
const ROOT: &str = "_rels/.rels";
/// Programs that office documents have always exchanged data with (DDE).
const OFFICE_PROGRAMS: &[&str] = &["excel", "winword", "powerpnt", "msaccess", "msproject", "soffice"];

/// The content types that a package gives its parts.
#[derive(Default)]
struct Types {
    by_ending: HashMap<String, String>,
    by_name: HashMap<String, String>,
}

impl Types {
    fn read(package: &Package) -> Result<Self, Stop> {
        let mut types = Self::default();
        let Some(entry) = package.entry(CONTENT_TYPES) else { return Ok(types) };
        xml::scan(package.part(entry), package.limits.max_xml_depth, |node| {
            let Node::Start(element) = node else { return };
            let Some(content_type) = attribute(element, "ContentType") else { return };
            if let Some(name) = attribute(element, "PartName") {
                types.by_name.insert(name.trim_start_matches('/').to_lowercase(), content_type.to_lowercase());
            } else if let Some(ending) = attribute(element, "Extension") {
                types.by_ending.insert(ending.to_lowercase(), content_type.to_lowercase());
            }
        })?;
        Ok(types)
    }

    fn of(&self, name: &str) -> &str {
        let name = name.to_lowercase();
        let by_ending = || self.by_ending.get(name.rsplit_once('.')?.1);
        self.by_name.get(&name).or_else(by_ending).map_or("", String::as_str)
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.by_name.values().chain(self.by_ending.values())
    }
}

/// One relationship: what it is, and where it leads.
struct Relationship {
    /// The last word of its type, which the transitional and the strict format share.
    sort: String,
    target: String,
    external: bool,
}

fn relationships(package: &Package, entry: &Entry) -> Result<Vec<Relationship>, Stop> {
    let mut found = Vec::new();
    xml::scan(package.part(entry), package.limits.max_xml_depth, |node| {
        let Node::Start(element) = node else { return };
        if !is(element, "Relationship") {
            return;
        }
        let sort = attribute(element, "Type").unwrap_or_default();
        found.push(Relationship {
            sort: sort.rsplit('/').next().unwrap_or_default().to_owned(),
            target: attribute(element, "Target").unwrap_or_default(),
            external: attribute(element, "TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("External")),
        });
    })?;
    Ok(found)
}

/// What kind of document the package is.
pub fn kind(package: &Package) -> Result<Found, Stop> {
    let types = Types::read(package)?;
    if types.all().any(|content_type| runs(content_type)) {
        return Err(macros().into());
    }
    let Some(root) = package.entry(ROOT) else {
        return Ok(Found::Other("a package of another kind".into()));
    };
    let main = relationships(package, root)?.into_iter().find(|relationship| relationship.sort == "officeDocument");
    let Some(main) = main else { return Ok(Found::Other("a package of another kind".into())) };
    let name = main.target.trim_start_matches('/');
    if package.entry(name).is_none() {
        return Err(damaged("its main part is missing").into());
    }
    Ok(of_main(types.of(name)))
}

fn of_main(content_type: &str) -> Found {
    const OFFICE: &str = "application/vnd.openxmlformats-officedocument.";
    match content_type.strip_prefix(OFFICE).unwrap_or_default() {
        "wordprocessingml.document.main+xml" => Found::Accepted(MediaType::Docx),
        "spreadsheetml.sheet.main+xml" => Found::Accepted(MediaType::Xlsx),
        "presentationml.presentation.main+xml" => Found::Accepted(MediaType::Pptx),
        "wordprocessingml.template.main+xml" => Found::Other("a Word template (DOTX)".into()),
        "spreadsheetml.template.main+xml" => Found::Other("an Excel template (XLTX)".into()),
        "presentationml.template.main+xml" => Found::Other("a PowerPoint template (POTX)".into()),
        "presentationml.slideshow.main+xml" => Found::Other("a PowerPoint show (PPSX)".into()),
        _ => Found::Other("an office document of another kind".into()),
    }
}

/// Whether a part of this content type (in lower case) runs.
fn runs(content_type: &str) -> bool {
    ["macroenabled", "vbaproject", "macrosheet", "vbadata", "intlmacrosheet"]
        .iter()
        .any(|word| content_type.contains(word))
}

/// Reads every part.
pub fn look(package: &Package, report: &mut Report) -> Result<(), Stop> {
    let types = Types::read(package)?;
    let named_macro = |name: &str| {
        let name = name.to_lowercase();
        name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml") || name.contains("/macrosheets/")
    };
    if package.has(named_macro) {
        return Err(macros().into());
    }
    if package.has(|name| name.eq_ignore_ascii_case("EncryptedPackage")) {
        return Err(encrypted().into());
    }
    for entry in package.entries.iter().filter(|entry| !entry.is_folder()) {
        let name = entry.name.to_lowercase();
        if name.contains("/embeddings/") || name.contains("/activex/") {
            report.add(embedded_files());
        }
        let ending = entry.ending();
        if ending == "rels" {
            for relationship in relationships(package, entry)? {
                weigh(&relationship, report)?;
            }
        } else if ending == "xml" || types.of(&name).ends_with("xml") && ending != "vml" {
            content(package, entry, report)?;
        } else {
            embedded::look(package, entry)?;
        }
    }
    facts(package, &types, &mut report.facts)
}

/// What a relationship means for whoever opens the document.
fn weigh(relationship: &Relationship, report: &mut Report) -> Result<(), Stop> {
    let Relationship { sort, target, external: outside } = relationship;
    let sort = sort.as_str();
    if ["vbaProject", "wordVbaData", "xlMacrosheet", "xlIntlMacrosheet"].contains(&sort) {
        return Err(macros().into());
    }
    if !outside {
        if matches!(sort, "oleObject" | "package" | "control" | "activeXControlBinary") {
            report.add(embedded_files());
        }
        return Ok(());
    }
    let leads = links::leads(target);
    match sort {
        "hyperlink" => links::remark("document", target).into_iter().for_each(|finding| report.add(finding)),
        // A template on the writer's own disk is what Word notes for every document that has one.
        "attachedTemplate" if matches!(leads, Leads::Here | Leads::Disk) => report.add(linked("a template")),
        "attachedTemplate" => return Err(external("a template").into()),
        // Data pasted as a link to a workbook on the writer's own disk: what is there shows, and nothing is fetched.
        "oleObject" | "package" if matches!(leads, Leads::Here | Leads::Disk) => {
            report.add(linked("another file of the computer it was made on"));
        }
        "oleObject" | "package" => return Err(external("an object of another program").into()),
        "frame" | "aFChunk" => return Err(external("a part of its text").into()),
        "image" => report.add(linked("a picture that is kept elsewhere")),
        "audio" | "video" | "media" => report.add(linked("a recording that is kept elsewhere")),
        _ => report.add(linked("data that is kept elsewhere")),
    }
    Ok(())
}

/// A part of XML: fields and actions that reach out of the document are written in it.
fn content(package: &Package, entry: &Entry, report: &mut Report) -> Result<(), Stop> {
    let (mut instructions, mut in_field) = (String::new(), false);
    let (mut launches, mut queries, mut asks) = (false, false, false);
    xml::scan(package.part(entry), package.limits.max_xml_depth, |node| match node {
        Node::Start(element) => {
            in_field = is(element, "instrText");
            if is(element, "fldSimple") {
                instructions.push_str(&attribute(element, "instr").unwrap_or_default());
                instructions.push('\n');
            } else if is(element, "fldChar") {
                instructions.push('\n');
            } else if is(element, "ddeLink") {
                let service = attribute(element, "ddeService").unwrap_or_default().to_lowercase();
                asks |= !OFFICE_PROGRAMS.contains(&service.as_str());
                queries = true;
            } else if is(element, "dbPr") || is(element, "webPr") {
                queries = true;
            } else if is(element, "hlinkClick") || is(element, "hlinkHover") || is(element, "hlinkMouseOver") {
                let action = attribute(element, "action").unwrap_or_default().to_lowercase();
                launches |= action.starts_with("ppaction://program");
            }
        }
        // A field's words may be spread over several stretches of text.
        Node::Text(text) if in_field && instructions.len() < 1_000_000 => instructions.push_str(&text),
        Node::Text(_) => {}
        Node::End => in_field = false,
    })?;
    if launches {
        return Err(program_inside().into());
    }
    if asks {
        return Err(external("data from another program, which it starts,").into());
    }
    if queries || instructions.lines().any(fetches) {
        report.add(linked("data of another program or address, which it asks for"));
    }
    Ok(())
}

/// Whether a field's instruction asks another program, or loads from elsewhere.
fn fetches(instruction: &str) -> bool {
    let mut words = instruction.split_whitespace();
    let sort = words.next().unwrap_or_default().to_ascii_uppercase();
    let target = words.next().unwrap_or_default().trim_matches('"');
    match sort.as_str() {
        "DDE" | "DDEAUTO" => true,
        "INCLUDETEXT" | "INCLUDEPICTURE" | "LINK" | "IMPORT" | "INCLUDE" => links::leads(target) != Leads::Here,
        _ => false,
    }
}

/// What the document's properties say (ECMA-376 part 1, 22.2; part 2, 11).
fn facts(package: &Package, types: &Types, facts: &mut Facts) -> Result<(), Stop> {
    let is_property = |entry: &&Entry| {
        let content_type = types.of(&entry.name);
        content_type.ends_with("core-properties+xml") || content_type.ends_with("extended-properties+xml")
    };
    for entry in package.entries.iter().filter(is_property) {
        let (mut element, mut values) = (String::new(), HashMap::<String, String>::new());
        xml::scan(package.part(entry), package.limits.max_xml_depth, |node| match node {
            Node::Start(start) => start.local_name().as_ref().clone_into(&mut element),
            Node::Text(text) => values.entry(element.clone()).or_default().push_str(&text),
            Node::End => element.clear(),
        })?;
        let value = |name: &str| values.get(name).map(String::as_str);
        facts.author = facts.author.take().or_else(|| told::line(value("creator")?));
        facts.software = facts.software.take().or_else(|| told::line(value("Application")?));
        facts.captured_at = facts.captured_at.or_else(|| told::iso_moment(value("created")?));
        let count = |name: &str| value(name).and_then(|text| text.trim().parse::<u32>().ok());
        facts.pages = facts.pages.or(count("Pages").filter(|pages| *pages > 0)).or(count("Slides"));
        facts.words = facts.words.or(count("Words").map(u64::from));
    }
    Ok(())
}
