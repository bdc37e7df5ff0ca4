//! The gateway's rules, pure: which checks are met, and when a showcase may pass. A check never says "met"
//! for something that is not recorded.

mod checks;
mod reasons;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use checks::{Check, CheckCode, CheckSeverity, Facts, checks, ready};
pub use reasons::Reason;

use super::digest::Digest;
use super::ids::{DocumentId, PieceId, ShowcaseId};
use super::qualification::{Basis, Level};
use super::standard::AreaCode;
use super::words::words;

words! {
    /// How far a showcase has come.
    ShowcaseState { Draft = "draft", Submitted = "submitted", Accepted = "accepted", Assessed = "assessed" }
}

words! {
    /// A part of the gateway that is decided on its own.
    Component { Maths = "maths", English = "english", Showcase = "showcase", Form = "form", Dates = "dates" }
}

impl Component {
    /// Whether two submissions are alike in all that a decision on this component is about.
    #[must_use]
    pub fn is_unchanged(self, before: &Snapshot, after: &Snapshot) -> bool {
        let forms = |snapshot: &Snapshot| -> Vec<FrozenDocument> {
            let forms = snapshot.documents.iter().filter(|document| document.kind == DocumentKind::GatewayForm);
            forms.cloned().collect()
        };
        match self {
            Self::Maths => before.details.maths == after.details.maths,
            Self::English => before.details.english == after.details.english,
            Self::Showcase => before.pieces == after.pieces,
            Self::Form => {
                let confirmed = |snapshot: &Snapshot| snapshot.details.employer_confirmed_on;
                forms(before) == forms(after) && confirmed(before) == confirmed(after)
            }
            Self::Dates => before.details.assessment_on == after.details.assessment_on,
        }
    }
}

words! {
    ComponentDecision { Accepted = "accepted", Rejected = "rejected" }
}

words! {
    /// How an attempt ended.
    Outcome { Accepted = "accepted", Returned = "returned" }
}

words! {
    /// What a gateway document is.
    DocumentKind {
        MathsCertificate = "maths_certificate",
        EnglishCertificate = "english_certificate",
        GatewayForm = "gateway_form",
        PlanOrStatement = "plan_or_statement",
    }
}

/// What a provider records for the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayDetails {
    #[serde(default)]
    pub maths: Option<Qualification>,
    #[serde(default)]
    pub english: Option<Qualification>,
    #[serde(default)]
    pub employer_confirmed_on: Option<NaiveDate>,
    #[serde(default)]
    pub assessment_on: Option<NaiveDate>,
}

/// What is recorded for maths or English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    /// `None` where the basis asks for no level.
    #[serde(default)]
    pub level: Option<Level>,
    pub basis: Basis,
    #[serde(default)]
    pub achieved_on: Option<NaiveDate>,
    #[serde(default)]
    pub document_id: Option<DocumentId>,
}

/// What a submission freezes. Its JSON text, as serialised here, is what the snapshot digest is taken of;
/// attempt and time are left out, so that an unchanged resubmission has the same digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub showcase_id: ShowcaseId,
    pub standard: String,
    pub version: String,
    pub details: GatewayDetails,
    pub pieces: Vec<FrozenPiece>,
    pub documents: Vec<FrozenDocument>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FrozenPiece {
    pub id: PieceId,
    pub slot: u32,
    pub title: String,
    pub media_type: String,
    pub bytes: u64,
    pub sha256: Digest,
    pub claims: Vec<AreaCode>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FrozenDocument {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub bytes: u64,
    pub sha256: Digest,
}
