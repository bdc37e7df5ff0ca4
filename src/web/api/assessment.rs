//! The assessment: meetings, criteria, results, components taken again, and the mocks before them.

mod body;

use actix_web::{HttpResponse, get, post, put, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use self::body::{AssessmentBody, JudgementBody, MockBody, ResultBody, SittingBody};
use super::Listing;
use crate::assessment::{Audience, NewJudgement, NewMeeting, NewMock};
use crate::domain::assessment::{Meeting, Mode, SittingKind};
use crate::domain::ids::ShowcaseId;
use crate::domain::people::Role;
use crate::domain::permission::Action;
use crate::domain::text::Prose;
use crate::records::mocks;
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::body::Object;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Longest meeting that is believed, in minutes: a day.
const MOST_MINUTES: u32 = 24 * 60;

/// Grade, components with their sittings, and the days that matter. The apprentice sees results once they are released.
#[utoipa::path(tag = "assessment", operation_id = "getAssessment", responses((status = 200, description = "The assessment", body = AssessmentBody)))]
#[get("/showcases/{id}/assessment")]
pub async fn find(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
) -> Result<web::Json<AssessmentBody>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    show(&app, &caller, &showcase).await
}

async fn show(app: &App, caller: &Caller, showcase: &Showcase) -> Result<web::Json<AssessmentBody>, Problem> {
    let audience = if caller.user.role == Role::Apprentice { Audience::Apprentice } else { Audience::Others };
    let view = app.assessment.view(showcase, audience).await?;
    Ok(web::Json(AssessmentBody::new(&app.calendar, showcase, view)))
}

/// A meeting: the day it is planned for, or when, how long and where it was held.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingInput {
    #[serde(default)]
    planned_on: Option<NaiveDate>,
    #[serde(default)]
    held_on: Option<NaiveDate>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<u32>,
    #[serde(default)]
    mode: Option<Mode>,
}

/// Records the meeting of a component, in place of what was recorded before. Its assessor only.
#[utoipa::path(tag = "assessment", operation_id = "recordMeeting", responses((status = 200, description = "Recorded", body = AssessmentBody)))]
#[put("/showcases/{id}/assessment/{part}")]
pub async fn meet(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, String)>,
    Object(input): Object<MeetingInput>,
) -> Result<web::Json<AssessmentBody>, Problem> {
    let (id, component) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::Assess).await?;
    let (planned_on, meeting) = (input.planned_on, meeting(&input)?);
    app.assessment.meet(&showcase, NewMeeting { component, planned_on, meeting, by: caller.user.id }).await?;
    show(&app, &caller, &showcase).await
}

fn meeting(input: &MeetingInput) -> Result<Option<Meeting>, Problem> {
    match (input.held_on, input.minutes, input.mode) {
        (None, None, None) if input.planned_on.is_some() => Ok(None),
        (Some(held_on), Some(minutes), Some(mode)) => Ok(Some(Meeting { held_on, minutes: bounded(minutes)?, mode })),
        _ => Err(Problem::invalid(
            "A meeting has the day it is planned for, or `held_on`, `minutes` and `mode` together. Give either.",
        )),
    }
}

fn bounded(minutes: u32) -> Result<u32, Problem> {
    let is_possible = (1..=MOST_MINUTES).contains(&minutes);
    is_possible.then_some(minutes).ok_or_else(|| Problem::invalid("`minutes` is from 1 to 1440. Correct it."))
}

/// Whether a criterion is met.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementInput {
    met: bool,
    #[serde(default)]
    note: Option<Prose>,
}

/// Records whether a criterion is met; a later word stands in place of an earlier one. Its assessor only.
#[utoipa::path(tag = "assessment", operation_id = "judgeCriterion", responses((status = 200, description = "Recorded", body = JudgementBody)))]
#[put("/showcases/{id}/assessment/{part}/criteria/{code}")]
pub async fn judge(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, String, String)>,
    Object(input): Object<JudgementInput>,
) -> Result<web::Json<JudgementBody>, Problem> {
    let (id, component, criterion) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::Assess).await?;
    let note = input.note.unwrap_or_default().into();
    let new = NewJudgement { component, criterion, met: input.met, note, by: caller.user.id };
    Ok(web::Json(app.assessment.judge(&showcase, new).await?.into()))
}

