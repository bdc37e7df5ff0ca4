//! The memory that holds parts on their way to S3: one budget for the whole process. Whoever would exceed it
//! waits; buffers of whole parts are reused, since giving them back to the system and asking again costs more.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What the budget is counted in.
const UNIT: usize = 64 * 1024;

/// Hands out buffers of at most `part` bytes, and of no more than the budget together.
#[derive(Clone, Debug)]
pub struct Buffers {
    budget: Arc<Semaphore>,
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
    part: usize,
}

/// A buffer on loan; it goes back when it is dropped.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    part: usize,
    home: Arc<Mutex<Vec<Vec<u8>>>>,
    _budget: OwnedSemaphorePermit,
}

impl Buffers {
    /// A budget of `parts` parts.
    pub fn new(parts: usize, part: usize) -> Self {
        Self { budget: Arc::new(Semaphore::new(parts * part / UNIT)), spare: Arc::default(), part }
    }

    /// A buffer of `len` bytes, at most a part.
    pub async fn take(&self, len: usize) -> Buffer {
        let units = u32::try_from(len.div_ceil(UNIT)).expect("a part is few units");
        let permit = Arc::clone(&self.budget).acquire_many_owned(units).await.expect("the semaphore is never closed");
        // A spare buffer is memory beyond the budget: it is used again, or given up for what is taken instead.
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = spare.filter(|_| len == self.part).unwrap_or_else(|| vec![0; len]);
        Buffer { bytes, part: self.part, home: Arc::clone(&self.spare), _budget: permit }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.bytes.len() == self.part {
            let bytes = mem::take(&mut self.bytes);
            self.home.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        }
    }
}
