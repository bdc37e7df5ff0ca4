//! The upload, one stage a file: `receive` (bytes on a private file, hashed) → `examine` (a verdict) → `seal`
//! (durable under its key) → `record` (a row). A stage owns what the one before made, and dropping it at any
//! point leaves nothing readable; no transaction is open while bytes move or are looked at.

mod edit;
mod error;
mod examine;
mod receive;
mod record;
mod resume;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

pub use edit::{Edit, version};
pub use error::Error;
pub use receive::Received;
pub use record::{Admission, NewDocument, NewPiece};
pub use resume::{Append, Checksum, NewUpload, Progress};
pub use sweep::{Swept, sweep};

use crate::clock::Clock;
use crate::config::UploadSettings;
use crate::db::Database;
use crate::examine::Examiner;
use crate::inspect::Rules;
use crate::storage::Storage;

/// Takes evidence in. Cheap to clone; all clones share one byte budget.
#[derive(Clone, Debug)]
pub struct Intake {
    db: Database,
    storage: Storage,
    clock: Clock,
    rules: Arc<Rules>,
    pace: Pace,
    examiner: Examiner,
    resuming: Resuming,
}

/// What bounds resumable uploads.
#[derive(Clone, Copy, Debug)]
struct Resuming {
    expire: TimeDelta,
    max_open: u32,
}

/// How slow a client may be.
#[derive(Clone, Copy, Debug)]
struct Pace {
    stall: Duration,
    /// Bytes a second, on average, once the first minute is over.
    least: u64,
}

impl Intake {
    #[must_use]
    pub fn new(db: Database, storage: Storage, clock: Clock, uploads: &UploadSettings, examiner: Examiner) -> Self {
        Self {
            db,
            storage,
            clock,
            rules: examiner.rules(),
            pace: Pace { stall: Duration::from_secs(uploads.stall_s), least: uploads.min_bytes_per_s },
            examiner,
            resuming: Resuming { expire: TimeDelta::hours(uploads.expire_h.into()), max_open: uploads.max_open },
        }
    }

    /// How long a client may send nothing.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.pace.stall
    }

    /// The most bytes of a file that is not known to be a recording.
    #[must_use]
    pub fn largest_of_unknown_type(&self) -> u64 {
        self.rules.max_bytes
    }

    /// The most bytes that any file may have.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.rules.max_bytes.max(self.rules.max_recording_bytes)
    }
}
