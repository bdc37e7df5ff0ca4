//! Organisations, people and tokens.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::identifiers::{EpaoId, Ukprn};
use crate::domain::ids::{OrganisationId, TokenId, UserId};
use crate::domain::people::{Email, OrganisationKind, Role};
use crate::domain::permission::Undertaking;
use crate::domain::text::Line;
use crate::people::{NewOrganisation, NewUser};
use crate::records::organisations::Organisation;
use crate::records::users::User;
use crate::web::auth::Caller;
use crate::web::body::Object;
use crate::web::problem::Problem;
use crate::web::state::App;

/// A person.
#[derive(Serialize, ToSchema)]
pub struct UserBody {
    id: UserId,
    email: Email,
    name: String,
    role: Role,
    organisation_id: Option<OrganisationId>,
    created_at: DateTime<Utc>,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        let User { id, email, name, role, organisation_id, created_at } = user;
        Self { id, email, name, role, organisation_id, created_at }
    }
}

/// Who the token belongs to.
#[utoipa::path(tag = "people", operation_id = "me", responses((status = 200, description = "The person", body = UserBody)))]
#[get("/me")]
pub async fn me(caller: Caller) -> web::Json<UserBody> {
    web::Json(caller.user.into())
}

/// An organisation to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationInput {
    kind: OrganisationKind,
    name: Line,
    #[serde(default)]
    ukprn: Option<Ukprn>,
    #[serde(default)]
    epao_id: Option<EpaoId>,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct OrganisationBody {
    id: OrganisationId,
    kind: OrganisationKind,
    name: String,
    ukprn: Option<String>,
    epao_id: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Organisation> for OrganisationBody {
    fn from(organisation: Organisation) -> Self {
        let Organisation { id, kind, name, ukprn, epao_id, created_at } = organisation;
        Self { id, kind, name, ukprn, epao_id, created_at }
    }
}

/// Adds an organisation. Admins only.
#[utoipa::path(tag = "people", operation_id = "addOrganisation", responses((status = 201, description = "Added", body = OrganisationBody)))]
#[post("/organisations")]
pub async fn add_organisation(
    app: web::Data<App>,
    caller: Caller,
    Object(input): Object<OrganisationInput>,
) -> Result<HttpResponse, Problem> {
    caller.may(Undertaking::AddOrganisation)?;
    let OrganisationInput { kind, name, ukprn, epao_id } = input;
    let added = app.people.add_organisation(NewOrganisation { kind, name, ukprn, epao_id }).await?;
    Ok(HttpResponse::Created().json(OrganisationBody::from(added)))
}

/// A person to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserInput {
    email: Email,
    name: Line,
    role: Role,
    #[serde(default)]
    organisation_id: Option<OrganisationId>,
}

/// Adds a person. Admins add anybody; people of a provider add apprentices of their own organisation.
#[utoipa::path(tag = "people", operation_id = "addUser", responses((status = 201, description = "Added", body = UserBody)))]
#[post("/users")]
pub async fn add_user(
    app: web::Data<App>,
    caller: Caller,
    Object(input): Object<UserInput>,
) -> Result<HttpResponse, Problem> {
    let UserInput { email, name, role, organisation_id } = input;
    let undertaking = if role == Role::Apprentice { Undertaking::AddApprentice } else { Undertaking::AddOtherUser };
    caller.may(undertaking)?;
    let own = caller.user.organisation_id.filter(|_| caller.user.role == Role::Provider);
    if own.is_some() && organisation_id.is_some() && organisation_id != own {
        return Err(Problem::invalid("You add apprentices of your own organisation. Leave `organisation_id` out."));
    }
    let added = app.people.add_user(NewUser { email, name, role, organisation: own.or(organisation_id) }).await?;
    Ok(HttpResponse::Created().json(UserBody::from(added)))
}

/// How long a token is to be valid.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenInput {
    /// Days, 1 to 3650; null for a token without an end.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    expires_in: Option<u32>,
}

/// A token: the one time its secret is shown.
#[derive(Serialize, ToSchema)]
pub struct TokenBody {
    id: TokenId,
    token: String,
    expires_at: Option<DateTime<Utc>>,
}

/// Issues a token for a person. Admins only; the token is shown this once.
#[utoipa::path(tag = "people", operation_id = "issueToken", request_body(content = Option<TokenInput>), responses((status = 201, description = "Issued", body = TokenBody)))]
#[post("/users/{id}/tokens")]
pub async fn issue_token(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<UserId>,
    Object(input): Object<TokenInput>,
) -> Result<HttpResponse, Problem> {
    caller.may(Undertaking::IssueToken)?;
    let issued = app.people.issue_token(*id, input.expires_in).await.map_err(|error| match error {
        crate::people::Error::UnknownUser(_) => Problem::not_found(),
        other => other.into(),
    })?;
    let body = TokenBody { id: issued.id, token: issued.secret.expose().to_owned(), expires_at: issued.expires_at };
    Ok(HttpResponse::Created().json(body))
}
