//! Why somebody was not let in. Nothing is told here of whether an account exists.

use chrono::{DateTime, Utc};

use crate::db;
use crate::domain::password::WeakPassword;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown address, no password yet, or the wrong one: these are told alike.
    #[error("the e-mail address and the password do not belong together")]
    Wrong,
    #[error("too many attempts were made for this account until {until}")]
    AccountThrottled { until: DateTime<Utc> },
    #[error("too many attempts were made from this network address until {until}")]
    AddressThrottled { until: DateTime<Utc> },
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    #[error("there is no such link")]
    LinkUnknown,
    /// It was used, or a newer one took its place.
    #[error("the link was used")]
    LinkUsed,
    #[error("the link's time is over")]
    LinkExpired,
    /// Somebody who signs in by themselves is not invited again by another person.
    #[error("the person can sign in already")]
    HasPassword,
    /// Another origin, person, challenge or key, or no answer at all: these are told alike.
    #[error("the passkey's answer does not hold")]
    PasskeyRefused,
    /// It was answered, is another browser's, or its time is over.
    #[error("there is no such challenge")]
    ChallengeOver,
    #[error("there are no passkeys here")]
    PasskeysOff,
    #[error("the person signed in too long ago for this")]
    NotFresh,
    #[error("the person has as many passkeys as there can be")]
    TooManyPasskeys,
    #[error("the person could not sign in any more")]
    LastWayIn,
    #[error("there is no such person")]
    UnknownUser,
    /// More people are signing in than passwords can be looked at.
    #[error("no password can be looked at now")]
    Busy,
    #[error(transparent)]
    Database(#[from] db::Error),
}
