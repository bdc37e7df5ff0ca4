//! The way of every file through the inspection, and what no file may do: stop it.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::finding::{FindingCode as F, Severity};

/// Inspects bytes under a name, by the roomy rules of the tests.
pub fn inspected(name: &str, bytes: &[u8]) -> Verdict {
    inspected_by(&Rules::of_tests(), name, bytes)
}

pub fn inspected_by(rules: &Rules, name: &str, bytes: &[u8]) -> Verdict {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let claim = Claim { name: FileName::from_client(name), declared: None };
    let file: Arc<dyn ReadAt> = Arc::new(file);
    inspect(&file, bytes.len() as u64, &claim, rules).unwrap()
}

pub fn codes(verdict: &Verdict) -> Vec<F> {
    verdict.findings.iter().map(|finding| finding.code).collect()
}

/// How a file is refused: by what code, and in which words.
fn refused_as(name: &str, bytes: &[u8], code: F, words: &str) {
    let verdict = inspected(name, bytes);
    let refusal = verdict.refusal().unwrap_or_else(|| panic!("{name} is accepted: {verdict:?}"));
    assert_eq!(refusal.code, code, "{name}: {refusal:?}");
    assert!(refusal.detail.contains(words), "{name}: {refusal:?}");
}

#[test]
fn what_is_not_on_the_list_is_refused_by_name() {
    for (name, bytes, words) in [
        ("setup.exe", b"MZ\x90\0\x03\0".as_slice(), "a Windows program"),
        ("run", b"\x7fELF\x02\x01\x01\0", "a Linux program"),
        ("a.lnk", b"\x4c\0\0\0\x01\x14\x02\0", "a Windows shortcut"),
        ("a.html", b"<!-- x -->\n<!DOCTYPE html><p>", "a web page (HTML)"),
        ("a.svg", b"<?xml version='1.0'?>\n<svg xmlns='x'/>", "an SVG picture"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "an XML file"),
        ("a.rtf", b"{\\rtf1 text}", "a rich text document"),
        ("a.ps", b"%!PS-Adobe-3.0", "a PostScript file"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\0", "an archive"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0", "an archive"),
        ("a.bmp", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "a bitmap"),
        ("a.bin", b"\x01\x02\x03\x04\x05", "not of a type that is known here"),
    ] {
        refused_as(name, bytes, F::TypeNotAccepted, words);
        refused_as("called.pdf", bytes, F::TypeMismatch, words);
    }
    refused_as("notes", b"only some words", F::TypeNotAccepted, "text whose name does not say so");
    refused_as("notes.pdf", b"only some words", F::TypeMismatch, "plain text");
    refused_as("a.pdf", b"", F::EmptyFile, "is empty");
    refused_as("a.txt", &vec![b'a'; 10_000_001], F::TooLarge, "10 MB");
}

#[test]
fn only_types_that_are_accepted_pass_and_weights_are_set_in_one_place() {
    let mut rules = Rules::of_tests();
    rules.accept.retain(|media_type| *media_type != MediaType::Csv);
    let verdict = inspected_by(&rules, "a.csv", b"a,b\n1,2\n");
    assert_eq!((codes(&verdict), verdict.media_type), (vec![F::TypeNotAccepted], None));
    assert!(verdict.findings[0].detail.contains("a CSV table"), "{verdict:?}");

    let asks = b"a,b\n=cmd|'/c calc'!A1,2\n";
    let warned = inspected("a.csv", asks);
    assert_eq!((codes(&warned), warned.refusal()), (vec![F::Links], None));
    let mut rules = Rules::of_tests();
    rules.severity.insert(F::Links, Severity::Refuses);
    assert!(inspected_by(&rules, "a.csv", asks).refusal().is_some());
    // What is nothing known stays refused: there is no type that it could be kept as.
    rules.severity.insert(F::TypeNotAccepted, Severity::Warns);
    assert!(inspected_by(&rules, "a.bin", b"\x01\x02\x03\x04\x05").refusal().is_some());
}

#[test]
fn rules_reach_another_process_as_they_are() {
    let mut rules = Rules::of_tests();
    rules.severity.insert(F::Links, Severity::Refuses);
    let text = serde_json::to_string(&rules).unwrap();
    let there: Rules = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&there).unwrap(), text);
}

