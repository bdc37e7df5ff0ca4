//! One mail and one message for each remark.

use std::io::{Cursor, Write as _};

use crate::domain::finding::FindingCode as F;
use crate::domain::media_type::MediaType;
use crate::inspect::tests::{codes, inspected};

const HEAD: &str = "From: =?utf-8?Q?Amy_F=C3=AEeld?= <a@a.test>\r\nDate: Tue, 5 Mar 2024 10:15:30 +0100 (CET)\r\nSubject: Thanks\r\nX-Mailer: Post\r\n";

fn mail(rest: &str) -> Vec<u8> {
    [HEAD, rest].concat().into_bytes()
}

fn parts(parts: &str) -> Vec<u8> {
    mail(&format!("Content-Type: multipart/mixed;\r\n boundary=\"x y\"\r\n\r\nbefore\r\n{parts}--x y--\r\nbehind\r\n"))
}

fn all(cases: Vec<(Vec<u8>, Vec<F>)>) {
    for (file, expected) in cases {
        let verdict = inspected("a.eml", &file);
        assert_eq!(codes(&verdict), expected, "{}: {verdict:?}", String::from_utf8_lossy(&file[..file.len().min(400)]));
    }
}

#[test]
fn a_mail_tells_its_facts() {
    let verdict = inspected("a.eml", &mail("\r\nThank you for it.\r\n"));
    assert_eq!((codes(&verdict), verdict.media_type), (vec![], Some(MediaType::Eml)));
    let facts = verdict.facts;
    assert_eq!((facts.author.as_deref(), facts.software.as_deref()), (Some("Amy Fîeld <a@a.test>"), Some("Post")));
    assert_eq!(
        (facts.words, facts.captured_at.map(|at| at.to_string()).as_deref()),
        (Some(4), Some("2024-03-05 10:15:30"))
    );
    // Without a name that says so it is known as well, and a draft needs its name.
    assert!(inspected("a", &mail("\r\nThank you.")).findings[0].detail.contains("its content is message/rfc822"));
    assert_eq!(inspected("a.eml", b"Subject: a\nMIME-Version: 1.0\n\nb").media_type, Some(MediaType::Eml));
    all(vec![
        (b"just some text\nno headers".to_vec(), vec![F::TypeMismatch]),
        (b"<html><body>mail</body></html>".to_vec(), vec![F::TypeMismatch]),
    ]);
}

#[test]
fn what_is_attached_is_remarked_and_programs_refused() {
    let file = |name: &str, content: &str| {
        parts(&format!(
            "--x y\r\nContent-Type: application/octet-stream; name=\"a.pdf\"\r\nContent-Disposition: attachment; {name}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n"
        ))
    };
    all(vec![
        (file("filename=\"a.pdf\"", "JVBERi0x"), vec![F::EmbeddedFiles]),
        (file("filename=\"a.pdf.exe\"", "JVBERi0x"), vec![F::ActiveContent]),
        (file("filename*=utf-8''a%2Eexe", "JVBERi0x"), vec![F::ActiveContent]),
        (file("filename*0=\"a.e\"; filename*1=\"xe\"", "JVBERi0x"), vec![F::ActiveContent]),
        (file("filename=\"=?utf-8?B?YS5leGU=?=\"", "JVBERi0x"), vec![F::ActiveContent]),
        (file("filename=\"a.pdf\"", "TVqQAAMAAAAEAAAA"), vec![F::ActiveContent]),
        (mail("\r\nbegin 644 run.exe\r\nM35J0\r\nend\r\n"), vec![F::ActiveContent]),
        (parts("--x y\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n"), vec![]),
    ]);
}

#[test]
fn pages_that_run_are_remarked_and_encrypted_mails_refused() {
    all(vec![
        (mail("Content-Type: text/html\r\n\r\n<p>words</p>"), vec![]),
        (mail("Content-Type: text/html\r\n\r\n<SCRIPT>1</SCRIPT>"), vec![F::JavaScript]),
        (
            mail("Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHNjcmlwdD4=\r\n"),
            vec![F::JavaScript],
        ),
        (
            mail("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<scr=\r\nipt>"),
            vec![F::JavaScript],
        ),
        (mail("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx"), vec![F::Encrypted]),
        (mail("Content-Type: multipart/encrypted; boundary=a\r\n\r\n--a--"), vec![F::Encrypted]),
    ]);
}

