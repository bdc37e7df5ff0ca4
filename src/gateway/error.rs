//! Why an act of the gateway did not happen. Nothing was changed.

use crate::domain::calendar::CalendarError;
use crate::domain::gateway::{Check, Component, ShowcaseState};
use crate::domain::ids::DocumentId;
use crate::domain::piece::LocatorError;
use crate::domain::standard::AreaCode;
use crate::{db, storage};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the showcase is {is}, not {must_be}")]
    WrongState { is: ShowcaseState, must_be: ShowcaseState },
    #[error("document {0} is not one of the showcase's")]
    UnknownDocument(DocumentId),
    /// Some blocking check is not met.
    #[error("the gateway is not ready")]
    NotReady(Vec<Check>),
    /// What would be submitted is what was returned.
    #[error("nothing changed since the last attempt")]
    Unchanged,
    #[error("there is no such attempt")]
    NoSuchAttempt,
    #[error("the attempt is closed")]
    AttemptClosed,
    /// It was accepted in an earlier attempt, and what was accepted did not change.
    #[error("component {0} is locked")]
    ComponentLocked(Component),
    #[error("components are not decided: {}", words(.0))]
    Undecided(Vec<Component>),
    #[error("components are rejected: {}", words(.0))]
    Rejected(Vec<Component>),
    #[error("areas without a tag: {}", codes(.0))]
    CoverageIncomplete(Vec<AreaCode>),
    /// Stored objects that are gone or do not have their recorded digest, by the names of the pieces or documents.
    #[error("{} stored objects are not as recorded", .0.len())]
    EvidenceAltered(Vec<String>),
    /// The showcase changed while it was being checked.
    #[error("the showcase changed meanwhile")]
    ChangedMeanwhile,
    /// Somebody decided the component after the one who decides now looked at it.
    #[error("the component was decided meanwhile")]
    DecidedMeanwhile,
    #[error("the assessor is of the provider's organisation")]
    NotIndependent,
    #[error("`{0}` is no area of the standard's showcase")]
    UnknownArea(String),
    #[error("`{criterion}` is no criterion of area {area}")]
    UnknownCriterion { criterion: String, area: String },
    #[error(transparent)]
    Locator(#[from] LocatorError),
    #[error("standard {0} {1} is not loaded")]
    StandardMissing(String, String),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}

fn words(components: &[Component]) -> String {
    components.iter().map(|component| component.word()).collect::<Vec<_>>().join(", ")
}

fn codes(areas: &[AreaCode]) -> String {
    areas.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}
