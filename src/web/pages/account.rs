//! My account: who I am here, where I am signed in, and ending that from anywhere.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Page, html, moment, role_name, see_other, words};
use crate::domain::ids::{PasskeyId, SessionId};
use crate::records::passkeys::Passkey;
use crate::records::sessions::Session;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    page: Page,
    notice: Option<&'static str>,
    name: String,
    email: String,
    role: &'static str,
    sessions: Vec<Row>,
    /// `None` where there are none to be had.
    passkeys: Option<Vec<Key>>,
    has_password: bool,
}

struct Key {
    id: PasskeyId,
    name: String,
    times: String,
}

struct Row {
    id: SessionId,
    device: String,
    times: String,
    is_this: bool,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: Option<String>,
}

/// `GET /account`.
///
/// # Errors
/// `unauthenticated`, or the database's.
pub async fn show(app: web::Data<App>, caller: Caller, query: web::Query<Done>) -> Result<HttpResponse, Problem> {
    let words = words();
    let sessions = app.access.sessions(caller.user.id).await?;
    let row = |session: Session| Row {
        id: session.id,
        device: device(&session.device),
        times: words
            .with("account.times", &[("begun", &moment(session.created_at)), ("used", &moment(session.last_used_at))]),
        is_this: caller.session == Some(session.id),
    };
    let account = Account {
        page: Page::of(&caller, "/account"),
        notice: query.done.as_deref().map(done),
        name: caller.user.name.clone(),
        email: caller.user.email.to_string(),
        role: words.of(role_name(caller.user.role)),
        sessions: sessions.into_iter().map(row).collect(),
        passkeys: if app.access.has_passkeys() { Some(keys(&app, &caller).await?) } else { None },
        has_password: app.access.ways_in(caller.user.id).await?.has_password,
    };
    html(StatusCode::OK, &account)
}

fn done(what: &str) -> &'static str {
    words().of(match what {
        "passkey-added" => "passkey.added",
        "passkey-removed" => "passkey.removed",
        "password" => "password.changed",
        _ => "account.ended",
    })
}

async fn keys(app: &App, caller: &Caller) -> Result<Vec<Key>, Problem> {
    let words = words();
    let key = |passkey: Passkey| Key {
        id: passkey.id,
        name: passkey.name,
        times: match passkey.last_used_at {
            Some(used) => {
                words.with("passkey.times", &[("added", &moment(passkey.created_at)), ("used", &moment(used))])
            }
            None => words.with("passkey.unused", &[("added", &moment(passkey.created_at))]),
        },
    };
    Ok(app.access.passkeys(caller.user.id).await?.into_iter().map(key).collect())
}

/// `POST /account/sessions/{id}/end`.
///
/// # Errors
/// `not_found` for a session that is not one's own.
pub async fn end(app: web::Data<App>, caller: Caller, id: web::Path<SessionId>) -> Result<HttpResponse, Problem> {
    if app.access.end_session(caller.user.id, *id).await? {
        Ok(see_other("/account?done=1"))
    } else {
        Err(Problem::not_found())
    }
}

/// `POST /account/sessions/end-others`.
///
/// # Errors
/// `forbidden` for one who comes by a token, which is no session to keep.
pub async fn end_others(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let keep = caller.session.ok_or_else(Problem::not_found)?;
    app.access.end_other_sessions(caller.user.id, keep).await?;
    Ok(see_other("/account?done=1"))
}

/// The browser and system that a `User-Agent` most likely is, in words.
pub(super) fn device(agent: &str) -> String {
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ]);
    let words = words();
    match (browser, system) {
        (Some(browser), Some(system)) => words.with("account.device", &[("browser", &browser), ("system", &system)]),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => words.of("account.device.unknown").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn browsers_are_named_as_people_know_them() {
        let chrome = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Android");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1";
        assert_eq!(device(safari), "Safari on iPhone");
        assert_eq!(device("curl/8.0"), "Another browser");
    }
}