#[test]
fn endless_mails_end() {
    let levels: Vec<String> =
        (0..9).map(|level| format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")).collect();
    let mails = "Content-Type: message/rfc822\r\n\r\nFrom: a@a.test\r\n".repeat(9);
    let many = "--x y\r\n\r\nx\r\n".repeat(51);
    all(vec![
        (mail(&levels.concat()), vec![F::TooComplex]),
        (mail(&mails), vec![F::TooComplex]),
        (parts(&many), vec![F::TooComplex]),
        (mail(&format!("X-A: {}\r\n\r\nx", "a".repeat(30_000))), vec![F::TooComplex]),
        (mail("Content-Type: multipart/mixed; boundary=x\r\n\r\nno part"), vec![F::Damaged]),
        (mail("Content-Type: multipart/mixed\r\n\r\nno boundary"), vec![F::Damaged]),
        // A level that is never closed is over with the one around it.
        (
            parts(
                "--x y\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\none\r\n--x y\r\n\r\ntwo\r\n",
            ),
            vec![],
        ),
    ]);
}

/// An Outlook message with these streams.
pub fn message(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let mut properties = vec![0; 32];
    properties.extend(0x0039_0040_u32.to_le_bytes());
    properties.extend([0; 4]);
    // Seconds from 1601 to the moment, in ticks of 100 nanoseconds.
    properties.extend(((11_644_473_600_u64 + 1_709_633_730) * 10_000_000).to_le_bytes());
    let fixed: [(&str, &[u8]); 1] = [("/__properties_version1.0", &properties)];
    for (path, content) in fixed.iter().chain(streams) {
        if let Some(folder) = std::path::Path::new(path).parent() {
            file.create_storage_all(folder).unwrap();
        }
        file.create_stream(path).unwrap().write_all(content).unwrap();
    }
    file.into_inner().into_inner()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn messages_tell_their_facts() {
    let file =
        message(&[("/__substg1.0_0C1A001F", &wide("Amy Field")), ("/__substg1.0_1000001E", b"Thank you for it.")]);
    let verdict = inspected("a.msg", &file);
    assert_eq!((codes(&verdict), verdict.media_type), (vec![], Some(MediaType::Msg)));
    let facts = verdict.facts;
    assert_eq!((facts.author.as_deref(), facts.words), (Some("Amy Field"), Some(4)));
    assert_eq!(facts.captured_at.map(|at| at.to_string()).as_deref(), Some("2024-03-05 10:15:30"));
}

#[test]
fn messages_are_remarked_and_refused_like_mails() {
    let inner = |depth: usize| format!("/__attach_version1.0_#00000000{}/a", "/__substg1.0_3701000D".repeat(depth));
    for (streams, expected) in [
        (
            vec![("/__attach_version1.0_#00000000/__substg1.0_37010102".to_owned(), b"%PDF-1.7".to_vec())],
            vec![F::EmbeddedFiles],
        ),
        (
            vec![("/__attach_version1.0_#00000000/__substg1.0_37010102".to_owned(), b"MZ\x90\0\x03".to_vec())],
            vec![F::ActiveContent],
        ),
        (
            vec![("/__attach_version1.0_#00000000/__substg1.0_3707001F".to_owned(), wide("a.exe"))],
            vec![F::ActiveContent],
        ),
        (
            vec![("/__attach_version1.0_#00000000/__substg1.0_3704001E".to_owned(), b"message.rpmsg".to_vec())],
            vec![F::Encrypted],
        ),
        (vec![("/__substg1.0_001A001F".to_owned(), wide("IPM.Note.SMIME"))], vec![F::Encrypted]),
        (vec![("/__substg1.0_10130102".to_owned(), b"<html><script>".to_vec())], vec![F::JavaScript]),
        (vec![(inner(6), b"x".to_vec())], vec![F::TooComplex]),
    ] {
        let streams: Vec<(&str, &[u8])> =
            streams.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
        let verdict = inspected("a.msg", &message(&streams));
        assert_eq!(codes(&verdict), expected, "{streams:?}: {verdict:?}");
    }
    let names: Vec<String> = (0..51).map(|part| format!("/__attach_version1.0_#{part:08}/a")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    assert_eq!(codes(&inspected("a.msg", &message(&many))), [F::TooComplex]);
}

#[test]
fn compound_files_are_told_apart_and_damaged_ones_refused() {
    let with = |stream: &str| {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream(stream).unwrap().write_all(b"x").unwrap();
        file.into_inner().into_inner()
    };
    for (name, file, expected) in [
        ("a.docx", with("/EncryptedPackage"), F::Encrypted),
        ("a.doc", with("/WordDocument"), F::TypeNotAccepted),
        ("a.msg", with("/WordDocument"), F::TypeMismatch),
        ("a.xls", with("/Workbook"), F::TypeNotAccepted),
        ("a.db", with("/Catalog"), F::TypeNotAccepted),
    ] {
        let verdict = inspected(name, &file);
        assert_eq!(codes(&verdict), [expected], "{name}: {verdict:?}");
    }
    let mut broken = message(&[]);
    // The first entry of the table of sectors leads to itself.
    let sector = 1 << broken[30];
    let table = sector * (1 + u32::from_le_bytes(broken[76..80].try_into().unwrap()) as usize);
    for at in (table..table + 64).step_by(4) {
        broken[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert_eq!(codes(&inspected("a.msg", &broken)), [F::Damaged]);
}