#[test]
fn text_is_what_its_name_says_unless_it_is_something_else() {
    for (name, bytes, media_type) in [
        ("a.txt", b"Some words.\r\nMore.".as_slice(), MediaType::Txt),
        ("a.txt", b"\xff\xfeW\0o\0r\0d\0s\0", MediaType::Txt),
        ("a.txt", b"Gr\xf6\xdfe", MediaType::Txt),
        ("a.txt", b"\x1b$)C\x0e?9<v\x0f", MediaType::Txt),
        ("a.txt", b"From: Amy\nSubject: kept as text\n\nHello", MediaType::Txt),
        ("a.csv", b"a;b\n1;2\n", MediaType::Csv),
        ("a.csv", b"one\ntwo\n", MediaType::Txt),
        ("a.md", b"<h1 align='center'>A title</h1>\n\n<!-- note -->", MediaType::Md),
    ] {
        let verdict = inspected(name, bytes);
        assert_eq!((codes(&verdict), verdict.media_type), (vec![], Some(media_type)), "{verdict:?}");
    }
    assert_eq!(inspected("a.txt", b" one\ntwo  three ").facts.words, Some(3));
    assert_eq!(inspected("a.txt", b"\xff\xfea\0b\0 \0c\0").facts.words, Some(2));
    refused_as("a.txt", b"\xef\xbb\xbf \r\n", F::EmptyFile, "white space");
    refused_as("a.txt", b"a\0b", F::TypeMismatch, "not of a type");
    refused_as("a.txt", b"%PDF-1.7 and more", F::TypeMismatch, "a PDF");
    refused_as("a.txt", b"Path: a!b\nFrom: a@b\nNewsgroups: c\nMessage-ID: <d>\n\nHello", F::TypeMismatch, "newsgroup");
}

#[test]
fn markup_in_text_is_refused_where_it_would_be_read_as_such() {
    let page = b"\n<!DOCTYPE html><html><script>1</script></html>";
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(page.iter().flat_map(|byte| [*byte, 0])).collect();
    refused_as("a.md", page, F::TypeMismatch, "a web page");
    refused_as("a.csv", page, F::TypeMismatch, "a web page");
    refused_as("a.txt", &wide, F::TypeMismatch, "a web page");
    for text in [page.as_slice(), b"<?xml version='1.0'?><svg onload='1'/>"] {
        let verdict = inspected("a.txt", text);
        assert_eq!((codes(&verdict), verdict.refusal()), (vec![F::TypeMismatch], None), "{verdict:?}");
    }
    let commands = inspected("a.txt", b"\x1b]0;title\x07\x1b[2Jhello");
    assert_eq!((codes(&commands), commands.refusal()), (vec![F::Unverifiable], None));
}

/// One small file of every format, to be spoilt.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let pdf = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(1)>>>>\nendobj\n2 0 obj\n\
        <</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n\
        trailer\n<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF";
    let mail = b"From: a@b.c\nSubject: =?utf-8?Q?=C3=A9?=\nContent-Type: multipart/mixed; boundary=\"x\"\n\n--x\n\
        Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHNjcmlwdD4=\n--x--\n";
    vec![
        ("a.pdf", pdf.to_vec()),
        ("a.docx", package::tests::docx(&[])),
        ("a.odt", package::tests::odt(&[])),
        ("a.eml", mail.to_vec()),
        ("a.msg", mail::tests::message(&[])),
        ("a.csv", b"a,b\n=1+1,\x1b[2J\n".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_stop_an_inspector(bytes in proptest::collection::vec(any::<u8>(), 1..2000), kind in 0..12_usize) {
        let heads: [&[u8]; 6] = [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"From: a\nTo: b\n\n", b"\xff\xfe"];
        let names = ["a.pdf", "a.docx", "a.msg", "a.eml", "a.txt", "a"];
        let file = [heads[kind % 6], &bytes].concat();
        for name in names {
            inspected(name, &file);
        }
    }

    #[test]
    fn no_spoilt_file_stops_an_inspector(
        which in 0..6_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let (name, mut file) = seeds().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if cuts {
            file.truncate(cut.index(file.len()).max(1));
        }
        inspected(name, &file);
    }
}
