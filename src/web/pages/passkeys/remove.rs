//! Removing a passkey, after a page that asks whether that is meant; the last way in stays.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::{Fault, Page, html, see_other, words};
use crate::access::Error;
use crate::domain::ids::PasskeyId;
use crate::records::passkeys::Passkey;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "passkeys/remove.html")]
struct Remove {
    page: Page,
    errors: Vec<Fault>,
    id: PasskeyId,
    name: String,
    /// There would be no way in left.
    is_last: bool,
}

async fn form(app: &App, caller: &Caller, id: PasskeyId, errors: Vec<Fault>) -> Result<Remove, Problem> {
    let user = caller.user.id;
    let all = app.access.passkeys(user).await?;
    let found: Option<Passkey> = all.into_iter().find(|passkey| passkey.id == id);
    let Passkey { name, .. } = found.filter(|_| app.access.has_passkeys()).ok_or_else(Problem::not_found)?;
    let ways = app.access.ways_in(user).await?;
    let page = Page::of(caller, "/account").with(&errors);
    Ok(Remove { page, errors, id, name, is_last: !ways.has_password && ways.passkeys == 1 })
}

/// `GET /account/passkeys/{id}/remove`.
///
/// # Errors
/// `not_found` for a passkey that is not one's own.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<PasskeyId>) -> Result<HttpResponse, Problem> {
    html(StatusCode::OK, &form(&app, &caller, *id, Vec::new()).await?)
}

/// `POST /account/passkeys/{id}/remove`.
///
/// # Errors
/// `not_found` for a passkey that is not one's own.
pub async fn remove(app: web::Data<App>, caller: Caller, id: web::Path<PasskeyId>) -> Result<HttpResponse, Problem> {
    match app.access.remove_passkey(caller.user.id, *id).await {
        Ok(true) => Ok(see_other("/account?done=passkey-removed#passkeys")),
        Ok(false) => Err(Problem::not_found()),
        Err(Error::LastWayIn) => {
            let fault = Fault::new("", words().of("passkey.last"));
            html(StatusCode::CONFLICT, &form(&app, &caller, *id, vec![fault]).await?)
        }
        Err(other) => Err(other.into()),
    }
}
