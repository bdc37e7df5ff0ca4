//! Why nothing was taken in. Each refusal leaves no object, no row and no slot behind.

use crate::domain::finding::{Finding, Verdict};
use crate::domain::ids::PieceId;
use crate::inspect;
use crate::{db, examine, storage};

/// An upload or a change of a piece that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the file is refused")]
    Refused(Vec<Finding>),
    #[error("every one of the {limit} slots is taken")]
    ShowcaseFull { limit: i64 },
    #[error("the showcase is not in draft")]
    ShowcaseFrozen,
    #[error("piece {0} of this showcase has the same content")]
    Duplicate(PieceId),
    /// The key was used for other bytes or another showcase.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// The piece that the key made was withdrawn since.
    #[error("piece {0}, which the idempotency key made, was withdrawn")]
    KeyOfWithdrawn(PieceId),
    /// The piece is not as whoever changes it saw it.
    #[error("somebody else changed the piece meanwhile")]
    ChangedMeanwhile,
    /// There is no such live piece any more.
    #[error("the piece is not there")]
    Gone,
    #[error("the client sent nothing for too long")]
    Stalled,
    #[error("the body ended before it was whole")]
    Cut,
    /// The upload stands elsewhere than the sender thinks.
    #[error("the upload has {received} bytes")]
    WrongOffset { received: u64 },
    /// Somebody else goes on with the upload, or is just finishing it.
    #[error("the upload is held by another request")]
    Locked,
    /// The upload was cancelled or has expired.
    #[error("the upload is over")]
    Over,
    /// More bytes than the upload was said to have.
    #[error("the upload has {length} bytes and no more")]
    TooLong { length: u64 },
    /// Another length than was said before, or less than has arrived.
    #[error("the upload has another length")]
    WrongLength,
    /// The bytes of one request are not those that its checksum was made of. None of them are kept.
    #[error("the bytes do not have the checksum that was sent with them")]
    WrongChecksum,
    /// The bytes of the whole file are not what was promised when the upload began.
    #[error("the file does not have the digest that was promised")]
    WrongDigest,
    #[error("{limit} uploads are open already")]
    TooManyOpen { limit: u32 },
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
    /// Nobody could look at the gathered bytes.
    #[error("the upload could not be examined")]
    Examination(#[from] examine::Error),
}

impl Error {
    /// A file of more than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: u64) -> Self {
        Self::Refused(vec![inspect::too_large(limit)])
    }

    pub(super) fn refused(verdict: Verdict) -> Self {
        Self::Refused(verdict.findings)
    }
}
