//! Why an act on people did not happen. Nothing was changed.

use super::Standing;
use crate::db;
use crate::domain::ids::{OrganisationId, TokenId, UserId};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another organisation has this UKPRN or assessment organisation number")]
    IdentifierTaken,
    #[error("another person has this e-mail address")]
    EmailTaken,
    #[error("there is no organisation {0}")]
    UnknownOrganisation(OrganisationId),
    #[error("a person of the role provider works for an organisation of the kind provider")]
    ProviderNeedsProvider,
    #[error("there is no person {0}")]
    UnknownUser(UserId),
    #[error("there is no person with this e-mail address")]
    UnknownEmail,
    #[error("there is no standard {0} {1}")]
    UnknownStandard(String, String),
    #[error("the organisation is no provider")]
    NotAProvider,
    #[error("without a ULN, the reason for it must be given")]
    UlnReasonMissing,
    /// Somebody of the list stands in the way, each by their place on it.
    #[error("not everybody on the list can be imported")]
    NotImported(Vec<Standing>),
    #[error("the person is no assessor")]
    NotAnAssessor,
    #[error("the assessor is of the provider's organisation")]
    NotIndependent,
    #[error("the showcase is accepted; its assessor stays")]
    ShowcaseAccepted,
    #[error("there is no token {0}")]
    UnknownToken(TokenId),
    #[error("{0} has an assessor already")]
    AssignedMeanwhile(String),
    #[error("a token is valid for 1 to 3650 days")]
    TokenLifetime,
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl Error {
    pub(super) fn on_conflict(error: db::Error, conflict: Self) -> Self {
        match error {
            db::Error::Conflict => conflict,
            other => other.into(),
        }
    }
}
