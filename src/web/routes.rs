//! Every address of the service on one screen.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::api::{coverage, gateway, health, people, pieces, showcases, standards, tags};
use super::openapi;
use super::problem::{Code, Problem};
use super::tus;

/// Everything that the OpenAPI description tells of.
pub fn described(config: &mut ServiceConfig<'_>) {
    config.service(health::live).service(health::ready).service(health::metrics).service(
        scope::scope("/api/v1")
            .service(people::me)
            .service(people::add_organisation)
            .service(people::add_user)
            .service(people::issue_token)
            .service(standards::list)
            .service(standards::find)
            .service(standards::dates)
            .service(showcases::open)
            .service(showcases::list)
            .service(showcases::find)
            .service(showcases::assign_assessor)
            .service(pieces::add)
            .service(pieces::list)
            .service(pieces::find)
            .service(pieces::read)
            .service(pieces::read_head)
            .service(pieces::edit)
            .service(pieces::withdraw)
            .service(tus::describe)
            .service(tus::describe_one)
            .service(tus::open)
            .service(tus::find)
            .service(tus::go_on)
            .service(tus::cancel)
            .service(tags::add)
            .service(tags::history)
            .service(tags::remove)
            .service(coverage::of_showcase)
            .service(coverage::of_cohort)
            .service(gateway::prepare)
            .service(gateway::find)
            .service(gateway::add_document)
            .service(gateway::read_document)
            .service(gateway::read_document_head)
            .service(gateway::submit)
            .service(gateway::decide)
            .service(gateway::accept)
            .service(gateway::give_back),
    );
}

/// Bytes of a JSON body: far more than any of ours needs.
const BODY_LIMIT: usize = 64 * 1024;

/// How the framework's own readers refuse: with problems, as everybody else.
pub fn readers(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(web::QueryConfig::default().error_handler(|error, _| {
            Problem::new(Code::BadRequest, format!("The query is not as it should be: {error}.")).into()
        }));
}

/// What no route took: an address that does not take the method, or no address at all.
pub async fn elsewhere(request: HttpRequest, api: web::Data<OpenApi>) -> Result<HttpResponse, Problem> {
    let taken = openapi::methods(&api, request.path());
    if taken.is_empty() {
        return Err(Problem::not_found());
    }
    let detail = "This address does not take that method; the Allow header names those it takes.";
    let mut response = Problem::new(Code::MethodNotAllowed, detail).error_response();
    let taken = taken.join(", ").parse().map_err(|_| Problem::not_found())?;
    response.headers_mut().insert(header::ALLOW, taken);
    Ok(response)
}
