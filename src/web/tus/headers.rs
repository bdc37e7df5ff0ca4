//! The headers of tus 1.0.0, read strictly: a number that is none is refused and never guessed.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::OCTETS;
use crate::intake::Checksum;
use crate::web::problem::{Code, Problem};

pub const VERSION: &str = "1.0.0";
pub const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
pub const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub const DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub const PIECE: HeaderName = HeaderName::from_static("piece-location");

/// What a request of the protocol says.
pub struct Offered {
    pub offset: Option<u64>,
    pub length: Option<u64>,
    is_deferred: bool,
    pub checksum: Option<Checksum>,
    /// What `Content-Length` says.
    pub announced: Option<u64>,
    /// The body is declared to be bytes of an upload.
    pub is_octets: bool,
}

impl Offered {
    /// Reads a request's headers.
    ///
    /// # Errors
    /// `protocol_version` or `bad_request`, naming the header.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        if one(request, &RESUMABLE)? != Some(VERSION) {
            return Err(Problem::new(
                Code::ProtocolVersion,
                "Send the header `Tus-Resumable: 1.0.0`, the version of the protocol that is spoken here.",
            ));
        }
        let is_deferred = match one(request, &DEFER_LENGTH)? {
            None => false,
            Some("1") => true,
            Some(_) => return Err(unreadable("Upload-Defer-Length", "`1`, or leave it out")),
        };
        let content_type = one(request, &header::CONTENT_TYPE)?;
        Ok(Self {
            offset: number(request, &OFFSET)?,
            length: number(request, &LENGTH)?,
            is_deferred,
            checksum: one(request, &CHECKSUM)?.map(checksum).transpose()?,
            announced: number(request, &header::CONTENT_LENGTH)?,
            is_octets: content_type.is_some_and(|sent| sent.trim().eq_ignore_ascii_case(OCTETS)),
        })
    }

    /// The length of a new upload, unless it is told later.
    ///
    /// # Errors
    /// `bad_request` unless exactly one of the two is said.
    pub fn length_or_deferred(&self) -> Result<Option<u64>, Problem> {
        if self.length.is_some() == self.is_deferred {
            return Err(Problem::new(
                Code::BadRequest,
                "Say how long the upload will be: either with `Upload-Length` or, if it is told later, with `Upload-Defer-Length: 1`.",
            ));
        }
        Ok(self.length)
    }

    /// Whether a new upload comes with its first bytes.
    ///
    /// # Errors
    /// `unsupported_media_type` when there is a body of something else.
    pub fn has_octets(&self, request: &HttpRequest) -> Result<bool, Problem> {
        let is_empty = match self.announced {
            Some(bytes) => bytes == 0,
            None => !request.headers().contains_key(header::TRANSFER_ENCODING),
        };
        if !is_empty && !self.is_octets { Err(not_octets()) } else { Ok(!is_empty) }
    }
}

pub fn not_octets() -> Problem {
    Problem::new(Code::UnsupportedMediaType, "Send the bytes as application/offset+octet-stream.")
}

pub fn unreadable(name: &str, wanted: &str) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!("The header `{name}` is missing, twice there or cannot be read. Send {wanted}."),
    )
}

/// The value of a header that may be there once.
pub fn one<'r>(request: &'r HttpRequest, name: &HeaderName) -> Result<Option<&'r str>, Problem> {
    let mut values = request.headers().get_all(name);
    let first = values.next();
    let wrong = || unreadable(name.as_str(), "it once, in ASCII");
    if values.next().is_some() {
        return Err(wrong());
    }
    first.map(|value| value.to_str().map_err(|_| wrong())).transpose()
}

/// Digits and nothing else, up to what a file can have.
fn number(request: &HttpRequest, name: &HeaderName) -> Result<Option<u64>, Problem> {
    let Some(text) = one(request, name)? else { return Ok(None) };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
    match number {
        Some(number) if is_number => Ok(Some(number)),
        _ => Err(unreadable(name.as_str(), "a number of bytes, in digits")),
    }
}

fn checksum(text: &str) -> Result<Checksum, Problem> {
    let wrong = || unreadable("Upload-Checksum", "`sha256` or `sha1`, a space, and the checksum in Base64");
    let (algorithm, value) = text.split_once(' ').ok_or_else(wrong)?;
    let bytes = BASE64_STANDARD.decode(value.trim()).map_err(|_| wrong())?;
    match algorithm {
        "sha256" => bytes.try_into().map(Checksum::Sha256).map_err(|_| wrong()),
        "sha1" => bytes.try_into().map(Checksum::Sha1).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn refused(name: &'static str, value: &'static str) -> Code {
        let request = TestRequest::default().insert_header(("Tus-Resumable", "1.0.0")).insert_header((name, value));
        Offered::of(&request.to_http_request()).err().map(|problem| problem.code).expect(value)
    }

    #[test]
    fn numbers_are_digits() {
        for value in ["", "-1", "+1", "1.0", "1e3", "0x1", "9223372036854775808", "1,1", "eins"] {
            assert_eq!(refused("Upload-Offset", value), Code::BadRequest, "{value}");
            assert_eq!(refused("Upload-Length", value), Code::BadRequest, "{value}");
        }
    }

    #[test]
    fn checksums_are_of_their_length() {
        for value in ["sha1", "sha1 ", "sha1 !!!!", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "md5 AAAA", "crc32 AAAA"] {
            assert_eq!(refused("Upload-Checksum", value), Code::BadRequest, "{value}");
        }
        let right = checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").ok();
        assert!(matches!(right, Some(Checksum::Sha1(_))));
    }

    #[test]
    fn another_version_is_told_so() {
        for value in ["", "0.2.2", "1.0.1", "1.0.0, 1.0.0"] {
            let request = TestRequest::default().insert_header(("Tus-Resumable", value)).to_http_request();
            assert_eq!(Offered::of(&request).err().map(|problem| problem.code), Some(Code::ProtocolVersion), "{value}");
        }
    }
}
