//! One object on its way into the bucket: one PUT with its SHA-256, or parts that go out while the next ones arrive, at
//! most two at a time, each with its CRC32C.

use std::fs::File;

use aws_sdk_s3::operation::abort_multipart_upload::AbortMultipartUploadError;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::task::JoinSet;

use super::{Remote, S3, unavailable};
use crate::domain::digest::Digest;
use crate::storage::gathered::Gathered;
use crate::storage::pen::Pen;
use crate::storage::sums::Sums;
use crate::storage::{Error, ObjectKey};

/// Parts of one object that are on their way at the same time.
pub const IN_FLIGHT: usize = 2;

/// An object that is being gathered: dropping it removes what was begun in the bucket.
pub struct Unsealed {
    s3: S3,
    path: String,
    state: State,
    flying: JoinSet<Result<CompletedPart, Error>>,
    landed: Vec<CompletedPart>,
    /// What is in the bucket belongs to an upload over many requests, and goes with that.
    is_lent: bool,
}

/// How far the object got in the bucket.
#[derive(Debug)]
enum State {
    Nothing,
    /// Parts of the multipart upload of this id.
    Parts(String),
    Composed,
    Kept,
}

impl Unsealed {
    pub fn new(s3: S3, key: ObjectKey) -> Self {
        let path = s3.path(key);
        Self { s3, path, state: State::Nothing, flying: JoinSet::new(), landed: Vec::new(), is_lent: false }
    }

    /// An object whose parts are in the bucket, all or all but the last.
    pub fn lent(s3: S3, key: ObjectKey, upload_id: String, landed: Vec<CompletedPart>) -> Self {
        let mut unsealed = Self::new(s3, key);
        (unsealed.state, unsealed.landed, unsealed.is_lent) = (State::Parts(upload_id), landed, true);
        unsealed
    }

    pub async fn pen(&self, expected: Option<u64>, sums: Box<Sums>) -> Result<Pen, Error> {
        self.s3.pen(expected, sums).await
    }

    pub async fn spool(&self) -> Result<File, Error> {
        self.s3.spool().await
    }

    /// Sends a part. Waits while two are on their way, so that a client is read no faster than the store takes.
    pub async fn send(&mut self, gathered: Gathered, len: u64, crc32c: u32) -> Result<(), Error> {
        while self.flying.len() >= IN_FLIGHT
            && let Some(part) = self.flying.join_next().await
        {
            self.landed.push(part??);
        }
        let upload_id = self.begun().await?;
        let number = i32::try_from(self.landed.len() + self.flying.len() + 1).expect("the size limit keeps parts few");
        let (s3, path) = (self.s3.clone(), self.path.clone());
        self.flying.spawn(async move { s3.send_part(path, upload_id, number, (gathered, len, crc32c)).await });
        Ok(())
    }

    async fn begun(&mut self) -> Result<String, Error> {
        if let State::Parts(id) = &self.state {
            return Ok(id.clone());
        }
        let id = self.s3.begin(&self.path).await?;
        self.state = State::Parts(id.clone());
        Ok(id)
    }

    /// Makes the parts an object of `len` bytes, and answers its bytes to look at.
    pub async fn compose(&mut self, len: u64) -> Result<Remote, Error> {
        while let Some(part) = self.flying.join_next().await {
            self.landed.push(part??);
        }
        if let State::Parts(id) = &self.state {
            self.landed.sort_by_key(CompletedPart::part_number);
            self.s3.complete(&self.path, id, std::mem::take(&mut self.landed), len).await?;
            self.state = State::Composed;
        }
        Ok(Remote::new(self.s3.clone(), self.path.clone(), len))
    }

    /// Keeps the object, also when this is dropped.
    pub async fn seal(mut self, gathered: Option<Gathered>, len: u64, digest: Digest) -> Result<(), Error> {
        match gathered {
            Some(gathered) => self.put(gathered, len, digest).await?,
            None => drop(self.compose(len).await?),
        }
        self.state = State::Kept;
        Ok(())
    }

    /// One PUT with the digest that the store verifies.
    async fn put(&self, gathered: Gathered, len: u64, digest: Digest) -> Result<(), Error> {
        let put = self.s3.client.put_object().bucket(&*self.s3.bucket).key(&self.path);
        let put = put.body(self.s3.body(gathered, len)).checksum_sha256(BASE64.encode(digest.as_bytes()));
        put.customize().disable_payload_signing().send().await.map(drop).map_err(unavailable)
    }
}

impl S3 {
    /// Begins a multipart upload, and answers its id.
    pub async fn begin(&self, path: &str) -> Result<String, Error> {
        let create = self.client.create_multipart_upload().bucket(&*self.bucket).key(path);
        let created = create.checksum_algorithm(ChecksumAlgorithm::Crc32C).send().await.map_err(unavailable)?;
        created.upload_id.ok_or_else(|| Error::Unavailable("the store named no upload".into()))
    }

    /// Stores a part, which the store verifies.
    pub async fn send_part(
        &self,
        path: String,
        upload_id: String,
        number: i32,
        (gathered, len, crc32c): (Gathered, u64, u32),
    ) -> Result<CompletedPart, Error> {
        let checksum = BASE64.encode(crc32c.to_be_bytes());
        let part = self.client.upload_part().bucket(&*self.bucket).key(path).upload_id(upload_id);
        let part = part.part_number(number).body(self.body(gathered, len)).checksum_crc32_c(&checksum);
        let done = part.customize().disable_payload_signing().send().await.map_err(unavailable)?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(done.e_tag);
        Ok(part.checksum_crc32_c(checksum).build())
    }

    /// Composes an object of `len` bytes. One that was composed before, its answer having been lost, is recognised.
    async fn complete(&self, path: &str, id: &str, parts: Vec<CompletedPart>, len: u64) -> Result<(), Error> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = self.client.complete_multipart_upload().bucket(&*self.bucket).key(path);
        match complete.upload_id(id).multipart_upload(parts).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let head = self.client.head_object().bucket(&*self.bucket).key(path).send().await;
                let is_there = head.is_ok_and(|head| head.content_length().map(i64::cast_unsigned) == Some(len));
                if is_there { Ok(()) } else { Err(unavailable(error)) }
            }
        }
    }

    /// Aborts a multipart upload; one that is over is aborted already.
    pub async fn abort(&self, path: &str, id: &str) -> Result<(), Error> {
        let abort = self.client.abort_multipart_upload().bucket(&*self.bucket).key(path).upload_id(id);
        match abort.send().await {
            Err(error) if error.as_service_error().is_some_and(AbortMultipartUploadError::is_no_such_upload) => Ok(()),
            aborted => aborted.map(drop).map_err(unavailable),
        }
    }
}

impl Drop for Unsealed {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.is_lent {
            return;
        }
        let (s3, path) = (self.s3.clone(), std::mem::take(&mut self.path));
        let mut flying = std::mem::take(&mut self.flying);
        match std::mem::replace(&mut self.state, State::Nothing) {
            State::Nothing | State::Kept => {}
            State::Parts(id) => drop(runtime.spawn(async move {
                // A part that lands after the abort would stay: first none may be on its way.
                flying.shutdown().await;
                warn_of(s3.abort(&path, &id).await);
            })),
            State::Composed => drop(runtime.spawn(async move { warn_of(s3.remove_path(path).await) })),
        }
    }
}

fn warn_of(removed: Result<(), Error>) {
    if let Err(error) = removed {
        tracing::warn!(%error, "what was stored of an upload that was given up could not be removed; sweep will");
    }
}
