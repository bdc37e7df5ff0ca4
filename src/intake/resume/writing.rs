//! What one request does with an upload's bytes. It has a share of the byte budget, and the file or segment that is
//! being written, only while bytes come: at rest it holds nothing that anybody waits for.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Duration, Instant, sleep};

use super::lock::{GLANCE, PATIENCE};
use super::{Append, Checking, Error, Intake};
use crate::db;
use crate::domain::digest::Digest;
use crate::domain::segment::Segment;
use crate::intake::receive::Gauge;
use crate::records::uploads::Upload;
use crate::storage::Appending;

/// How long a sender may be quiet before what it sent is made durable and its request is at rest.
const QUIET: Duration = Duration::from_secs(1);
/// The same while the whole budget is in use, and others wait for a share of it.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a request at rest looks whether somebody else has taken over.
const LOOK: Duration = Duration::from_secs(5);

/// An upload that this request goes on with.
pub(super) struct Writing {
    pub upload: Upload,
    /// Nothing while the request is at rest.
    pub busy: Option<Busy>,
    pub checking: Option<Checking>,
    /// Durable stretches that the offset does not count yet.
    pub pending: Vec<Segment>,
    /// The digest's state after everything that is durable.
    pub digest_state: Vec<u8>,
    /// Whether the head has more bytes than its row.
    pub head_grew: bool,
    pub gauge: Gauge,
    /// When the oldest byte arrived that is not durable.
    pub since: Option<Instant>,
    /// Bytes that are still to come, if the request said so.
    pub announced: Option<u64>,
}

/// What is held while bytes come.
pub(super) struct Busy {
    pub appending: Appending,
    _share: OwnedSemaphorePermit,
}

impl Writing {
    pub fn new(upload: Upload, append: &Append, gauge: Gauge) -> Self {
        Self {
            digest_state: upload.digest_state.clone(),
            upload,
            busy: None,
            checking: append.checksum.as_ref().map(Checking::new),
            pending: Vec::new(),
            head_grew: false,
            gauge,
            since: None,
            announced: append.announced,
        }
    }

    /// Where the durable bytes end, counted or not.
    fn durable(&self) -> u64 {
        self.pending.last().map_or(self.upload.received, Segment::end)
    }

    /// Where the bytes end that have arrived.
    pub fn end(&self) -> u64 {
        self.durable() + self.busy.as_ref().map_or(0, |busy| busy.appending.unflushed())
    }

    /// How long to wait for the next bytes before something else has to be done.
    pub fn wait(&self) -> Duration {
        if self.busy.is_some() { PAUSE } else { LOOK }
    }
}

impl Intake {
    /// Whether a request should rest whose sender has been quiet for so long.
    pub(super) fn may_rest(&self, quiet: Duration) -> bool {
        quiet >= QUIET || self.receiving.available_permits() == 0
    }

    /// Takes the bytes up where they end.
    pub(super) async fn rise(&self, writing: &mut Writing) -> Result<Busy, Error> {
        // Whoever waits here has one chunk in hand; the rest is held back by TCP, not by memory. That they are kept
        // waiting is not their slowness.
        let began = Instant::now();
        let share = Arc::clone(&self.receiving).acquire_owned().await.expect("the semaphore is never closed");
        writing.gauge.pardon(began.elapsed());
        let upload = &writing.upload;
        let hasher = Digest::resume(&writing.digest_state).map_err(|_| db::Error::Inconsistent("digest_state"))?;
        let wait = Instant::now() + PATIENCE;
        let appending = loop {
            let taken = self.storage.take_up(upload.id, upload.fence, writing.durable(), hasher.clone()).await;
            match taken {
                Ok(Some(appending)) => break appending,
                Ok(None) if Instant::now() >= wait => return Err(Error::Locked),
                Ok(None) => sleep(GLANCE).await,
                Err(error) => {
                    // If it is gone because the upload is over, that is the answer.
                    self.look(upload).await?;
                    return Err(error.into());
                }
            }
        };
        // Whoever took over while this one waited may have moved on: cutting now would cut what is counted.
        self.look(upload).await?;
        appending.begin().await?;
        Ok(Busy { appending, _share: share })
    }
}
