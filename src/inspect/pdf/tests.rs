//! One PDF for each remark, written here by hand or with the reader's own writer.

use std::fmt::Write as _;
use std::io::Write as _;

use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
use lopdf::{Document, Object, StringFormat};

use super::*;
use crate::domain::finding::FindingCode as F;
use crate::inspect::tests::{codes, inspected};

const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>";

/// A PDF of these objects, numbered from 1; the first is the catalogue.
fn of(objects: &[&[u8]], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        file.extend(format!("{} 0 obj\n", number + 1).bytes());
        file.extend(*object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.extend(
        format!("{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    file
}

/// One page, these entries in the catalogue, and these objects from number 4.
fn with(catalogue: &str, more: &[&[u8]]) -> Vec<u8> {
    let catalogue = format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>");
    let mut objects = vec![catalogue.as_bytes(), b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE.as_bytes()];
    objects.extend(more);
    of(&objects, "")
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dictionary} /Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

#[test]
fn a_plain_document_tells_its_facts_and_earns_no_remark() {
    let info = b"<< /Author (Amy Field) /Creator (Writer) /Producer <FEFF00C9> /CreationDate (D:20240305101530Z) >>";
    let catalogue = b"<< /Type /Catalog /Pages 2 0 R >>".as_slice();
    let pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".as_slice();
    let link = b"<< /Type /Page /Parent 2 0 R /Annots [<< /Subtype /Link /A << /S /URI /URI (https://a.test) >> >>] >>";
    let verdict = inspected("a.pdf", &of(&[catalogue, pages, link, info], "/Info 4 0 R"));
    assert_eq!(codes(&verdict), []);
    let facts = verdict.facts;
    assert_eq!((facts.pages, facts.signature_field), (Some(1), Some(false)));
    assert_eq!((facts.author.as_deref(), facts.software.as_deref()), (Some("Amy Field"), Some("Writer; É")));
    assert_eq!(facts.captured_at.map(|at| at.to_string()).as_deref(), Some("2024-03-05 10:15:30"));
}

#[test]
fn what_is_active_is_remarked() {
    type Case<'a> = (&'a str, &'a [&'a [u8]], &'a [F]);
    let cases: [Case; 12] = [
        ("/OpenAction << /S /JavaScript /JS (1) >>", &[], &[F::JavaScript]),
        ("/AA << /WC << /S /J#61vaScript /JS 4 0 R >> >>", &[b"(app.alert\\(1\\))"], &[F::JavaScript]),
        ("/Names << /JavaScript << /Names [] >> >>", &[], &[F::JavaScript]),
        ("/OpenAction << /S /Launch /F (cmd.exe) >>", &[], &[F::ActiveContent]),
        ("/OpenAction << /S /GoToR /F (\\\\\\\\host\\\\a.pdf) /D [0] >>", &[], &[F::Links]),
        ("/OpenAction << /S /SubmitForm /F (http://a.test) >>", &[], &[F::Links]),
        ("/OpenAction << /S /URI /URI (file://host/a) >>", &[], &[F::Links]),
        ("/AcroForm << /Fields [] /XFA (x) >>", &[], &[F::Xfa]),
        ("/AcroForm << /Fields [4 0 R] >>", &[b"<< /FT /Tx /T (a) >>"], &[F::Form]),
        ("/AcroForm << /Fields [4 0 R] >>", &[b"<< /FT /Sig /T (a) >>"], &[]),
        ("/X << /Subtype /RichMedia >>", &[], &[F::EmbeddedFiles]),
        ("/X 9 0 R", &[], &[]),
    ];
    for (catalogue, more, expected) in cases {
        let verdict = inspected("a.pdf", &with(catalogue, more));
        assert_eq!(codes(&verdict), expected, "{catalogue}");
        assert_eq!(verdict.facts.signature_field, Some(more.iter().any(|object| object.starts_with(b"<< /FT /Sig"))));
    }
}

#[test]
fn attached_files_are_remarked_and_programs_refused() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&[b"MZ".as_slice(), &[0; 200]].concat()).unwrap();
    let packed = packed.finish().unwrap();
    for (name, dictionary, content, program) in [
        ("notes.txt", "", b"notes".as_slice(), false),
        ("notes.txt", "", b"MZ\0\0\0\0", true),
        ("notes.txt", "/Filter /FlateDecode", packed.as_slice(), true),
        ("notes.pdf.exe", "", b"what", true),
    ] {
        let names = format!(
            "/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F ({name}) /EF << /F 4 0 R >> >>] >> >>"
        );
        let verdict = inspected("a.pdf", &with(&names, &[&stream(dictionary, content)]));
        assert_eq!(codes(&verdict).contains(&F::ActiveContent), program, "{name}");
        assert!(codes(&verdict).contains(&F::EmbeddedFiles), "{name}");
    }
}

