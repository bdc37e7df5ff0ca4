//! Uploads that arrive over many requests: parts of the object that they become, and what a broken connection left of a
//! part as an object of its own, until the part is whole. A part's number is its place, so a writer who was replaced sends the same bytes as the same part.

use std::collections::VecDeque;

use aws_sdk_s3::types::CompletedPart;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::task::JoinHandle;

use super::unsealed::IN_FLIGHT;
use super::{S3, Unsealed, newest, unavailable};
use crate::domain::digest::Digest;
use crate::domain::ids::{PieceId, UploadId};
use crate::domain::segment::{Composition, Part, Segment};
use crate::storage::appending::Stretch;
use crate::storage::gathered::Gathered;
use crate::storage::key::UPLOADS;
use crate::storage::pen::Pen;
use crate::storage::staging::Place;
use crate::storage::sums::Sums;
use crate::storage::{BLOCK, Cursor, Error, Fragment, FragmentKey, ObjectKey, PART, Span, Staged};

/// Objects of one upload that are removed at the same time.
const REMOVED_AT_ONCE: usize = 8;

/// An upload that grows in the bucket.
pub struct Growing {
    s3: S3,
    upload: UploadId,
    multipart: Option<String>,
    /// What is durable of the part that is not whole yet.
    tails: Vec<Segment>,
    flying: VecDeque<Flying>,
}

/// A part on its way.
struct Flying {
    stretch: Stretch,
    number: u32,
    sent: JoinHandle<Result<CompletedPart, Error>>,
}

/// The object that an upload of several parts becomes, whoever finishes it.
pub fn object(upload: UploadId) -> ObjectKey {
    ObjectKey::Piece(PieceId(upload.0))
}

impl Growing {
    pub fn new(s3: S3, upload: UploadId, at: u64, known: Composition) -> Self {
        let Composition { multipart, mut segments } = known;
        segments.retain(|segment| segment.part.is_none() && segment.start >= at - at % PART as u64);
        Self { s3, upload, multipart, tails: segments, flying: VecDeque::new() }
    }

    pub async fn pen(&self, expected: Option<u64>, sums: Box<Sums>) -> Result<Pen, Error> {
        self.s3.pen(expected, sums).await
    }

    pub async fn leave_memory(&self, pen: &mut Pen) -> Result<(), Error> {
        pen.move_to(self.s3.spool().await?).await
    }

    /// The object `key` of what was gathered, which is all of the upload.
    pub async fn staged(&self, pen: Pen, key: ObjectKey) -> Result<Staged, Error> {
        let len = pen.len();
        Staged::of_pen(pen, Place::S3(Unsealed::new(self.s3.clone(), key), Some(len))).await
    }

    /// Whether there are parts already, so that the last bytes are one, too.
    pub fn has_parts(&self) -> bool {
        self.multipart.is_some()
    }

    pub fn multipart(&self) -> Option<&str> {
        self.multipart.as_deref()
    }

    /// Sends what ends a part, and adds what became durable meanwhile.
    pub async fn launch(
        &mut self,
        stretch: Stretch,
        gathered: Gathered,
        landed: &mut Vec<Stretch>,
    ) -> Result<(), Error> {
        let (whole, len, crc32c) = self.whole_part(&stretch.segment, gathered).await?;
        let start = stretch.segment.end() - len;
        let stretch = Stretch { part_start: Some(start), ..stretch };
        while self.flying.len() >= IN_FLIGHT {
            landed.extend(self.land_one().await?);
        }
        let path = self.s3.path(object(self.upload));
        let id = match &self.multipart {
            Some(id) => id.clone(),
            None => self.multipart.insert(self.s3.begin(&path).await?).clone(),
        };
        let number = number_of(start)?;
        let numbered = i32::try_from(number).map_err(|_| Error::Missing)?;
        let s3 = self.s3.clone();
        let sent = tokio::spawn(async move { s3.send_part(path, id, numbered, (whole, len, crc32c)).await });
        let segment = Segment { start, bytes: len, crc32c, ..stretch.segment.clone() };
        self.flying.push_back(Flying { stretch: Stretch { segment, ..stretch }, number, sent });
        Ok(())
    }

    /// The bytes of a part of which the first may lie in the bucket.
    async fn whole_part(&mut self, last: &Segment, gathered: Gathered) -> Result<(Gathered, u64, u32), Error> {
        if self.tails.is_empty() {
            return Ok((gathered, last.bytes, last.crc32c));
        }
        let len = self.tails.iter().map(|tail| tail.bytes).sum::<u64>() + last.bytes;
        let mut pen = self.s3.pen(Some(len), Box::default()).await?;
        for tail in std::mem::take(&mut self.tails) {
            self.s3.recall(self.upload, &tail, &mut pen).await?;
        }
        let mut at = 0;
        while at < last.bytes {
            let (from, mut block) = (gathered.clone(), vec![0; BLOCK]);
            let read = move || from.read_at(&mut block, at).map(|count| (block, count));
            let (block, count) = tokio::task::spawn_blocking(read).await??;
            pen.add_again(&block[..count]).await?;
            at += count as u64;
        }
        let (whole, len, mut sums) = pen.finish().await?;
        Ok((whole, len, sums.cut()))
    }

