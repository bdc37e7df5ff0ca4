//! An object in the bucket as a file to look into: a stretch is fetched when somebody wants to see it.

use std::io;
use std::sync::{Mutex, PoisonError};

use bytes::BytesMut;
use futures_util::TryStreamExt;
use tokio::runtime::Handle;

use super::S3;
use crate::storage::{Error, Span};

/// How much is fetched at first, and where somebody jumps.
const LEAST: u64 = 64 * 1024;
/// How much is fetched at once for somebody who reads on.
const MOST: u64 = 1024 * 1024;

/// The object, and the stretch of it that was fetched last.
pub struct Remote {
    s3: S3,
    path: String,
    len: u64,
    runtime: Handle,
    last: Mutex<Stretch>,
}

#[derive(Default)]
struct Stretch {
    at: u64,
    bytes: BytesMut,
}

impl Stretch {
    fn bytes_from(&self, at: u64) -> &[u8] {
        let from = at.checked_sub(self.at).and_then(|from| usize::try_from(from).ok());
        from.and_then(|from| self.bytes.get(from..)).unwrap_or_default()
    }
}

impl Remote {
    /// To be called where a runtime is.
    pub fn new(s3: S3, path: String, len: u64) -> Self {
        Self { s3, path, len, runtime: Handle::current(), last: Mutex::default() }
    }

    /// Reads from `at` on. Blocks, so not to be called by a task.
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        if at >= self.len || buffer.is_empty() {
            return Ok(0);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.bytes_from(at).is_empty() {
            let before = last.bytes.len() as u64;
            let reads_on = before > 0 && at == last.at + before;
            let wanted = if reads_on { (before * 4).min(MOST) } else { LEAST };
            let span = Span { start: at, end: self.len.min(at + wanted.max(buffer.len() as u64)) };
            let bytes = self.runtime.block_on(self.fetch(span)).map_err(io::Error::other)?;
            *last = Stretch { at, bytes };
        }
        let bytes = last.bytes_from(at);
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }

    async fn fetch(&self, span: Span) -> Result<BytesMut, Error> {
        let mut content = self.s3.read_path(self.path.clone(), Some(span)).await?;
        let wanted = usize::try_from(span.end - span.start).unwrap_or(usize::MAX);
        let mut bytes = BytesMut::with_capacity(wanted);
        while let Some(chunk) = content.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
        if bytes.len() == wanted {
            return Ok(bytes);
        }
        Err(Error::Unavailable("the store gave another stretch of an object than it was asked for".into()))
    }
}
