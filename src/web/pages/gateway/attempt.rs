//! What became of an attempt: when it was submitted, what was decided about each part of it, and why it was returned.

use crate::domain::gateway::{Component, ComponentDecision, Outcome};
use crate::gateway::AttemptView;
use crate::records::attempts::Decision;
use crate::web::pages::{moment, words};

/// An attempt as the page shows it.
pub struct AttemptShown {
    pub number: u32,
    pub title: String,
    pub outcome: &'static str,
    pub class: &'static str,
    pub told: String,
    pub note: Option<String>,
    pub digest: String,
    pub decisions: Vec<Decided>,
}

/// The decision that stands on a part of an attempt.
pub struct Decided {
    pub component: &'static str,
    pub decision: &'static str,
    pub class: &'static str,
    pub reason: Option<String>,
    pub note: String,
}

impl AttemptShown {
    pub fn of(view: AttemptView) -> Self {
        let words = words();
        let AttemptView { attempt, decisions } = view;
        let (outcome, class) = match attempt.outcome {
            None => ("gateway.attempt.open", "govuk-tag--yellow"),
            Some(Outcome::Accepted) => ("gateway.attempt.accepted", "govuk-tag--green"),
            Some(Outcome::Returned) => ("gateway.attempt.returned", "govuk-tag--red"),
        };
        let submitted = moment(attempt.submitted_at).to_string();
        let told = match attempt.closed_at {
            Some(closed) => words.with(
                "gateway.attempt.closed_at",
                &[("submitted", &submitted), ("closed", &moment(closed).to_string())],
            ),
            None => words.with("gateway.attempt.submitted_at", &[("submitted", &submitted)]),
        };
        let stands = |component: &Component| decisions.iter().rfind(|decision| decision.component == *component);
        Self {
            number: attempt.number,
            title: words.with("gateway.attempt", &[("n", &attempt.number)]),
            outcome: words.of(outcome),
            class,
            told,
            note: attempt.note.clone(),
            digest: attempt.snapshot_sha256.to_string(),
            decisions: Component::ALL.iter().filter_map(stands).map(Decided::of).collect(),
        }
    }
}

impl Decided {
    fn of(decision: &Decision) -> Self {
        let words = words();
        let component = match decision.component {
            Component::Maths => "gateway.maths",
            Component::English => "gateway.english",
            Component::Showcase => "gateway.part.showcase",
            Component::Form => "gateway.document.form",
            Component::Dates => "gateway.part.dates",
        };
        let (text, class) = match decision.decision {
            ComponentDecision::Accepted => ("gateway.part.accepted", "govuk-tag--green"),
            ComponentDecision::Rejected => ("gateway.part.rejected", "govuk-tag--red"),
        };
        Self {
            component: words.of(component),
            decision: words.of(text),
            class,
            // A code of lower-case words.
            reason: decision.reason.as_ref().map(|reason| reason.replace('_', " ")),
            note: decision.note.clone(),
        }
    }
}
