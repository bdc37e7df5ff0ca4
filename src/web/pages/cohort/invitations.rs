//! Inviting those of a provider's apprentices who have no way in yet: by mail, or by links that are shown or downloaded
//! this once. A link is as good as a password, so it is made when it is asked for and never shown again.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use futures_util::{StreamExt, stream};
use serde::Deserialize;

use super::{Whose, grouped, whose, whose_surely};
use crate::access::NewLink;
use crate::coverage::guarded;
use crate::domain::ids::OrganisationId;
use crate::records::users::User;
use crate::web::auth::Caller;
use crate::web::pages::invite::invitation;
use crate::web::pages::{Page, html, moment, see_other, words};
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// Links that are made at once, to be passed on.
const LINKS: u32 = 500;
/// Mails that are sent at once: their sender waits for them.
const MAILS: u32 = 100;
/// Mails on their way at the same time.
const UNDER_WAY: usize = 8;

#[derive(Template)]
#[template(path = "cohort/invitations.html")]
struct Invitations {
    page: Page,
    back: String,
    provider: Option<OrganisationId>,
    done: Option<String>,
    lead: String,
    has_any: bool,
    /// Mail goes out of here.
    has_mail: bool,
    at_once: String,
}

#[derive(Template)]
#[template(path = "cohort/invited.html")]
struct Invited {
    page: Page,
    title: String,
    back: String,
    lead: String,
    until: Option<String>,
    lines: Vec<Line>,
    further: Option<(String, String)>,
}

struct Line {
    name: String,
    email: String,
    link: String,
}

/// Whose apprentices, and what was just done.
#[derive(Deserialize)]
pub struct For {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    opened: Option<u32>,
    #[serde(default)]
    skipped: Option<u32>,
}

/// How they are to be invited.
#[derive(Deserialize)]
pub struct How {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    how: String,
}

/// `GET /cohort/invitations`.
///
/// # Errors
/// `forbidden` for those who look after no apprentices.
pub async fn show(app: web::Data<App>, caller: Caller, query: web::Query<For>) -> Result<HttpResponse, Problem> {
    let words = words();
    let Some(whose) = whose(&app, &caller, &query.provider).await? else { return Ok(see_other("/cohort")) };
    let waiting = app.access.uninvited(whose.organisation.id).await?;
    let n = usize::try_from(waiting).unwrap_or(usize::MAX);
    let most = if app.mailer.is_on() { MAILS } else { LINKS };
    let invitations = Invitations {
        page: Page::of(&caller, ""),
        back: format!("/cohort{}", whose.query()),
        provider: whose.field(),
        done: query.opened.map(|opened| done(opened, query.skipped.unwrap_or_default())),
        lead: words.count("invitations.lead", n),
        has_any: waiting > 0,
        has_mail: app.mailer.is_on(),
        at_once: if n > most as usize { words.with("invitations.at_once", &[("most", &most)]) } else { String::new() },
    };
    html(StatusCode::OK, &invitations)
}

fn done(opened: u32, skipped: u32) -> String {
    let words = words();
    let opened = words.count("invitations.opened", opened as usize);
    match skipped {
        0 => opened,
        n => format!("{opened} {}", words.count("invitations.skipped", n as usize)),
    }
}

/// `POST /cohort/invitations`.
///
/// # Errors
/// `forbidden`, `not_found`, or the database's.
pub async fn send(app: web::Data<App>, caller: Caller, typed: web::Form<How>) -> Result<HttpResponse, Problem> {
    let whose = whose_surely(&app, &caller, &typed.provider).await?;
    let mails = typed.how == "mail" && app.mailer.is_on();
    let most = if mails { MAILS } else { LINKS };
    let made = app.access.invite_uninvited(whose.organisation.id, caller.user.id, most).await?;
    if mails {
        return mailed(&app, &caller, &whose, made).await;
    }
    let lines: Vec<Line> = made.iter().map(|(user, link)| line(&app, user, link)).collect();
    let until = made.first().map(|(_, link)| moment(link.expires_at).to_string());
    if typed.how == "csv" {
        return csv(&lines, &until.unwrap_or_default());
    }
    let words = words();
    let title = words.count("invitations.links", lines.len());
    let lead = words.of("invitations.links.lead").to_owned();
    html(StatusCode::OK, &shown(&app, &caller, &whose, (title, lead, until), lines).await?)
}

async fn shown(
    app: &App,
    caller: &Caller,
    whose: &Whose,
    (title, lead, until): (String, String, Option<String>),
    lines: Vec<Line>,
) -> Result<Invited, Problem> {
    let words = words();
    let left = app.access.uninvited(whose.organisation.id).await?;
    let way = format!("/cohort/invitations{}", whose.query());
    Ok(Invited {
        page: Page::of(caller, ""),
        title,
        back: format!("/cohort{}", whose.query()),
        lead,
        until: until.filter(|_| !lines.is_empty()).map(|until| words.with("invited.until", &[("until", &until)])),
        lines,
        further: (left > 0).then(|| (way, words.with("invitations.further", &[("n", &grouped(left))]))),
    })
}

fn line(app: &App, user: &User, link: &NewLink) -> Line {
    let link = app.link(&format!("/link/{}", link.secret.expose()));
    Line { name: user.name.clone(), email: user.email.to_string(), link }
}

/// Sends the links, and shows those that could not be sent.
async fn mailed(
    app: &App,
    caller: &Caller,
    whose: &Whose,
    made: Vec<(User, NewLink)>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let all = made.len();
    let until = made.first().map(|(_, link)| moment(link.expires_at).to_string());
    let sendings = made.into_iter().map(|(user, link)| async move {
        let line = line(app, &user, &link);
        let letter = invitation(&user, &caller.user.name, &line.link, link.expires_at);
        match app.mailer.send(letter).await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an invitation could not be sent");
                Some(line)
            }
        }
    });
    let unsent: Vec<Line> =
        stream::iter(sendings).buffered(UNDER_WAY).filter_map(|line| async move { line }).collect().await;
    let title = words.count("invitations.sent", all - unsent.len());
    let lead = words.count("invitations.unsent", unsent.len());
    html(StatusCode::OK, &shown(app, caller, whose, (title, lead, until), unsent).await?)
}

/// The links as a list, for a program that sends mail to many.
fn csv(lines: &[Line], until: &str) -> Result<HttpResponse, Problem> {
    let broken = |error: csv::Error| Problem::broken(Code::Internal, "The list could not be written.", &error);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["name", "email", "link", "valid_until"]).map_err(broken)?;
    for Line { name, email, link } in lines {
        writer.write_record([&guarded(name), &guarded(email), link, until]).map_err(broken)?;
    }
    let text = writer.into_inner().map_err(|error| broken(error.into_error().into()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"invitations.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}
