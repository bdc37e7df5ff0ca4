//! What admins see and do: the service's people and organisations, who assesses whom, and how the service itself is. For
//! everybody else none of these pages is there.

pub mod assignments;
pub mod health;
pub mod organisations;
pub mod people;
pub mod person;
pub mod settings;
pub mod standards;

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Item, Page, html, words};
use crate::domain::permission::{Undertaking, may};
use crate::records::showcases;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Rows of a page of a list.
const ON_A_PAGE: u32 = 50;

/// Somebody whose role these pages are. A handler that asks for one needs no further check, and one that does not shows
/// nothing: the pages' frame is made from it.
pub struct Admin(pub Caller);

impl FromRequest for Admin {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload);
        Box::pin(async move {
            let caller = caller.await?;
            if may(caller.user.role, Undertaking::Administer) { Ok(Self(caller)) } else { Err(Problem::not_found()) }
        })
    }
}

impl Admin {
    fn page(&self) -> Page {
        Page::of(&self.0, "/admin")
    }
}

/// Cuts the row away that only tells whether there are more; answers the last one that is shown, then.
fn cut<T>(rows: &mut Vec<T>) -> Option<&T> {
    let has_more = rows.len() > ON_A_PAGE as usize;
    rows.truncate(ON_A_PAGE as usize);
    rows.last().filter(|_| has_more)
}

/// What somebody looks for; blank is nothing.
fn looked_for(text: &str) -> Option<String> {
    Some(text.trim().chars().take(200).collect::<String>()).filter(|text| !text.is_empty())
}

/// A text as the value of a query.
fn encoded(text: &str) -> String {
    let byte = |b: u8| {
        if b.is_ascii_alphanumeric() || b"-_.".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }
    };
    text.bytes().map(byte).collect()
}

#[derive(Template)]
#[template(path = "admin/hub.html")]
struct Hub {
    page: Page,
    waiting: String,
    parts: Vec<Part>,
}

/// A page of administration, and what it is for.
struct Part {
    way: Item,
    about: String,
}

/// `GET /admin`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let words = words();
    let providers = showcases::count_unassigned(&mut &app.db).await?;
    let waiting: u64 = providers.iter().map(|provider| provider.showcases).sum();
    let part = |path: &str, name: &'static str, about: &'static str| Part {
        way: Item::new(path, words.of(name)),
        about: words.of(about).to_owned(),
    };
    let hub = Hub {
        page: admin.page(),
        waiting: words.count("admin.waiting", usize::try_from(waiting).unwrap_or(usize::MAX)),
        parts: vec![
            part("/admin/people", "admin.people", "admin.people.about"),
            part("/admin/organisations", "admin.organisations", "admin.organisations.about"),
            part("/admin/assignments", "admin.assignments", "admin.assignments.about"),
            part("/admin/standards", "admin.standards", "admin.standards.about"),
            part("/admin/health", "admin.health", "admin.health.about"),
            part("/admin/settings", "admin.settings", "admin.settings.about"),
        ],
    };
    html(StatusCode::OK, &hub)
}
