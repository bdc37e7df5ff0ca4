//! One person as admins see them: who they are, how and where they are signed in, their tokens and showcases; and what an
//! admin does for them, none of which shows a secret that is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::account::device;
use super::super::fields::Typed;
use super::super::home::state_name;
use super::super::{Fault, Field, Page, html, invite, moment, role_name, see_other, words};
use super::Admin;
use crate::domain::ids::{ShowcaseId, TokenId, UserId};
use crate::domain::permission::{Scope, scope};
use crate::people::{self, IssuedToken};
use crate::records::passkeys::WaysIn;
use crate::records::showcases::{self, Showcase};
use crate::records::tokens::{self, Listed};
use crate::records::users::{self, User};
use crate::records::{organisations, sessions};
use crate::web::problem::Problem;
use crate::web::state::App;

/// Showcases that one page shows.
const SHOWCASES: u32 = 50;

#[derive(Template)]
#[template(path = "admin/person.html")]
struct Person {
    page: Page,
    errors: Vec<Fault>,
    notice: Option<&'static str>,
    id: UserId,
    name: String,
    email: String,
    role: &'static str,
    organisation: Option<String>,
    since: String,
    ways_in: String,
    sessions: Vec<String>,
    tokens: Vec<Row>,
    days: Field,
    showcases: Vec<Way>,
    has_more: bool,
}

struct Row {
    id: TokenId,
    times: String,
    is_over: bool,
}

struct Way {
    id: ShowcaseId,
    name: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "admin/token.html")]
struct Token {
    page: Page,
    id: UserId,
    whose: String,
    until: String,
    secret: String,
}

#[derive(Template)]
#[template(path = "admin/revoke.html")]
struct Revoke {
    page: Page,
    id: UserId,
    whose: String,
    token: Row,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: Option<String>,
}

async fn find(app: &App, id: UserId) -> Result<User, Problem> {
    users::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)
}

/// `GET /admin/people/{id}`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(
    app: web::Data<App>,
    admin: Admin,
    id: web::Path<UserId>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let user = find(&app, *id).await?;
    let notice = query.done.as_deref().map(|done| match done {
        "sessions" => "admin.person.sessions.ended",
        _ => "admin.token.revoked",
    });
    let typed = Typed::from([("expires_in".to_owned(), "90".to_owned())]);
    let person = person(&app, &admin, user, &typed, Vec::new()).await?;
    html(StatusCode::OK, &Person { notice: notice.map(|name| words().of(name)), ..person })
}

async fn person(app: &App, admin: &Admin, user: User, typed: &Typed, errors: Vec<Fault>) -> Result<Person, Problem> {
    let words = words();
    let organisation = match user.organisation_id {
        Some(id) => organisations::find(&mut &app.db, id).await?.map(|organisation| organisation.name),
        None => None,
    };
    let sessions = app.access.sessions(user.id).await?;
    let tokens = tokens::list(&mut &app.db, user.id).await?;
    let mut showcases = of(app, &user).await?;
    let has_more = showcases.len() > SHOWCASES as usize;
    showcases.truncate(SHOWCASES as usize);
    let days = Field::new("expires_in", words.of("admin.token.days")).hint(words.of("admin.token.days.hint"));
    Ok(Person {
        page: admin.page().with(&errors),
        notice: None,
        id: user.id,
        role: words.of(role_name(user.role)),
        organisation,
        since: moment(user.created_at).to_string(),
        ways_in: ways_in(app.access.ways_in(user.id).await?),
        sessions: sessions.iter().map(session).collect(),
        tokens: tokens.into_iter().map(|token| row(app, token)).collect(),
        days: days.filled(typed, &errors),
        showcases: showcases.into_iter().map(way).collect(),
        has_more,
        name: user.name,
        email: user.email.to_string(),
        errors,
    })
}

/// The showcases that are somebody's own or theirs to assess; for others, that would be everybody's.
async fn of(app: &App, user: &User) -> Result<Vec<Showcase>, Problem> {
    let page = showcases::Page { after: None, limit: SHOWCASES };
    Ok(match scope(user.actor()) {
        own @ (Scope::OfApprentice(_) | Scope::OfAssessor(_)) => showcases::list(&mut &app.db, own, page).await?,
        Scope::OfProvider(_) | Scope::All | Scope::Nothing => Vec::new(),
    })
}

fn way(showcase: Showcase) -> Way {
    let (state, standard) = (words().of(state_name(showcase.state)), showcase.standard);
    Way { id: showcase.id, name: format!("{}, {standard}", showcase.apprentice_name), state }
}

fn ways_in(ways: WaysIn) -> String {
    let words = words();
    let passkeys = words.count("admin.person.passkeys", ways.passkeys as usize);
    match (ways.has_password, ways.passkeys) {
        (false, 0) => words.of("admin.person.no_way_in").to_owned(),
        (false, _) => passkeys,
        (true, 0) => words.of("admin.person.password").to_owned(),
        (true, _) => words.with("admin.person.both", &[("passkeys", &passkeys)]),
    }
}

