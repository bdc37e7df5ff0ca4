//! The coarse look at the first bytes. It proposes; for containers, mail and text the structure decides.

use super::{pdf, picture, program, recording, text};
use crate::domain::media_type::MediaType;

/// What the first bytes look like.
pub enum Sniffed {
    Accepted(MediaType),
    /// A ZIP: an office document, or just an archive.
    Package,
    /// A compound file: an Outlook message, an old office document, or an encrypted new one.
    Compound,
    /// A known type that is not accepted, in words.
    Other(String),
    Unknown,
}

pub fn sniff(head: &[u8]) -> Sniffed {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Sniffed::Package;
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Sniffed::Compound;
    }
    if let Some(kind) = program::of_content(head).or_else(|| text::markup(head)).or_else(|| by_signature(head)) {
        return Sniffed::Other(kind.into());
    }
    match infer::get(head).map(|found| found.mime_type()) {
        // A PDF may stand behind other bytes, but not behind what is something else by itself.
        Some("application/pdf") | None if pdf_begins(head) => Sniffed::Accepted(MediaType::Pdf),
        Some("application/pdf") => Sniffed::Unknown,
        None => picture::of_head(head).or_else(|| recording::of_head(head)).map_or(Sniffed::Unknown, Sniffed::Accepted),
        Some(found) => match accepted(found) {
            Some(media_type) => Sniffed::Accepted(media_type),
            // Two letters are no proof when a text may begin with them.
            None if is_weak(found, head) => Sniffed::Unknown,
            None => Sniffed::Other(in_words(found)),
        },
    }
}

fn pdf_begins(head: &[u8]) -> bool {
    head[..head.len().min(pdf::HEADER_WITHIN + 5)].windows(5).any(|bytes| bytes == b"%PDF-")
}

/// Signatures of two or three letters that words begin with, in a file without a single zero.
fn is_weak(found: &str, head: &[u8]) -> bool {
    matches!(found, "image/bmp" | "application/vnd.microsoft.portable-executable") && !head.contains(&0)
}

fn accepted(sniffed: &str) -> Option<MediaType> {
    Some(match sniffed {
        "image/jpeg" => MediaType::Jpeg,
        "image/png" => MediaType::Png,
        "image/webp" => MediaType::Webp,
        "image/heif" => MediaType::Heic,
        "image/gif" => MediaType::Gif,
        "image/tiff" => MediaType::Tiff,
        "audio/mpeg" => MediaType::Mp3,
        "audio/m4a" => MediaType::M4a,
        "audio/x-wav" => MediaType::Wav,
        "audio/ogg" | "audio/opus" => MediaType::Ogg,
        "audio/x-flac" => MediaType::Flac,
        "video/mp4" | "video/x-m4v" => MediaType::Mp4,
        "video/quicktime" => MediaType::Mov,
        "video/webm" => MediaType::Webm,
        _ => return None,
    })
}

/// Kinds that are told by their beginning and that the library does not know, or calls by another name.
fn by_signature(head: &[u8]) -> Option<&'static str> {
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"{\\rtf", "a rich text document (RTF)"),
        (b"%!PS", "a PostScript file"),
        (b"BEGIN:VCARD", "a contact card (vCard)"),
        (b"BEGIN:VCALENDAR", "a calendar file (iCalendar)"),
        (b"MSCF", "a Windows cabinet archive"),
        (b"ITSF", "a Windows help file (CHM)"),
        (b"!BDN", "an Outlook data file (PST)"),
        (b"#EXTM3U", "a playlist"),
        (b"ffconcat version", "a playlist"),
    ];
    SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, words)| *words)
}

fn in_words(sniffed: &str) -> String {
    let words = match sniffed {
        "application/vnd.microsoft.portable-executable" | "application/x-msdownload" => "a Windows program",
        "application/x-executable" | "application/x-mach-binary" | "application/wasm" => "a program",
        "application/java" | "application/java-archive" | "application/vnd.android.dex" => "a Java program",
        "text/html" => "a web page (HTML)",
        "text/xml" => "an XML file",
        "text/x-shellscript" => "a script",
        "application/gzip" | "application/x-tar" | "application/x-bzip2" | "application/x-xz" | "application/zstd" => {
            "an archive"
        }
        "application/x-7z-compressed" => "an archive (7z)",
        "application/vnd.rar" => "an archive (RAR)",
        "application/rtf" => "a rich text document (RTF)",
        "application/epub+zip" => "an e-book (EPUB)",
        "application/vnd.sqlite3" => "a database (SQLite)",
        "application/x-iso9660-image" => "a disk image (ISO)",
        "application/x-shockwave-flash" => "a Flash film",
        "image/bmp" => "a bitmap (BMP)",
        "image/avif" => "an AVIF picture",
        "image/jxl" => "a JPEG XL picture",
        "image/jp2" => "a JPEG 2000 picture",
        "image/vnd.adobe.photoshop" => "a Photoshop picture",
        "image/vnd.microsoft.icon" => "an icon",
        "video/x-msvideo" => "an AVI video",
        "video/x-matroska" => "a Matroska video (MKV)",
        "video/x-ms-wmv" => "a Windows Media file",
        "video/x-flv" => "a Flash video",
        "video/mpeg" => "an MPEG video",
        "audio/aac" => "a bare AAC stream",
        "audio/amr" => "an AMR recording",
        "audio/midi" => "a MIDI file",
        "audio/x-aiff" => "an AIFF recording",
        other => return format!("a file of type {other}"),
    };
    words.into()
}
