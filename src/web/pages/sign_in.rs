//! Signing in with a password, and out again. What was typed wrong is told in one sentence for every reason, so that
//! nobody learns here who has an account.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Fault, Field, Item, Notice, Page, client_address, html, local, moment, see_other, visit, words};
use crate::access::{Attempt, Error, Opened};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    page: Page,
    errors: Vec<Fault>,
    notice: Option<&'static str>,
    next: String,
    email: Field,
    password: Field,
    has_passkeys: bool,
}

/// Where to go on to.
#[derive(Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
    #[serde(default)]
    out: Option<String>,
    /// Somebody is to prove once more who they are.
    #[serde(default)]
    again: Option<String>,
}

/// What is typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) fn form(
    app: &App,
    email: &str,
    next: &str,
    notice: Option<&'static str>,
    errors: Vec<Fault>,
) -> impl Template {
    let words = words();
    let mut address = Field::new("email", words.of("field.email")).judged(&errors);
    email.clone_into(&mut address.value);
    let password = Field::new("password", words.of("field.password")).judged(&errors);
    let page = Page::open().with(&errors);
    SignIn {
        page,
        errors,
        notice,
        next: local(next).to_owned(),
        email: address,
        password,
        has_passkeys: app.access.has_passkeys(),
    }
}

/// `GET /sign-in`.
///
/// # Errors
/// The database's.
pub async fn show(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    query: web::Query<Next>,
) -> Result<HttpResponse, Problem> {
    if caller.is_ok() && query.again.is_none() {
        return Ok(see_other(local(&query.next)));
    }
    let words = words();
    let notice = match (&query.out, &query.again, query.next.as_str()) {
        (Some(_), ..) => Some(words.of("sign_in.out")),
        (None, Some(_), _) => Some(words.of("sign_in.again")),
        (None, None, "" | "/") => None,
        (None, None, _) => Some(words.of("sign_in.first")),
    };
    let email = caller.map(|caller| caller.user.email.to_string()).unwrap_or_default();
    html(StatusCode::OK, &form(&app, &email, &query.next, notice, Vec::new()))
}

/// `POST /sign-in`.
///
/// # Errors
/// The database's.
pub async fn enter(
    app: web::Data<App>,
    request: HttpRequest,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let Typed { email, password, next } = typed.into_inner();
    let attempt =
        Attempt { email: email.clone(), address: client_address(&app, &request), visit: visit(&app, &request) };
    let (status, text) = match app.access.sign_in(attempt, &password).await {
        Ok(opened) => return Ok(entered(&app, &opened, &next)),
        Err(Error::Wrong) => (StatusCode::UNPROCESSABLE_ENTITY, words.of("sign_in.wrong").to_owned()),
        Err(Error::AccountThrottled { until }) => {
            (StatusCode::TOO_MANY_REQUESTS, words.with("sign_in.account_throttled", &[("until", &moment(until))]))
        }
        Err(Error::AddressThrottled { until }) => {
            (StatusCode::TOO_MANY_REQUESTS, words.with("sign_in.address_throttled", &[("until", &moment(until))]))
        }
        Err(other) => return Err(other.into()),
    };
    html(status, &form(&app, &email, &next, None, vec![Fault::new("email", text)]))
}

/// Hands a session out, and finds out whether the browser keeps it.
pub fn entered(app: &App, opened: &Opened, next: &str) -> HttpResponse {
    let mut response = see_other(&format!("/signed-in?next={}", encoded(local(next))));
    let cookie = app.cookies.keep(opened.secret.expose(), app.clock.now(), opened.expires_at);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// A path as the value of a query.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace('#', "%23")
}

/// `GET /signed-in`: on, if the browser kept the session; else why it did not, which it would never say itself.
///
/// # Errors
/// The database's.
pub async fn arrive(caller: Result<Caller, Problem>, query: web::Query<Next>) -> Result<HttpResponse, Problem> {
    if caller.is_ok() {
        return Ok(see_other(local(&query.next)));
    }
    let words = words();
    let notice = Notice {
        page: Page::open(),
        title: words.of("not_kept.title").to_owned(),
        paragraphs: vec![words.of("not_kept.text").to_owned(), words.of("not_kept.operator").to_owned()],
        ways: vec![Item::new("/sign-in", words.of("sign_in.title"))],
        request_id: None,
    };
    html(StatusCode::OK, &notice)
}

/// `POST /sign-out`: the session ends here, not only in the browser.
///
/// # Errors
/// The database's.
pub async fn leave(app: web::Data<App>, caller: Result<Caller, Problem>) -> Result<HttpResponse, Problem> {
    if let Ok(Caller { user, session: Some(session), .. }) = caller {
        app.access.end_session(user.id, session).await?;
    }
    let mut response = see_other("/sign-in?out=1");
    response.headers_mut().insert(header::SET_COOKIE, app.cookies.forget());
    // Whatever the browser kept of the pages goes too.
    let clear = header::HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(header::HeaderName::from_static("clear-site-data"), clear);
    Ok(response)
}
