//! The gateway of a showcase: its check list, dates, details, documents and declarations, and what became of earlier
//! attempts. Everybody of the showcase sees the same; only who may change something is offered to.

mod attempt;
mod check;
pub mod details;
pub mod documents;
pub mod submit;
mod told;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use self::attempt::AttemptShown;
use self::check::CheckLine;
use self::told::{Declared, DocumentLine, Row};
use super::day_of;
use super::{Fault, Field, Page, html, see_other, showcase, words};
use crate::domain::calendar::Deadlines;
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::{Action, Decision, decide, relation};
use crate::domain::standard::Standard;
use crate::gateway::GatewayView;
use crate::records::pieces;
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "gateway/page.html")]
struct Shown {
    page: Page,
    id: ShowcaseId,
    caption: String,
    lead: String,
    /// Why it came back, while that is what is to be mended.
    returned: Option<(u32, String)>,
    notice: Option<&'static str>,
    can_prepare: bool,
    can_submit: bool,
    can_decide: bool,
    checks: Vec<CheckLine>,
    dates: Vec<String>,
    details: Vec<Row>,
    documents: Vec<DocumentLine>,
    declared: Vec<Declared>,
    attempts: Vec<AttemptShown>,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /showcases/{id}/gateway`.
///
/// # Errors
/// `not_found`, `outside_calendar`, or the database's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    let standard = showcase::standard(&app, &showcase)?;
    let view = app.gateway.view(&showcase).await?;
    let pieces = pieces::list(&mut &app.db, showcase.id).await?;
    let notice = match query.done.as_str() {
        "details" => Some(words.of("gateway.done.details")),
        "document" => Some(words.of("gateway.done.document")),
        "submitted" => Some(words.of("gateway.done.submitted")),
        _ => None,
    };
    let can_prepare = may(&caller, &showcase, Action::PrepareGateway) && showcase.state == ShowcaseState::Draft;
    let shown = Shown {
        page: Page::of(&caller, ""),
        id: showcase.id,
        caption: caption(standard, &showcase),
        lead: lead(&showcase, &view),
        returned: returned(&showcase, &view),
        notice,
        can_prepare,
        can_submit: can_prepare && view.ready,
        can_decide: may(&caller, &showcase, Action::DecideGateway) && showcase.state == ShowcaseState::Submitted,
        checks: view.checks.iter().map(|check| CheckLine::of(check, standard)).collect(),
        dates: dates(&app, standard, &showcase, &view),
        details: told::details(&view),
        documents: view.documents.iter().map(DocumentLine::of).collect(),
        declared: pieces.iter().map(Declared::of).collect(),
        attempts: view.attempts.into_iter().rev().map(AttemptShown::of).collect(),
    };
    html(StatusCode::OK, &shown)
}

fn may(caller: &Caller, showcase: &Showcase, action: Action) -> bool {
    let relation = relation(caller.actor(), showcase.parties());
    decide(caller.user.role, relation, action) == Decision::Allow
}

fn caption(standard: &Standard, showcase: &Showcase) -> String {
    let about = [("standard", &standard.title() as &dyn std::fmt::Display), ("name", &showcase.apprentice_name)];
    words().with("showcase.caption", &about)
}

/// How it stands, in one sentence.
fn lead(showcase: &Showcase, view: &GatewayView) -> String {
    let words = words();
    match showcase.state {
        ShowcaseState::Draft => words.count("gateway.lead", check::blocking(&view.checks)),
        ShowcaseState::Submitted => words.of("gateway.lead.submitted").to_owned(),
        ShowcaseState::Accepted | ShowcaseState::Assessed => words.of("gateway.lead.accepted").to_owned(),
    }
}

fn returned(showcase: &Showcase, view: &GatewayView) -> Option<(u32, String)> {
    let last = view.attempts.last().filter(|_| showcase.state == ShowcaseState::Draft)?;
    Some((last.attempt.number, last.attempt.note.clone().unwrap_or_default()))
}

/// The days that matter, told in words.
fn dates(app: &App, standard: &Standard, showcase: &Showcase, view: &GatewayView) -> Vec<String> {
    let words = words();
    let limits = standard.limits();
    let dates = &view.dates;
    let mut told = Vec::new();
    if let Some(assessment) = view.details.assessment_on {
        let due = Deadlines::new(&app.calendar, limits).form_due_on(assessment).ok();
        let due = due.map(|due| {
            let days = [("assessment", &day_of(assessment) as &dyn std::fmt::Display), ("due", &day_of(due))];
            words.with("gateway.dates.due", &days)
        });
        told.extend(due);
    }
    if showcase.state == ShowcaseState::Draft {
        told.push(words.with(
            "gateway.dates.earliest",
            &[("days", &limits.form_notice_working_days), ("earliest", &day_of(dates.earliest_assessment_on))],
        ));
    }
    // While the day from which the window runs is not known, it is told as if it were today.
    let known = [dates.employer_confirmed_on, dates.submitted_on, dates.accepted_on];
    let is_known = known.contains(&Some(dates.gateway_on));
    let window = if is_known { "gateway.dates.window" } else { "gateway.dates.window.today" };
    let (from, latest) = (day_of(dates.gateway_on), day_of(dates.latest_assessment_on));
    told.push(
        words.with(window, &[("months", &limits.assessment_window_months), ("from", &from), ("latest", &latest)]),
    );
    told
}
