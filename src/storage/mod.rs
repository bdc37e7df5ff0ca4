//! Where bytes live. No object is readable under its key before it is whole, and what is sealed is durable.

mod appending;
mod blocks;
mod condition;
mod disk;
mod error;
mod gathered;
mod key;
mod outgoing;
mod pen;
mod s3;
mod staging;
mod sums;

use std::collections::HashSet;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::BoxStream;

pub use appending::{Appending, Stretch};
pub use condition::{Condition, Room};
pub use error::Error;
pub use key::{FragmentKey, ObjectKey};
pub use staging::{Readable, Staged, Staging};

use crate::config::{SettingsError, StorageSettings, UploadSettings};

/// Bytes that are written, hashed, read or sent together.
pub const BLOCK: usize = 128 * 1024;
/// Bytes of a part. Equal for all parts but the last (some stores want that), above S3's minimum of 5 MiB,
/// and with S3's 10,000 parts enough for 80 GiB.
const PART: usize = 8 * 1024 * 1024;

/// The store of all objects.
#[derive(Clone, Debug)]
pub enum Storage {
    Disk(disk::Disk),
    S3(s3::S3),
}

/// Bytes of an object, in order.
pub type Content = BoxStream<'static, Result<Bytes, Error>>;

/// A stretch of an object in bytes: from `start`, up to but not with `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: u64,
    pub end: u64,
}

/// A stored object as a listing shows it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// `None` for an object that this program did not name.
    pub key: Option<ObjectKey>,
    pub modified: SystemTime,
}

/// A part of an upload that is not whole yet, as a listing shows it.
#[derive(Clone, Copy, Debug)]
pub struct Fragment {
    pub key: FragmentKey,
    pub modified: SystemTime,
}

/// Where a listing goes on.
pub type Cursor = String;

/// What a store is found to do when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// The store refuses bytes that do not have the checksum sent with them.
    Verified,
    /// The store accepted bytes with a wrong checksum: damage on the way would not be noticed there.
    Unverified,
}

impl Storage {
    /// Prepares the store named by `storage.url`, without touching it yet.
    ///
    /// # Errors
    /// When the settings do not name a store.
    pub fn new(settings: &StorageSettings, uploads: &UploadSettings) -> Result<Self, SettingsError> {
        let wrong = |problem: &str| SettingsError::Wrong { key: "storage.url", problem: problem.to_owned() };
        match settings.url.split_once(':') {
            Some(("disk", path)) if !path.is_empty() => Ok(Self::Disk(disk::Disk::new(path, uploads))),
            Some(("s3", rest)) => match rest.strip_prefix("//") {
                Some(place) if !place.is_empty() => Ok(Self::S3(s3::S3::new(place, settings, uploads)?)),
                _ => Err(wrong("not of the form s3://BUCKET[/PREFIX]")),
            },
            _ => Err(wrong("neither disk:PATH nor s3://BUCKET[/PREFIX]")),
        }
    }

    /// Makes sure that the store is there and can be written, and finds out whether it verifies checksums.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn open(&self) -> Result<Integrity, Error> {
        match self {
            Self::Disk(disk) => disk.open().await.map(|()| Integrity::Verified),
            Self::S3(s3) => s3.probe().await,
        }
    }

    /// Whether the store answers now.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.ready().await,
            Self::S3(s3) => s3.ready().await,
        }
    }

    /// Begins to gather the bytes of an object, which nobody sees before it is sealed. It must not become longer
    /// than was `announced`.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Unavailable`].
    pub async fn stage(&self, key: ObjectKey, announced: Option<u64>) -> Result<Staging, Error> {
        match self {
            Self::Disk(disk) => disk.stage(key).await,
            Self::S3(s3) => s3.stage(key, announced).await,
        }
    }

    /// The bytes of an object, or a stretch of them.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such object.
    pub async fn read(&self, key: ObjectKey, span: Option<Span>) -> Result<Content, Error> {
        match self {
            Self::Disk(disk) => disk.read(key, span).await,
            Self::S3(s3) => s3.read(key, span).await,
        }
    }

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn remove(&self, key: ObjectKey) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.remove(key).await,
            Self::S3(s3) => s3.remove(key).await,
        }
    }

    /// A stretch of the listing of all objects, and where it goes on.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list(&self, from: Option<Cursor>) -> Result<(Vec<Stored>, Option<Cursor>), Error> {
        match self {
            Self::Disk(disk) => disk.list(from).await,
            Self::S3(s3) => s3.list(from).await,
        }
    }

    /// Removes what uploads that ended before `before` left unsealed, except the multipart uploads that are `needed`;
    /// answers how many there were.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn remove_unsealed(&self, before: SystemTime, needed: &HashSet<String>) -> Result<u64, Error> {
        match self {
            Self::Disk(disk) => disk.remove_unsealed(before).await,
            Self::S3(s3) => s3.abort_uploads(before, needed).await,
        }
    }
}

/// Ends the process as a power cut would: what the crash tests put behind their fail points.
#[cfg_attr(not(feature = "failpoints"), expect(dead_code, reason = "fail points exist in tests only"))]
pub(crate) fn die<T>(_: Option<String>) -> T {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}
