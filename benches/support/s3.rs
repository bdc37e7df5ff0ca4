//! Just enough of S3 for the yardstick and the bare relay: signed requests for one object or a part of it.
//!
//! Signature Version 4 with an unsigned body, as SDKs send it over a trusted line: a digest of the
//! body would charge the yardstick with work that the store alone does not ask for.

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::place;

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const SIGNED_HEADERS: &str = "host;x-amz-content-sha256;x-amz-date";

pub struct Bucket {
    pub endpoint: String,
    pub host: String,
    pub name: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

impl Bucket {
    pub fn from_environment() -> anyhow::Result<Self> {
        let endpoint = place::setting("BENCH_S3_ENDPOINT")?;
        let host = endpoint.strip_prefix("http://").context("BENCH_S3_ENDPOINT: http:// only")?;
        Ok(Self {
            host: host.trim_end_matches('/').to_owned(),
            endpoint,
            name: place::setting("BENCH_S3_BUCKET")?,
            region: place::setting("BENCH_S3_REGION")?,
            access_key: place::setting("BENCH_S3_ACCESS_KEY")?,
            secret_key: place::setting("BENCH_S3_SECRET_KEY")?,
        })
    }

    /// The head of a signed request for one object.
    pub fn head(&self, method: &str, key: &str, length: u64) -> String {
        self.head_with(method, key, "", length)
    }

    /// The same with a query, its names in order and each with its `=`. Keys and queries are made
    /// here of unreserved characters and slashes alone, so that they need no escaping.
    pub fn head_with(&self, method: &str, key: &str, query: &str, length: u64) -> String {
        let now = chrono::Utc::now().format("%Y%m%dT%H%M%SZ").to_string();
        let path = format!("/{}/{key}", self.name);
        let signature = self.signature(method, &path, query, &now);
        let mark = if query.is_empty() { "" } else { "?" };
        format!(
            "{method} {path}{mark}{query} HTTP/1.1\r\nHost: {}\r\nContent-Length: {length}\r\n\
             x-amz-content-sha256: {UNSIGNED}\r\nx-amz-date: {now}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={SIGNED_HEADERS}, \
             Signature={signature}\r\n\r\n",
            self.host,
            self.access_key,
            self.scope(&now)
        )
    }

    fn scope(&self, now: &str) -> String {
        format!("{}/{}/s3/aws4_request", &now[..8], self.region)
    }

    fn signature(&self, method: &str, path: &str, query: &str, now: &str) -> String {
        let host = &self.host;
        let request = format!(
            "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{UNSIGNED}\n\
             x-amz-date:{now}\n\n{SIGNED_HEADERS}\n{UNSIGNED}"
        );
        let request = hex::encode(Sha256::digest(request));
        let message = format!("AWS4-HMAC-SHA256\n{now}\n{}\n{request}", self.scope(now));
        let secret = format!("AWS4{}", self.secret_key).into_bytes();
        let steps = [&now[..8], &self.region, "s3", "aws4_request", &message];
        let signature = steps.iter().fold(secret, |key, step| hmac(&key, step.as_bytes()).to_vec());
        hex::encode(signature)
    }
}

/// HMAC-SHA256 (RFC 2104). A key longer than a block, as AWS4 and a secret of 64 characters are
/// together, is replaced by its digest.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message);
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}
