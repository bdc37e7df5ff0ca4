//! Another password for somebody who is signed in and knows the current one; where else they are signed in, they are no
//! more.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::link::told;
use super::sign_in::entered;
use super::{Fault, Field, Page, client_address, html, moment, visit, words};
use crate::access::{Attempt, Error};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "password.html")]
struct Shown {
    page: Page,
    errors: Vec<Fault>,
    email: String,
    current: Field,
    password: Field,
    again: Field,
}

/// What is typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

fn form(caller: &Caller, status: StatusCode, errors: Vec<Fault>) -> Result<HttpResponse, Problem> {
    let words = words();
    let field = |name, label: &str| Field::new(name, words.of(label)).judged(&errors);
    let shown = Shown {
        page: Page::of(caller, "").with(&errors),
        email: caller.user.email.to_string(),
        current: field("current", "field.current_password"),
        password: field("password", "field.new_password").hint(words.of("link.hint")),
        again: field("again", "field.again"),
        errors,
    };
    html(status, &shown)
}

/// `GET /account/password`.
///
/// # Errors
/// `unauthenticated`, or the database's.
pub async fn show(caller: Caller) -> Result<HttpResponse, Problem> {
    form(&caller, StatusCode::OK, Vec::new())
}

/// `POST /account/password`.
///
/// # Errors
/// `not_found` for one who comes by a token, which is no session to keep; the database's.
pub async fn change(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    caller.session.ok_or_else(Problem::not_found)?;
    let Typed { current, password, again } = typed.into_inner();
    let words = words();
    let wrong = |field, text: String| form(&caller, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::new(field, text)]);
    if password != again {
        return wrong("again", words.of("link.differ").to_owned());
    }
    let attempt = Attempt {
        email: caller.user.email.to_string(),
        address: client_address(&app, &request),
        visit: visit(&app, &request),
    };
    match app.access.change_password(&caller.user, &attempt, &current, &password).await {
        Ok(opened) => Ok(entered(&app, &opened, "/account?done=password")),
        Err(Error::Weak(weak)) => wrong("password", told(weak)),
        Err(Error::Wrong) => wrong("current", words.of("password.wrong").to_owned()),
        Err(Error::AccountThrottled { until } | Error::AddressThrottled { until }) => {
            let text = words.with("password.throttled", &[("until", &moment(until))]);
            form(&caller, StatusCode::TOO_MANY_REQUESTS, vec![Fault::new("current", text)])
        }
        Err(other) => Err(other.into()),
    }
}
