//! The gateway as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::pieces::TagBody;
use super::DocumentBody;
use crate::domain::calendar::Calendar;
use crate::domain::digest::Digest;
use crate::domain::gateway::{
    Check, Component, ComponentDecision, FrozenDocument, FrozenPiece, Outcome, Qualification, ShowcaseState,
};
use crate::domain::ids::{DecisionId, ShowcaseId, UserId};
use crate::gateway::{AsWas, AttemptView, GatewayView};
use crate::records::attempts::{Attempt, Decision};
use crate::records::showcases::Showcase;

/// The gateway of a showcase.
#[derive(Serialize, ToSchema)]
pub struct GatewayBody {
    showcase_id: ShowcaseId,
    state: ShowcaseState,
    /// The attempt that is open or was last closed; 0 before the first submission.
    attempt: u32,
    /// Every blocking check is met.
    ready: bool,
    checks: Vec<Check>,
    dates: GatewayDates,
    maths: Option<Qualification>,
    english: Option<Qualification>,
    employer_confirmed_on: Option<NaiveDate>,
    assessment_on: Option<NaiveDate>,
    documents: Vec<DocumentBody>,
    attempts: Vec<AttemptBody>,
}

/// The days that matter, as civil dates in London.
#[derive(Serialize, ToSchema)]
pub struct GatewayDates {
    earliest_assessment_on: NaiveDate,
    latest_assessment_on: NaiveDate,
    /// The day on which the form counts as received: that of the submission that brought it, or today.
    form_received_on: NaiveDate,
    /// The day from which the assessment window runs; today while it is not known.
    gateway_on: NaiveDate,
    employer_confirmed_on: Option<NaiveDate>,
    submitted_on: Option<NaiveDate>,
    accepted_on: Option<NaiveDate>,
    /// Version of the table of bank holidays that was reckoned with.
    calendar: String,
}

/// One submission to the gateway.
#[derive(Serialize, ToSchema)]
pub struct AttemptBody {
    attempt: u32,
    submitted_by: UserId,
    submitted_at: DateTime<Utc>,
    /// SHA-256 of `snapshot`, taken when the showcase froze.
    snapshot_sha256: Digest,
    /// What was submitted, word for word: piece list, digests, claims, documents and details as JSON text.
    snapshot: String,
    /// Null while it is open.
    outcome: Option<Outcome>,
    closed_by: Option<UserId>,
    closed_at: Option<DateTime<Utc>>,
    note: Option<String>,
    /// In the order in which they were made; the last on a component stands.
    decisions: Vec<DecisionBody>,
}

/// An attempt as it was.
#[derive(Serialize, ToSchema)]
pub struct AsWasBody {
    #[serde(flatten)]
    attempt: AttemptBody,
    maths: Option<Qualification>,
    english: Option<Qualification>,
    employer_confirmed_on: Option<NaiveDate>,
    assessment_on: Option<NaiveDate>,
    /// The pieces that were submitted; their content stays readable, also of those withdrawn since.
    pieces: Vec<FrozenPiece>,
    documents: Vec<FrozenDocument>,
    /// The tags of those pieces when the attempt was closed; those of now while it is open.
    tags: Vec<TagBody>,
}

/// A decision on a component.
#[derive(Serialize, ToSchema)]
pub struct DecisionBody {
    id: DecisionId,
    component: Component,
    decision: ComponentDecision,
    reason: Option<String>,
    note: String,
    decided_by: UserId,
    decided_at: DateTime<Utc>,
    /// The earlier attempt in which it was made, when it stands because what was accepted did not change since.
    carried_from: Option<u32>,
}

impl GatewayBody {
    pub fn new(calendar: &Calendar, showcase: &Showcase, view: GatewayView) -> Self {
        let dates = view.dates;
        Self {
            showcase_id: showcase.id,
            state: showcase.state,
            attempt: showcase.attempt,
            ready: view.ready,
            checks: view.checks,
            dates: GatewayDates {
                earliest_assessment_on: dates.earliest_assessment_on,
                latest_assessment_on: dates.latest_assessment_on,
                form_received_on: dates.form_received_on,
                gateway_on: dates.gateway_on,
                employer_confirmed_on: dates.employer_confirmed_on,
                submitted_on: dates.submitted_on,
                accepted_on: dates.accepted_on,
                calendar: calendar.version().to_owned(),
            },
            maths: view.details.maths,
            english: view.details.english,
            employer_confirmed_on: view.details.employer_confirmed_on,
            assessment_on: view.details.assessment_on,
            documents: view.documents.into_iter().map(DocumentBody::from).collect(),
            attempts: view.attempts.into_iter().map(AttemptBody::from).collect(),
        }
    }
}

impl AttemptBody {
    pub fn new(attempt: Attempt, decisions: Vec<Decision>) -> Self {
        Self {
            attempt: attempt.number,
            submitted_by: attempt.submitted_by,
            submitted_at: attempt.submitted_at,
            snapshot_sha256: attempt.snapshot_sha256,
            snapshot: attempt.snapshot,
            outcome: attempt.outcome,
            closed_by: attempt.closed_by,
            closed_at: attempt.closed_at,
            note: attempt.note,
            decisions: decisions.into_iter().map(DecisionBody::from).collect(),
        }
    }
}

impl From<AsWas> for AsWasBody {
    fn from(view: AsWas) -> Self {
        let AsWas { attempt, decisions, submitted, tags } = view;
        Self {
            attempt: AttemptBody::new(attempt, decisions),
            maths: submitted.details.maths,
            english: submitted.details.english,
            employer_confirmed_on: submitted.details.employer_confirmed_on,
            assessment_on: submitted.details.assessment_on,
            pieces: submitted.pieces,
            documents: submitted.documents,
            tags: tags.into_iter().map(TagBody::from).collect(),
        }
    }
}

impl From<AttemptView> for AttemptBody {
    fn from(view: AttemptView) -> Self {
        Self::new(view.attempt, view.decisions)
    }
}

impl From<Decision> for DecisionBody {
    fn from(decision: Decision) -> Self {
        let Decision { id, component, decision, reason, note, decided_by, decided_at, carried_from, .. } = decision;
        Self { id, component, decision, reason, note, decided_by, decided_at, carried_from }
    }
}
