//! Appending: bytes are made durable, then the offset moves, then more bytes. A sender that goes quiet has all that
//! arrived made durable at once and lets go of everything else, so a dead connection holds nothing back and nothing
//! up; and whoever comes next takes over at once.

use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::{Duration, Instant, timeout};

use super::lock::{LEASE, Taken};
use super::writing::{QUIET, Writing};
use super::{Append, Error, Intake, Progress, progress, wrong_offset};
use crate::domain::ids::{UploadId, UserId};
use crate::domain::segment::Composition;
use crate::inspect::{HEAD, size_limit};
use crate::intake::receive::Gauge;
use crate::records::showcases::Showcase;
use crate::records::uploads::{self, Step, Upload};
use crate::storage::Appending;

/// How long bytes that trickle in may wait to be durable.
const OLDEST: Duration = Duration::from_secs(10);

impl Intake {
    /// Goes on with an upload of this person's, and makes a piece of it when its last byte is there.
    ///
    /// # Errors
    /// [`Error::WrongOffset`], [`Error::WrongLength`], [`Error::TooLong`], [`Error::WrongChecksum`]: nothing changed.
    /// [`Error::Locked`]: somebody else goes on with it. [`Error::Cut`], [`Error::Stalled`]: what arrived is kept.
    /// Any other refuses the upload as a whole or says that it may be gone on with later.
    pub async fn append<B, E>(
        &self,
        showcase: &Showcase,
        (id, by): (UploadId, UserId),
        append: Append,
        body: B,
    ) -> Result<Progress, Error>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        // Boxed, what does not stay: thousands may be waiting for their senders here.
        let upload = match Box::pin(self.take((id, by), append.offset)).await? {
            Taken::Held(upload) => upload,
            Taken::Decided(upload) => {
                let progress = self.standing(&upload)?;
                return if append.offset == progress.offset { Ok(progress) } else { Err(wrong_offset(&upload)) };
            }
        };
        let received = Box::pin(self.receive_more(upload.clone(), append, body)).await;
        let (upload, gathered) = match received {
            Ok(received) => received,
            Err(error) => {
                let error = Box::pin(self.unless_lost(&upload, error)).await;
                return Err(Box::pin(self.let_go(&upload, error)).await);
            }
        };
        if upload.length == Some(upload.received) || gathered.is_some() {
            return Box::pin(self.finish(showcase, upload, gathered)).await;
        }
        Box::pin(self.release(&upload)).await;
        Ok(progress(&upload, None))
    }

    /// A store that fails with an upload that was taken from this request, or cancelled, is not what went wrong.
    async fn unless_lost(&self, upload: &Upload, error: Error) -> Error {
        match error {
            Error::Storage(_) => match self.look(upload).await {
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
            Box::pin(self.set_length(&mut upload, length)).await?;
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
        let mut writing = Writing::new(upload, &append, Gauge::new(self.pace));
        let received = self.receive_body(&mut writing, body).await;
        if let Err(error) = Box::pin(self.close(&mut writing, received)).await {
            // Parts of what no row names are nobody's.
            let unnamed = writing.multipart().filter(|_| writing.upload.multipart.is_none());
            if let Some(busy) = writing.busy {
                Box::pin(busy.give_up()).await;
            }
            Box::pin(self.storage.take_back(writing.upload.id, &writing.pending, unnamed.as_deref())).await;
            return Err(error);
        }
        let gathered = writing.busy.filter(|appending| appending.unflushed() > 0);
        Ok((writing.upload, gathered))
    }

    /// What is stored of an upload.
    pub(super) async fn composition(&self, upload: &Upload) -> Result<Composition, Error> {
        let segments =
            if upload.received == 0 { Vec::new() } else { uploads::segments(&mut &self.db, upload.id).await? };
        Ok(Composition { multipart: upload.multipart.clone(), segments })
    }

    async fn receive_body<B, E>(&self, writing: &mut Writing, body: B) -> Result<(), Error>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        let mut body = pin!(body);
        let mut quiet = Instant::now();
        loop {
            let left = self.pace.stall.saturating_sub(quiet.elapsed());
            match timeout(writing.wait(quiet.elapsed()).min(left), body.next()).await {
                Ok(None) => return Ok(()),
                Ok(Some(chunk)) => {
                    let chunk = chunk.map_err(|_| Error::Cut)?;
                    writing.gauge.count(chunk.len())?;
                    Box::pin(self.take_in(writing, &chunk)).await?;
                    quiet = Instant::now();
                }
                Err(_) if quiet.elapsed() >= self.pace.stall => return Err(Error::Stalled),
                Err(_) => match &mut writing.busy {
                    Some(busy) if quiet.elapsed() < QUIET => Box::pin(busy.pause()).await?,
                    Some(_) => {
                        Box::pin(self.settle(writing)).await?;
                        writing.rest();
                    }
                    None => Box::pin(self.look(&writing.upload)).await?,
                },
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
            let mut busy = match writing.busy.take() {
                Some(busy) => busy,
                None => self.rise(writing).await?,
            };
            let room = busy.room();
            let (now, later) = rest.split_at(rest.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            let expected = writing.announced.map(|announced| announced.min(room).max(now.len() as u64));
            let began = Instant::now();
            busy.write(now, expected).await?;
            writing.gauge.pardon(began.elapsed());
            writing.busy = Some(busy);
            writing.announced = writing.announced.map(|announced| announced.saturating_sub(now.len() as u64));
            if now.len() as u64 == room && !writing.fits_one_part(self.storage.is_segmented()) {
                self.turn(writing).await?;
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
        let flushed = match &mut writing.busy {
            Some(busy) => busy.flush(is_last).await,
            None => Ok(()),
        };
        writing.since = None;
        // Also after an error: what is durable need not be sent again.
        self.count(writing).await?;
        Ok(flushed?)
    }

    /// Makes a full part durable, or has that begin.
    async fn turn(&self, writing: &mut Writing) -> Result<(), Error> {
        let turned = match &mut writing.busy {
            Some(busy) => busy.turn().await,
            None => Ok(()),
        };
        self.count(writing).await?;
        Ok(turned?)
    }

    /// Counts what became durable.
    async fn count(&self, writing: &mut Writing) -> Result<(), Error> {
        let durable = writing.busy.as_mut().map(Appending::landed).unwrap_or_default();
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
        let step = Step {
            from: upload.received,
            to: last.segment.end(),
            head: writing.head_grew.then(|| upload.head.clone()),
            digest_state: last.digest_state.clone(),
            multipart: writing.multipart(),
            expires_at: now + self.resuming.expire,
        };
        let mut tx = self.db.write().await?;
        if !uploads::advance(&mut tx, (upload.id, upload.fence), &step, now + LEASE).await? {
            drop(tx);
            return Err(self.why_lost(upload).await);
        }
        if self.storage.is_segmented() {
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
        writing.upload.multipart = step.multipart.or(writing.upload.multipart.take());
        writing.upload.expires_at = step.expires_at;
        writing.head_grew = false;
        Ok(())
    }

    /// Ends a request: what arrived is kept, also if the connection broke, unless it has not the checksum it should have.
    async fn close(&self, writing: &mut Writing, received: Result<(), Error>) -> Result<(), Error> {
        match (&received, writing.checking.is_some()) {
            // It need not be stored twice: it is the piece at once, or comes again.
            (Ok(()), _) if writing.is_whole_in_hand(self.storage.is_segmented()) => {}
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
