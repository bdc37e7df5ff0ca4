//! Acceptance of a gateway, asked once more on a page of its own since it is final. What is missing is shown before it is
//! tried, and every refusal says what was found and where it is mended.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::fields::Typed;
use super::decide::{Case, Lack};
use crate::domain::gateway::Snapshot;
use crate::domain::ids::ShowcaseId;
use crate::gateway::Error;
use crate::web::auth::Caller;
use crate::web::pages::{Fault, Page, html, see_other, words};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "assess/accept.html")]
struct Accept {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    caption: String,
    title: String,
    attempt: Option<u32>,
    lacking: Vec<Lack>,
    altered: Vec<String>,
}

fn page(case: &Case<'_>, caller: &Caller, errors: Vec<Fault>, altered: Vec<String>) -> Accept {
    let attempt = case.open().map(|open| open.attempt.number);
    Accept {
        page: Page::of(caller, "").with(&errors),
        id: case.showcase.id,
        caption: case.caption(),
        title: words().with("accept.title", &[("name", &case.showcase.apprentice_name)]),
        attempt,
        lacking: if attempt.is_some() { case.lacking() } else { Vec::new() },
        altered,
        errors,
    }
}

/// `GET /showcases/{id}/accept`.
///
/// # Errors
/// `not_found` or `forbidden`.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let case = Case::of(&app, &caller, *id).await?;
    html(StatusCode::OK, &page(&case, &caller, Vec::new(), Vec::new()))
}

/// `POST /showcases/{id}/accept`.
///
/// # Errors
/// `not_found` or `forbidden`; what else refuses it is told on the page.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let case = Case::of(&app, &caller, *id).await?;
    let Some(number) = typed.get("attempt").and_then(|number| number.parse().ok()) else {
        let faults = vec![Fault::new("", words().of("decide.form.broken"))];
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page(&case, &caller, faults, Vec::new()));
    };
    let Err(error) = app.gateway.accept(&case.showcase, number, caller.user.id).await else {
        return Ok(see_other(&format!("/showcases/{id}/decide?done=accepted")));
    };
    let altered = if let Error::EvidenceAltered(names) = &error { known(&case, names) } else { Vec::new() };
    let problem = Problem::from(error);
    if problem.cause.is_some() {
        return Err(problem);
    }
    let case = Case::of(&app, &caller, *id).await?;
    html(problem.code.status(), &page(&case, &caller, vec![Fault::new("", problem.detail)], altered))
}

/// Pieces and documents as people know them, of the names that the gateway has for them.
fn known(case: &Case<'_>, names: &[String]) -> Vec<String> {
    let words = words();
    let frozen = case.last().and_then(|last| serde_json::from_str::<Snapshot>(&last.attempt.snapshot).ok());
    let pieces = frozen.map(|snapshot| snapshot.pieces).unwrap_or_default();
    let known = |name: &String| {
        let id = name.rsplit(' ').next().unwrap_or_default();
        if let Some(document) = case.view.documents.iter().find(|document| document.id.to_string() == id) {
            return words.with("accept.document", &[("name", &document.file_name.as_str())]);
        }
        pieces.iter().find(|piece| piece.id.to_string() == id).map_or_else(
            || words.of("accept.record").to_owned(),
            |piece| words.with("bench.piece", &[("slot", &piece.slot), ("title", &piece.title)]),
        )
    };
    names.iter().map(known).collect()
}
