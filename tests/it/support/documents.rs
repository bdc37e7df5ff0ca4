//! Documents and mails that do more than show what they hold, each one thing.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::files::{package, pdf_of};

const MAIN: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";

/// A Word document with one more part.
pub fn docx_with(name: &str, content: &str) -> Vec<u8> {
    let types = format!(
        "<Types><Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>\
         <Override PartName='/main.xml' ContentType='{MAIN}'/></Types>"
    );
    let root =
        format!("<Relationships><Relationship Type='{RELATIONS}/officeDocument' Target='main.xml'/></Relationships>");
    package(&[("[Content_Types].xml", &types), ("_rels/.rels", &root), ("main.xml", "<d/>"), (name, content)])
}

/// A Word document whose main part is related to something outside.
pub fn docx_related(sort: &str, target: &str) -> Vec<u8> {
    let relations = format!(
        "<Relationships><Relationship Type='{RELATIONS}/{sort}' Target='{target}' TargetMode='External'/></Relationships>"
    );
    docx_with("_rels/main.xml.rels", &relations)
}

/// A Word document with a part that unpacks to more than is read of any.
pub fn docx_of_many_zeros() -> Vec<u8> {
    docx_with("zeros.bin", &"0".repeat(270_000_000))
}

pub fn odt_with_basic() -> Vec<u8> {
    package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", "<d/>"),
        ("Basic/Standard/Module1.xml", "<m/>"),
    ])
}

fn pdf_with(catalogue: &str, more: &[&str]) -> Vec<u8> {
    let catalogue = format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>");
    let mut objects = vec![catalogue.as_str(), PAGES, PAGE];
    objects.extend(more);
    pdf_of(&objects)
}

/// A PDF with a field for a signature.
pub fn pdf_to_sign() -> Vec<u8> {
    pdf_with("/AcroForm << /Fields [4 0 R] >>", &["<< /FT /Sig /T (signature) >>"])
}

pub fn pdf_that_launches() -> Vec<u8> {
    pdf_with("/OpenAction << /S /Launch /F (calc.exe) >>", &[])
}

pub fn pdf_with_a_program() -> Vec<u8> {
    let names = "/Names << /EmbeddedFiles << /Names [(a) << /F (a.txt) /EF << /F 4 0 R >> >>] >> >>";
    pdf_with(names, &["<< /Length 6 >>\nstream\nMZ\0\0\0\0\nendstream"])
}

/// A script behind more brackets than a reader follows: one reader drops it, another runs it.
pub fn pdf_with_a_deep_object() -> Vec<u8> {
    let deep = format!("<< /S /JavaScript /JS (1) /X {}{} >>", "[".repeat(300), "]".repeat(300));
    pdf_with("/OpenAction 4 0 R", &[&deep])
}

/// A PDF with an object stream (ISO 32000-1, 7.5.7) that unpacks to far more than its size.
pub fn pdf_of_many_blanks() -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"9 0 << >> ").unwrap();
    packed.write_all(&vec![b' '; 40_000_000]).unwrap();
    let packed = hex::encode(packed.finish().unwrap());
    let head = "/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]";
    pdf_with("", &[&format!("<< {head} /Length {} >>\nstream\n{packed}>\nendstream", packed.len() + 1)])
}

const SENDER: &str = "From: amy@example.org\r\nSubject: Thanks\r\n";

pub fn mail_with_a_program() -> Vec<u8> {
    let part = "Content-Disposition: attachment; filename=\"a.pdf.exe\"\r\n\r\nx\r\n";
    format!("{SENDER}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{part}--x--\r\n").into_bytes()
}

pub fn encrypted_mail() -> Vec<u8> {
    format!("{SENDER}Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx").into_bytes()
}

pub fn mail_of_mails(depth: usize) -> Vec<u8> {
    format!("{SENDER}{}", "Content-Type: message/rfc822\r\n\r\nFrom: b@example.org\r\n".repeat(depth)).into_bytes()
}

/// A mail in which a person says something.
pub fn mail(marker: &str) -> Vec<u8> {
    format!("{SENDER}Date: Tue, 5 Mar 2024 10:15:30 +0000\r\n\r\nThank you, {marker}.\r\n").into_bytes()
}

/// An Outlook message with these streams beside those that every one has.
pub fn message(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/__properties_version1.0").unwrap().write_all(&[0; 32]).unwrap();
    for (path, content) in streams {
        file.create_storage_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        file.create_stream(path).unwrap().write_all(content).unwrap();
    }
    file.into_inner().into_inner()
}

pub fn message_with_a_program() -> Vec<u8> {
    message(&[("/__attach_version1.0_#00000000/__substg1.0_37010102", b"MZ\x90\0\x03")])
}