fn session(session: &sessions::Session) -> String {
    let times =
        [("begun", &moment(session.created_at) as &dyn std::fmt::Display), ("used", &moment(session.last_used_at))];
    format!("{}. {}", device(&session.device), words().with("account.times", &times))
}

fn row(app: &App, token: Listed) -> Row {
    let words = words();
    let is_over = token.expires_at.is_some_and(|end| end <= app.clock.now());
    let expires = match token.expires_at {
        None => words.of("admin.token.endless").to_owned(),
        Some(end) if is_over => words.with("admin.token.over", &[("at", &moment(end))]),
        Some(end) => words.with("admin.token.until", &[("at", &moment(end))]),
    };
    let used = token.last_used_at.map_or_else(
        || words.of("admin.token.unused").to_owned(),
        |at| words.with("admin.token.used", &[("at", &moment(at))]),
    );
    let issued = words.with("admin.token.issued", &[("at", &moment(token.created_at))]);
    Row { id: token.id, times: format!("{issued}. {used}. {expires}."), is_over }
}

/// `POST /admin/people/{id}/link`: a new link, shown this once.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn link(app: web::Data<App>, admin: Admin, id: web::Path<UserId>) -> Result<HttpResponse, Problem> {
    let user = find(&app, *id).await?;
    let link = app.access.invite(user.id, Some(&admin.0.user)).await?;
    html(StatusCode::OK, &invite::shown(&app, &admin.0, &user, link).await)
}

/// `POST /admin/people/{id}/sessions/end`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn end_sessions(app: web::Data<App>, _: Admin, id: web::Path<UserId>) -> Result<HttpResponse, Problem> {
    let user = find(&app, *id).await?;
    app.access.end_sessions(user.id).await?;
    Ok(see_other(&format!("/admin/people/{}?done=sessions", user.id)))
}

/// `POST /admin/people/{id}/tokens`: a new token, shown this once.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn issue(
    app: web::Data<App>,
    admin: Admin,
    id: web::Path<UserId>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let user = find(&app, *id).await?;
    let issued = match days(&typed) {
        Ok(days) => app.people.issue_token(user.id, days).await,
        Err(error) => Err(error),
    };
    match issued {
        Ok(issued) => html(StatusCode::OK, &issued_to(&admin, &user, &issued)),
        Err(people::Error::TokenLifetime) => {
            let fault = Fault::new("expires_in", words().of("admin.token.days.wrong"));
            html(StatusCode::UNPROCESSABLE_ENTITY, &person(&app, &admin, user, &typed, vec![fault]).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// How long a token is to last; blank is without an end.
fn days(typed: &Typed) -> Result<Option<u32>, people::Error> {
    match typed.get("expires_in").map(|text| text.trim()).unwrap_or_default() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| people::Error::TokenLifetime),
    }
}

fn issued_to(admin: &Admin, user: &User, issued: &IssuedToken) -> Token {
    let words = words();
    Token {
        page: admin.page(),
        id: user.id,
        whose: words.with("admin.token.whose", &[("name", &user.name), ("email", &user.email)]),
        until: issued.expires_at.map_or_else(
            || words.of("admin.token.shown.endless").to_owned(),
            |end| words.with("admin.token.shown.until", &[("at", &moment(end))]),
        ),
        secret: issued.secret.expose().to_owned(),
    }
}

async fn token(app: &App, user: UserId, id: TokenId) -> Result<Row, Problem> {
    let mut all = tokens::list(&mut &app.db, user).await?.into_iter();
    all.find(|token| token.id == id).map(|token| row(app, token)).ok_or_else(Problem::not_found)
}

/// `GET /admin/people/{id}/tokens/{token}/revoke`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn ask_to_revoke(
    app: web::Data<App>,
    admin: Admin,
    path: web::Path<(UserId, TokenId)>,
) -> Result<HttpResponse, Problem> {
    let (id, token_id) = *path;
    let user = find(&app, id).await?;
    let whose = words().with("admin.token.whose", &[("name", &user.name), ("email", &user.email)]);
    html(StatusCode::OK, &Revoke { page: admin.page(), id, whose, token: token(&app, id, token_id).await? })
}

/// `POST /admin/people/{id}/tokens/{token}/revoke`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn revoke(
    app: web::Data<App>,
    _: Admin,
    path: web::Path<(UserId, TokenId)>,
) -> Result<HttpResponse, Problem> {
    let (id, token_id) = *path;
    token(&app, id, token_id).await?;
    app.people.revoke_token(token_id).await?;
    Ok(see_other(&format!("/admin/people/{id}?done=revoked#tokens")))
}
