//! One object on its way into the bucket: parts go out while the next ones arrive, at most two at a time.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::task::JoinSet;

use super::{S3, unavailable};
use crate::domain::digest::Digest;
use crate::storage::gathered::Gathered;
use crate::storage::{Error, ObjectKey, PART, Span};

/// Parts of one object that are on their way at the same time.
const IN_FLIGHT: usize = 2;

/// An object that is being gathered: dropping it aborts what was begun in the bucket.
pub struct Unsealed {
    s3: S3,
    path: String,
    /// The multipart upload, once there is more than one part.
    upload_id: Option<String>,
    /// Bytes that are out or on their way: a whole number of parts.
    sent: u64,
    flying: JoinSet<Result<CompletedPart, Error>>,
    landed: Vec<CompletedPart>,
    /// Objects that are parts of this one already, by the part's index.
    copies: BTreeMap<usize, String>,
}

impl Unsealed {
    pub fn new(s3: S3, key: ObjectKey) -> Self {
        let path = s3.path(key);
        Self { s3, path, upload_id: None, sent: 0, flying: JoinSet::new(), landed: Vec::new(), copies: BTreeMap::new() }
    }

    /// Has the store itself copy these parts.
    pub fn copying(mut self, copies: BTreeMap<usize, String>) -> Self {
        self.copies = copies;
        self
    }

    /// Sends every part that is whole among the first `written` bytes, with its checksum from `sums`, but never the
    /// last one: only `seal` knows that it is the last. Waits while two parts are on their way, so that a client
    /// is read no faster than the store takes.
    pub async fn advance(&mut self, gathered: &Gathered, written: u64, sums: &[u32]) -> Result<(), Error> {
        while written > self.sent + PART as u64 {
            self.send(gathered, self.sent + PART as u64, sums).await?;
        }
        Ok(())
    }

    /// Sends the rest and completes the object.
    pub async fn seal(mut self, gathered: &Gathered, len: u64, digest: Digest, sums: &[u32]) -> Result<(), Error> {
        if len <= PART as u64 {
            return self.put(gathered, len, digest).await;
        }
        while self.sent < len {
            self.send(gathered, len.min(self.sent + PART as u64), sums).await?;
        }
        while let Some(part) = self.flying.join_next().await {
            self.landed.push(part??);
        }
        self.complete().await
    }

    /// One PUT with the digest that the store verifies.
    async fn put(&self, gathered: &Gathered, len: u64, digest: Digest) -> Result<(), Error> {
        let put = self.s3.client.put_object().bucket(&*self.s3.bucket).key(&self.path);
        let put = put.body(self.s3.body(gathered, Span { start: 0, end: len }));
        let put = put.checksum_sha256(BASE64.encode(digest.as_bytes()));
        put.customize().disable_payload_signing().send().await.map(drop).map_err(unavailable)
    }

    /// Sends the part that ends before `end`.
    async fn send(&mut self, gathered: &Gathered, end: u64, sums: &[u32]) -> Result<(), Error> {
        if self.flying.len() >= IN_FLIGHT
            && let Some(part) = self.flying.join_next().await
        {
            self.landed.push(part??);
        }
        let upload_id = self.begun().await?;
        let index = usize::try_from(self.sent / PART as u64).expect("the size limit keeps parts few");
        let number = i32::try_from(index + 1).expect("the size limit keeps parts few");
        let checksum = BASE64.encode(sums[index].to_be_bytes());
        if let Some(source) = self.copies.remove(&index) {
            let (s3, path) = (self.s3.clone(), self.path.clone());
            self.flying.spawn(Self::copy(s3, path, upload_id, (number, source, checksum)));
            self.sent = end;
            return Ok(());
        }
        let part = self.s3.client.upload_part().bucket(&*self.s3.bucket).key(&self.path).upload_id(upload_id);
        let part = part.part_number(number).body(self.s3.body(gathered, Span { start: self.sent, end }));
        let part = part.checksum_crc32_c(&checksum).customize().disable_payload_signing();
        self.flying.spawn(async move {
            let done = part.send().await.map_err(unavailable)?;
            let part = CompletedPart::builder().part_number(number).set_e_tag(done.e_tag);
            Ok(part.checksum_crc32_c(checksum).build())
        });
        self.sent = end;
        Ok(())
    }

    async fn begun(&mut self) -> Result<String, Error> {
        if let Some(id) = &self.upload_id {
            return Ok(id.clone());
        }
        let create = self.s3.client.create_multipart_upload().bucket(&*self.s3.bucket).key(&self.path);
        let created = create.checksum_algorithm(ChecksumAlgorithm::Crc32C).send().await.map_err(unavailable)?;
        let id = created.upload_id.ok_or_else(|| Error::Unavailable("the store named no upload".into()))?;
        self.upload_id = Some(id.clone());
        Ok(id)
    }

    async fn complete(&mut self) -> Result<(), Error> {
        self.landed.sort_by_key(CompletedPart::part_number);
        let parts = CompletedMultipartUpload::builder().set_parts(Some(std::mem::take(&mut self.landed))).build();
        let complete = self.s3.client.complete_multipart_upload().bucket(&*self.s3.bucket).key(&self.path);
        let complete = complete.set_upload_id(self.upload_id.clone()).multipart_upload(parts);
        complete.send().await.map_err(unavailable)?;
        self.upload_id = None;
        Ok(())
    }
}

impl Drop for Unsealed {
    fn drop(&mut self) {
        let Some(id) = self.upload_id.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let abort = self.s3.client.abort_multipart_upload().bucket(&*self.s3.bucket).key(&self.path).upload_id(id);
        let mut flying = std::mem::take(&mut self.flying);
        runtime.spawn(async move {
            // A part that lands after the abort would stay: first none may be on its way.
            flying.shutdown().await;
            if let Err(error) = abort.send().await {
                tracing::warn!(error = %unavailable(error), "an upload that was given up could not be aborted; sweep will");
            }
        });
    }
}
