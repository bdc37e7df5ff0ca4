//! Passkeys in the pages: a script asks for a challenge, has the browser answer it, and sends the answer as a plain form,
//! so that every refusal is a page like any other. Where the service has no passkeys, these addresses lead nowhere.

pub mod account;
pub mod remove;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::sign_in::entered;
use super::{Fault, client_address, html, link, moment, sign_in, visit, words};
use crate::access::{Attempt, Challenge, Error};
use crate::domain::text::Line;
use crate::web::problem::Problem;
use crate::web::state::App;

/// What a script sends.
#[derive(Deserialize)]
pub struct Answered {
    /// What the browser's function answered, as JSON.
    #[serde(default)]
    answer: String,
    #[serde(default)]
    next: String,
}

/// Hands a challenge to the script that asked for it, and to the browser what must come with the answer.
fn handed(app: &App, challenge: &Challenge) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::SET_COOKIE, app.cookies.keep_challenge(challenge.browser.expose())))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(&challenge.options)
}

/// What the browser holds of its challenge; nothing that was ever given out without one.
fn held<'a>(app: &App, request: &'a HttpRequest) -> &'a str {
    app.cookies.challenge(request).unwrap_or_default()
}

fn attempt(app: &App, request: &HttpRequest) -> Attempt {
    Attempt { email: String::new(), address: client_address(app, request), visit: visit(app, request) }
}

/// What a passkey is called until its person says otherwise: the browser that it was made with.
fn usual_name(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    super::account::device(agent.unwrap_or_default())
}

/// The sentence for an answer that does not hold; anything else goes on as it is.
fn told(error: Error) -> Result<(StatusCode, String), Error> {
    let words = words();
    match error {
        Error::PasskeyRefused => Ok((StatusCode::UNPROCESSABLE_ENTITY, words.of("passkey.refused").to_owned())),
        Error::ChallengeOver => Ok((StatusCode::UNPROCESSABLE_ENTITY, words.of("passkey.over").to_owned())),
        Error::TooManyPasskeys => Ok((StatusCode::UNPROCESSABLE_ENTITY, words.of("passkey.too_many").to_owned())),
        Error::AccountThrottled { until } => {
            Ok((StatusCode::TOO_MANY_REQUESTS, words.with("passkey.throttled", &[("until", &moment(until))])))
        }
        other => Err(other),
    }
}

/// `POST /sign-in/passkey/start`.
///
/// # Errors
/// `not_found` where there are no passkeys, `too_many_attempts`, or the database's.
pub async fn ask_who(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let challenge = app.access.ask_who(&attempt(&app, &request)).await?;
    Ok(handed(&app, &challenge))
}

/// `POST /sign-in/passkey`.
///
/// # Errors
/// As [`ask_who`].
pub async fn enter(
    app: web::Data<App>,
    request: HttpRequest,
    typed: web::Form<Answered>,
) -> Result<HttpResponse, Problem> {
    let Answered { answer, next } = typed.into_inner();
    match app.access.sign_in_with_passkey(held(&app, &request), &answer, attempt(&app, &request)).await {
        Ok(opened) => Ok(entered(&app, &opened, &next)),
        Err(error) => {
            let (status, text) = told(error)?;
            html(status, &sign_in::form(&app, "", &next, None, vec![Fault::new("passkey", text)]))
        }
    }
}

/// `POST /link/{secret}/passkey/start`.
///
/// # Errors
/// `not_found` where there are no passkeys or the link is over, or the database's.
pub async fn ask_by_link(app: web::Data<App>, secret: web::Path<String>) -> Result<HttpResponse, Problem> {
    let challenge = app.access.ask_by_link(&secret).await?;
    Ok(handed(&app, &challenge))
}

/// `POST /link/{secret}/passkey`: the person has a passkey, and is signed in with it.
///
/// # Errors
/// `not_found` where there are no passkeys, or the database's.
pub async fn add_by_link(
    app: web::Data<App>,
    request: HttpRequest,
    secret: web::Path<String>,
    typed: web::Form<Answered>,
) -> Result<HttpResponse, Problem> {
    let presented = match app.access.look_at(&secret).await {
        Ok(presented) => presented,
        Err(error) => return link::over(&app, error),
    };
    let name = Line::try_from(usual_name(request.headers())).map_err(|_| Problem::not_found())?;
    let visit = visit(&app, &request);
    match app.access.add_passkey_by_link(&secret, held(&app, &request), &typed.answer, (name, &visit)).await {
        Ok(opened) => Ok(entered(&app, &opened, "/")),
        Err(error @ (Error::LinkUsed | Error::LinkExpired)) => link::over(&app, error),
        Err(error) => {
            let (status, text) = told(error)?;
            html(status, &link::form(&app, &secret, &presented, vec![Fault::new("passkey", text)]))
        }
    }
}
