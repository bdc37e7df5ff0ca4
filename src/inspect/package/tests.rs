//! One package for each remark, written with the library that the inspector itself does without.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::domain::finding::FindingCode as F;
use crate::inspect::tests::{codes, inspected, inspected_by};

const MAIN: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A ZIP of these entries.
pub fn package(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn types(main: &str, more: &str) -> String {
    format!(
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>\
         <Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>\
         <Override PartName='/word/document.xml' ContentType='{main}'/>{more}</Types>"
    )
}

/// A document of this main type, with more content types and more entries.
fn office(main: &str, more_types: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let types = types(main, more_types);
    let root = format!(
        "<Relationships><Relationship Type='{RELATIONS}/officeDocument' Target='word/document.xml'/></Relationships>"
    );
    let mut entries: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", types.as_bytes()), ("_rels/.rels", root.as_bytes())];
    if !more.iter().any(|(name, _)| *name == "word/document.xml") {
        entries.push(("word/document.xml", b"<w:document xmlns:w='x'><w:t>words</w:t></w:document>"));
    }
    entries.extend(more);
    package(&entries)
}

pub fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    office(MAIN, "", more)
}

pub fn odt(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut entries: Vec<(&str, &[u8])> = vec![("mimetype", b"application/vnd.oasis.opendocument.text")];
    if !more.iter().any(|(name, _)| *name == "content.xml") {
        entries.push(("content.xml", b"<office:document-content xmlns:office='x'/>"));
    }
    entries.extend(more);
    package(&entries)
}

/// A document with this relationship of its main part.
fn related(sort: &str, target: &str, mode: &str) -> Vec<u8> {
    let relations = format!(
        "<Relationships><Relationship Type='{RELATIONS}/{sort}' Target='{target}' TargetMode='{mode}'/></Relationships>"
    );
    docx(&[("word/_rels/document.xml.rels", relations.as_bytes())])
}

fn all(cases: Vec<(&str, Vec<u8>, Vec<F>)>) {
    for (name, file, expected) in cases {
        let verdict = inspected(name, &file);
        assert_eq!(codes(&verdict), expected, "{name}: {verdict:?}");
    }
}

#[test]
fn documents_are_known_by_their_main_part_and_tell_their_facts() {
    let core = b"<cp:coreProperties xmlns:cp='c' xmlns:dc='d'><dc:creator>Amy Field</dc:creator><dcterms:created>2024-03-05T10:15:30Z</dcterms:created></cp:coreProperties>";
    let app = b"<Properties><Application>Writer</Application><Pages>3</Pages><Words>412</Words></Properties>";
    let more = "<Override PartName='/docProps/core.xml' ContentType='application/vnd.openxmlformats-package.core-properties+xml'/>\
        <Override PartName='/docProps/app.xml' ContentType='application/vnd.openxmlformats-officedocument.extended-properties+xml'/>";
    let file = office(MAIN, more, &[("docProps/core.xml", core), ("docProps/app.xml", app)]);
    let verdict = inspected("a.docx", &file);
    assert_eq!((codes(&verdict), verdict.media_type), (vec![], Some(MediaType::Docx)));
    let facts = verdict.facts;
    assert_eq!((facts.author.as_deref(), facts.software.as_deref()), (Some("Amy Field"), Some("Writer")));
    assert_eq!(
        (facts.pages, facts.words, facts.captured_at.map(|at| at.to_string())),
        (Some(3), Some(412), Some("2024-03-05 10:15:30".into()))
    );

    let meta = b"<office:document-meta xmlns:office='o'><meta:initial-creator>Jo</meta:initial-creator><meta:generator>Calc</meta:generator><meta:document-statistic meta:page-count='2' meta:word-count='9'/></office:document-meta>";
    let verdict = inspected("a.odt", &odt(&[("meta.xml", meta)]));
    assert_eq!((codes(&verdict), verdict.media_type), (vec![], Some(MediaType::Odt)));
    assert_eq!(
        (verdict.facts.author.as_deref(), verdict.facts.pages, verdict.facts.words),
        (Some("Jo"), Some(2), Some(9))
    );

    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    assert_eq!(inspected("a.xlsx", &office(sheet, "", &[])).media_type, Some(MediaType::Xlsx));
    let template = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml";
    all(vec![
        ("a.xlsx", docx(&[]), vec![F::TypeMismatch]),
        ("a.docx", office(template, "", &[]), vec![F::TypeMismatch]),
        ("a.zip", package(&[("a.txt", b"a")]), vec![F::TypeNotAccepted]),
        ("a.jar", package(&[("META-INF/MANIFEST.MF", b"a")]), vec![F::TypeNotAccepted]),
        ("a.docx", package(&[("word/a.txt", b"a")]), vec![F::TypeMismatch]),
        ("a.epub", package(&[("mimetype", b"application/epub+zip")]), vec![F::TypeNotAccepted]),
        ("a.odt", package(&[("mimetype", b"application/vnd.oasis.opendocument.text")]), vec![F::Damaged]),
    ]);
}

