//! The first page after signing in: the apprentice's own showcase at once, a provider's cohort, for everybody else the
//! showcases that are theirs to see.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::assess::queue;
use super::{Page, cohort, html, see_other, showcase, words};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::ShowcaseId;
use crate::domain::people::Role;
use crate::records::showcases::{self, Showcase};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Showcases on a page.
const ON_A_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    title: &'static str,
    showcases: Vec<Row>,
    next: Option<ShowcaseId>,
}

struct Row {
    id: ShowcaseId,
    name: String,
    about: String,
    state: &'static str,
    state_class: &'static str,
}

/// Which page of the list.
#[derive(Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
    /// Of a list that goes backwards.
    #[serde(default)]
    before: String,
}

impl After {
    /// The last showcase of the page before; each role's list has its own way to say so.
    pub fn after(&self) -> Option<ShowcaseId> {
        self.after.parse().ok()
    }

    /// As [`After::after`], of the list that goes backwards.
    pub fn before(&self) -> Option<ShowcaseId> {
        self.before.parse().ok()
    }
}

/// `GET /`.
///
/// # Errors
/// `unauthenticated`, or the database's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    query: web::Query<After>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if caller.user.role == Role::Provider {
        return cohort::page(&app, &caller, &request, "/").await;
    }
    if caller.user.role == Role::Assessor {
        return queue::page(&app, &caller, &query).await;
    }
    let page = showcases::Page { after: query.after().map(Uuid::from), limit: ON_A_PAGE };
    let mut found = showcases::list(&mut &app.db, caller.scope(), page).await?;
    let is_apprentice = caller.user.role == Role::Apprentice;
    if let ([only], true, None) = (found.as_slice(), is_apprentice, query.after()) {
        return showcase::page(&app, &caller, only, "/", None).await;
    }
    let has_more = found.len() > ON_A_PAGE as usize;
    found.truncate(ON_A_PAGE as usize);
    let next = found.last().filter(|_| has_more).map(|showcase| showcase.id);
    let title = words().of(if is_apprentice { "home.title.own" } else { "home.title" });
    let home = Home { page: Page::of(&caller, "/"), title, showcases: found.iter().map(row).collect(), next };
    html(StatusCode::OK, &home)
}

fn row(showcase: &Showcase) -> Row {
    let words = words();
    let pieces = words.count("pieces.count", usize::try_from(showcase.pieces).unwrap_or_default());
    let about = [
        ("standard", &showcase.standard as &dyn std::fmt::Display),
        ("employer", &showcase.employer),
        ("pieces", &pieces),
    ];
    Row {
        id: showcase.id,
        name: showcase.apprentice_name.clone(),
        about: words.with("home.about", &about),
        state: words.of(state_name(showcase.state)),
        state_class: match showcase.state {
            ShowcaseState::Draft => "govuk-tag--blue",
            ShowcaseState::Submitted => "govuk-tag--yellow",
            ShowcaseState::Accepted | ShowcaseState::Assessed => "govuk-tag--green",
        },
    }
}

pub(super) fn state_name(state: ShowcaseState) -> &'static str {
    match state {
        ShowcaseState::Draft => "state.draft",
        ShowcaseState::Submitted => "state.submitted",
        ShowcaseState::Accepted => "state.accepted",
        ShowcaseState::Assessed => "state.assessed",
    }
}

/// `GET /accessibility`: open to everybody.
///
/// # Errors
/// None in practice.
pub async fn accessibility() -> Result<HttpResponse, Problem> {
    let words = words();
    let notice = super::Notice {
        page: Page::open(),
        title: words.of("accessibility.title").to_owned(),
        paragraphs: ["accessibility.aim", "accessibility.limits", "accessibility.tell"]
            .map(|name| words.of(name).to_owned())
            .to_vec(),
        ways: vec![super::Item::new("/", words.of("problem.home"))],
        request_id: None,
    };
    html(StatusCode::OK, &notice)
}

/// `GET /favicon.ico`, which browsers ask for whatever a page says.
pub async fn icon() -> HttpResponse {
    super::assets::Assets::built().icon.map_or_else(|| HttpResponse::NoContent().finish(), |path| see_other(&path))
}
