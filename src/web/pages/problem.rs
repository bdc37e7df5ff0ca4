//! A refusal as a page, for a browser that shows one; programs get the problem document, as everywhere.

use std::fmt::Write as _;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};

use super::{Item, Notice, Page, html, local, see_other, words};
use crate::web::problem::{Code, Problem};

/// Whether a person looks at the answer: a browser that asks for a page, or goes to an address of the API.
#[must_use]
pub fn is_for_person(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let is_program = request.path().starts_with("/api/") || request.path().starts_with("/health/");
    text(headers, "accept").contains("text/html") && (!is_program || text(headers, "sec-fetch-mode") == "navigate")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The page for a refusal; `None` where it cannot be made.
#[must_use]
pub fn page(request: &HttpRequest, problem: &Problem, id: &str) -> Option<HttpResponse> {
    if problem.code == Code::Unauthenticated && request.method() == Method::GET {
        let here = request.uri().path_and_query().map_or("/", |here| local(here.as_str()));
        return Some(see_other(&sign_in(here)));
    }
    let words = words();
    let is_ours = problem.code.status().is_server_error();
    let (title, detail, way) = if problem.code == Code::Unauthenticated {
        let title = words.of("problem.session.title").to_owned();
        let way = Item::new(sign_in(form_of(request)), words.of("sign_in.title"));
        (title, words.of("problem.session.text").to_owned(), way)
    } else {
        (problem.code.title().to_owned(), problem.detail.to_string(), Item::new("/", words.of("problem.home")))
    };
    let request_id = is_ours.then(|| id.to_owned());
    let notice = Notice { page: Page::open(), title, paragraphs: vec![detail], ways: vec![way], request_id };
    html(problem.code.status(), &notice).ok()
}

/// The page whose form was sent, by the browser's own word.
fn form_of(request: &HttpRequest) -> &str {
    let referrer = text(request.headers(), "referer");
    let path = referrer.match_indices('/').nth(2).map(|(at, _)| &referrer[at..]);
    path.map_or("/", local)
}

/// The way to sign in and come back to a path.
fn sign_in(next: &str) -> String {
    if next == "/" {
        return "/sign-in".to_owned();
    }
    let mut encoded = String::from("/sign-in?next=");
    for byte in next.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Whether a header of the refusal still stands with its page.
#[must_use]
pub fn keeps(name: &header::HeaderName) -> bool {
    !matches!(*name, header::CONTENT_TYPE | header::WWW_AUTHENTICATE)
}
