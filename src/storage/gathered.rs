//! Where an upload is gathered: in a file in memory while there is room for it, else in a file on disk; nobody
//! else sees either. Memory is waited for a moment only, so slow clients never keep the others from being taken.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What the budget is counted in.
const UNIT: u64 = 64 * 1024;
/// How long an upload waits for memory that others hold: on a quick network they are done by then.
const MOMENT: Duration = Duration::from_millis(500);

/// A gathered file, and its share of the memory where it lies there.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub file: Arc<File>,
    memory: Option<Arc<OwnedSemaphorePermit>>,
}

/// The budget of all files in memory.
#[derive(Clone, Debug)]
pub struct Memory {
    budget: Arc<Semaphore>,
    /// Bytes of the largest file that may be gathered in memory.
    largest: u64,
}

impl Gathered {
    pub fn on_disk(file: File) -> Self {
        Self::on_disk_shared(Arc::new(file))
    }

    /// A file on disk that somebody else holds as well.
    pub fn on_disk_shared(file: Arc<File>) -> Self {
        Self { file, memory: None }
    }

    /// Whether reading and writing it never waits for a disk.
    pub fn is_in_memory(&self) -> bool {
        self.memory.is_some()
    }
}

impl Memory {
    pub fn new(bytes: u64, largest: u64) -> Self {
        let units = usize::try_from(bytes / UNIT).unwrap_or(Semaphore::MAX_PERMITS);
        Self { budget: Arc::new(Semaphore::new(units)), largest }
    }

    /// A file in memory for `announced` bytes, if they are few enough and the budget has them soon.
    ///
    /// # Errors
    /// When the system gives no such file.
    pub async fn file(&self, announced: Option<u64>) -> io::Result<Option<Gathered>> {
        let Some(bytes) = announced.filter(|&bytes| bytes <= self.largest) else { return Ok(None) };
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let Ok(share) = timeout(MOMENT, Arc::clone(&self.budget).acquire_many_owned(units)).await else {
            return Ok(None);
        };
        let share = share.expect("the semaphore is never closed");
        let file = File::from(memfd_create("upload", MemfdFlags::CLOEXEC)?);
        Ok(Some(Gathered { file: Arc::new(file), memory: Some(Arc::new(share)) }))
    }
}
