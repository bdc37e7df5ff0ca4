//! Adding a passkey to one's account, shortly after signing in: a browser that was left open gains nobody a way in that
//! lasts.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::super::fields::Typed;
use super::super::{Fault, Field, Page, html, see_other, words};
use super::{handed, held, told, usual_name};
use crate::domain::ids::SessionId;
use crate::domain::text::Line;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "passkeys/add.html")]
struct Add {
    page: Page,
    errors: Vec<Fault>,
    /// The person signed in just now.
    is_fresh: bool,
    name: Field,
}

/// The session, which one who comes by a token has not, and when it began.
fn session(app: &App, caller: &Caller) -> Result<(SessionId, DateTime<Utc>), Problem> {
    match (caller.session, caller.signed_in_at) {
        (Some(session), Some(at)) if app.access.has_passkeys() => Ok((session, at)),
        _ => Err(Problem::not_found()),
    }
}

fn form(app: &App, caller: &Caller, typed: &Typed, errors: Vec<Fault>) -> Result<Add, Problem> {
    let words = words();
    let (_, signed_in_at) = session(app, caller)?;
    let name = Field::new("name", words.of("passkey.name")).hint(words.of("passkey.name.hint"));
    Ok(Add {
        page: Page::of(caller, "/account").with(&errors),
        is_fresh: app.access.is_fresh(signed_in_at),
        name: name.filled(typed, &errors),
        errors,
    })
}

/// `GET /account/passkeys/add`.
///
/// # Errors
/// `not_found` where there are no passkeys.
pub async fn show(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let typed = Typed::from([("name".to_owned(), usual_name(request.headers()))]);
    html(StatusCode::OK, &form(&app, &caller, &typed, Vec::new())?)
}

/// `POST /account/passkeys/start`.
///
/// # Errors
/// `not_found` where there are no passkeys, or `sign_in_again`.
pub async fn ask(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let (session, at) = session(&app, &caller)?;
    let challenge = app.access.ask_for_passkey(&caller.user, session, at).await?;
    Ok(handed(&app, &challenge))
}

/// `POST /account/passkeys/add`.
///
/// # Errors
/// `not_found` where there are no passkeys, or `sign_in_again`.
pub async fn add(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let session = session(&app, &caller)?;
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let Ok(name) = Line::try_from(text("name")) else {
        let fault = Fault::new("name", words().of("passkey.name.wrong"));
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &caller, &typed, vec![fault])?);
    };
    match app.access.add_passkey(&caller.user, session, held(&app, &request), &text("answer"), name).await {
        Ok(()) => Ok(see_other("/account?done=passkey-added#passkeys")),
        Err(error) => {
            let (status, text) = told(error)?;
            html(status, &form(&app, &caller, &typed, vec![Fault::new("passkey", text)])?)
        }
    }
}
