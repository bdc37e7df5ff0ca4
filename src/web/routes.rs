//! Every address of the service on one screen.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::api::{assessment, coverage, deadlines, gateway, health, people, pieces, showcases, standards, tags};
use super::openapi;
use super::pages::{account, add, assets, forgotten, home, invite, link, piece, showcase, sign_in, withdraw};
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
            .service(gateway::as_was)
            .service(gateway::decide)
            .service(gateway::accept)
            .service(gateway::give_back)
            .service(assessment::find)
            .service(assessment::meet)
            .service(assessment::judge)
            .service(assessment::close)
            .service(assessment::sit_again)
            .service(assessment::begin_again)
            .service(assessment::release)
            .service(assessment::list_mocks)
            .service(assessment::record_mock)
            .service(deadlines::list)
            .service(deadlines::make_feed)
            .service(deadlines::end_feed)
            .service(deadlines::read_feed),
    );
}

/// The pages for people. The methods that an address takes stand together, so that every other is answered 405.
pub fn pages(config: &mut web::ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/").get(home::show))
        .service(page("/favicon.ico").get(home::icon))
        .service(page("/accessibility").get(home::accessibility))
        .service(page("/assets/{name}").get(assets::read))
        .service(page("/sign-in").get(sign_in::show).post(sign_in::enter))
        .service(page("/signed-in").get(sign_in::arrive))
        .service(page("/sign-out").post(sign_in::leave))
        .service(page("/forgotten").get(forgotten::show).post(forgotten::ask))
        .service(page("/link/{secret}").get(link::show).post(link::set))
        .service(page("/account").get(account::show))
        .service(page("/account/sessions/end-others").post(account::end_others))
        .service(page("/account/sessions/{id}/end").post(account::end))
        .service(page("/invite").get(invite::show).post(invite::send))
        .service(page("/showcases/{id}").get(showcase::show))
        .service(page("/showcases/{id}/add").get(add::show).post(add::send))
        .service(page("/pieces/{id}").get(piece::show))
        .service(page("/pieces/{id}/withdraw").get(withdraw::show).post(withdraw::withdraw));
}

/// Bytes of a JSON body: far more than any of ours needs.
const BODY_LIMIT: usize = 64 * 1024;

/// How the framework's own readers refuse: with problems, as everybody else.
pub fn readers(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(web::FormConfig::default().limit(BODY_LIMIT).error_handler(|_, _| {
            Problem::new(Code::BadRequest, "The form cannot be read. Go back and send it again.").into()
        }))
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
