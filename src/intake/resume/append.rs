//! Appending: bytes are made durable, then the offset moves, then more bytes. A sender that goes quiet has all that
//! arrived made durable at once, so a dead connection holds nothing back; and whoever comes next takes over at once.

use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::{Duration, Instant, sleep, timeout};

use super::lock::{GLANCE, LEASE, PATIENCE, Taken};
use super::{Append, Checking, Error, Intake, Progress, progress, wrong_offset};
use crate::db;
use crate::domain::digest::Digest;
use crate::domain::segment::Composition;
use crate::inspect::{HEAD, size_limit};
use crate::intake::receive::Gauge;
use crate::records::showcases::Showcase;
use crate::records::uploads::{self, Step, Upload};
use crate::storage::{Appending, Stretch};

/// How long a sender may be quiet before what it sent is made durable, and how often one that is quiet looks whether
/// somebody else has taken over.
const QUIET: Duration = Duration::from_secs(1);
/// How long bytes that trickle in may wait to be durable.
const OLDEST: Duration = Duration::from_secs(10);

/// An upload that this request holds.
struct Writing {
    upload: Upload,
    appending: Appending,
    checking: Option<Checking>,
    /// Durable stretches that the offset does not count yet.
    pending: Vec<Stretch>,
    /// Whether the head has more bytes than its row.
    head_grew: bool,
    gauge: Gauge,
    /// When the oldest byte arrived that is not durable.
    since: Option<Instant>,
    /// Bytes that are still to come with this request.
    announced: Option<u64>,
    /// Bytes that come with it in all.
    whole: Option<u64>,
}

