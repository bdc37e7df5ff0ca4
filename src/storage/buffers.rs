//! The memory that holds parts on their way to S3: one budget for the whole process. Whoever would exceed it
//! waits; buffers of whole parts are reused, since giving them back to the system and asking again costs more.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What the budget is counted in.
const UNIT: usize = 64 * 1024;
/// Below this a buffer is made as small as it is needed; from here on it is a whole part, since the system takes
/// longer to hand out fresh memory than to read a file into memory that is there.
const WHOLE_FROM: usize = 1024 * 1024;

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
    len: usize,
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
        let size = if len < WHOLE_FROM { len } else { self.part };
        let units = u32::try_from(size.div_ceil(UNIT)).expect("a part is few units");
        let permit = Arc::clone(&self.budget).acquire_many_owned(units).await.expect("the semaphore is never closed");
        // A spare buffer is memory beyond the budget: it is used again, or given up for what is taken instead.
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = spare.filter(|spare| spare.len() == size).unwrap_or_else(|| vec![0; size]);
        Buffer { bytes, len, home: Arc::clone(&self.spare), _budget: permit }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.bytes.len() >= WHOLE_FROM {
            let bytes = mem::take(&mut self.bytes);
            self.home.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        }
    }
}
