//! Every tag that a piece ever had: who made it and when, and who took it back. A judgement leaves its trace.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::Names;
use super::panel::{area_title, criteria};
use super::place::Place;
use crate::domain::ids::PieceId;
use crate::domain::permission::Action;
use crate::records::tags;
use crate::web::auth::Caller;
use crate::web::pages::{Page, html, showcase, words};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "assess/history.html")]
struct History {
    page: Page,
    id: PieceId,
    caption: String,
    tags: Vec<Line>,
}

struct Line {
    area: String,
    criteria: String,
    place: Option<Place>,
    note: String,
    made: String,
    removed: Option<String>,
}

/// `GET /pieces/{id}/history`.
///
/// # Errors
/// `not_found`, or the database's.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<PieceId>) -> Result<HttpResponse, Problem> {
    let (showcase, piece) = caller.piece(&app, *id, Action::Read).await?;
    let standard = showcase::standard(&app, &showcase)?;
    let all = tags::history(&mut &app.db, piece.id).await?;
    let people = all.iter().flat_map(|tag| [Some(tag.tagged_by), tag.removed_by]).flatten();
    let names = Names::of(&app, people).await?;
    let line = |tag: &tags::Tag| Line {
        area: area_title(standard, tag),
        criteria: criteria(standard, tag),
        place: tag.locator.map(Place::of),
        note: tag.note.clone(),
        made: names.did(tag.tagged_by, tag.tagged_at),
        removed: tag.removed_by.zip(tag.removed_at).map(|(by, at)| names.did(by, at)),
    };
    let about: [(&str, &dyn std::fmt::Display); 2] = [("slot", &piece.slot), ("title", &piece.details.title)];
    let history = History {
        page: Page::of(&caller, ""),
        id: piece.id,
        caption: words().with("bench.piece", &about),
        tags: all.iter().map(line).collect(),
    };
    html(StatusCode::OK, &history)
}
