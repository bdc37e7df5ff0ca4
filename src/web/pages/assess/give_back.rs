//! Returning a gateway to its provider, with a note that says what to mend.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::fields::Typed;
use super::decide::Case;
use super::tagging::prose;
use crate::domain::ids::ShowcaseId;
use crate::web::auth::Caller;
use crate::web::pages::{Fault, Field, Page, html, see_other, words};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "assess/return.html")]
struct Return {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    caption: String,
    attempt: Option<String>,
    rejected: Vec<String>,
    note: Field,
}

fn page(case: &Case<'_>, caller: &Caller, typed: &Typed, errors: Vec<Fault>) -> Return {
    let words = words();
    let open = case.open().map(|open| open.attempt.number.to_string());
    let note = Field::new("note", words.of("return.note")).hint(words.of("return.note.hint"));
    let rejected = crate::domain::gateway::Component::ALL.iter().filter_map(|&component| {
        let told = case.told(case.standing(component)?);
        let reason = told.reason?;
        Some(words.with("return.rejected", &[("name", &super::component_name(component)), ("reason", &reason)]))
    });
    Return {
        page: Page::of(caller, "").with(&errors),
        id: case.showcase.id,
        caption: case.caption(),
        attempt: open.or_else(|| typed.get("attempt").cloned()),
        rejected: rejected.collect(),
        note: note.filled(typed, &errors),
        errors,
    }
}

/// `GET /showcases/{id}/return`.
///
/// # Errors
/// `not_found` or `forbidden`.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let case = Case::of(&app, &caller, *id).await?;
    html(StatusCode::OK, &page(&case, &caller, &Typed::new(), Vec::new()))
}

/// `POST /showcases/{id}/return`.
///
/// # Errors
/// `not_found` or `forbidden`; what else refuses it is told in the form.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let case = Case::of(&app, &caller, *id).await?;
    let (status, faults) = match wanted(&typed) {
        Err(fault) => (StatusCode::UNPROCESSABLE_ENTITY, vec![fault]),
        Ok((number, note)) => {
            let returned = app.gateway.give_back(&case.showcase, number, &note, caller.user.id).await;
            match returned.map_err(Problem::from) {
                Ok(()) => return Ok(see_other(&format!("/showcases/{id}/decide?done=returned"))),
                Err(broken) if broken.cause.is_some() => return Err(broken),
                Err(refusal) => (refusal.code.status(), vec![Fault::new("", refusal.detail)]),
            }
        }
    };
    let case = Case::of(&app, &caller, *id).await?;
    html(status, &page(&case, &caller, &typed, faults))
}

fn wanted(typed: &Typed) -> Result<(u32, String), Fault> {
    let note = prose("note", typed)?;
    if note.is_empty() {
        return Err(Fault::new("note", words().of("return.note.wrong")));
    }
    let number = typed.get("attempt").and_then(|number| number.parse().ok());
    number.map(|number| (number, note)).ok_or_else(|| Fault::new("", words().of("decide.form.broken")))
}