#[test]
fn macros_are_refused_wherever_they_stand() {
    let part = "<Override PartName='/word/data.bin' ContentType='application/vnd.ms-office.vbaProject'/>";
    let library = b"<library:library xmlns:library='x'/>";
    all(vec![
        ("a.docx", office("application/vnd.ms-word.document.macroEnabled.main+xml", "", &[]), vec![F::Macros]),
        ("a.docx", office(MAIN, part, &[("word/data.bin", b"x")]), vec![F::Macros]),
        ("a.docx", docx(&[("word/vbaProject.bin", b"x")]), vec![F::Macros]),
        ("a.docx", docx(&[("word/embeddings/a.xlsm", b"x")]), vec![F::Macros]),
        ("a.docx", related("vbaProject", "data.bin", "Internal"), vec![F::Macros]),
        ("a.odt", odt(&[("Basic/Standard/Module1.xml", library)]), vec![F::Macros]),
        ("a.odt", odt(&[("Scripts/python/a.py", b"1")]), vec![F::Macros]),
        (
            "a.odt",
            odt(&[("content.xml", b"<a><script:event-listener xlink:href='vnd.sun.star.script:a'/></a>")]),
            vec![F::Macros],
        ),
        ("a.odt", odt(&[("Basic/script-lc.xml", library), ("Basic/Standard/script-lb.xml", library)]), vec![]),
    ]);
}

#[test]
fn what_is_loaded_from_elsewhere_is_refused_and_what_is_only_named_remarked() {
    let content = |xml: &'static str| docx(&[("word/document.xml", xml.as_bytes())]);
    let dde = b"<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>";
    let ole = b"<a><draw:object-ole xlink:href='http://a.test/x'/></a>";
    let section = b"<a><text:section-source xlink:href='file://host/a.odt'/></a>";
    all(vec![
        ("a.docx", related("hyperlink", "https://a.test", "External"), vec![]),
        ("a.docx", related("hyperlink", "file://host/a", "External"), vec![F::Links]),
        ("a.docx", related("attachedTemplate", "http://a.test/t.dotm", "External"), vec![F::ExternalReference]),
        ("a.docx", related("attachedTemplate", "file:///C:/t.dotm", "External"), vec![F::Links]),
        ("a.docx", related("oleObject", "http://a.test/x", "External"), vec![F::ExternalReference]),
        ("a.docx", related("oleObject", "file:///C:/a.xlsx", "External"), vec![F::Links]),
        ("a.docx", related("frame", "http://a.test/x", "External"), vec![F::ExternalReference]),
        ("a.docx", related("image", "file://host/a.png", "External"), vec![F::Links]),
        ("a.docx", content("<d><w:instrText>DDEAUTO c:\\cmd.exe</w:instrText></d>"), vec![F::Links]),
        ("a.docx", content("<d><w:instrText>DD</w:instrText><w:instrText>E cmd</w:instrText></d>"), vec![F::Links]),
        ("a.docx", content("<d><w:fldSimple w:instr=' INCLUDETEXT \"http://a.test\" '/></d>"), vec![F::Links]),
        ("a.docx", content("<d><w:fldSimple w:instr=' PAGE '/></d>"), vec![]),
        ("a.docx", docx(&[("xl/externalLinks/externalLink1.xml", dde)]), vec![F::ExternalReference]),
        ("a.odt", odt(&[("content.xml", ole)]), vec![F::ExternalReference]),
        ("a.odt", odt(&[("content.xml", section)]), vec![F::ExternalReference]),
        ("a.odt", odt(&[("content.xml", b"<a><draw:image xlink:href='http://a.test/x'/></a>")]), vec![F::Links]),
        ("a.odt", odt(&[("content.xml", b"<a><text:a xlink:href='https://a.test/x'/></a>")]), vec![]),
    ]);
}

