//! Every address of the service on one screen.

use actix_web::{HttpResponse, web};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::api::{coverage, gateway, health, people, pieces, showcases, standards, tags};
use super::problem::{Code, Problem};

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
const JSON_LIMIT: usize = 64 * 1024;

/// How the framework's own readers refuse: with problems, as everybody else.
pub fn readers(config: &mut web::ServiceConfig) {
    config
        .app_data(web::JsonConfig::default().limit(JSON_LIMIT).error_handler(|error, _| json_problem(&error).into()))
        .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(web::QueryConfig::default().error_handler(|error, _| {
            Problem::new(Code::BadRequest, format!("The query is not as it should be: {error}.")).into()
        }));
}

fn json_problem(error: &actix_web::error::JsonPayloadError) -> Problem {
    use actix_web::error::JsonPayloadError as E;
    match error {
        E::OverflowKnownLength { .. } | E::Overflow { .. } => {
            Problem::new(Code::TooLarge, "The body is larger than 64 KiB, more than this call takes. Send less.")
        }
        E::ContentType => Problem::new(Code::UnsupportedMediaType, "Send the body as application/json."),
        E::Deserialize(error) if error.is_data() => {
            Problem::invalid(format!("The body is not as it should be: {error}."))
        }
        E::Deserialize(error) => Problem::new(Code::BadRequest, format!("The body is no JSON: {error}.")),
        _ => Problem::new(Code::BadRequest, "The body cannot be read. Send it again."),
    }
}

/// What stands at no address.
pub async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}
