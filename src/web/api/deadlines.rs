//! What is due, as JSON and as a calendar that programs subscribe to.

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, post, web};
use chrono::NaiveDate;
use icalendar::{Calendar, Component, Event, EventLike};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Listing, Paging};
use crate::assessment::Due;
use crate::domain::calendar::today_in_london;
use crate::domain::deadline::{Deadline, DeadlineKind};
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::{Scope, scope};
use crate::records::showcases::Page;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Showcases read at a time for a calendar.
const AT_A_TIME: u32 = 200;

/// A day on which something is due.
#[derive(Serialize, ToSchema)]
pub struct DeadlineBody {
    showcase_id: ShowcaseId,
    apprentice: String,
    kind: DeadlineKind,
    on: NaiveDate,
    /// The day has passed.
    overdue: bool,
    /// Version of the table of bank holidays that was reckoned with.
    calendar: String,
}

/// What is due for the showcases that one may see, some showcases at a time: a page has the deadlines of its showcases,
/// which may be none.
#[utoipa::path(tag = "deadlines", operation_id = "listDeadlines", params(Paging), responses((status = 200, description = "A page", body = Listing<DeadlineBody>)))]
#[get("/deadlines")]
pub async fn list(
    app: web::Data<App>,
    caller: Caller,
    paging: web::Query<Paging>,
) -> Result<web::Json<Listing<DeadlineBody>>, Problem> {
    let page = paging.page()?;
    let found = app.assessment.due(caller.scope(), page).await?;
    let listing = Listing::of(found, page, |due| due.showcase.showcase_id.0, |due| bodies(&app, due));
    let items = listing.items.into_iter().flatten().collect();
    Ok(web::Json(Listing { items, next: listing.next }))
}

fn bodies(app: &App, due: Due) -> Vec<DeadlineBody> {
    let today = today_in_london(app.clock.now());
    let body = |deadline: Deadline| DeadlineBody {
        showcase_id: due.showcase.showcase_id,
        apprentice: due.showcase.apprentice_name.clone(),
        kind: deadline.kind,
        on: deadline.on,
        overdue: deadline.on < today,
        calendar: app.calendar.version().to_owned(),
    };
    due.deadlines.into_iter().map(body).collect()
}

/// The address of a calendar.
#[derive(Serialize, ToSchema)]
pub struct FeedBody {
    /// Whoever has it sees what is due. It is shown this once.
    url: String,
}

/// Makes a secret address at which calendar programs find what is due for the caller; the one before ends.
#[utoipa::path(tag = "deadlines", operation_id = "makeCalendar", responses((status = 201, description = "Made", body = FeedBody)))]
#[post("/me/calendar")]
pub async fn make_feed(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let secret = app.access.new_feed(caller.user.id).await?;
    let url = app.link(&format!("/api/v1/calendars/{}", secret.expose()));
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(FeedBody { url }))
}

/// Ends the address of the caller's calendar.
#[utoipa::path(tag = "deadlines", operation_id = "endCalendar", responses((status = 204, description = "Ended")))]
#[delete("/me/calendar")]
pub async fn end_feed(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    app.access.end_feed(caller.user.id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is due, as iCalendar (RFC 5545); the secret in the address takes the place of signing in.
#[utoipa::path(tag = "deadlines", operation_id = "readCalendar", security(()), responses((status = 200, description = "The calendar", body = String, content_type = "text/calendar")))]
#[get("/calendars/{secret}")]
pub async fn read_feed(app: web::Data<App>, secret: web::Path<String>) -> Result<HttpResponse, Problem> {
    let user = app.access.feed(&secret).await?.ok_or_else(Problem::not_found)?;
    let text = calendar(&app, scope(user.actor())).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(text))
}

async fn calendar(app: &App, scope: Scope) -> Result<String, Problem> {
    let mut calendar = Calendar::new();
    calendar.name("Exhibit");
    let mut page = Page { after: None, limit: AT_A_TIME };
    loop {
        let mut found = app.assessment.due(scope, page).await?;
        let has_more = found.len() > AT_A_TIME as usize;
        found.truncate(AT_A_TIME as usize);
        page.after = found.last().map(|due| due.showcase.showcase_id.0);
        for due in &found {
            calendar.extend(due.deadlines.iter().map(|deadline| event(app, due, *deadline)));
        }
        if !has_more {
            return Ok(calendar.to_string());
        }
    }
}

fn event(app: &App, due: &Due, deadline: Deadline) -> Event {
    let id = due.showcase.showcase_id;
    let name = &due.showcase.apprentice_name;
    let summary = match deadline.kind {
        DeadlineKind::GatewayForm => format!("Gateway form due: {name}"),
        DeadlineKind::AssessmentWindow => format!("Last day for the assessment: {name}"),
        DeadlineKind::Results => format!("Results due: {name}"),
        DeadlineKind::ResitWindow => format!("Last day to take a component again: {name}"),
    };
    Event::new()
        .uid(&format!("{id}-{}@exhibit", deadline.kind))
        .timestamp(app.clock.now())
        .summary(&summary)
        .url(&app.link(&format!("/showcases/{id}")))
        .all_day(deadline.on)
        .done()
}