/// Closes a component with the result that its criteria come to. Its assessor only.
#[utoipa::path(tag = "assessment", operation_id = "closeComponent", responses((status = 200, description = "Closed", body = ResultBody)))]
#[post("/showcases/{id}/assessment/{part}/result")]
pub async fn close(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, String)>,
) -> Result<web::Json<ResultBody>, Problem> {
    let (id, component) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::Assess).await?;
    Ok(web::Json(app.assessment.close(&showcase, &component, caller.user.id).await?.into()))
}

/// How something is taken again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainInput {
    /// `resit` without further learning, `retake` after it.
    kind: SittingKind,
}

impl AgainInput {
    fn kind(&self) -> Result<SittingKind, Problem> {
        match self.kind {
            SittingKind::First => Err(Problem::invalid("`kind` is `resit` or `retake`. Choose one of them.")),
            SittingKind::Resit | SittingKind::Retake => Ok(self.kind),
        }
    }
}

/// Opens another sitting of a failed component. The provider, its assessor or an admin.
#[utoipa::path(tag = "assessment", operation_id = "sitAgain", responses((status = 201, description = "Opened", body = SittingBody)))]
#[post("/showcases/{id}/assessment/{part}/resit")]
pub async fn sit_again(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, String)>,
    Object(input): Object<AgainInput>,
) -> Result<HttpResponse, Problem> {
    let (id, component) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::SitAgain).await?;
    let sitting = app.assessment.sit_again(&showcase, &component, input.kind()?, caller.user.id).await?;
    Ok(HttpResponse::Created().json(SittingBody::from(sitting)))
}

/// Begins the whole assessment again after a fail, with a new period. The provider, its assessor or an admin.
#[utoipa::path(tag = "assessment", operation_id = "beginAgain", responses((status = 201, description = "Begun", body = AssessmentBody)))]
#[post("/showcases/{id}/assessment")]
pub async fn begin_again(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    Object(input): Object<AgainInput>,
) -> Result<HttpResponse, Problem> {
    let showcase = caller.showcase(&app, *id, Action::SitAgain).await?;
    app.assessment.begin_again(&showcase, input.kind()?, caller.user.id).await?;
    let view = app.assessment.view(&showcase, Audience::Others).await?;
    Ok(HttpResponse::Created().json(AssessmentBody::new(&app.calendar, &showcase, view)))
}

/// Tells the apprentice every result that there is. Its assessor or an admin.
#[utoipa::path(tag = "assessment", operation_id = "releaseResults", responses((status = 200, description = "Told", body = AssessmentBody)))]
#[post("/showcases/{id}/release")]
pub async fn release(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
) -> Result<web::Json<AssessmentBody>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::ReleaseResults).await?;
    app.assessment.release(&showcase, caller.user.id).await?;
    show(&app, &caller, &showcase).await
}

/// A mock that was held.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MockInput {
    /// Code of a component that has a mock.
    component: String,
    held_on: NaiveDate,
    #[schema(minimum = 1, maximum = 1440)]
    minutes: u32,
    #[serde(default)]
    note: Option<Prose>,
}

/// Records a mock. The provider.
#[utoipa::path(tag = "assessment", operation_id = "recordMock", responses((status = 201, description = "Recorded", body = MockBody)))]
#[post("/showcases/{id}/mocks")]
pub async fn record_mock(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    Object(input): Object<MockInput>,
) -> Result<HttpResponse, Problem> {
    let showcase = caller.showcase(&app, *id, Action::RecordMock).await?;
    let MockInput { component, held_on, minutes, note } = input;
    let note = note.unwrap_or_default().into();
    let new = NewMock { component, held_on, minutes: bounded(minutes)?, note, by: caller.user.id };
    Ok(HttpResponse::Created().json(MockBody::from(app.assessment.record_mock(&showcase, new).await?)))
}

/// The mocks of a showcase.
#[utoipa::path(tag = "assessment", operation_id = "listMocks", responses((status = 200, description = "All of them", body = Listing<MockBody>)))]
#[get("/showcases/{id}/mocks")]
pub async fn list_mocks(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
) -> Result<web::Json<Listing<MockBody>>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    let mocks = mocks::list(&mut &app.db, showcase.id).await?;
    Ok(web::Json(Listing::whole(mocks.into_iter().map(MockBody::from).collect())))
}
