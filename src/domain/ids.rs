//! Typed identifiers: an id of one kind is never taken for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A training provider or an assessment organisation.
    OrganisationId;
    /// A person.
    UserId;
    /// An API token (not its secret).
    TokenId;
    /// Somebody who is signed in in a browser (not its secret).
    SessionId;
    /// A link to set a password (not its secret).
    LinkId;
    /// A passkey (by our own name, not its authenticator's).
    PasskeyId;
    /// One apprentice's portfolio for one standard.
    ShowcaseId;
    /// One recorded item of evidence.
    PieceId;
    /// An upload that arrives over many requests.
    UploadId;
    /// A certificate or form sent with the gateway.
    DocumentId;
    /// An assessor's mapping of a piece to an area.
    TagId;
    /// A decision on one component of a gateway attempt.
    DecisionId;
    /// An assessor's word on one criterion.
    JudgementId;
    /// A mock that a provider held.
    MockId;
}
