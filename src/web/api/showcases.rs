//! Showcases: opened by providers, seen by those concerned, assigned by admins.

use actix_web::http::header;
use actix_web::{HttpResponse, get, post, put, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Listing, Paging};
use crate::domain::gateway::ShowcaseState;
use crate::domain::identifiers::Uln;
use crate::domain::ids::{OrganisationId, ShowcaseId, UserId};
use crate::domain::people::{Email, Role};
use crate::domain::permission::{Action, Undertaking};
use crate::domain::text::Line;
use crate::people::{Enrolment, NewApprentice};
use crate::records::showcases::{self, Showcase};
use crate::web::auth::Caller;
use crate::web::body::Object;
use crate::web::problem::Problem;
use crate::web::state::App;

/// A showcase.
#[derive(Serialize, ToSchema)]
pub struct ShowcaseBody {
    id: ShowcaseId,
    state: ShowcaseState,
    standard: String,
    version: String,
    apprentice: ApprenticeBody,
    organisation_id: OrganisationId,
    assessor_id: Option<UserId>,
    employer: String,
    started_on: NaiveDate,
    /// Gateway attempts submitted so far.
    attempt: u32,
    created_at: DateTime<Utc>,
}

/// The apprentice of a showcase.
#[derive(Serialize, ToSchema)]
pub struct ApprenticeBody {
    id: UserId,
    name: String,
    email: String,
    uln: Option<String>,
    uln_reason: Option<String>,
}

impl From<Showcase> for ShowcaseBody {
    fn from(showcase: Showcase) -> Self {
        Self {
            id: showcase.id,
            state: showcase.state,
            standard: showcase.standard,
            version: showcase.version,
            apprentice: ApprenticeBody {
                id: showcase.apprentice_id,
                name: showcase.apprentice_name,
                email: showcase.apprentice_email,
                uln: showcase.uln,
                uln_reason: showcase.uln_reason,
            },
            organisation_id: showcase.provider_id,
            assessor_id: showcase.assessor_id,
            employer: showcase.employer,
            started_on: showcase.started_on,
            attempt: showcase.attempt,
            created_at: showcase.created_at,
        }
    }
}

/// A showcase to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowcaseInput {
    /// Code of a standard, such as `ST0072`.
    standard: String,
    /// Version of the standard, such as `1.1`.
    version: String,
    apprentice: ApprenticeInput,
    employer: Line,
    started_on: NaiveDate,
    /// The provider; for admins only, people of a provider open showcases of their own.
    #[serde(default)]
    organisation_id: Option<OrganisationId>,
}

/// The apprentice of a showcase to open; a person here already when the provider added them before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprenticeInput {
    name: Line,
    email: Email,
    #[serde(default)]
    uln: Option<Uln>,
    /// Why there is no ULN; needed without one.
    #[serde(default)]
    uln_reason: Option<Line>,
}

/// Opens a showcase.
#[utoipa::path(tag = "showcases", operation_id = "openShowcase", responses((status = 201, description = "Opened", body = ShowcaseBody, headers(("Location" = String, description = "The showcase")))))]
#[post("/showcases")]
pub async fn open(
    app: web::Data<App>,
    caller: Caller,
    Object(input): Object<ShowcaseInput>,
) -> Result<HttpResponse, Problem> {
    caller.may(Undertaking::AddShowcase)?;
    let provider = provider_of(&caller, input.organisation_id)?;
    let ApprenticeInput { name, email, uln, uln_reason } = input.apprentice;
    let enrolment = Enrolment {
        standard: input.standard,
        version: input.version,
        apprentice: NewApprentice { name, email, uln, uln_reason },
        provider,
        employer: input.employer,
        started_on: input.started_on,
    };
    let showcase = app.people.open_showcase(&app.standards, enrolment).await?;
    let location = format!("/api/v1/showcases/{}", showcase.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(ShowcaseBody::from(showcase)))
}

fn provider_of(caller: &Caller, named: Option<OrganisationId>) -> Result<OrganisationId, Problem> {
    match (caller.user.role, caller.user.organisation_id, named) {
        (Role::Provider, Some(own), None) => Ok(own),
        (Role::Provider, Some(own), Some(named)) if own == named => Ok(own),
        (Role::Provider, ..) => {
            Err(Problem::invalid("You open showcases of your own organisation. Leave `organisation_id` out."))
        }
        (_, _, Some(named)) => Ok(named),
        (_, _, None) => Err(Problem::invalid("Name the provider in `organisation_id`.")),
    }
}

/// The showcases that the caller may see, in the order in which they were opened.
#[utoipa::path(tag = "showcases", operation_id = "listShowcases", params(Paging), responses((status = 200, description = "A page of them", body = Listing<ShowcaseBody>)))]
#[get("/showcases")]
pub async fn list(
    app: web::Data<App>,
    caller: Caller,
    paging: web::Query<Paging>,
) -> Result<web::Json<Listing<ShowcaseBody>>, Problem> {
    let page = paging.page()?;
    let rows = showcases::list(&mut &app.db, caller.scope(), page).await?;
    Ok(web::Json(Listing::of(rows, page, |row| row.id.0, ShowcaseBody::from)))
}

/// One showcase.
#[utoipa::path(tag = "showcases", operation_id = "getShowcase", responses((status = 200, description = "The showcase", body = ShowcaseBody)))]
#[get("/showcases/{id}")]
pub async fn find(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
) -> Result<web::Json<ShowcaseBody>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    Ok(web::Json(showcase.into()))
}

/// The assessor to assign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessorInput {
    user_id: UserId,
}

/// Assigns the assessor, who is never of the provider. Admins only.
#[utoipa::path(tag = "showcases", operation_id = "assignAssessor", responses((status = 200, description = "Assigned", body = ShowcaseBody)))]
#[put("/showcases/{id}/assessor")]
pub async fn assign_assessor(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    Object(input): Object<AssessorInput>,
) -> Result<web::Json<ShowcaseBody>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::AssignAssessor).await?;
    app.people.assign_assessor(&showcase, input.user_id).await?;
    Ok(web::Json(Showcase { assessor_id: Some(input.user_id), ..showcase }.into()))
}
