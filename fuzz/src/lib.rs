//! What the fuzzer is let loose on. The sources of the service's inspection are compiled in here themselves,
//! without its HTTP, SQL and S3 crates: built for fuzzing, those would take longer than the fuzzing.

// Most of these sources serves what is not in here.
#![allow(dead_code)]

#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/inspect/mod.rs"]
pub mod inspect;
#[path = "../../src/web/range.rs"]
mod range;
#[path = "../../src/web/schema.rs"]
mod schema;
mod seeds;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use domain::file_name::FileName;
use domain::finding::{Facts, Verdict};
use domain::limits::{MailLimits, PackageLimits, PdfLimits};
use domain::media_type::MediaType;
use inspect::{Claim, Rules, fuzz::inspect_as};

/// Before the first input of a target: plants its seeds, and says which panics count.
///
/// Where the service expects a parser to panic it catches that; libFuzzer would end at each one nevertheless. So
/// only a panic in our own sources ends at once, and one of a crate if nobody catches it.
pub fn start(target: &str) {
    seeds::plant(target);
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or("", std::panic::Location::file);
        if !(place.contains("/registry/") || place.starts_with("/rustc/")) {
            report(panic);
        }
    }));
}

pub fn pdf(input: &[u8]) {
    look(&[MediaType::Pdf], input);
}

pub fn package(input: &[u8]) {
    use MediaType as M;
    look_by_first_byte(&[M::Docx, M::Odt, M::Xlsx, M::Pptx, M::Ods, M::Odp], input);
}

pub fn compound(input: &[u8]) {
    look(&[MediaType::Msg], input);
}

pub fn mail(input: &[u8]) {
    look(&[MediaType::Eml], input);
}

pub fn text(input: &[u8]) {
    look_by_first_byte(&[MediaType::Txt, MediaType::Csv, MediaType::Md], input);
}

pub fn picture(input: &[u8]) {
    look_by_first_byte(&seeds::PICTURES, input);
}

pub fn sound(input: &[u8]) {
    look_by_first_byte(&seeds::SOUNDS, input);
}

pub fn film(input: &[u8]) {
    look_by_first_byte(&seeds::FILMS, input);
}

/// The whole way of an upload: a line with the name and the declared type, and the file behind it.
pub fn inspect(input: &[u8]) {
    let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
    let line = String::from_utf8_lossy(&input[..end]);
    let (name, declared) = line.split_once('\t').map_or((&*line, None), |(name, declared)| (name, Some(declared)));
    let Ok(name) = FileName::offered(name) else { return };
    let claim = Claim { name, declared: declared.map(str::to_owned) };
    let file = input.get(end + 1..).unwrap_or_default();
    let rules = rules();
    let content: Arc<dyn inspect::ReadAt> = file_of(file);
    hold(&inspect::inspect(&content, file.len() as u64, &claim, &rules).expect("the file can be read"));
    let _ = inspect::size_limit(&file[..file.len().min(inspect::HEAD)], &rules);
}

pub fn file_name(input: &[u8]) {
    let claimed = String::from_utf8_lossy(input);
    let name = FileName::from_client(&claimed);
    safe(&name);
    assert_eq!(FileName::from_client(name.as_str()), name, "what is safe stays as it is");
    if let Ok(offered) = FileName::offered(&claimed) {
        safe(&offered);
        assert_eq!(FileName::offered(offered.as_str()), Ok(offered.clone()), "what is taken is taken again");
    }
}

/// Eight bytes for the length, and the header.
pub fn range(input: &[u8]) {
    let Some((len, header)) = input.split_first_chunk::<8>() else { return };
    let Ok(header) = std::str::from_utf8(header) else { return };
    let len = u64::from_le_bytes(*len);
    if let range::Asked::Part(part) = range::asked(header, len) {
        assert!(part.start < part.end && part.end <= len, "{part:?} of {len}");
    }
}

fn look_by_first_byte(types: &[MediaType], input: &[u8]) {
    if let Some((first, file)) = input.split_first() {
        look(&types[usize::from(*first) % types.len()..], file);
    }
}

/// Inspects a file as the first of these types.
fn look(types: &[MediaType], file: &[u8]) {
    if !file.is_empty() {
        hold(&inspect_as(types[0], &file_of(file), &rules()).expect("the file can be read"));
    }
}

/// What holds for every verdict: it tells something, each thing once, and nothing that plays tricks on a reader.
fn hold(verdict: &Verdict) {
    for (at, finding) in verdict.findings.iter().enumerate() {
        assert!(!finding.detail.is_empty(), "{verdict:?}");
        assert!(!finding.detail.contains(char::is_control), "{verdict:?}");
        assert!(!verdict.findings[..at].contains(finding), "{verdict:?}");
    }
    let Facts { author, software, codecs, .. } = &verdict.facts;
    for told in author.iter().chain(software).chain(codecs) {
        assert!(!told.contains(char::is_control) && told.chars().count() <= 1000, "{verdict:?}");
    }
}

fn safe(name: &FileName) {
    let text = name.to_string();
    assert!(!text.is_empty() && text.len() <= 200, "{text:?}");
    assert!(!text.contains(|c: char| c.is_control() || "/\\\"<>|?*:".contains(c)), "{text:?}");
    assert!(!text.starts_with('.') && !text.ends_with(['.', ' ']), "{text:?}");
    assert!(name.extension().is_none_or(|ending| !ending.is_empty()), "{text:?}");
}

/// One file, rewritten for each input: making a new one would take longer than looking at it.
fn file_of(bytes: &[u8]) -> Arc<File> {
    thread_local!(static FILE: RefCell<Option<Arc<File>>> = const { RefCell::new(None) });
    FILE.with_borrow_mut(|file| {
        let file = file.get_or_insert_with(|| Arc::new(tempfile::tempfile().expect("a temporary file")));
        file.set_len(0).expect("it can be emptied");
        file.write_all_at(bytes, 0).expect("it can be written");
        Arc::clone(file)
    })
}

/// Small limits, so that small inputs reach them.
fn rules() -> Rules {
    Rules {
        max_bytes: 10_000_000,
        max_recording_bytes: 20_000_000,
        accept: MediaType::ALL.to_vec(),
        max_pages: 50,
        max_pixels: 1_000_000,
        pdf: PdfLimits { max_objects: 10_000, max_stream_bytes: 1_000_000 },
        package: PackageLimits {
            max_entries: 100,
            max_entry_bytes: 1_000_000,
            max_total_bytes: 2_000_000,
            max_xml_depth: 100,
        },
        mail: MailLimits { max_header_bytes: 20_000, max_parts: 50, max_depth: 5 },
        severity: BTreeMap::new(),
    }
}