impl Intake {
    /// Goes on with an upload, and makes a piece of it when its last byte is there.
    ///
    /// # Errors
    /// [`Error::WrongOffset`], [`Error::WrongLength`], [`Error::TooLong`], [`Error::WrongChecksum`]: nothing changed.
    /// [`Error::Locked`]: somebody else goes on with it. [`Error::Cut`], [`Error::Stalled`]: what arrived is kept.
    /// Any other refuses the upload as a whole or says that it may be gone on with later.
    pub async fn append<B, E>(
        &self,
        showcase: &Showcase,
        upload: Upload,
        append: Append,
        body: B,
    ) -> Result<Progress, Error>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        let upload = match self.take(upload, append.offset).await? {
            Taken::Held(upload) => upload,
            Taken::Decided(upload) => {
                let progress = self.standing(&upload)?;
                return if append.offset == progress.offset { Ok(progress) } else { Err(wrong_offset(&upload)) };
            }
        };
        let received = Box::pin(self.receive_more(upload.clone(), append, body)).await;
        let (upload, gathered) = match received {
            Ok(received) => received,
            Err(error) => return Err(self.let_go(&upload, self.unless_lost(&upload, error).await).await),
        };
        if upload.length == Some(upload.received) || gathered.is_some() {
            return Box::pin(self.finish(showcase, upload, gathered)).await;
        }
        self.release(&upload).await;
        Ok(progress(&upload, None))
    }

    /// A store that fails with an upload that was taken from this request, or cancelled, is not what went wrong.
    async fn unless_lost(&self, upload: &Upload, error: Error) -> Error {
        match error {
            Error::Storage(_) => match self.hold(upload, false).await {
                Err(lost @ (Error::Over | Error::Locked)) => lost,
                _ => error,
            },
            other => other,
        }
    }

    /// Receives what is sent; an upload that arrives whole in one request may stay gathered, and not be durable yet.
    async fn receive_more<B, E>(
        &self,
        mut upload: Upload,
        append: Append,
        body: B,
    ) -> Result<(Upload, Option<Appending>), Error>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        if let Some(length) = append.length {
            self.set_length(&mut upload, length).await?;
        }
        if let (Some(length), Some(announced)) = (upload.length, append.announced)
            && announced > length - upload.received
        {
            return Err(Error::TooLong { length });
        }
        // An empty body for an upload that is whole asks what became of it.
        if upload.length == Some(upload.received) && append.announced.is_none_or(|announced| announced == 0) {
            return Ok((upload, None));
        }
        let mut writing = self.begin(upload, &append).await?;
        let received = self.receive_body(&mut writing, body).await;
        if let Err(error) = self.close(&mut writing, received).await {
            writing.appending.take_back(&writing.pending).await;
            return Err(error);
        }
        let gathered = Some(writing.appending).filter(|appending| appending.unflushed() > 0);
        Ok((writing.upload, gathered))
    }

    /// What is stored of an upload.
    pub(super) async fn composition(&self, upload: &Upload) -> Result<Composition, Error> {
        let segments = if upload.received == 0 {
            Vec::new()
        } else {
            uploads::segments(&mut &self.db, upload.id).await?
        };
        Ok(Composition { multipart: upload.multipart.clone(), segments })
    }

    /// Takes the bytes up where the row says that they end.
    async fn begin(&self, upload: Upload, append: &Append) -> Result<Writing, Error> {
        let wait = Instant::now() + PATIENCE;
        let known = self.composition(&upload).await?;
        let hasher = Digest::resume(&upload.digest_state).map_err(|_| db::Error::Inconsistent("digest_state"))?;
        let appending = loop {
            let state = (hasher.clone(), known.clone());
            let taken = self.storage.take_up(upload.id, upload.fence, upload.received, state).await;
            match taken {
                Ok(Some(appending)) => break appending,
                Ok(None) if Instant::now() >= wait => return Err(Error::Locked),
                Ok(None) => sleep(GLANCE).await,
                Err(error) => {
                    // If it is gone because the upload is over, that is the answer.
                    self.hold(&upload, false).await?;
                    return Err(error.into());
                }
            }
        };
        if !appending.is_segmented() {
            // Whoever took over while this one waited may have moved on: cutting now would cut what is counted.
            self.hold(&upload, false).await?;
            appending.begin().await?;
        }
        Ok(Writing {
            upload,
            appending,
            checking: append.checksum.as_ref().map(Checking::new),
            pending: Vec::new(),
            head_grew: false,
            gauge: Gauge::new(self.pace),
            since: None,
            announced: append.announced,
            whole: append.announced,
        })
    }

    async fn receive_body<B, E>(&self, writing: &mut Writing, body: B) -> Result<(), Error>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        let mut body = pin!(body);
        let mut quiet = Instant::now();
        loop {
            match timeout(QUIET.min(self.pace.stall), body.next()).await {
                Ok(None) => return Ok(()),
                Ok(Some(chunk)) => {
                    let chunk = chunk.map_err(|_| Error::Cut)?;
                    writing.gauge.count(chunk.len())?;
                    self.take_in(writing, &chunk).await?;
                    quiet = Instant::now();
                }
                Err(_) if quiet.elapsed() >= self.pace.stall => return Err(Error::Stalled),
                Err(_) if writing.checking.is_none() && !writing.appending.is_settled() => {
                    self.settle(writing).await?;
                }
                Err(_) => self.hold(&writing.upload, false).await?,
            }
        }
    }

    async fn take_in(&self, writing: &mut Writing, chunk: &[u8]) -> Result<(), Error> {
        let end = writing.end() + chunk.len() as u64;
        if let Some(length) = writing.upload.length.filter(|&length| end > length) {
            return Err(Error::TooLong { length });
        }
        self.within_limits(writing, chunk, end)?;
        if let Some(checking) = &mut writing.checking {
            checking.update(chunk);
        }
        writing.since.get_or_insert_with(Instant::now);
        let mut rest = chunk;
        while !rest.is_empty() {
            let room = writing.appending.room();
            let (now, later) = rest.split_at(rest.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            let expected = writing.announced.map(|announced| announced.min(room).max(now.len() as u64));
            writing.appending.write(now, expected).await?;
            writing.announced = writing.announced.map(|announced| announced.saturating_sub(now.len() as u64));
            if now.len() as u64 == room && !writing.fits_one_part() {
                let turned = writing.appending.turn().await;
                self.count(writing).await?;
                turned?;
            }
            rest = later;
        }
        let is_old = writing.since.is_some_and(|since| since.elapsed() >= OLDEST);
        if is_old && writing.checking.is_none() { self.settle(writing).await } else { Ok(()) }
    }

    /// A file's first bytes say how large it may become.
    fn within_limits(&self, writing: &mut Writing, chunk: &[u8], end: u64) -> Result<(), Error> {
        let start = end - chunk.len() as u64;
        let head = &mut writing.upload.head;
        if start == head.len() as u64 && head.len() < HEAD {
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD - head.len())]);
            writing.head_grew = true;
        }
        let limit = size_limit(head, &self.rules);
        let announced = writing.upload.length.filter(|_| head.len() == HEAD).unwrap_or(0);
        if end.max(announced) > limit { Err(Error::too_large(limit)) } else { Ok(()) }
    }

    /// Makes durable what arrived, and moves the offset there unless a checksum is still to be compared.
    async fn settle(&self, writing: &mut Writing) -> Result<(), Error> {
        let is_last = writing.upload.length == Some(writing.end());
        let flushed = writing.appending.flush(is_last).await;
        writing.since = None;
        // Also after an error: what is durable need not be sent again.
        self.count(writing).await?;
        Ok(flushed?)
    }

    /// Counts what became durable.
    async fn count(&self, writing: &mut Writing) -> Result<(), Error> {
        let durable = writing.appending.landed();
        if !durable.is_empty() {
            fail::fail_point!("upload-flushed", crate::storage::die);
            writing.pending.extend(durable);
        }
        if writing.checking.is_some() { Ok(()) } else { self.move_on(writing).await }
    }

    async fn move_on(&self, writing: &mut Writing) -> Result<(), Error> {
        let Some(last) = writing.pending.last() else { return Ok(()) };
        let now = self.clock.now();
        let upload = &writing.upload;
        let multipart = writing.appending.multipart();
        let step = Step {
            from: upload.received,
            to: last.segment.end(),
            head: writing.head_grew.then(|| upload.head.clone()),
            digest_state: last.digest_state.clone(),
            multipart,
            expires_at: now + self.resuming.expire,
        };
        let mut tx = self.db.write().await?;
        if !uploads::advance(&mut tx, (upload.id, upload.fence), &step, now + LEASE).await? {
            drop(tx);
            return Err(self.why_lost(upload).await);
        }
        if writing.appending.is_segmented() {
            for stretch in &writing.pending {
                if let Some(start) = stretch.part_start {
                    uploads::remove_tails(&mut tx, upload.id, start).await?;
                }
                uploads::insert_segment(&mut tx, upload.id, &stretch.segment).await?;
            }
        }
        // From here on it is unknown whether they are counted, until the database says so.
        writing.pending.clear();
        tx.commit().await?;
        fail::fail_point!("upload-moved", crate::storage::die);
        writing.upload.received = step.to;
        writing.upload.digest_state = step.digest_state;
        writing.upload.multipart = step.multipart;
        writing.appending.recorded();
        writing.upload.expires_at = step.expires_at;
        writing.head_grew = false;
        Ok(())
    }

    /// Ends a request: what arrived is kept, also if the connection broke, unless it has not the checksum it should have.
    async fn close(&self, writing: &mut Writing, received: Result<(), Error>) -> Result<(), Error> {
        match (&received, writing.checking.is_some()) {
            // It need not be stored twice: it is the piece at once, or comes again.
            (Ok(()), _) if writing.is_whole_in_memory() => {}
            (Ok(()), _) | (Err(Error::Cut | Error::Stalled), false) => self.settle(writing).await?,
            (Err(_), _) => return received,
        }
        if let Some(checking) = writing.checking.take() {
            if !checking.came_right() {
                return Err(Error::WrongChecksum);
            }
            self.move_on(writing).await?;
        }
        received
    }

    async fn set_length(&self, upload: &mut Upload, length: u64) -> Result<(), Error> {
        if let Some(known) = upload.length {
            return if known == length { Ok(()) } else { Err(Error::WrongLength) };
        }
        if length < upload.received {
            return Err(Error::WrongLength);
        }
        self.announced(Some(length))?;
        let mut tx = self.db.write().await?;
        if !uploads::set_length(&mut tx, (upload.id, upload.fence), length).await? {
            drop(tx);
            return Err(self.why_lost(upload).await);
        }
        tx.commit().await?;
        upload.length = Some(length);
        Ok(())
    }
}

impl Writing {
    /// Where the bytes end that have arrived.
    fn end(&self) -> u64 {
        self.appending.end()
    }

    /// Whether all of the upload comes with this request, and is no more than a part.
    fn fits_one_part(&self) -> bool {
        let whole = self.upload.received == 0 && self.pending.is_empty() && self.upload.length == self.whole;
        whole && self.upload.length.is_some_and(|length| length <= Appending::PART) && self.appending.is_segmented()
    }

    /// Whether it is all there, gathered, and none of it is stored.
    fn is_whole_in_memory(&self) -> bool {
        self.fits_one_part() && self.upload.length == Some(self.appending.unflushed())
    }
}
