//! A link to set a password: an invitation, or the way back. Looking at it does not use it up, since mail programs look
//! at links before people do.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::sign_in::entered;
use super::{Fault, Field, Item, Notice, Page, html, visit, words};
use crate::access::Error;
use crate::domain::password::WeakPassword;
use crate::domain::people::LinkPurpose;
use crate::records::links::Presented;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "link.html")]
struct Link {
    page: Page,
    errors: Vec<Fault>,
    title: &'static str,
    lead: String,
    /// The address of this link, where there are passkeys.
    passkey: Option<String>,
    email: String,
    password: Field,
    again: Field,
}

/// What is typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

pub(super) fn form(app: &App, secret: &str, link: &Presented, errors: Vec<Fault>) -> impl Template {
    let words = words();
    let has_passkeys = app.access.has_passkeys();
    let lead = match (link.purpose, has_passkeys) {
        (LinkPurpose::Invitation, false) => "link.invitation",
        (LinkPurpose::Invitation, true) => "link.invitation.ways",
        (LinkPurpose::Reset, false) => "link.reset",
        (LinkPurpose::Reset, true) => "link.reset.ways",
    };
    let email = link.user.email.to_string();
    let lead = words.with(lead, &[("name", &link.user.name), ("email", &email)]);
    let password = Field::new("password", words.of("field.new_password")).hint(words.of("link.hint")).judged(&errors);
    let again = Field::new("again", words.of("field.again")).judged(&errors);
    Link {
        page: Page::open().with(&errors),
        errors,
        title: words.of(if has_passkeys { "link.title.ways" } else { "link.title" }),
        lead,
        passkey: has_passkeys.then(|| format!("/link/{secret}/passkey")),
        email,
        password,
        again,
    }
}

/// `GET /link/{secret}`.
///
/// # Errors
/// The database's.
pub async fn show(app: web::Data<App>, secret: web::Path<String>) -> Result<HttpResponse, Problem> {
    match app.access.look_at(&secret).await {
        Ok(link) => html(StatusCode::OK, &form(&app, &secret, &link, Vec::new())),
        Err(error) => over(&app, error),
    }
}

/// `POST /link/{secret}`.
///
/// # Errors
/// The database's.
pub async fn set(
    app: web::Data<App>,
    request: HttpRequest,
    secret: web::Path<String>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let link = match app.access.look_at(&secret).await {
        Ok(link) => link,
        Err(error) => return over(&app, error),
    };
    if typed.password != typed.again {
        let fault = Fault::new("again", words.of("link.differ"));
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &secret, &link, vec![fault]));
    }
    match app.access.set_password(&secret, &typed.password, &visit(&app, &request)).await {
        Ok(opened) => Ok(entered(&app, &opened, "/")),
        Err(Error::Weak(weak)) => {
            let faults = vec![Fault::new("password", told(weak))];
            html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &secret, &link, faults))
        }
        Err(error) => over(&app, error),
    }
}

/// Why a password was not taken.
pub fn told(weak: WeakPassword) -> String {
    let words = words();
    match weak {
        WeakPassword::TooShort(0) => words.of("link.empty").to_owned(),
        WeakPassword::TooShort(found) => words.with("link.too_short", &[("found", &found)]),
        WeakPassword::TooLong => words.of("link.too_long").to_owned(),
        WeakPassword::Guessable => words.of("link.guessable").to_owned(),
    }
}

/// A link that is over, each with its way on.
pub(super) fn over(app: &App, error: Error) -> Result<HttpResponse, Problem> {
    let words = words();
    let (status, title, text) = match error {
        Error::LinkUnknown => (StatusCode::NOT_FOUND, "link.unknown.title", "link.unknown.text"),
        Error::LinkUsed => (StatusCode::GONE, "link.used.title", "link.used.text"),
        Error::LinkExpired => (StatusCode::GONE, "link.expired.title", "link.expired.text"),
        other => return Err(other.into()),
    };
    let again = if app.mailer.is_on() { words.of("link.again.mail") } else { words.of("link.again.person") };
    let notice = Notice {
        page: Page::open(),
        title: words.of(title).to_owned(),
        paragraphs: vec![words.of(text).to_owned(), again.to_owned()],
        ways: vec![
            Item::new("/sign-in", words.of("sign_in.title")),
            Item::new("/forgotten", words.of("sign_in.forgotten")),
        ],
        request_id: None,
    };
    html(status, &notice)
}
