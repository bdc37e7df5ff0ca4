//! What one request does with an upload's bytes. It has memory, and the file or part that is being written, only while
//! bytes come: at rest it holds nothing that anybody waits for.

use sha2::Sha256;
use tokio::time::{Duration, Instant, sleep};

use super::lock::{GLANCE, PATIENCE};
use super::{Append, Checking, Error, Intake};
use crate::db;
use crate::domain::digest::Digest;
use crate::domain::segment::Composition;
use crate::intake::receive::Gauge;
use crate::records::uploads::Upload;
use crate::storage::{Appending, Stretch};

/// How long a sender may be quiet and hold a block that others wait for.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a sender may be quiet before what it sent is made durable and its request is at rest.
pub const QUIET: Duration = Duration::from_secs(1);
/// How often a request at rest looks whether somebody else has taken over.
const LOOK: Duration = Duration::from_secs(5);

/// An upload that this request goes on with.
pub(super) struct Writing {
    pub upload: Upload,
    /// Nothing while the request is at rest.
    pub busy: Option<Appending>,
    /// The multipart upload that it had when it came to rest.
    multipart: Option<String>,
    pub checking: Option<Checking>,
    /// Durable stretches that the offset does not count yet.
    pub pending: Vec<Stretch>,
    /// Whether the head has more bytes than its row.
    pub head_grew: bool,
    pub gauge: Gauge,
    /// When the oldest byte arrived that is not durable.
    pub since: Option<Instant>,
    /// Bytes that are still to come, if the request said so.
    pub announced: Option<u64>,
    /// Bytes that come with the request in all, if it said so.
    whole: Option<u64>,
}

impl Writing {
    pub fn new(upload: Upload, append: &Append, gauge: Gauge) -> Self {
        Self {
            upload,
            busy: None,
            multipart: None,
            checking: append.checksum.as_ref().map(Checking::new),
            pending: Vec::new(),
            head_grew: false,
            gauge,
            since: None,
            announced: append.announced,
            whole: append.announced,
        }
    }

    /// Where the durable bytes end, counted or not.
    fn durable(&self) -> u64 {
        self.pending.last().map_or(self.upload.received, |stretch| stretch.segment.end())
    }

    /// Where the bytes end that have arrived.
    pub fn end(&self) -> u64 {
        self.busy.as_ref().map_or_else(|| self.durable(), Appending::end)
    }

    /// The multipart upload of its parts, if there are any.
    pub fn multipart(&self) -> Option<String> {
        self.busy.as_ref().and_then(Appending::multipart).or_else(|| self.multipart.clone())
    }

    /// Lets go of everything; what was received is durable.
    pub fn rest(&mut self) {
        self.multipart = self.multipart();
        self.busy = None;
    }

    /// What is stored, of which `recorded` is counted, with the digest's state after it.
    fn stored(&self, mut recorded: Composition) -> Result<(Sha256, Composition), Error> {
        for stretch in &self.pending {
            if let Some(start) = stretch.part_start {
                recorded.segments.retain(|segment| segment.start < start);
            }
            recorded.segments.push(stretch.segment.clone());
        }
        recorded.multipart = recorded.multipart.or_else(|| self.multipart.clone());
        let state = self.pending.last().map_or(&self.upload.digest_state, |stretch| &stretch.digest_state);
        let hasher = Digest::resume(state).map_err(|_| db::Error::Inconsistent("digest_state"))?;
        Ok((hasher, recorded))
    }

    /// How long to wait for the next bytes before something else has to be done.
    pub fn wait(&self, quiet: Duration) -> Duration {
        match &self.busy {
            None => LOOK,
            Some(_) if quiet < PAUSE => PAUSE,
            Some(_) => QUIET.saturating_sub(quiet),
        }
    }

    /// Whether all of the upload comes with this request, and is no more than one part where there are parts.
    pub fn fits_one_part(&self, has_parts: bool) -> bool {
        let whole = self.upload.received == 0 && self.pending.is_empty() && self.upload.length == self.whole;
        whole && has_parts && self.upload.length.is_some_and(|length| length <= Appending::PART)
    }

    /// Whether it is all there, gathered, and none of it is stored.
    pub fn is_whole_in_hand(&self, has_parts: bool) -> bool {
        let in_hand = self.busy.as_ref().map(Appending::unflushed);
        self.fits_one_part(has_parts) && self.upload.length == in_hand
    }
}

impl Intake {
    /// Takes the bytes up where they end.
    pub(super) async fn rise(&self, writing: &Writing) -> Result<Appending, Error> {
        let upload = &writing.upload;
        let state = writing.stored(self.composition(upload).await?)?;
        let wait = Instant::now() + PATIENCE;
        let appending = loop {
            let taken = self.storage.take_up(upload.id, upload.fence, writing.durable(), state.clone()).await;
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
        if !self.storage.is_segmented() {
            // Whoever took over while this one waited may have moved on: cutting now would cut what is counted.
            self.look(upload).await?;
            appending.begin().await?;
        }
        Ok(appending)
    }
}
