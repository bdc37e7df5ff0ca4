//! Files that are refused, or that are made to break whoever reads them.

use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
use lopdf::{Document, Object, StringFormat};

use super::files::{docx, package, pdf, pdf_of};

/// The beginning of a Windows program.
pub fn exe() -> Vec<u8> {
    let mut file = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    file.resize(512, 0);
    file
}

pub fn html() -> Vec<u8> {
    b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec()
}

/// The same text in UTF-16 with its mark.
pub fn wide(text: &[u8]) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.iter().flat_map(|byte| [*byte, 0])).collect()
}

/// Bytes that are nothing known.
pub fn noise() -> Vec<u8> {
    (0_u32..4096).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0] ^ 0xa7).collect()
}

pub fn zip() -> Vec<u8> {
    package(&[("notes.txt", "just an archive")])
}

/// An archive that calls itself a picture.
pub fn zip_as_png() -> Vec<u8> {
    package(&[("mimetype", "image/png"), ("payload.exe", "MZ")])
}

/// A compound file with one stream of this name: an old Office file, or an encrypted new one.
pub fn ole(stream: &str) -> Vec<u8> {
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.resize(1024, 0);
    file.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    file.resize(2048, 0);
    file
}

/// A document whose ZIP entries say that they are encrypted.
pub fn encrypted_zip() -> Vec<u8> {
    let mut file = docx("secret");
    for at in 0..file.len() - 10 {
        match &file[at..at + 4] {
            b"PK\x03\x04" => file[at + 6] |= 1,
            b"PK\x01\x02" => file[at + 8] |= 1,
            _ => {}
        }
    }
    file
}

/// ODF encrypts its parts itself, and tells of it in its manifest.
pub fn encrypted_odt() -> Vec<u8> {
    let manifest =
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    package(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", manifest)])
}

/// A PDF protected by passwords (ISO 32000, revision 3 of the standard security handler).
pub fn encrypted_pdf(user_password: &str, marker: &str) -> Vec<u8> {
    let mut document = Document::load_mem(&pdf(2, marker)).unwrap();
    let id = Object::String(marker.as_bytes().to_vec(), StringFormat::Hexadecimal);
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

const PAGE: &str = "<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] >>";

/// Two pages below a node that says it has 2^40: whoever makes room for them first runs out of memory.
pub fn pdf_lying_about_its_pages() -> Vec<u8> {
    let lie = "<< /Type /Pages /Parent 2 0 R /Kids [4 0 R 5 0 R] /Count 1099511627776 >>";
    pdf_of(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 2 >>", lie, PAGE, PAGE])
}

/// A page tree whose nodes are each other's children.
pub fn pdf_with_a_cycle() -> Vec<u8> {
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 1 >>",
    ])
}

/// A page tree of 40 levels, each listing the next one twice: 2^40 pages in 42 objects.
pub fn pdf_with_a_doubling_tree() -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    objects.extend((3..43).map(|next| format!("<< /Type /Pages /Kids [{next} 0 R {next} 0 R] /Count 1 >>")));
    objects.push("<< /Type /Page /MediaBox [0 0 595 842] >>".to_owned());
    pdf_of(&objects)
}

pub fn pdf_without_pages() -> Vec<u8> {
    pdf_of(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"])
}

/// A document whose list of content types names a plain main part first, and then this.
pub fn macros_behind_a_plain_part(content_type: &str) -> Vec<u8> {
    let plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let types = format!(
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Override PartName=\"/decoy.xml\" ContentType=\"{plain}\"/>\
         <Override PartName=\"/main.bin\" ContentType=\"{content_type}\"/></Types>"
    );
    package(&[("main.bin", "code"), ("[Content_Types].xml", &types)])
}
