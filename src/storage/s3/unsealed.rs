//! One object on its way into the bucket: parts go out while the next ones arrive, at most two at a time.

use std::fs::File;
use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use tokio::task::JoinSet;

use super::{PART, S3, unavailable};
use crate::domain::digest::Digest;
use crate::storage::staging::read_span;
use crate::storage::{Error, ObjectKey};

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
}

impl Unsealed {
    pub fn new(s3: S3, key: ObjectKey) -> Self {
        let path = s3.path(key);
        Self { s3, path, upload_id: None, sent: 0, flying: JoinSet::new(), landed: Vec::new() }
    }

    /// Sends every part that is whole among the first `written` bytes of the file, but never the last one:
    /// only `seal` knows that it is the last. Waits while two parts are on their way, so that a client is
    /// read no faster than the store takes.
    pub async fn advance(&mut self, file: &Arc<File>, written: u64) -> Result<(), Error> {
        while written > self.sent + PART as u64 {
            self.send(file, PART).await?;
        }
        Ok(())
    }

    /// Sends the rest and completes the object.
    pub async fn seal(mut self, file: &Arc<File>, len: u64, digest: Digest) -> Result<(), Error> {
        if len <= PART as u64 {
            return self.put(file, len, digest).await;
        }
        while self.sent < len {
            let rest = usize::try_from(len - self.sent).unwrap_or(PART);
            self.send(file, rest.min(PART)).await?;
        }
        while let Some(part) = self.flying.join_next().await {
            self.landed.push(part??);
        }
        self.complete().await
    }

    /// One PUT with the digest that the store verifies.
    async fn put(&self, file: &Arc<File>, len: u64, digest: Digest) -> Result<(), Error> {
        let len = usize::try_from(len).expect("a part fits in memory");
        let buffer = read_span(file, 0, self.s3.buffers.take(len).await).await?;
        let put = self.s3.client.put_object().bucket(&*self.s3.bucket).key(&self.path);
        let put = put.body(ByteStream::from(Bytes::from_owner(buffer)));
        let put = put.checksum_sha256(BASE64.encode(digest.as_bytes()));
        put.customize().disable_payload_signing().send().await.map(drop).map_err(unavailable)
    }

    async fn send(&mut self, file: &Arc<File>, len: usize) -> Result<(), Error> {
        if self.flying.len() >= IN_FLIGHT
            && let Some(part) = self.flying.join_next().await
        {
            self.landed.push(part??);
        }
        let upload_id = self.begun().await?;
        let number = i32::try_from(self.sent / PART as u64).expect("the size limit keeps parts few") + 1;
        let (s3, path, file, start) = (self.s3.clone(), self.path.clone(), Arc::clone(file), self.sent);
        self.flying.spawn(async move {
            let buffer = read_span(&file, start, s3.buffers.take(len).await).await?;
            let checksum = BASE64.encode(crc32c::crc32c(buffer.as_ref()).to_be_bytes());
            let part = s3.client.upload_part().bucket(&*s3.bucket).key(path).upload_id(upload_id).part_number(number);
            let part = part.body(ByteStream::from(Bytes::from_owner(buffer))).checksum_crc32_c(&checksum);
            let done = part.customize().disable_payload_signing().send().await.map_err(unavailable)?;
            let part = CompletedPart::builder().part_number(number).set_e_tag(done.e_tag);
            Ok(part.checksum_crc32_c(checksum).build())
        });
        self.sent += len as u64;
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
