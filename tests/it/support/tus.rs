//! A client of the tus protocol, request by request, so that a test can leave out or spoil any of them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Answer, Client};

pub const UPLOADS: &str = "/api/v1/uploads";

/// `Upload-Metadata` of a piece with everything it needs, and with these fields beside or in place of it.
pub fn metadata(showcase: &str, name: &str, other: &[(&str, &str)]) -> String {
    let usual = [
        ("showcase", showcase),
        ("filename", name),
        ("title", "A piece"),
        ("kind", "work_product"),
        ("confidentiality", "not_applicable"),
        ("authentic", "true"),
    ];
    let kept = usual.iter().filter(|(name, _)| !other.iter().any(|(replaced, _)| replaced == name));
    let pairs = kept.chain(other).map(|(name, value)| format!("{name} {}", BASE64_STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

/// `Upload-Checksum` of these bytes.
pub fn checksum(bytes: &[u8]) -> String {
    format!("sha256 {}", BASE64_STANDARD.encode(Sha256::digest(bytes)))
}

impl Client {
    /// A request of the protocol, to complete before it is sent.
    pub fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Tus-Resumable", "1.0.0")
    }

    /// The request that opens an upload of this length.
    pub fn opening(&self, length: usize, metadata: &str) -> RequestBuilder {
        self.tus(Method::POST, UPLOADS).header("Upload-Length", length).header("Upload-Metadata", metadata)
    }

    /// Opens an upload, and answers its address.
    pub async fn open(&self, showcase: &str, name: &str, length: usize) -> String {
        let answer = Answer::of(self.opening(length, &metadata(showcase, name, &[]))).await;
        answer.expect(201);
        answer.header("location").to_owned()
    }

    /// The request that goes on with an upload.
    pub fn appending(&self, upload: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
        let request = self.tus(Method::PATCH, upload).header("Upload-Offset", offset);
        request.header("Content-Type", "application/offset+octet-stream").body(bytes.to_vec())
    }

    pub async fn append(&self, upload: &str, offset: usize, bytes: &[u8]) -> Answer {
        Answer::of(self.appending(upload, offset, bytes)).await
    }

    pub async fn standing(&self, upload: &str) -> Answer {
        Answer::of(self.tus(Method::HEAD, upload)).await
    }

    /// Where an upload stands that is not refused.
    pub async fn offset(&self, upload: &str) -> usize {
        let answer = self.standing(upload).await;
        answer.expect(200);
        answer.header("upload-offset").parse().expect("an offset")
    }

    pub async fn cancel(&self, upload: &str) -> Answer {
        Answer::of(self.tus(Method::DELETE, upload)).await
    }

    /// A cancellation by a service that may not live to answer it.
    #[cfg_attr(not(feature = "failpoints"), expect(dead_code, reason = "only crashes are not answered"))]
    pub async fn try_cancel(&self, upload: &str) -> reqwest::Result<Answer> {
        Answer::tried(self.tus(Method::DELETE, upload)).await
    }

    /// The piece that the last answer of an upload names.
    pub async fn piece_of(&self, answer: &Answer) -> Value {
        let path = answer.header("piece-location");
        assert!(path.starts_with("/api/v1/pieces/"), "{answer:?}");
        self.get(path).await.json(200)
    }
}

impl Answer {
    /// Makes sure of the status and of what every answer of the protocol has; answers the offset.
    #[track_caller]
    pub fn moved(&self, status: u16) -> usize {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("tus-resumable"), "1.0.0");
        assert_eq!(self.header("cache-control"), "no-store");
        self.header("upload-offset").parse().expect("an offset")
    }
}
