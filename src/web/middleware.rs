//! Around every request: one id, one span without personal data, and every refusal told as a problem document,
//! whoever refused, our own code or the framework.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::pages::problem as problem_page;
use super::problem::{Code, Problem};
use super::shared_body::Body;

/// The span of a request: what was asked by pattern, never by value, and who asked by id.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        tracing::info_span!(
            "request",
            request_id = id,
            method = %request.method(),
            route,
            actor = tracing::field::Empty,
            status = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
    }
}

/// Measures, and turns whatever error comes out into a problem document.
///
/// # Errors
/// None of its own.
pub async fn tell<B>(mut request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let began = Instant::now();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = request.method().to_string();
    // Handlers and readers turn their errors into responses themselves, and nothing else stands in between.
    let body = Body::of(&mut request);
    let mut response = next.call(request).await?.map_into_boxed_body();
    if response.status().is_client_error() || response.status().is_server_error() {
        body.hold();
        if !is_page(response.response()) {
            response = told(response, &id);
        }
    }
    let headers = response.headers_mut();
    headers
        .insert(header::HeaderName::from_static("x-content-type-options"), header::HeaderValue::from_static("nosniff"));
    if let Ok(id) = header::HeaderValue::from_str(&id) {
        headers.insert(header::HeaderName::from_static("x-request-id"), id);
    }
    let labels = [("method", method), ("route", route), ("status", response.status().as_str().to_owned())];
    metrics::counter!("exhibit_requests_total", &labels).increment(1);
    metrics::histogram!("exhibit_request_seconds", &labels).record(began.elapsed().as_secs_f64());
    Ok(response)
}

fn told(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let problem = response.response().extensions().get::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| foreign(response.status()));
    if let Some(cause) = &problem.cause {
        tracing::error!(code = problem.code.word(), cause, "a request failed");
    }
    let (request, old) = response.into_parts();
    let page = problem_page::is_for_person(&request).then(|| problem_page::page(&request, &problem, id)).flatten();
    let is_page = page.is_some();
    let mut new = page.unwrap_or_else(|| {
        let document = problem.document(id).to_string();
        HttpResponse::build(problem.code.status())
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .body(document)
    });
    let kept = |name: &header::HeaderName| *name != header::CONTENT_TYPE && (!is_page || problem_page::keeps(name));
    for (name, value) in old.headers().iter().filter(|(name, _)| kept(name)) {
        new.headers_mut().append(name.clone(), value.clone());
    }
    if old.head().connection_type() == actix_web::http::ConnectionType::Close {
        new.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    ServiceResponse::new(request, new)
}

/// Whether an answer is a page already, which says itself what is to be done.
fn is_page(response: &HttpResponse) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.starts_with("text/html"))
}

/// A refusal of the framework itself, which names no problem.
fn foreign(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            Code::MethodNotAllowed,
            "This address does not take that method; the Allow header names those it takes.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::TooLarge, "The request is larger than this call takes. Send less.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            Code::UnsupportedMediaType,
            "The Content-Type is not one that this call takes; the description at /api/docs names it.",
        ),
        status if status.is_client_error() => Problem::new(
            Code::BadRequest,
            "The request cannot be read. The description at /api/docs says how it should look.",
        ),
        _ => Problem {
            cause: Some(format!("the framework answered {status}")),
            ..Problem::new(
                Code::Internal,
                "The service could not do this because of a fault of its own. Report the request id to the people who run it.",
            )
        },
    }
}
