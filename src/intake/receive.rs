//! Incoming → staged. Memory per upload has a bound whatever its length, and a client is read no faster than
//! its bytes are written, hashed and, for S3, sent on.

use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::{Duration, Instant, timeout};

use super::{Error, Intake, Pace};
use crate::domain::digest::Digest;
use crate::inspect::{HEAD, size_limit};
use crate::storage::{ObjectKey, Staged, Staging};

/// How long a client may be slow before its average counts.
const GRACE: Duration = Duration::from_secs(60);

/// How long a client may be quiet before what it sent lets go of its memory.
const QUIET: Duration = Duration::from_secs(1);

/// A whole upload, hashed, that nobody can see yet.
pub struct Received {
    pub(super) key: ObjectKey,
    pub(super) staged: Staged,
}

impl Received {
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.staged.digest
    }
}

impl Intake {
    /// Gathers a body that will become the object `key`; it has at most as many bytes as were `announced`.
    ///
    /// # Errors
    /// [`Error::Refused`] when it is too large for what its first bytes say it is; [`Error::Stalled`],
    /// [`Error::Cut`] or [`Error::Storage`].
    pub async fn receive<B, E>(&self, key: ObjectKey, announced: Option<u64>, body: B) -> Result<Received, Error>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        let mut staging = self.storage.stage(key, announced).await?;
        let mut gauge = Gauge::new(self.pace);
        let mut limit = self.rules.max_bytes;
        let mut head = Vec::new();
        let mut body = pin!(body);
        while let Some(chunk) = self.next(&mut staging, body.next()).await? {
            let chunk = chunk.map_err(|_| Error::Cut)?;
            gauge.count(chunk.len())?;
            if head.len() < HEAD {
                head.extend_from_slice(&chunk[..chunk.len().min(HEAD - head.len())]);
                limit = size_limit(&head, &self.rules);
            }
            if gauge.received > limit {
                return Err(Error::too_large(limit));
            }
            let began = Instant::now();
            staging.write(&chunk).await?;
            gauge.pardon(began.elapsed());
        }
        let staged = staging.finish().await?;
        fail::fail_point!("received", crate::storage::die);
        Ok(Received { key, staged })
    }

    /// Waits for a body's next bytes; what has come holds no memory for long meanwhile.
    async fn next<T>(&self, staging: &mut Staging, next: impl Future<Output = T>) -> Result<T, Error> {
        let mut next = pin!(next);
        if let Ok(chunk) = timeout(QUIET.min(self.pace.stall), &mut next).await {
            return Ok(chunk);
        }
        staging.pause().await?;
        self.soon(next).await
    }

    /// Waits for what a client sends next, a file's bytes or what stands around them, but not for ever.
    ///
    /// # Errors
    /// [`Error::Stalled`] when nothing comes.
    pub async fn soon<T>(&self, next: impl Future<Output = T>) -> Result<T, Error> {
        timeout(self.pace.stall, next).await.map_err(|_| Error::Stalled)
    }
}

/// Counts what arrives, and how fast.
pub(super) struct Gauge {
    pace: Pace,
    begun: Instant,
    pub received: u64,
}

impl Gauge {
    pub fn new(pace: Pace) -> Self {
        Self { pace, begun: Instant::now(), received: 0 }
    }

    /// Leaves out of account how long the client was kept waiting here.
    pub fn pardon(&mut self, waited: Duration) {
        self.begun += waited;
    }

    pub fn count(&mut self, bytes: usize) -> Result<(), Error> {
        self.received += bytes as u64;
        let elapsed = self.begun.elapsed();
        let too_slow = elapsed > GRACE && self.received < self.pace.least * elapsed.as_secs();
        if too_slow { Err(Error::Stalled) } else { Ok(()) }
    }
}
