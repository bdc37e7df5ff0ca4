//! Pages leave compressed. Nothing else does: evidence is what it is, and the front end's files are compressed when they are
//! built.
//!
//! By gzip alone, whose code the inspectors bring anyway; brotli would make a page about a tenth smaller, and is a crate
//! more. What a page shows beside what an address says (a search) is no secret: links that are as good as a password stand
//! in answers to POST only, which no other site can cause.

use std::io::Write;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// What fits into one packet gains nothing.
const LEAST: usize = 1200;
/// Further levels cost the service more time than they save the reader.
const LEVEL: u32 = 5;

/// Compresses the answer, if it is a page and its reader takes that.
///
/// # Errors
/// None of its own.
pub async fn pages<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let is_taken = takes_gzip(request.headers());
    let response = next.call(request).await?.map_into_boxed_body();
    if !is_page(response.headers()) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let body = match body.try_into_bytes() {
        Ok(bytes) if is_taken && bytes.len() >= LEAST => {
            let (bytes, is_smaller) = gzip(bytes);
            if is_smaller {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            BoxBody::new(bytes)
        }
        Ok(bytes) => BoxBody::new(bytes),
        // A body that comes by and by is none of ours.
        Err(body) => body,
    };
    Ok(ServiceResponse::new(request, response.set_body(body)))
}

fn is_page(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.starts_with("text/html") && !headers.contains_key(header::CONTENT_ENCODING)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|offered| {
        let (name, weight) = offered.split_once(';').unwrap_or((offered, ""));
        let is_refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// The bytes compressed, and whether they are; as they were, should memory run out.
fn gzip(bytes: Bytes) -> (Bytes, bool) {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(LEVEL));
    match encoder.write_all(&bytes).and_then(|()| encoder.finish()) {
        Ok(compressed) => (compressed.into(), true),
        Err(_) => (bytes, false),
    }
}
