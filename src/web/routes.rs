//! Every address of the service on one screen.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::api::{assessment, coverage, deadlines, gateway, health, people, pieces, showcases, standards, tags};
use super::openapi;
use super::pages::assess::{accept, attempt, components, decide, give_back, history, open, tagging, workbench};
use super::pages::gateway::{details, documents, submit};
use super::pages::{
    account, add, admin, assets, cohort, edit, forgotten, gateway as gateway_pages, home, invite, link, passkeys,
    password, piece, receipt, report, showcase, sign_in, withdraw,
};
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
    config.configure(visitors).configure(administration).configure(providers).configure(assessing).configure(evidence);
}

/// Pages for everybody: the first one, signing in, one's own account.
fn visitors(config: &mut web::ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/").get(home::show))
        .service(page("/favicon.ico").get(home::icon))
        .service(page("/accessibility").get(home::accessibility))
        .service(page("/assets/{name:.+}").get(assets::read))
        .service(page("/sign-in").get(sign_in::show).post(sign_in::enter))
        .service(page("/signed-in").get(sign_in::arrive))
        .service(page("/sign-out").post(sign_in::leave))
        .service(page("/forgotten").get(forgotten::show).post(forgotten::ask))
        .service(page("/link/{secret}").get(link::show).post(link::set))
        .service(page("/sign-in/passkey").post(passkeys::enter))
        .service(page("/sign-in/passkey/start").post(passkeys::ask_who))
        .service(page("/link/{secret}/passkey").post(passkeys::add_by_link))
        .service(page("/link/{secret}/passkey/start").post(passkeys::ask_by_link))
        .service(page("/account/passkeys/add").get(passkeys::account::show).post(passkeys::account::add))
        .service(page("/account/passkeys/start").post(passkeys::account::ask))
        .service(page("/account/passkeys/{id}/remove").get(passkeys::remove::show).post(passkeys::remove::remove))
        .service(page("/account").get(account::show))
        .service(page("/account/password").get(password::show).post(password::change))
        .service(page("/account/sessions/end-others").post(account::end_others))
        .service(page("/account/sessions/{id}/end").post(account::end))
        .service(page("/invite").get(invite::show).post(invite::send));
}

/// What an admin looks after.
fn administration(config: &mut web::ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/admin").get(admin::show))
        .service(page("/admin/organisations").get(admin::organisations::show))
        .service(page("/admin/organisations/add").get(admin::organisations::ask).post(admin::organisations::add))
        .service(page("/admin/people").get(admin::people::show))
        .service(page("/admin/people/{id}").get(admin::person::show))
        .service(page("/admin/people/{id}/link").post(admin::person::link))
        .service(page("/admin/people/{id}/sessions/end").post(admin::person::end_sessions))
        .service(page("/admin/people/{id}/tokens").post(admin::person::issue))
        .service(
            page("/admin/people/{id}/tokens/{token}/revoke")
                .get(admin::person::ask_to_revoke)
                .post(admin::person::revoke),
        )
        .service(page("/admin/assignments").get(admin::assignments::show))
        .service(page("/admin/assignments/{id}").get(admin::assignments::ask).post(admin::assignments::assign))
        .service(page("/admin/standards").get(admin::standards::show))
        .service(page("/admin/health").get(admin::health::show))
        .service(page("/admin/settings").get(admin::settings::show));
}

/// Cohorts and gateways.
fn providers(config: &mut web::ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/cohort").get(cohort::show))
        .service(page("/cohort/add").get(cohort::add::show).post(cohort::add::send))
        .service(page("/cohort/import").get(cohort::import::show).post(cohort::import::look))
        .service(page("/cohort/import/template").get(cohort::import::template))
        .service(page("/cohort/import/confirm").app_data(forms(LIST_LIMIT)).post(cohort::import::confirm))
        .service(page("/cohort/invitations").get(cohort::invitations::show).post(cohort::invitations::send))
        .service(page("/showcases/{id}/gateway").get(gateway_pages::show))
        .service(page("/showcases/{id}/gateway/details").get(details::show).post(details::send))
        .service(page("/showcases/{id}/gateway/documents").get(documents::show).post(documents::send))
        .service(page("/showcases/{id}/gateway/submit").get(submit::show).post(submit::send));
}

/// The workbench and decisions.
fn assessing(config: &mut web::ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/showcases/{id}/workbench").get(workbench::start))
        .service(page("/showcases/{id}/workbench/{piece}").get(workbench::show).post(tagging::add))
        .service(page("/showcases/{id}/workbench/{piece}/tags/{tag}/remove").post(tagging::remove))
        .service(page("/showcases/{id}/decide").get(decide::show))
        .service(page("/showcases/{id}/decide/{component}").get(components::show).post(components::save))
        .service(page("/showcases/{id}/return").get(give_back::show).post(give_back::send))
        .service(page("/showcases/{id}/accept").get(accept::show).post(accept::send))
        .service(page("/showcases/{id}/attempts/{n}").get(attempt::show))
        .service(page("/pieces/{id}/open").get(open::show))
        .service(page("/pieces/{id}/history").get(history::show));
}

/// Showcases and their pieces.
fn evidence(config: &mut web::ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/showcases/{id}").get(showcase::show))
        .service(page("/showcases/{id}/add").get(add::show).post(add::send))
        .service(page("/showcases/{id}/report").get(report::show))
        .service(page("/pieces/{id}").get(piece::show))
        .service(page("/pieces/{id}/edit").get(edit::show).post(edit::save))
        .service(page("/pieces/{id}/receipt").get(receipt::show))
        .service(page("/pieces/{id}/withdraw").get(withdraw::show).post(withdraw::withdraw));
}

/// Bytes of a JSON body: far more than any of ours needs.
const BODY_LIMIT: usize = 64 * 1024;

/// Bytes of a form that carries a list of apprentices: each of its bytes may take three.
const LIST_LIMIT: usize = 3 * crate::people::sheet::LARGEST + BODY_LIMIT;

/// How the framework's own readers refuse: with problems, as everybody else.
pub fn readers(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(forms(BODY_LIMIT))
        .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(web::QueryConfig::default().error_handler(|error, _| {
            Problem::new(Code::BadRequest, format!("The query is not as it should be: {error}.")).into()
        }));
}

/// The reader of plain forms, up to so many bytes.
fn forms(limit: usize) -> web::FormConfig {
    web::FormConfig::default().limit(limit).error_handler(|_, _| {
        Problem::new(Code::BadRequest, "The form cannot be read. Go back and send it again.").into()
    })
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
