//! The first inputs of each target: the same small files that the behaviour tests make, so that none is kept.

#[path = "../../tests/it/support"]
mod made {
    pub mod documents;
    pub mod files;
}

use std::fs;
use std::path::Path;

use made::documents as doc;
use made::files::{self, media};

use crate::domain::media_type::MediaType as M;

pub const PICTURES: [M; 6] = [M::Jpeg, M::Png, M::Gif, M::Webp, M::Heic, M::Tiff];
pub const SOUNDS: [M; 4] = [M::Mp3, M::Wav, M::Ogg, M::Flac];
pub const FILMS: [M; 4] = [M::Mp4, M::M4a, M::Mov, M::Webm];

/// Writes a target's seeds to where cargo-fuzz looks for them.
pub fn plant(target: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder).expect("the folder for seeds");
    for (number, seed) in of(target).into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{number}")), seed).expect("a seed");
    }
}

fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "pdf" => pdfs(),
        "package" => packages().into_iter().map(|(first, file)| behind(first, file)).collect(),
        "compound" => messages(),
        "mail" => mails(),
        "text" => texts().into_iter().map(|(first, file)| behind(first, file)).collect(),
        "picture" => pictures().into_iter().map(|(first, file)| behind(first, file)).collect(),
        "sound" => sounds().into_iter().map(|(first, file)| behind(first, file)).collect(),
        "film" => films().into_iter().map(|(first, file)| behind(first, file)).collect(),
        "inspect" => uploads(),
        "file_name" => {
            ["a.pdf", "../../a\u{202e}b.docx", "CON.txt", r"\\host\a.b", "a. . .", ".a"].map(Into::into).into()
        }
        "range" => ["bytes=0-", "bytes=3-5", "bytes=-4", "bytes=9-18446744073709551615", "bytes=0-1,3-4"]
            .map(|header| [&10_u64.to_le_bytes(), header.as_bytes()].concat())
            .into(),
        _ => Vec::new(),
    }
}

/// The byte that chooses a type from its target's list, and the file.
fn behind(first: u8, file: Vec<u8>) -> Vec<u8> {
    [vec![first], file].concat()
}

fn pdfs() -> Vec<Vec<u8>> {
    vec![
        files::pdf(2, "a"),
        doc::pdf_to_sign(),
        doc::pdf_that_launches(),
        doc::pdf_with_a_program(),
        doc::pdf_with_a_deep_object(),
    ]
}

fn packages() -> Vec<(u8, Vec<u8>)> {
    let related = |sort| doc::docx_related(sort, "https://example.org/a");
    vec![
        (0, files::docx("a")),
        (0, doc::docx_with("word/vbaProject.bin", "a")),
        (0, related("attachedTemplate")),
        (0, related("hyperlink")),
        (1, files::open_document("text", "a")),
        (1, doc::odt_with_basic()),
        (4, files::open_document("spreadsheet", "a")),
    ]
}

fn messages() -> Vec<Vec<u8>> {
    let words = [("/__substg1.0_0037001F", b"A\0b\0".as_slice()), ("/__substg1.0_0C1F001F", b"a\0@\0b\0")];
    vec![doc::message(&words), doc::message_with_a_program()]
}

fn mails() -> Vec<Vec<u8>> {
    let parts = b"From: a@b.c\nSubject: =?utf-8?Q?=C3=A9?=\nContent-Type: multipart/mixed; boundary=\"x\"\n\n--x\n\
        Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHNjcmlwdD4=\n--x--\n";
    vec![doc::mail("a"), doc::mail_with_a_program(), doc::encrypted_mail(), doc::mail_of_mails(3), parts.to_vec()]
}

fn texts() -> Vec<(u8, Vec<u8>)> {
    vec![
        (0, b"Some words.\r\nMore, and \x1b[2J.".to_vec()),
        (0, b"\xff\xfeW\0o\0r\0d\0s\0".to_vec()),
        (1, b"a;b\n1;\"2\"\n=1+1;[x](https://example.org)\n".to_vec()),
        (2, b"# A title\n\n<!-- note -->\n[a](https://example.org)".to_vec()),
    ]
}

fn pictures() -> Vec<(u8, Vec<u8>)> {
    vec![
        (0, media::jpeg(16, 16, "a")),
        (1, files::png("a")),
        (2, media::gif("a")),
        (3, media::webp("a")),
        (4, media::heic("a")),
        (5, media::tiff("a")),
    ]
}

fn sounds() -> Vec<(u8, Vec<u8>)> {
    vec![
        (0, media::mp3("a")),
        (1, files::wav(100, 1)),
        (2, media::ogg(media::VORBIS, "a")),
        (2, media::ogg(media::OPUS, "a")),
        (3, media::flac("a")),
    ]
}

fn films() -> Vec<(u8, Vec<u8>)> {
    vec![
        (0, media::movie(&media::FILM, "a")),
        (1, media::movie(&media::SOUND, "a")),
        (2, media::movie(&media::Movie { brand: b"qt  ", ..media::FILM }, "a")),
        (3, media::webm("webm", "a")),
    ]
}

/// One of everything, under a name and a declared type that fit.
fn uploads() -> Vec<Vec<u8>> {
    let chosen = |types: &[M], files: Vec<(u8, Vec<u8>)>| -> Vec<(M, Vec<u8>)> {
        files.into_iter().map(|(first, file)| (types[usize::from(first)], file)).collect()
    };
    let mut all = chosen(&[M::Docx, M::Odt, M::Xlsx, M::Pptx, M::Ods], packages());
    all.extend(chosen(&[M::Txt, M::Csv, M::Md], texts()));
    all.extend(chosen(&PICTURES, pictures()));
    all.extend(chosen(&SOUNDS, sounds()));
    all.extend(chosen(&FILMS, films()));
    all.extend(pdfs().into_iter().map(|file| (M::Pdf, file)));
    all.extend(messages().into_iter().map(|file| (M::Msg, file)));
    all.extend(mails().into_iter().map(|file| (M::Eml, file)));
    let upload = |(found, file): (M, Vec<u8>)| {
        [format!("a.{}\t{}\n", found.extensions()[0], found.name()).into_bytes(), file].concat()
    };
    all.into_iter().map(upload).collect()
}
