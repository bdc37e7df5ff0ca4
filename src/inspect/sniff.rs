//! The coarse look at the first bytes. It proposes; for containers and text the structure decides.

use super::{picture, recording};
use crate::domain::media_type::MediaType;

/// What the first bytes look like.
pub enum Sniffed {
    Accepted(MediaType),
    /// A ZIP: an office document, or just an archive.
    Package,
    /// A compound file: an old office document, or an encrypted new one.
    Ole,
    /// A known type that is not accepted, in words.
    Other(String),
    Unknown,
}

pub fn sniff(head: &[u8]) -> Sniffed {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Sniffed::Package;
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Sniffed::Ole;
    }
    let Some(found) = infer::get(head) else {
        let found = picture::of_head(head).or_else(|| recording::of_head(head));
        return found.map_or(Sniffed::Unknown, Sniffed::Accepted);
    };
    match accepted(found.mime_type()) {
        Some(media_type) => Sniffed::Accepted(media_type),
        None => Sniffed::Other(in_words(found.mime_type())),
    }
}

/// HTML or XML, which a browser might run, whatever the file is called.
pub fn is_markup(head: &[u8]) -> bool {
    infer::get(head).is_some_and(|found| matches!(found.mime_type(), "text/html" | "text/xml"))
}

fn accepted(sniffed: &str) -> Option<MediaType> {
    Some(match sniffed {
        "application/pdf" => MediaType::Pdf,
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

fn in_words(sniffed: &str) -> String {
    match sniffed {
        "application/vnd.microsoft.portable-executable" | "application/x-msdownload" => "a Windows program".into(),
        "application/x-executable" | "application/x-mach-binary" => "a program".into(),
        "text/html" => "a web page (HTML)".into(),
        "text/xml" => "an XML or SVG file".into(),
        "text/x-shellscript" => "a script".into(),
        other => format!("a file of type {other}"),
    }
}