    async fn land_one(&mut self) -> Result<Option<Stretch>, Error> {
        let Some(Flying { mut stretch, number, sent }) = self.flying.pop_front() else { return Ok(None) };
        let e_tag = sent.await??.e_tag;
        let e_tag = e_tag.ok_or_else(|| Error::Unavailable("the store did not name a part".into()))?;
        stretch.segment.part = Some(Part { number, e_tag });
        Ok(Some(stretch))
    }

    /// Waits for all parts that are on their way.
    pub async fn land(&mut self, landed: &mut Vec<Stretch>) -> Result<(), Error> {
        while let Some(stretch) = self.land_one().await? {
            landed.push(stretch);
        }
        Ok(())
    }

    /// Stores what is not yet a part, and the store verifies it.
    pub async fn put(&mut self, segment: &Segment, gathered: Gathered) -> Result<(), Error> {
        let path = self.s3.fragment(key(self.upload, segment));
        let put = self.s3.client.put_object().bucket(&*self.s3.bucket).key(path);
        let put = put.body(self.s3.body(gathered, segment.bytes));
        let put = put.checksum_crc32_c(BASE64.encode(segment.crc32c.to_be_bytes()));
        put.customize().disable_payload_signing().send().await.map_err(unavailable)?;
        self.tails.push(segment.clone());
        Ok(())
    }

    /// Ends what is on its way.
    pub async fn give_up(mut self) {
        // None may land after the multipart upload was aborted.
        for flying in self.flying.drain(..) {
            flying.sent.abort();
            flying.sent.await.ok();
        }
    }
}

impl S3 {
    fn fragment(&self, key: FragmentKey) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Prepares the object of an upload whose bytes are all there: one that is composed of parts, or a small one under
    /// the name `small`.
    pub async fn gather(
        &self,
        upload: UploadId,
        small: ObjectKey,
        known: Composition,
        (len, digest): (u64, Digest),
    ) -> Result<Staged, Error> {
        let Composition { multipart, segments } = known;
        if segments.last().map_or(0, Segment::end) != len {
            return Err(Error::Missing);
        }
        let (parts, tails): (Vec<_>, Vec<_>) = segments.into_iter().partition(|segment| segment.part.is_some());
        let rest = tails.iter().map(|tail| tail.bytes).sum();
        let mut pen = self.pen(Some(rest), Box::default()).await?;
        for tail in &tails {
            self.recall(upload, tail, &mut pen).await?;
        }
        let (gathered, _, mut sums) = pen.finish().await?;
        let Some(id) = multipart.filter(|_| !parts.is_empty()) else {
            let place = Place::S3(Unsealed::new(self.clone(), small), Some(len));
            return Ok(Staged::whole(digest, len, Some(gathered), place));
        };
        let mut landed: Vec<_> = parts.iter().filter_map(completed).collect();
        if rest > 0 {
            let number = i32::try_from(number_of(len - rest)?).map_err(|_| Error::Missing)?;
            let path = self.path(object(upload));
            landed.push(self.send_part(path, id.clone(), number, (gathered, rest, sums.cut())).await?);
        }
        let place = Place::S3(Unsealed::lent(self.clone(), object(upload), id, landed), Some(len));
        Ok(Staged::whole(digest, len, None, place))
    }

    /// Adds a segment to what is gathered, and makes sure that it is what was stored.
    async fn recall(&self, upload: UploadId, segment: &Segment, pen: &mut Pen) -> Result<(), Error> {
        let span = Span { start: 0, end: segment.bytes };
        let mut content = self.read_path(self.fragment(key(upload, segment)), Some(span)).await?;
        let (mut crc32c, mut bytes) = (0, 0);
        while let Some(chunk) = content.try_next().await? {
            crc32c = crc32c::crc32c_append(crc32c, &chunk);
            bytes += chunk.len() as u64;
            if bytes <= segment.bytes {
                pen.add_again(&chunk).await?;
            }
        }
        if (crc32c, bytes) == (segment.crc32c, segment.bytes) {
            return Ok(());
        }
        Err(Error::Unavailable("the store gave a segment that is not what it was given".into()))
    }

    /// Aborts a multipart upload that no row names. If the store does not answer, `sweep` will.
    pub async fn give_up(&self, upload: UploadId, id: &str) {
        if let Err(error) = self.abort(&self.path(object(upload)), id).await {
            tracing::warn!(%upload, %error, "an upload's parts could not be removed; sweep will");
        }
    }

    /// Removes what is stored of an upload; of its object only what is no piece.
    pub async fn forget(&self, upload: UploadId, multipart: Option<&str>, is_piece: bool) -> Result<(), Error> {
        if let Some(id) = multipart.filter(|_| !is_piece) {
            let path = self.path(object(upload));
            self.abort(&path, id).await?;
            self.remove_path(path).await?;
        }
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
        self.fragments_below(&format!("{}{UPLOADS}/", self.prefix), from).await
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
        self.remove_path(self.fragment(key)).await
    }
}

/// The number of the part that starts there.
fn number_of(start: u64) -> Result<u32, Error> {
    u32::try_from(start / PART as u64 + 1).map_err(|_| Error::Missing)
}

fn completed(segment: &Segment) -> Option<CompletedPart> {
    let part = segment.part.as_ref()?;
    let completed = CompletedPart::builder().part_number(i32::try_from(part.number).ok()?).e_tag(&part.e_tag);
    Some(completed.checksum_crc32_c(BASE64.encode(segment.crc32c.to_be_bytes())).build())
}

fn key(upload: UploadId, segment: &Segment) -> FragmentKey {
    FragmentKey { upload, segment: Some((segment.start, segment.fence)) }
}