/// An OLE object with this stream.
fn object(stream: &str, content: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(content).unwrap();
    file.into_inner().into_inner()
}

#[test]
fn embedded_files_are_remarked_and_programs_refused() {
    let wrapped = |name: &[u8], content: &[u8]| {
        object("/\u{1}Ole10Native", &[b"\0\0\0\0\x02\0", name, b"\0", name, b"\0\0\0\x03\0", content].concat())
    };
    let launch = b"<p:sld><a:hlinkClick action='ppaction://program?file=calc.exe'/></p:sld>";
    let nested = package(&[("a.txt", b"a")]);
    all(vec![
        ("a.docx", docx(&[("word/embeddings/oleObject1.bin", &wrapped(b"a.txt", b"words"))]), vec![F::EmbeddedFiles]),
        ("a.docx", docx(&[("word/embeddings/oleObject1.bin", &wrapped(b"a.exe", b"words"))]), vec![F::ActiveContent]),
        (
            "a.docx",
            docx(&[("word/embeddings/oleObject1.bin", &wrapped(b"a.txt", b"MZ\x90\0\0"))]),
            vec![F::ActiveContent],
        ),
        ("a.docx", docx(&[("word/embeddings/oleObject1.bin", &object("/_VBA_PROJECT", b"x"))]), vec![F::Macros]),
        ("a.docx", docx(&[("word/embeddings/a.docx", &docx(&[]))]), vec![F::EmbeddedFiles]),
        ("a.docx", docx(&[("word/embeddings/a.zip", &nested)]), vec![F::ArchiveUnsafe]),
        ("a.docx", docx(&[("word/media/image1.png", b"MZ\x90\0\x03")]), vec![F::ActiveContent]),
        ("a.docx", docx(&[("word/activeX/activeX1.bin", b"x")]), vec![F::EmbeddedFiles]),
        ("a.docx", docx(&[("ppt/slides/slide1.xml", launch)]), vec![F::ActiveContent]),
        (
            "a.odt",
            odt(&[("content.xml", b"<a><draw:object-ole xlink:href='./Object 1'/></a>")]),
            vec![F::EmbeddedFiles],
        ),
    ]);
}

#[test]
fn xml_that_attacks_its_reader_is_refused() {
    let dtd = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>".as_slice();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(dtd.iter().flat_map(|byte| [*byte, 0])).collect();
    let deep = [vec![b"<a>".as_slice(); 101], vec![b"</a>"; 101]].concat().concat();
    let part = |content: &[u8]| docx(&[("word/document.xml", content)]);
    all(vec![
        ("a.docx", part(dtd), vec![F::ArchiveUnsafe]),
        ("a.docx", part(&wide), vec![F::ArchiveUnsafe]),
        ("a.docx", docx(&[("word/_rels/document.xml.rels", dtd)]), vec![F::ArchiveUnsafe]),
        ("a.docx", docx(&[("word/drawings/a.vml", dtd)]), vec![F::ArchiveUnsafe]),
        ("a.docx", docx(&[("word/drawings/a.vml", b"<xml><br></xml>")]), vec![]),
        ("a.odt", odt(&[("content.xml", dtd)]), vec![F::ArchiveUnsafe]),
        ("a.docx", part(&deep), vec![F::TooComplex]),
        ("a.docx", part(b"<a><b></a>"), vec![F::Damaged]),
        ("a.docx", part(b"<a><b/>"), vec![F::Damaged]),
    ]);
}