#[test]
fn what_stands_around_it_is_remarked() {
    let plain = with("", &[]);
    let zip = crate::inspect::package::tests::package(&[("a.txt", b"text")]);
    for (file, expected) in [
        ([plain.as_slice(), b"\r\n\0\0 "].concat(), vec![]),
        ([plain.as_slice(), &[b'A'; 500]].concat(), vec![F::TrailingData]),
        ([plain.as_slice(), &zip].concat(), vec![F::Polyglot]),
    ] {
        assert_eq!(codes(&inspected("a.pdf", &file)), expected);
    }
    let verdict = inspected("a.pdf", &[b"some words before it\n".as_slice(), &plain].concat());
    assert!(codes(&verdict).contains(&F::TrailingData), "{verdict:?}");
    assert!(verdict.refusal().is_none(), "{verdict:?}");
}

#[test]
fn damage_is_refused_and_what_both_readers_repair_is_remarked() {
    let plain = with("", &[]);
    let lost = String::from_utf8(plain.clone()).unwrap().replace("startxref\n", "startxref\n9");
    let verdict = inspected("a.pdf", lost.as_bytes());
    assert_eq!((codes(&verdict), verdict.facts.pages), (vec![F::Repaired], Some(1)));
    // Cut off behind an end that is not the last: an update, or the first page of a file made for the web.
    let update = [plain.as_slice(), b"3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n"].concat();
    assert_eq!(codes(&inspected("a.pdf", &update)), [F::Damaged]);
    for len in [5, 9, 60, 120] {
        assert_eq!(codes(&inspected("a.pdf", &plain[..len])), [F::Damaged], "{len}");
    }
    assert_eq!(codes(&inspected("a.pdf", &of(&[b"<< /Type /Catalog >>"], ""))), [F::Damaged]);
}

#[test]
fn an_object_that_is_listed_and_cannot_be_read_is_remarked() {
    let broken = b"<< /S /JavaScript /JS (1 >>";
    assert_eq!(codes(&inspected("a.pdf", &with("/OpenAction 4 0 R", &[broken]))), [F::Unverifiable]);
    let deep = format!("<< /S /JavaScript /X {}{} /JS (1) >>", "[".repeat(300), "]".repeat(300));
    assert_eq!(codes(&inspected("a.pdf", &with("/OpenAction 4 0 R", &[deep.as_bytes()]))), [F::TooComplex]);
}

fn protected(user_password: &str) -> Vec<u8> {
    let mut document = Document::load_mem(&with("", &[])).unwrap();
    let id = Object::String(b"id".to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    file
}

#[test]
fn a_password_to_open_is_refused_and_one_to_change_remarked() {
    assert_eq!(codes(&inspected("a.pdf", &protected("secret"))), [F::Encrypted]);
    let open = inspected("a.pdf", &protected(""));
    assert_eq!((codes(&open), open.facts.pages), (vec![F::OwnerPassword], Some(1)));
}

#[test]
fn too_many_pages_parts_and_bytes_are_refused() {
    let kids = (3..54).map(|number| format!("{number} 0 R")).collect::<Vec<_>>().join(" ");
    let pages = format!("<< /Type /Pages /Kids [{kids}] /Count 51 >>");
    let mut objects = vec![b"<< /Type /Catalog /Pages 2 0 R >>".as_slice(), pages.as_bytes()];
    objects.extend([PAGE.as_bytes(); 51]);
    assert_eq!(codes(&inspected("a.pdf", &of(&objects, ""))), [F::TooComplex]);
    let parts = vec![b"null".as_slice(); 10_000];
    assert_eq!(codes(&inspected("a.pdf", &with("", &parts))), [F::TooComplex]);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&[b"9 0 << >> ".as_slice(), &vec![b' '; 2_000_000]].concat()).unwrap();
    let bomb = stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &packed.finish().unwrap());
    assert_eq!(codes(&inspected("a.pdf", &with("", &[&bomb]))), [F::Bomb]);
}

#[test]
fn a_pdf_is_known_wherever_its_bytes_stand() {
    assert!(opens(with("", &[])) && !opens(b"%PDF-1.7".to_vec()) && !opens(Vec::new()));
}
