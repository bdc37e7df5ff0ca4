//! The OpenAPI description: generated from the handlers, completed here by what every call shares, and served
//! with pages that need nothing from outside.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{OpenApi as _, ToSchema};

use super::problem::Code;
use crate::domain::gateway::Component;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "exhibit", description = "Evidence for end-point assessment: uploaded, proved, mapped, submitted, assessed."),
    components(schemas(ProblemBody)),
    security(("token" = []))
)]
struct Description;

/// A refusal (RFC 9457). Further members depend on the code: `findings`, `checks`, `missing`, `components`,
/// `piece_id`, `altered`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes `Problem::document`")]
struct ProblemBody {
    /// Where the code is explained.
    r#type: String,
    title: String,
    status: u16,
    /// A plain sentence that says what to do.
    detail: String,
    /// The stable name of the problem.
    code: String,
    /// What to tell the people who run the service.
    request_id: String,
}

/// What the description starts from, before the handlers are collected.
#[must_use]
pub fn description() -> OpenApi {
    let mut api = Description::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    api.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(bearer));
    api
}

/// Adds the refusals that each kind of call may answer.
pub fn complete(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        for (_, operation, changes) in operations(item) {
            parameters(path, operation);
            refusals(path, changes, operation);
        }
    }
}

/// The operations of an address, each with its method and whether it changes something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation, bool)> {
    let PathItem { get, head, options, post, put, patch, delete, .. } = item;
    let reading = [("GET", get, false), ("HEAD", head, false), ("OPTIONS", options, false)];
    let changing = [("POST", post, true), ("PUT", put, true), ("PATCH", patch, true), ("DELETE", delete, true)];
    let all = reading.into_iter().chain(changing);
    all.filter_map(|(method, operation, changes)| Some((method, operation.as_mut()?, changes)))
}

/// The methods that an address takes; none when there is no such address.
pub fn methods(api: &OpenApi, path: &str) -> Vec<&'static str> {
    let fits = |template: &str| {
        let (wanted, given) = (template.split('/'), path.split('/'));
        wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(w, g)| if w.starts_with('{') { !g.is_empty() } else { w == g })
    };
    let item = api.paths.paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item.clone());
    item.map(|mut item| operations(&mut item).map(|(method, ..)| method).collect()).unwrap_or_default()
}

/// Describes the variable parts of the address.
fn parameters(path: &str, operation: &mut Operation) {
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema: RefOr<Schema> = match name {
            "id" => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).into(),
            "n" => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(u32::MAX)).into(),
            "secret" => text().pattern(Some("^[A-Za-z0-9_-]{43}$")).into(),
            "component" => text().enum_values(Some(Component::WORDS.iter().copied())).into(),
            _ => text().into(),
        };
        let known = operation.parameters.get_or_insert_default();
        known.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if parameter.name == name));
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        known.push(RefOr::T(parameter.schema(Some(schema)).build()));
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn refusals(path: &str, changes: bool, operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    // Asking where an upload stands may answer what refused it.
    let is_upload = path.contains("/uploads");
    // Where a call says so itself, it is that nobody has to sign in.
    let is_open = operation.security.is_some();
    for status in STATUSES {
        let applies = match status {
            400 => true,
            401 | 403 => !is_open,
            404 => path.contains('{'),
            406 => path.ends_with("/coverage"),
            408 => path.ends_with("/pieces") || path.ends_with("/documents") || is_upload,
            410 | 412 | 423 => is_upload,
            429 => path.ends_with("/uploads"),
            460 => is_upload && has_body,
            416 => path.ends_with("/content"),
            409 | 507 => changes || is_upload,
            413 | 415 => has_body || is_upload,
            422 => has_body || path.ends_with("/dates") || path.ends_with("/gateway") || changes || is_upload,
            _ => true,
        };
        if applies {
            let codes = Code::ALL.iter().filter(|code| code.status().as_u16() == *status);
            let words: Vec<&str> = codes.map(|code| code.word()).collect();
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
            let response = ResponseBuilder::new()
                .description(format!("Refused, with one of the codes: {}", words.join(", ")))
                .content("application/problem+json", content)
                .build();
            operation.responses.responses.entry(status.to_string()).or_insert_with(|| response.into());
        }
    }
}

/// Every status of the problems.
const STATUSES: &[u16] =
    &[400, 401, 403, 404, 406, 408, 409, 410, 412, 413, 415, 416, 422, 423, 429, 460, 500, 503, 507];

/// Serves the description.
pub async fn json(api: web::Data<OpenApi>) -> HttpResponse {
    HttpResponse::Ok().json(api.as_ref())
}

/// Explains every code: where the `type` of a problem leads.
pub async fn problems() -> HttpResponse {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Problems</title><h1>Problems</h1><p>Every refusal carries one of these codes, and a detail that says what to do.</p><dl>",
    );
    for code in Code::ALL {
        let (word, status, title) = (code.word(), code.status().as_u16(), code.title());
        let _ = write!(page, "<dt id=\"{word}\"><code>{word}</code> ({status})</dt><dd>{title}.</dd>");
    }
    page.push_str("</dl></html>");
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statuses_are_those_of_the_codes() {
        // 405 belongs to addresses, not to operations.
        let mut known: Vec<u16> = Code::ALL.iter().map(|code| code.status().as_u16()).filter(|&s| s != 405).collect();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known, STATUSES);
    }
}
