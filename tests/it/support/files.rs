//! Small real files, made here: each call with another marker gives another digest.

pub mod media;

use std::io::{Cursor, Write};

use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A sound PDF (ISO 32000) of `pages` pages with a cross-reference table.
pub fn pdf(pages: usize, marker: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", page + 4)).collect();
    let text = format!("BT /F1 12 Tf 72 720 Td ({marker}) Tj ET");
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {pages} >>", kids.join(" ")),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";
    objects.extend(
        (0..pages).map(|_| {
            format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {font} /Contents 3 0 R >>")
        }),
    );
    pdf_of(&objects)
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
pub fn pdf_of<S: AsRef<str>>(objects: &[S]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{}\nendobj\n", number + 1, object.as_ref()).bytes());
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes());
    file
}

/// A sound WAV of `len` bytes in all (at least 44), silence but for the marker.
pub fn wav(len: usize, marker: u64) -> Vec<u8> {
    let data = u32::try_from(len - 44).unwrap();
    let mut file = Vec::with_capacity(len);
    file.extend(b"RIFF");
    file.extend((data + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8000_u32.to_le_bytes());
    file.extend(8000_u32.to_le_bytes());
    file.extend(b"\x01\0\x08\0data");
    file.extend(data.to_le_bytes());
    let mut noise = marker | 1;
    while file.len() < len {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        file.extend(&noise.to_le_bytes()[..8.min(len - file.len())]);
    }
    file
}

/// The smallest PNG: one pixel, with the marker in a text chunk.
pub fn png(marker: &str) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let body = [kind.as_slice(), data].concat();
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    chunk(b"tEXt", format!("Comment\0{marker}").as_bytes());
    chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01]);
    chunk(b"IEND", &[]);
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// An office document whose main part has this content type.
pub fn office(main_type: &str, marker: &str) -> Vec<u8> {
    const ROOT: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r1\" Target=\"main.xml\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/></Relationships>";
    let types = format!(
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/main.xml\" ContentType=\"{main_type}\"/></Types>"
    );
    let main = format!("<document>{marker}</document>");
    package(&[("main.xml", &main), ("[Content_Types].xml", &types), ("_rels/.rels", ROOT)])
}

pub fn docx(marker: &str) -> Vec<u8> {
    office("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", marker)
}

/// An ODF file of this kind: `text`, `spreadsheet` or `presentation`.
pub fn open_document(kind: &str, marker: &str) -> Vec<u8> {
    let kind = format!("application/vnd.oasis.opendocument.{kind}");
    package(&[("mimetype", &kind), ("content.xml", &format!("<document>{marker}</document>"))])
}

/// A ZIP of these entries.
pub fn package(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
