//! The gateway: details and documents, checks, attempts, decisions.

mod body;
mod documents;

use actix_web::{HttpResponse, get, post, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

pub use body::{AsWasBody, AttemptBody, DecisionBody, GatewayBody};
pub use documents::{DocumentBody, DocumentForm, add_document, read_document, read_document_head};

use crate::domain::gateway::{Component, ComponentDecision, GatewayDetails};
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Action;
use crate::domain::text::Prose;
use crate::gateway::{NewDecision, Seen};
use crate::records::showcases;
use crate::web::auth::Caller;
use crate::web::body::Object;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Records what the gateway needs, in place of what was recorded before. The provider, while in draft.
#[utoipa::path(tag = "gateway", operation_id = "prepareGateway", responses((status = 200, description = "Recorded", body = GatewayBody)))]
#[put("/showcases/{id}/gateway")]
pub async fn prepare(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    Object(details): Object<GatewayDetails>,
) -> Result<web::Json<GatewayBody>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::PrepareGateway).await?;
    app.gateway.prepare(&showcase, &details, caller.user.id).await?;
    show(&app, *id).await
}

/// Details, documents, checks, dates and attempts.
#[utoipa::path(tag = "gateway", operation_id = "getGateway", responses((status = 200, description = "The gateway", body = GatewayBody)))]
#[get("/showcases/{id}/gateway")]
pub async fn find(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
) -> Result<web::Json<GatewayBody>, Problem> {
    caller.showcase(&app, *id, Action::Read).await?;
    show(&app, *id).await
}

/// The gateway as it is now; who may see it was decided before.
async fn show(app: &App, id: ShowcaseId) -> Result<web::Json<GatewayBody>, Problem> {
    let showcase = showcases::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?;
    let view = app.gateway.view(&showcase).await?;
    Ok(web::Json(GatewayBody::new(&app.calendar, &showcase, view)))
}

/// An attempt as it was: what was submitted, what was tagged when it was decided, and the decisions.
#[utoipa::path(tag = "gateway", operation_id = "getAttempt", responses((status = 200, description = "The attempt", body = AsWasBody)))]
#[get("/showcases/{id}/gateway/attempts/{n}")]
pub async fn as_was(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, u32)>,
) -> Result<web::Json<AsWasBody>, Problem> {
    let (id, number) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::Read).await?;
    Ok(web::Json(app.gateway.as_was(&showcase, number).await?.into()))
}

/// Submits the next attempt: the showcase freezes. The provider, while in draft.
#[utoipa::path(tag = "gateway", operation_id = "submitGateway", responses((status = 201, description = "Submitted", body = AttemptBody)))]
#[post("/showcases/{id}/gateway/submissions")]
pub async fn submit(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let showcase = caller.showcase(&app, *id, Action::SubmitGateway).await?;
    let attempt = app.gateway.submit(&showcase, caller.user.id).await?;
    Ok(HttpResponse::Created().json(AttemptBody::from(attempt)))
}

/// A decision on a component.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    decision: ComponentDecision,
    /// A reason code of lower-case words, such as `certificate_unreadable`; needed for a rejection.
    #[serde(default)]
    #[schema(pattern = "^[a-z][a-z0-9_]{0,63}$")]
    reason: Option<String>,
    #[serde(default)]
    note: Option<Prose>,
}

/// Decides a component of an open attempt; a later decision stands in place of an earlier one. Its assessor only.
#[utoipa::path(tag = "gateway", operation_id = "decideComponent", responses((status = 200, description = "Decided", body = DecisionBody)))]
#[put("/showcases/{id}/gateway/attempts/{n}/components/{component}")]
pub async fn decide(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, u32, Component)>,
    Object(input): Object<DecisionInput>,
) -> Result<web::Json<DecisionBody>, Problem> {
    let (id, number, component) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::DecideGateway).await?;
    let DecisionInput { decision, reason, note } = input;
    let reason = reason_code(decision, reason)?;
    let (note, by) = (note.unwrap_or_default().into(), caller.user.id);
    let new = NewDecision { component, decision, reason, note, by, seen: Seen::Anything };
    Ok(web::Json(app.gateway.decide(&showcase, number, new).await?.into()))
}

fn reason_code(decision: ComponentDecision, reason: Option<String>) -> Result<Option<String>, Problem> {
    let is_code = |text: &str| {
        text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    match reason.filter(|reason| !reason.is_empty()) {
        None if decision == ComponentDecision::Rejected => Err(Problem::invalid(
            "A rejection needs a `reason` code, such as `certificate_unreadable`, so that the provider can mend it.",
        )),
        Some(reason) if !is_code(&reason) => Err(Problem::invalid(
            "A `reason` is a code of lower-case words joined by underscores. Put sentences into `note`.",
        )),
        reason => Ok(reason),
    }
}

/// Accepts an open attempt whose components are all accepted and whose areas are all tagged. Its assessor only.
#[utoipa::path(tag = "gateway", operation_id = "acceptGateway", responses((status = 200, description = "Accepted", body = GatewayBody)))]
#[post("/showcases/{id}/gateway/attempts/{n}/acceptance")]
pub async fn accept(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, u32)>,
) -> Result<web::Json<GatewayBody>, Problem> {
    let (id, number) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::DecideGateway).await?;
    app.gateway.accept(&showcase, number, caller.user.id).await?;
    show(&app, id).await
}

/// Why an attempt is returned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnInput {
    note: crate::domain::text::Line,
}

/// Returns an open attempt to the provider: the showcase is in draft again. Its assessor only.
#[utoipa::path(tag = "gateway", operation_id = "returnGateway", responses((status = 200, description = "Returned", body = GatewayBody)))]
#[post("/showcases/{id}/gateway/attempts/{n}/return")]
pub async fn give_back(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, u32)>,
    Object(input): Object<ReturnInput>,
) -> Result<web::Json<GatewayBody>, Problem> {
    let (id, number) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::DecideGateway).await?;
    app.gateway.give_back(&showcase, number, &String::from(input.note), caller.user.id).await?;
    show(&app, id).await
}
