//! The buffers that hold parts on their way to S3: a fixed number for the whole process, reused.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hands out at most `count` buffers at a time; whoever asks for one more waits.
#[derive(Clone, Debug)]
pub struct Buffers {
    permits: Arc<Semaphore>,
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
    size: usize,
}

/// A buffer on loan; it goes back when it is dropped.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    len: usize,
    home: Arc<Mutex<Vec<Vec<u8>>>>,
    _permit: OwnedSemaphorePermit,
}

impl Buffers {
    pub fn new(count: usize, size: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(count)), spare: Arc::default(), size }
    }

    /// A buffer of which `len` bytes are used (at most the size of the pool's buffers).
    pub async fn take(&self, len: usize) -> Buffer {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = spare.unwrap_or_else(|| vec![0; self.size]);
        Buffer { bytes, len, home: Arc::clone(&self.spare), _permit: permit }
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
        let bytes = mem::take(&mut self.bytes);
        self.home.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}
