//! The assessment as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::assessment::{AssessmentView, Closed, ComponentView, SittingView};
use crate::domain::assessment::{Attainment, MeetingRemark, Mode, SittingKind};
use crate::domain::calendar::Calendar;
use crate::domain::ids::{MockId, ShowcaseId, UserId};
use crate::domain::standard::{ComponentCode, CriterionCode};
use crate::records::judgements::Judgement;
use crate::records::mocks::Mock;
use crate::records::showcases::Showcase;
use crate::records::sittings::Sitting;

/// The assessment of a showcase.
#[derive(Serialize, ToSchema)]
pub struct AssessmentBody {
    showcase_id: ShowcaseId,
    /// Null until every component has its result.
    grade: Option<Attainment>,
    /// Something was taken again, so the grade is at most a pass.
    capped: bool,
    /// How often the whole assessment was begun.
    round: u32,
    components: Vec<AssessedComponent>,
    /// The last day to tell the apprentice; known once every component was held.
    results_due_on: Option<NaiveDate>,
    /// The last day to take a component again without repeating the whole.
    resit_window_ends_on: Option<NaiveDate>,
    /// When the apprentice was last told.
    released_at: Option<DateTime<Utc>>,
    /// Version of the table of bank holidays that was reckoned with.
    calendar: String,
}

#[derive(Serialize, ToSchema)]
pub struct AssessedComponent {
    code: ComponentCode,
    title: String,
    /// Of the attempt that counts; null while it is open.
    result: Option<Attainment>,
    attempts: Vec<SittingBody>,
}

/// One sitting of a component.
#[derive(Serialize, ToSchema)]
pub struct SittingBody {
    attempt: u32,
    round: u32,
    kind: SittingKind,
    planned_on: Option<NaiveDate>,
    held_on: Option<NaiveDate>,
    minutes: Option<u32>,
    mode: Option<Mode>,
    /// Null while it is open.
    result: Option<Attainment>,
    /// Pass criteria that were not met.
    missing: Vec<CriterionCode>,
    /// What was found of each criterion.
    criteria: Vec<JudgementBody>,
    /// What is unusual about the meeting; nothing is refused for it.
    remarks: Vec<MeetingRemark>,
    closed_by: Option<UserId>,
    closed_at: Option<DateTime<Utc>>,
}

/// An assessor's word on a criterion.
#[derive(Serialize, ToSchema)]
pub struct JudgementBody {
    code: CriterionCode,
    met: bool,
    note: String,
    judged_by: UserId,
    judged_at: DateTime<Utc>,
}

/// What a component came to.
#[derive(Serialize, ToSchema)]
pub struct ResultBody {
    result: Attainment,
    attempt: u32,
    /// Pass criteria that were not met.
    missing: Vec<CriterionCode>,
}

/// A mock that was held.
#[derive(Serialize, ToSchema)]
pub struct MockBody {
    id: MockId,
    component: ComponentCode,
    held_on: NaiveDate,
    minutes: u32,
    note: String,
    recorded_by: UserId,
    recorded_at: DateTime<Utc>,
}

impl AssessmentBody {
    pub fn new(calendar: &Calendar, showcase: &Showcase, view: AssessmentView) -> Self {
        Self {
            showcase_id: showcase.id,
            grade: view.grade,
            capped: view.is_capped,
            round: view.round,
            components: view.components.into_iter().map(AssessedComponent::from).collect(),
            results_due_on: view.results_due_on,
            resit_window_ends_on: view.resit_window_ends_on,
            released_at: view.released_at,
            calendar: calendar.version().to_owned(),
        }
    }
}

impl From<ComponentView> for AssessedComponent {
    fn from(view: ComponentView) -> Self {
        let attempts = view.sittings.into_iter().map(SittingBody::from).collect();
        Self { code: view.code, title: view.title, result: view.result, attempts }
    }
}

impl From<Sitting> for SittingBody {
    fn from(sitting: Sitting) -> Self {
        Self {
            attempt: sitting.number,
            round: sitting.round,
            kind: sitting.kind,
            planned_on: sitting.planned_on,
            held_on: sitting.held_on(),
            minutes: sitting.meeting.map(|meeting| meeting.minutes),
            mode: sitting.meeting.map(|meeting| meeting.mode),
            result: sitting.result(),
            missing: Vec::new(),
            criteria: Vec::new(),
            remarks: Vec::new(),
            closed_by: sitting.closing.map(|closing| closing.by),
            closed_at: sitting.closing.map(|closing| closing.at),
        }
    }
}

impl From<SittingView> for SittingBody {
    fn from(view: SittingView) -> Self {
        let criteria = view.judgements.into_iter().map(JudgementBody::from).collect();
        Self { missing: view.missing, criteria, remarks: view.remarks, ..Self::from(view.sitting) }
    }
}

impl From<Judgement> for JudgementBody {
    fn from(judgement: Judgement) -> Self {
        let Judgement { criterion, met, note, judged_by, judged_at, .. } = judgement;
        Self { code: criterion, met, note, judged_by, judged_at }
    }
}

impl From<Closed> for ResultBody {
    fn from(closed: Closed) -> Self {
        Self { result: closed.result, attempt: closed.number, missing: closed.missing }
    }
}

impl From<Mock> for MockBody {
    fn from(mock: Mock) -> Self {
        let Mock { id, component, held_on, minutes, note, recorded_by, recorded_at, .. } = mock;
        Self { id, component, held_on, minutes, note, recorded_by, recorded_at }
    }
}
