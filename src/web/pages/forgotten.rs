//! "I forgot my password": whoever asks is told the same, in the same time, whether anybody has the address or not.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Fault, Field, Item, Notice, Page, client_address, html, moment, words};
use crate::access::{Attempt, Error, Visit};
use crate::domain::people::Email;
use crate::mail::Letter;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "forgotten.html")]
struct Forgotten {
    page: Page,
    errors: Vec<Fault>,
    is_on: bool,
    lead: &'static str,
    email: Field,
}

/// What is typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    email: String,
}

fn form(app: &App, email: &str, errors: Vec<Fault>) -> Forgotten {
    let words = words();
    let mut field = Field::new("email", words.of("field.email")).judged(&errors);
    email.clone_into(&mut field.value);
    let page = Page::open().with(&errors);
    Forgotten { page, errors, is_on: app.mailer.is_on(), lead: words.of("forgotten.lead"), email: field }
}

/// `GET /forgotten`.
///
/// # Errors
/// None in practice.
pub async fn show(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    html(StatusCode::OK, &form(&app, "", Vec::new()))
}

/// `POST /forgotten`.
///
/// # Errors
/// The database's.
pub async fn ask(app: web::Data<App>, request: HttpRequest, typed: web::Form<Typed>) -> Result<HttpResponse, Problem> {
    let words = words();
    let email = typed.into_inner().email;
    let Ok(address) = email.parse::<Email>() else {
        let fault = Fault::new("email", words.of("field.email.wrong"));
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &email, vec![fault]));
    };
    let attempt =
        Attempt { email: address.to_string(), address: client_address(&app, &request), visit: Visit::default() };
    match app.access.count_forgotten(&attempt).await {
        Ok(()) => {}
        Err(Error::AccountThrottled { until } | Error::AddressThrottled { until }) => {
            let text = words.with("forgotten.throttled", &[("until", &moment(until))]);
            return html(StatusCode::TOO_MANY_REQUESTS, &form(&app, &email, vec![Fault::new("email", text)]));
        }
        Err(other) => return Err(other.into()),
    }
    // Beside the answer, so that its time tells nothing.
    let sender = app.clone();
    let to = address.clone();
    actix_web::rt::spawn(async move { send(&sender, &to).await });
    sent(&address)
}

fn sent(address: &Email) -> Result<HttpResponse, Problem> {
    let words = words();
    let notice = Notice {
        page: Page::open(),
        title: words.of("forgotten.sent.title").to_owned(),
        paragraphs: vec![
            words.with("forgotten.sent.text", &[("email", address)]),
            words.of("forgotten.sent.nothing").to_owned(),
        ],
        ways: vec![Item::new("/sign-in", words.of("back_to_sign_in"))],
        request_id: None,
    };
    html(StatusCode::OK, &notice)
}

async fn send(app: &App, address: &Email) {
    if !app.mailer.is_on() {
        return;
    }
    let words = words();
    let link = match app.access.forgotten(&address.to_string()).await {
        Ok(Some((_, link))) => link,
        Ok(None) => return,
        Err(error) => return tracing::error!(%error, "a link for a forgotten password could not be made"),
    };
    let url = app.link(&format!("/link/{}", link.secret.expose()));
    let letter = Letter {
        to: address.clone(),
        subject: words.of("mail.reset.subject").to_owned(),
        text: words.with("mail.reset.text", &[("link", &url), ("until", &moment(link.expires_at))]),
    };
    if let Err(error) = app.mailer.send(letter).await {
        tracing::error!(error = &error as &dyn std::error::Error, "a mail could not be sent");
    }
}
