//! What keeps a showcase from going on, told from what is recorded alone. It never says that the gateway is ready: dates
//! and certificates are for its own checks.

use super::gateway::{DocumentKind, GatewayDetails, ShowcaseState};
use super::words::words;

words! {
    /// What a showcase waits for.
    Holdup {
        /// In draft, and an area of the standard has no evidence.
        Area = "area",
        /// In draft, and a detail of the gateway is not recorded.
        Detail = "detail",
        /// In draft, and a document of the gateway is not there.
        Document = "document",
        /// In draft again: the assessor returned it.
        Returned = "returned",
        /// Submitted, and nobody is named who could decide.
        Assessor = "assessor",
        /// Submitted: it is frozen until the assessor has decided.
        Decision = "decision",
    }
}

/// What is known of a showcase.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub state: ShowcaseState,
    /// Gateway attempts submitted so far.
    pub attempt: u32,
    pub has_assessor: bool,
    /// Areas of the standard's showcase, and how many of them a live piece is claimed for.
    pub areas: usize,
    pub claimed: usize,
    pub details: &'a GatewayDetails,
    /// Kinds of the gateway documents that are there.
    pub documents: &'a [DocumentKind],
}

/// All that a showcase waits for; nothing for one that is accepted, or in draft and as far as this can tell complete.
#[must_use]
pub fn holdups(known: &Known<'_>) -> Vec<Holdup> {
    let holds = |holdup: &Holdup| match (known.state, holdup) {
        (ShowcaseState::Draft, Holdup::Area) => known.claimed < known.areas,
        (ShowcaseState::Draft, Holdup::Detail) => lacks_detail(known.details),
        (ShowcaseState::Draft, Holdup::Document) => lacks_document(known.documents),
        (ShowcaseState::Draft, Holdup::Returned) => known.attempt > 0,
        (ShowcaseState::Submitted, Holdup::Assessor) => !known.has_assessor,
        (ShowcaseState::Submitted, Holdup::Decision) => known.has_assessor,
        (ShowcaseState::Draft, Holdup::Assessor | Holdup::Decision)
        | (ShowcaseState::Submitted, Holdup::Area | Holdup::Detail | Holdup::Document | Holdup::Returned)
        | (ShowcaseState::Accepted | ShowcaseState::Assessed, _) => false,
    };
    Holdup::ALL.iter().copied().filter(holds).collect()
}

fn lacks_detail(details: &GatewayDetails) -> bool {
    let GatewayDetails { maths, english, employer_confirmed_on, assessment_on } = details;
    maths.is_none() || english.is_none() || employer_confirmed_on.is_none() || assessment_on.is_none()
}

/// The form, and for each subject a certificate or the plan that stands in its place.
fn lacks_document(kinds: &[DocumentKind]) -> bool {
    let has = |kind| kinds.contains(&kind);
    let plan = has(DocumentKind::PlanOrStatement);
    let (maths, english) = (has(DocumentKind::MathsCertificate), has(DocumentKind::EnglishCertificate));
    !has(DocumentKind::GatewayForm) || !(plan || (maths && english))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [DocumentKind; 3] =
        [DocumentKind::GatewayForm, DocumentKind::MathsCertificate, DocumentKind::EnglishCertificate];

    fn known(state: ShowcaseState, documents: &[DocumentKind]) -> Vec<&'static str> {
        let details = GatewayDetails::default();
        let known =
            Known { state, attempt: 1, has_assessor: true, areas: 10, claimed: 9, details: &details, documents };
        holdups(&known).into_iter().map(Holdup::word).collect()
    }

    #[test]
    fn a_draft_waits_for_all_that_it_lacks_and_a_submitted_one_for_the_assessor() {
        assert_eq!(known(ShowcaseState::Draft, &[]), ["area", "detail", "document", "returned"]);
        assert_eq!(known(ShowcaseState::Draft, &ALL), ["area", "detail", "returned"]);
        assert_eq!(
            known(ShowcaseState::Draft, &[DocumentKind::GatewayForm, DocumentKind::PlanOrStatement]),
            ["area", "detail", "returned"]
        );
        assert_eq!(known(ShowcaseState::Draft, &ALL[..2]), ["area", "detail", "document", "returned"]);
        assert_eq!(known(ShowcaseState::Submitted, &[]), ["decision"]);
        assert!(known(ShowcaseState::Accepted, &[]).is_empty());
    }
}
