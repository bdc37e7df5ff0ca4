//! Serving a stored object: single ranges and conditions (RFC 9110), a strong `ETag` that is the digest, and
//! headers that keep a browser from running what an apprentice uploaded.

use std::fmt::Write as _;
use std::ops::Range;

use actix_web::body::{BodySize, SizedStream};
use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::StreamExt;

use super::problem::{Code, Problem};
use super::range::{self, Asked};
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::media_type::MediaType;
use crate::storage::{ObjectKey, Span, Storage};

/// Kept by the reader alone, and asked for again each time: leave to read it may have ended.
const CACHING: &str = "private, no-cache";

/// An object as a reader meets it.
pub struct Content<'a> {
    pub key: ObjectKey,
    pub name: &'a FileName,
    pub media_type: MediaType,
    pub bytes: u64,
    pub sha256: Digest,
    pub shown: Shown,
}

/// What a browser is asked to do with an object that somebody goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Keep it as a file.
    Kept,
    /// Show it, if it is of a type that runs nothing in a browser; otherwise keep it.
    InPlace,
}

impl Shown {
    /// Whether a browser shows the type by itself, and nothing in it runs there.
    #[must_use]
    pub const fn is_possible(media_type: MediaType) -> bool {
        use MediaType as M;
        match media_type {
            M::Pdf
            | M::Jpeg
            | M::Png
            | M::Webp
            | M::Gif
            | M::Mp3
            | M::M4a
            | M::Wav
            | M::Ogg
            | M::Flac
            | M::Mp4
            | M::Mov
            | M::Webm
            | M::Txt => true,
            // Chromium takes a mail for a web page with its parts.
            M::Docx
            | M::Xlsx
            | M::Pptx
            | M::Odt
            | M::Ods
            | M::Odp
            | M::Heic
            | M::Tiff
            | M::Csv
            | M::Md
            | M::Eml
            | M::Msg => false,
        }
    }
}

/// Answers GET and HEAD for an object.
///
/// # Errors
/// `range_not_satisfiable`, or the store's.
pub async fn serve(request: &HttpRequest, storage: &Storage, content: Content<'_>) -> Result<HttpResponse, Problem> {
    let etag = format!("\"{}\"", content.sha256);
    if is_known(request, &etag) {
        return Ok(not_modified(etag));
    }
    let (status, span) = match asked(request, &etag, content.bytes) {
        Asked::Unsatisfiable => {
            let detail = "The range lies outside the file. Ask for bytes that it has; Content-Range names its length.";
            return Err(Problem::new(Code::RangeNotSatisfiable, detail).with("bytes", content.bytes));
        }
        Asked::Whole => (StatusCode::OK, None),
        Asked::Part(Range { start, end }) => (StatusCode::PARTIAL_CONTENT, Some(Span { start, end })),
    };
    let mut response = HttpResponse::build(status);
    describe(&mut response, &content, etag);
    if let Some(span) = span {
        let range = format!("bytes {}-{}/{}", span.start, span.end - 1, content.bytes);
        response.insert_header((header::CONTENT_RANGE, range));
    }
    let len = span.map_or(content.bytes, |span| span.end - span.start);
    if request.method() == Method::HEAD {
        return Ok(response.message_body(Promised(len)).map_err(|_| Problem::not_found())?.map_into_boxed_body());
    }
    let blocks = storage.read(content.key, span).await?;
    let blocks = blocks
        .map(|block| block.inspect_err(|error| tracing::error!(%error, "an object could not be read to its end")));
    Ok(response.body(SizedStream::new(len, blocks)))
}

/// Kept as fresh as the whole answer would be (RFC 9110, 15.4.5).
fn not_modified(etag: String) -> HttpResponse {
    let mut response = HttpResponse::NotModified();
    response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, CACHING)).finish()
}

fn describe(response: &mut HttpResponseBuilder, content: &Content<'_>, etag: String) {
    let digest = BASE64.encode(content.sha256.as_bytes());
    let in_place = content.shown == Shown::InPlace && Shown::is_possible(content.media_type);
    // Chromium's viewer of PDF does not start in a sandboxed page.
    let policy = if in_place && content.media_type == MediaType::Pdf {
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    } else {
        "default-src 'none'; sandbox"
    };
    response
        .content_type(content.media_type.name())
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, CACHING))
        .insert_header((header::CONTENT_DISPOSITION, disposition(content.name, in_place)))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .insert_header(("Repr-Digest", format!("sha-256=:{digest}:")))
        .insert_header(("Digest", format!("SHA-256={digest}")));
}

/// RFC 6266 with RFC 8187: every byte that is not plainly harmless is percent-encoded.
fn disposition(name: &FileName, in_place: bool) -> String {
    let mut encoded = String::new();
    for byte in name.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let kind = if in_place { "inline" } else { "attachment" };
    format!("{kind}; filename*=UTF-8''{encoded}")
}

fn text(request: &HttpRequest, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Whether the reader says that it has this content.
fn is_known(request: &HttpRequest, etag: &str) -> bool {
    text(request, header::IF_NONE_MATCH).is_some_and(|tags| names(tags, etag))
}

fn asked(request: &HttpRequest, etag: &str, len: u64) -> Asked {
    // A range means something to GET only (RFC 9110, 14.2).
    let Some(range) = text(request, header::RANGE).filter(|_| request.method() == Method::GET) else {
        return Asked::Whole;
    };
    if text(request, header::IF_RANGE).is_some_and(|condition| condition.trim() != etag) {
        return Asked::Whole;
    }
    range::asked(range, len)
}

/// Whether a list of entity tags names this one, weakly compared as RFC 9110 wants for `If-None-Match`.
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// The body of a HEAD answer: a length, and no bytes.
struct Promised(u64);

impl actix_web::body::MessageBody for Promised {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0)
    }

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<actix_web::web::Bytes, Self::Error>>> {
        std::task::Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_for_the_header() {
        let name = FileName::from_client("Größe \u{1F600}.pdf");
        assert_eq!(disposition(&name, false), "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%F0%9F%98%80.pdf");
    }
}
