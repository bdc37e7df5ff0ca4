//! Who sent a request that changes something: a page of ours, or another site in the name of somebody who is signed in
//! here. Whatever goes by the browser's cookie has to show that it is the first.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::problem::{Code, Problem};
use super::state::App;

/// Lets pass what is safe, what bears a token, and what a page of ours sent.
///
/// # Errors
/// None of its own: what is refused is answered `cross_site`.
pub async fn guard<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let has_token = request.headers().contains_key(header::AUTHORIZATION);
    // Without cookie and token only a page's form does anything; programs are answered 401 or 404, as they always were.
    let is_form = request.match_pattern().is_some_and(|pattern| !pattern.starts_with("/api/"));
    let is_harmless = !is_form && !request.headers().contains_key(header::COOKIE);
    if !(is_safe || has_token || is_harmless) {
        let app = request.app_data::<web::Data<App>>();
        let public = app.and_then(|app| app.public_url_if_set());
        if !is_ours(request.headers(), public) {
            return Ok(request.error_response(refused()));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn refused() -> Problem {
    Problem::new(
        Code::CrossSite,
        "The request does not come from a page of this service, so nothing was done. Open the service itself and do it there.",
    )
}

/// What browsers say of themselves decides; where an old one says nothing, its `Origin` must be the host that it asks.
fn is_ours(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    if public_url.is_some_and(|url| url.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    !authority.is_empty() && text("host").is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::is_ours;

    #[test]
    fn every_way_a_browser_can_say_it() {
        let says = |headers: &[(&str, &str)]| {
            let request = headers.iter().fold(TestRequest::default(), |request, header| request.insert_header(*header));
            is_ours(request.to_http_request().headers(), Some("https://evidence.example.org"))
        };
        let host = ("host", "127.0.0.1:8080");
        for (headers, expected) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "")], false),
            // It outweighs an `Origin` that fits.
            (vec![("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:8080"), host], false),
            (vec![("origin", "http://127.0.0.1:8080"), host], true),
            (vec![("origin", "http://127.0.0.1:9090"), host], false),
            (vec![("origin", "http://evil.example"), host], false),
            (vec![("origin", "https://evidence.example.org"), host], true),
            (vec![("origin", "https://evidence.example.org.evil.example"), host], false),
            (vec![("origin", "null"), host], false),
            (vec![("origin", "://"), ("host", "")], false),
            (vec![host], false),
            (vec![], false),
        ] {
            assert_eq!(says(&headers), expected, "{headers:?}");
        }
    }
}