#[test]
fn too_much_is_refused_before_it_is_unpacked() {
    let zeros = vec![0; 1_000_001];
    let names: Vec<String> = (0..100).map(|number| format!("word/media/{number}.txt")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"a".as_slice())).collect();
    all(vec![
        ("a.docx", docx(&[("word/media/a.png", &zeros)]), vec![F::Bomb]),
        (
            "a.docx",
            docx(&[("word/media/a.png", &zeros[..900_000]), ("b", &zeros[..900_000]), ("c", &zeros[..900_000])]),
            vec![F::Bomb],
        ),
        ("a.docx", docx(&many), vec![F::TooComplex]),
    ]);
    // The headers may lie about the length; what comes out is counted.
    let mut lying = docx(&[("word/media/a.png", &zeros)]);
    let told = 1_000_001_u32.to_le_bytes();
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == told {
            lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
        }
    }
    assert_eq!(codes(&inspected("a.docx", &lying)), [F::Bomb]);
    let mut rules = Rules::of_tests();
    rules.package.max_entries = 2;
    assert_eq!(codes(&inspected_by(&rules, "a.docx", &docx(&[]))), [F::TooComplex]);
}

/// Changes each place where a text stands, or only the first.
fn changed(file: &[u8], from: &[u8], to: &[u8], everywhere: bool) -> Vec<u8> {
    let mut file = file.to_vec();
    for at in 0..=file.len() - from.len() {
        if &file[at..at + from.len()] == from {
            file[at..at + to.len()].copy_from_slice(to);
            if !everywhere {
                break;
            }
        }
    }
    file
}

#[test]
fn archives_that_readers_unpack_differently_are_refused() {
    let sound = docx(&[("word/aaaaaaa.txt", b"text")]);
    let renamed = |name: &[u8]| changed(&sound, b"word/aaaaaaa.txt", name, true);
    let central = sound.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let mut link = sound.clone();
    link[central + 5] = 3;
    link[central + 41] = 0o120_000_u16.to_be_bytes()[0];
    let mut crc = sound.clone();
    crc[central + 16] ^= 1;
    let local = sound.windows(4).position(|bytes| bytes == b"PK\x03\x04").unwrap();
    crc[local + 14] ^= 1;
    let mut locked = sound.clone();
    locked[central + 8] |= 1;
    let mut overlapping = sound.clone();
    // The first entry says, at both places, that it reaches into the next.
    for at in [central + 20, local + 18] {
        overlapping[at] = overlapping[at].wrapping_add(40);
    }
    all(vec![
        ("a.docx", renamed(b"../../a/aaaa.txt"), vec![F::ArchiveUnsafe]),
        ("a.docx", renamed(b"/etc/cron.d/aaaa"), vec![F::ArchiveUnsafe]),
        ("a.docx", renamed(b"C:\\aaaaaaaaa.txt"), vec![F::ArchiveUnsafe]),
        ("a.docx", renamed(b"WORD/document.xm"), vec![]),
        ("a.docx", docx(&[("word/DOCUMENT.xml", b"<a/>")]), vec![F::ArchiveUnsafe]),
        ("a.docx", changed(&sound, b"word/aaaaaaa.txt", b"word/bbbbbbb.txt", false), vec![F::ArchiveUnsafe]),
        ("a.docx", link, vec![F::ArchiveUnsafe]),
        ("a.docx", crc, vec![F::Damaged]),
        ("a.docx", locked, vec![F::Encrypted]),
        ("a.docx", overlapping, vec![F::ArchiveUnsafe]),
        ("a.docx", [sound.as_slice(), b"\r\n\0\0"].concat(), vec![]),
        ("a.docx", [sound.as_slice(), b"more"].concat(), vec![F::ArchiveUnsafe]),
        ("a.docx", [b"PK\x03\x04more".as_slice(), &sound].concat(), vec![F::ArchiveUnsafe]),
        ("a.docx", sound[..sound.len() / 2].to_vec(), vec![F::Damaged]),
        ("a.odt", odt(&[("META-INF/manifest.xml", b"<m><manifest:encryption-data/></m>")]), vec![F::Encrypted]),
    ]);
}

#[test]
fn a_document_that_opens_as_a_pdf_is_both() {
    let pdf =
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\n\
        endobj\n3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in
        [("a", pdf.as_slice()), ("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")]
    {
        writer.start_file(name, stored).unwrap();
        writer.write_all(content).unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    assert_eq!(codes(&inspected("a.odt", &file)), [F::Polyglot]);
}
