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
    #[error("the person has a password already")]
    HasPassword,
    #[error("there is no such person")]
    UnknownUser,
    /// More people are signing in than passwords can be looked at.
    #[error("no password can be looked at now")]
    Busy,
    #[error(transparent)]
    Database(#[from] db::Error),
}
