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
    /// There is no such live piece any more.
    #[error("the piece is not there")]
    Gone,
    #[error("the client sent nothing for too long")]
    Stalled,
    #[error("the body ended before it was whole")]
    Cut,
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
