//! The upload, one stage a file: `receive` (bytes on a private file, hashed) → `examine` (a verdict) → `seal`
//! (durable under its key) → `record` (a row). A stage owns what the one before made, and dropping it at any
//! point leaves nothing readable; no transaction is open while bytes move or are looked at.

mod edit;
mod error;
mod examine;
mod receive;
mod record;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use error::Error;
pub use receive::Received;
pub use record::{Admission, NewDocument, NewPiece};
pub use sweep::{Swept, sweep};

use crate::clock::Clock;
use crate::config::{InspectionSettings, UploadSettings};
use crate::db::Database;
use crate::inspect::Rules;
use crate::storage::{BLOCK, Storage};

/// Takes evidence in. Cheap to clone; all clones share one byte budget.
#[derive(Clone, Debug)]
pub struct Intake {
    db: Database,
    storage: Storage,
    clock: Clock,
    rules: Arc<Rules>,
    pace: Pace,
    /// Uploads that may be received at the same time: a third of the byte budget in pairs of blocks, one that is
    /// received and one that is written.
    receiving: Arc<Semaphore>,
    /// Files that may be looked at at the same time: as many as there are cores.
    examining: Arc<Semaphore>,
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
    pub fn new(
        db: Database,
        storage: Storage,
        clock: Clock,
        uploads: &UploadSettings,
        inspection: &InspectionSettings,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            db,
            storage,
            clock,
            rules: Arc::new(rules(uploads, inspection)),
            pace: Pace { stall: Duration::from_secs(uploads.stall_s), least: uploads.min_bytes_per_s },
            receiving: Arc::new(Semaphore::new(uploads.budget_mib as usize * 1024 * 1024 / 3 / (2 * BLOCK))),
            examining: Arc::new(Semaphore::new(cores)),
        }
    }

    /// The most bytes that any file may have.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.rules.max_bytes.max(self.rules.max_recording_bytes)
    }
}

/// What the settings say about files.
#[must_use]
pub fn rules(uploads: &UploadSettings, inspection: &InspectionSettings) -> Rules {
    let InspectionSettings { accept, max_pages, max_pixels, pdf, package, mail, severity } = inspection.clone();
    Rules {
        max_bytes: uploads.max_bytes,
        max_recording_bytes: uploads.max_recording_bytes,
        accept,
        max_pages,
        max_pixels,
        pdf,
        package,
        mail,
        severity,
    }
}
