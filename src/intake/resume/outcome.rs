//! What became of an upload, as its row keeps it: a piece, or the refusal that its sender hears whenever it asks.
//! Only what no repetition would change is an outcome.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::db::{self, Tx};
use crate::domain::finding::Finding;
use crate::domain::ids::{PieceId, UploadId};
use crate::records::uploads;
use chrono::{DateTime, Utc};

/// The end of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Taken(PieceId),
    Cancelled,
    Refused(Vec<Finding>),
    ShowcaseFull(i64),
    ShowcaseFrozen,
    Duplicate(PieceId),
    KeyReused,
    KeyOfWithdrawn(PieceId),
    WrongDigest,
}

/// An upload that is about to end by the hand of the one who holds it.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    pub id: UploadId,
    pub fence: i64,
    /// Until when its outcome is remembered.
    pub remembered: DateTime<Utc>,
    /// Nothing of it is recorded but its row.
    pub is_bare: bool,
}

impl Ending {
    /// What its row keeps of an upload that became this piece.
    pub fn outcome(piece: PieceId) -> String {
        Outcome::Taken(piece).written()
    }

    /// Ends the upload as this piece.
    ///
    /// # Errors
    /// [`Error::Locked`] when somebody else took it up.
    pub async fn taken(&self, tx: &mut Tx, piece: PieceId) -> Result<(), Error> {
        self.end(tx, &Outcome::Taken(piece)).await
    }

    pub async fn end(&self, tx: &mut Tx, outcome: &Outcome) -> Result<(), Error> {
        if !uploads::end(tx, (self.id, self.fence), &outcome.written(), self.remembered).await? {
            return Err(Error::Locked);
        }
        Ok(uploads::remove_segments(tx, self.id).await?)
    }
}

impl Outcome {
    /// The outcome that an error is; `None` for one that may pass.
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Refused(findings) => Some(Self::Refused(findings.clone())),
            Error::ShowcaseFull { limit } => Some(Self::ShowcaseFull(*limit)),
            Error::ShowcaseFrozen => Some(Self::ShowcaseFrozen),
            Error::Duplicate(piece) => Some(Self::Duplicate(*piece)),
            Error::KeyReused => Some(Self::KeyReused),
            Error::KeyOfWithdrawn(piece) => Some(Self::KeyOfWithdrawn(*piece)),
            Error::WrongDigest => Some(Self::WrongDigest),
            Error::Gone
            | Error::ChangedMeanwhile
            | Error::Stalled
            | Error::Cut
            | Error::WrongOffset { .. }
            | Error::Locked
            | Error::Over
            | Error::TooLong { .. }
            | Error::WrongLength
            | Error::WrongChecksum
            | Error::TooManyOpen { .. }
            | Error::Storage(_)
            | Error::Database(_)
            | Error::Examination(_) => None,
        }
    }

    /// The piece, or why there is none.
    ///
    /// # Errors
    /// What refused the upload, or [`Error::Over`].
    pub fn taken(self) -> Result<PieceId, Error> {
        Err(match self {
            Self::Taken(piece) => return Ok(piece),
            Self::Cancelled => Error::Over,
            Self::Refused(findings) => Error::Refused(findings),
            Self::ShowcaseFull(limit) => Error::ShowcaseFull { limit },
            Self::ShowcaseFrozen => Error::ShowcaseFrozen,
            Self::Duplicate(piece) => Error::Duplicate(piece),
            Self::KeyReused => Error::KeyReused,
            Self::KeyOfWithdrawn(piece) => Error::KeyOfWithdrawn(piece),
            Self::WrongDigest => Error::WrongDigest,
        })
    }

    pub fn written(&self) -> String {
        serde_json::to_string(self).expect("an outcome is JSON")
    }

    pub fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|_| db::Error::Inconsistent("outcome").into())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::finding::FindingCode;

    #[test]
    fn what_refused_an_upload_is_remembered_as_it_was() {
        let piece = PieceId(Uuid::from_u128(7));
        let finding = Finding::new(FindingCode::Macros, "It has macros.");
        for outcome in [
            Outcome::Refused(vec![finding]),
            Outcome::ShowcaseFull(20),
            Outcome::ShowcaseFrozen,
            Outcome::Duplicate(piece),
            Outcome::KeyReused,
            Outcome::KeyOfWithdrawn(piece),
            Outcome::WrongDigest,
        ] {
            let read = Outcome::read(&outcome.written()).unwrap();
            let error = read.taken().unwrap_err();
            assert_eq!(Outcome::of(&error), Some(outcome));
        }
        assert_eq!(Outcome::read(&Outcome::Taken(piece).written()).unwrap().taken().unwrap(), piece);
        assert!(Outcome::of(&Error::Over).is_none() && Outcome::read("{}").is_err());
    }
}
