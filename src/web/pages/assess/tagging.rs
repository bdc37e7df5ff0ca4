//! The forms of the workbench: a tag is added or taken back, and the panel is shown anew. What was typed stays on a refusal.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::super::fields::Typed;
use super::areas::field;
use super::place::{Places, typed as typed_place};
use super::workbench::Bench;
use crate::domain::ids::{PieceId, ShowcaseId, TagId};
use crate::domain::permission::Action;
use crate::domain::text::{PROSE, Prose, TextError};
use crate::gateway::{Error, NewTag};
use crate::records::tags;
use crate::web::auth::Caller;
use crate::web::pages::{Fault, see_other, words};
use crate::web::problem::Problem;
use crate::web::state::App;

/// `POST /showcases/{id}/workbench/{piece}`.
///
/// # Errors
/// `not_found` or `forbidden`; what else refuses the tag is told in the form.
pub async fn add(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, PieceId)>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let (id, piece) = path.into_inner();
    let bench = Bench::of(&app, &caller, id, piece).await?;
    let refused = match wanted(&bench, &caller, &typed) {
        Ok(new) => match app.gateway.tag(&bench.showcase, bench.piece(), new).await {
            Ok(_) => return Ok(see_other(&format!("/showcases/{id}/workbench/{piece}?done=tagged#panel"))),
            Err(error) => refusal(error)?,
        },
        Err(faults) => (StatusCode::UNPROCESSABLE_ENTITY, faults),
    };
    bench.page(&app, &caller, &typed, refused, None).await
}

/// The tag that was typed, or what is wrong with it. Criteria of areas that were not chosen in the end count for nothing.
fn wanted(bench: &Bench<'_>, caller: &Caller, typed: &Typed) -> Result<NewTag, Vec<Fault>> {
    let words = words();
    let text = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let area = bench.standard.showcase_area(&text("area"));
    let area = area.ok_or_else(|| Fault::new("area", words.of("bench.area.wrong")));
    let place = typed_place(Places::of(bench.piece()), text).map_err(|(field, name)| Fault::new(field, words.of(name)));
    let note = prose("note", typed);
    match (area, place, note) {
        (Ok(area), Ok(locator), Ok(note)) => {
            let codes = area.criteria.iter().map(|criterion| criterion.code.to_string());
            let criteria = codes.filter(|code| typed.contains_key(&field(code))).collect();
            Ok(NewTag { area: area.code.to_string(), criteria, locator, note, by: caller.user.id })
        }
        (area, place, note) => Err([area.err(), place.err(), note.err()].into_iter().flatten().collect()),
    }
}

/// Some sentences that were typed.
pub fn prose(name: &'static str, typed: &Typed) -> Result<String, Fault> {
    let text = typed.get(name).cloned().unwrap_or_default();
    Prose::try_from(text).map(String::from).map_err(|error| {
        let words = words();
        Fault::new(
            name,
            match error {
                TextError::TooLong(_) => words.with("field.text.long", &[("most", &PROSE)]),
                TextError::Control | TextError::Empty => words.of("field.text.control").to_owned(),
            },
        )
    })
}

/// What a refusal says beside the field that it is about.
///
/// # Errors
/// What broke here.
fn refusal(error: Error) -> Result<(StatusCode, Vec<Fault>), Problem> {
    let field = match &error {
        Error::Locator(_) => "page",
        Error::UnknownArea(_) | Error::UnknownCriterion { .. } => "area",
        _ => "",
    };
    let problem = Problem::from(error);
    if problem.cause.is_some() {
        return Err(problem);
    }
    Ok((problem.code.status(), vec![Fault::new(field, problem.detail)]))
}

/// `POST /showcases/{id}/workbench/{piece}/tags/{tag}/remove`. Twice is as good as once.
///
/// # Errors
/// `not_found` or `forbidden`; `showcase_accepted` is told on the page.
pub async fn remove(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, PieceId, TagId)>,
) -> Result<HttpResponse, Problem> {
    let (id, piece, tag) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::Tag).await?;
    let tag = tags::find(&mut &app.db, tag).await?.filter(|tag| tag.piece_id == piece);
    let tag = tag.ok_or_else(Problem::not_found)?;
    let bench = Bench::of(&app, &caller, id, piece).await?;
    if tag.removed_at.is_none()
        && let Err(error) = app.gateway.untag(&showcase, &tag, caller.user.id).await
    {
        return bench.page(&app, &caller, &Typed::new(), refusal(error)?, None).await;
    }
    Ok(see_other(&format!("/showcases/{id}/workbench/{piece}?done=removed#panel")))
}
