//! What went wrong with the store, named for what the caller can do about it.

use std::io;

/// An error of the store. Whatever the error, no object became readable.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object.
    #[error("the object is not there")]
    Missing,
    /// The store, or the folder in which uploads are gathered, has no room left.
    #[error("the store has no room left")]
    Full(#[source] BoxError),
    /// The store does not answer or refuses for now: worth trying again.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
}

/// The cause of an error, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full(error.into())
            }
            _ => Self::Unavailable(error.into()),
        }
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Unavailable(error.into())
    }
}
