//! Resumable uploads as clients send them by default: one POST that creates, then one PATCH with all bytes; or all
//! bytes with the POST.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::http::Reply;

const OCTETS: &str = "Content-Type: application/offset+octet-stream\r\n";

/// What the requests of one upload have in common.
pub struct Upload<'a> {
    pub host: &'a str,
    /// Where uploads are created.
    pub path: &'a str,
    /// Further header lines, each with its line end.
    pub headers: String,
    pub length: u64,
    pub metadata: String,
}

impl Upload<'_> {
    /// The head of the request that creates it; `with_bytes` promises the whole file as its body.
    pub fn creation(&self, with_bytes: bool) -> String {
        let Self { host, path, headers, length, metadata } = self;
        let (content_type, body) = if with_bytes { (OCTETS, *length) } else { ("", 0) };
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Tus-Resumable: 1.0.0\r\nUpload-Length: {length}\r\n\
             Upload-Metadata: {metadata}\r\n{content_type}Content-Length: {body}\r\n\r\n"
        )
    }

    /// The head of the request that sends what comes after `offset`.
    pub fn rest(&self, location: &str, offset: u64) -> String {
        let Self { host, headers, length, .. } = self;
        format!(
            "PATCH {} HTTP/1.1\r\nHost: {host}\r\n{headers}Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n\
             {OCTETS}Content-Length: {}\r\n\r\n",
            path_of(location),
            length - offset
        )
    }

    /// The request that asks where it stands.
    pub fn standing(&self, location: &str) -> String {
        let Self { host, headers, .. } = self;
        format!("HEAD {} HTTP/1.1\r\nHost: {host}\r\n{headers}Tus-Resumable: 1.0.0\r\n\r\n", path_of(location))
    }
}

/// `Upload-Metadata` of these names and values.
pub fn metadata(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name} {}", BASE64_STANDARD.encode(value)));
    pairs.collect::<Vec<String>>().join(",")
}

/// Where an upload was created.
pub fn location(reply: &Reply) -> Option<String> {
    reply.header("location").map(str::to_owned)
}

/// The path of a location, which some servers give with their own address before it.
fn path_of(location: &str) -> &str {
    let without = location.strip_prefix("http://").and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    without.unwrap_or(location)
}
