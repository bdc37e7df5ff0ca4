//! Uploads that arrive over many requests, as segments of at most one part each. A segment that is exactly a part of
//! the object is copied inside the store; what lies between is sent again from the file that is inspected. So parts
//! are of equal size, as some stores want, whatever a client's connection did.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use aws_sdk_s3::types::CompletedPart;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::BytesMut;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::task::spawn_blocking;

use super::{S3, Unsealed, newest, unavailable};
use crate::domain::digest::Digest;
use crate::domain::ids::UploadId;
use crate::domain::segment::Segment;
use crate::storage::gathered::Gathered;
use crate::storage::staging::Place;
use crate::storage::{BLOCK, Cursor, Error, Fragment, FragmentKey, ObjectKey, PART, Span, Staged};

/// Objects of one upload that are removed at the same time.
const REMOVED_AT_ONCE: usize = 8;

impl S3 {
    fn fragment(&self, key: FragmentKey) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Stores a segment, which the store verifies.
    pub async fn put_segment(&self, upload: UploadId, segment: &Segment, gathered: &Gathered) -> Result<(), Error> {
        let path = self.fragment(key(upload, segment));
        let body = self.body(gathered, Span { start: 0, end: segment.bytes });
        let put = self.client.put_object().bucket(&*self.bucket).key(path).body(body);
        let put = put.checksum_crc32_c(BASE64.encode(segment.crc32c.to_be_bytes()));
        put.customize().disable_payload_signing().send().await.map(drop).map_err(unavailable)
    }

    /// Reads the segments into one file, and prepares the object to be composed of them.
    pub async fn gather(
        &self,
        upload: UploadId,
        object: ObjectKey,
        segments: &[Segment],
        (len, digest): (u64, Digest),
    ) -> Result<Staged, Error> {
        let gathered = self.gathered(Some(len)).await?;
        let (mut at, mut parts, mut copies) = (0, Vec::new(), BTreeMap::new());
        for segment in segments {
            if segment.start != at {
                return Err(Error::Missing);
            }
            self.read_segment(upload, segment, &gathered).await?;
            at = segment.end();
            let (index, into) = (segment.start / PART as u64, segment.start % PART as u64);
            if into == 0 {
                parts.push(segment.crc32c);
                if segment.bytes == PART as u64 || at == len {
                    let source = format!("{}/{}", self.bucket, self.fragment(key(upload, segment)));
                    copies.insert(usize::try_from(index).unwrap_or(usize::MAX), source);
                }
            } else if let Some(part) = parts.last_mut() {
                let bytes = usize::try_from(segment.bytes).map_err(|_| Error::Missing)?;
                *part = crc32c::crc32c_combine(*part, segment.crc32c, bytes);
            }
        }
        if at != len {
            return Err(Error::Missing);
        }
        let unsealed = Unsealed::new(self.clone(), object).copying(copies);
        Ok(Staged::whole(digest, len, parts, gathered, Place::S3(unsealed)))
    }

    /// Appends a segment to a file, and makes sure that it is what was stored.
    async fn read_segment(&self, upload: UploadId, segment: &Segment, gathered: &Gathered) -> Result<(), Error> {
        let path = self.fragment(key(upload, segment));
        let mut content = self.read_path(path, None).await?;
        let (mut block, mut crc32c, mut bytes) = (BytesMut::with_capacity(BLOCK), 0, 0);
        loop {
            let chunk = content.try_next().await?;
            let is_last = chunk.is_none();
            if let Some(chunk) = chunk {
                crc32c = crc32c::crc32c_append(crc32c, &chunk);
                bytes += chunk.len() as u64;
                block.extend_from_slice(&chunk);
            }
            if block.len() >= BLOCK || is_last {
                let file = Arc::clone(&gathered.file);
                block = spawn_blocking(move || {
                    (&*file).write_all(&block)?;
                    block.clear();
                    Ok::<_, std::io::Error>(block)
                })
                .await??;
            }
            if is_last {
                break;
            }
        }
        if (crc32c, bytes) == (segment.crc32c, segment.bytes) {
            return Ok(());
        }
        Err(Error::Unavailable("the store gave a segment that is not what it was given".into()))
    }

    /// Removes every segment of an upload, also those that nobody recorded.
    pub async fn forget(&self, upload: UploadId) -> Result<(), Error> {
        let folder = format!("{}/", self.fragment(FragmentKey { upload, segment: None }));
        let mut from = None;
        loop {
            let (found, next) = self.fragments_below(&folder, from).await?;
            let removals = stream::iter(found).map(|fragment| self.remove_fragment(fragment.key));
            removals.buffer_unordered(REMOVED_AT_ONCE).try_collect::<()>().await?;
            match next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }

    pub async fn fragments(&self, from: Option<Cursor>) -> Result<(Vec<Fragment>, Option<Cursor>), Error> {
        self.fragments_below(&format!("{}{}/", self.prefix, crate::storage::key::UPLOADS), from).await
    }

    async fn fragments_below(
        &self,
        folder: &str,
        from: Option<Cursor>,
    ) -> Result<(Vec<Fragment>, Option<Cursor>), Error> {
        let list = self.client.list_objects_v2().bucket(&*self.bucket).prefix(folder);
        let page = list.set_continuation_token(from).send().await.map_err(unavailable)?;
        let found = page.contents().iter().filter_map(|object| {
            let key = object.key()?.strip_prefix(&*self.prefix)?.parse().ok()?;
            let modified = object.last_modified().and_then(|at| (*at).try_into().ok()).unwrap_or_else(newest);
            Some(Fragment { key, modified })
        });
        Ok((found.collect(), page.next_continuation_token().map(str::to_owned)))
    }

    pub async fn remove_fragment(&self, key: FragmentKey) -> Result<(), Error> {
        let remove = self.client.delete_object().bucket(&*self.bucket).key(self.fragment(key));
        remove.send().await.map(drop).map_err(unavailable)
    }
}

impl Unsealed {
    /// Has the store copy the part `number` from `source`.
    pub(super) async fn copy(
        s3: S3,
        path: String,
        upload_id: String,
        (number, source, checksum): (i32, String, String),
    ) -> Result<CompletedPart, Error> {
        let copy = s3.client.upload_part_copy().bucket(&*s3.bucket).key(path).upload_id(upload_id);
        let done = copy.part_number(number).copy_source(source).send().await.map_err(unavailable)?;
        // A store that fails with 200 names no part.
        let e_tag = done.copy_part_result.and_then(|result| result.e_tag);
        let e_tag = e_tag.ok_or_else(|| Error::Unavailable("the store did not say that it copied a part".into()))?;
        Ok(CompletedPart::builder().part_number(number).e_tag(e_tag).checksum_crc32_c(checksum).build())
    }
}

fn key(upload: UploadId, segment: &Segment) -> FragmentKey {
    FragmentKey { upload, segment: Some((segment.start, segment.fence)) }
}
