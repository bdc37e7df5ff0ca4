//! Adding evidence with a plain form. Its file takes the way of every upload; what was typed before a refusal stands in
//! the form again, and only the file and the declarations about it have to be given anew.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::fields::{Field, Typed};
use super::piece_fields::{self, PieceFields, area, faults};
use super::{Fault, Page, html, see_other, showcase, upload, words};
use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::permission::Action;
use crate::intake::NewPiece;
use crate::records::showcases::Showcase;
use crate::web::api::pieces::declarations;
use crate::web::auth::Caller;
use crate::web::form::{FilePart, Form, Parts};
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "add.html")]
struct Add {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    caption: String,
    form: PieceFields,
    file: Field,
    authentic: Field,
    /// Pieces that still find a place.
    room: i64,
    /// What the script says.
    texts: String,
}

/// The area that one came from.
#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    area: Option<String>,
}

/// `GET /showcases/{id}/add`.
///
/// # Errors
/// `not_found`, `forbidden`, `showcase_frozen` or `showcase_full`.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    query: web::Query<From>,
) -> Result<HttpResponse, Problem> {
    let showcase = caller.showcase(&app, *id, Action::AddPiece).await?;
    app.intake.admit(&showcase, caller.user.id, None).await?;
    let mut typed = Typed::new();
    if let Some(code) = &query.area {
        typed.insert(area(code), "true".to_owned());
    }
    filled(&app, &caller, &showcase, &typed, (StatusCode::OK, Vec::new()))
}

fn filled(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    typed: &Typed,
    (status, errors): (StatusCode, Vec<Fault>),
) -> Result<HttpResponse, Problem> {
    let standard = showcase::standard(app, showcase)?;
    let about = [("name", &showcase.apprentice_name as &dyn std::fmt::Display), ("standard", &standard.title())];
    let words = words();
    let yes = words.of("field.authentic.yes").to_owned();
    let add = Add {
        page: Page::of(caller, "").with(&errors),
        id: showcase.id,
        caption: words.with("showcase.caption", &about),
        form: PieceFields::new(standard, typed, &errors),
        file: Field::new("file", words.of("field.file")).hint(words.of("add.file.hint")).judged(&errors),
        // Declared anew with every file.
        authentic: Field::new("authentic", words.of("field.authentic")).judged(&errors).one_of([("true", yes)]),
        room: showcase.piece_limit - showcase.pieces,
        texts: upload::texts(),
        errors,
    };
    html(status, &add)
}

/// `POST /showcases/{id}/add`.
///
/// # Errors
/// `unauthenticated`, `not_found` or `forbidden`; whatever else refuses the piece is told in the form.
pub async fn send(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: web::Path<ShowcaseId>,
    parts: Parts,
) -> Result<HttpResponse, Problem> {
    // Spawned: a reset connection drops this handler, but not an upload whose bytes have all arrived.
    let taken = actix_web::rt::spawn(take(app, caller, *id, parts)).await;
    taken.map_err(|error| Problem::broken(Code::Internal, "The upload broke off here. Send it again.", &error))?
}

async fn take(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: ShowcaseId,
    mut parts: Parts,
) -> Result<HttpResponse, Problem> {
    let allowed = allowed(&app, caller, id).await;
    let (caller, showcase) = match allowed {
        Ok(allowed) => allowed,
        Err(refusal) => {
            parts.drain(&refusal).await;
            return Err(refusal);
        }
    };
    let mut typed = Typed::new();
    match taken(&app, &caller, &showcase, &mut parts, &mut typed).await {
        Ok(piece) => Ok(see_other(&format!("/pieces/{piece}?added=1"))),
        Err(Refused::Faults(faults)) => {
            filled(&app, &caller, &showcase, &typed, (StatusCode::UNPROCESSABLE_ENTITY, faults))
        }
        Err(Refused::Problem(problem)) => {
            parts.drain(&problem).await;
            if let Some(cause) = &problem.cause {
                tracing::error!(code = problem.code.word(), cause, "an upload failed");
            }
            filled(&app, &caller, &showcase, &typed, (problem.code.status(), vec![of_problem(&problem)]))
        }
    }
}

async fn allowed(app: &App, caller: Result<Caller, Problem>, id: ShowcaseId) -> Result<(Caller, Showcase), Problem> {
    let caller = caller?;
    let showcase = caller.showcase(app, id, Action::AddPiece).await?;
    Ok((caller, showcase))
}

/// Why nothing was taken.
enum Refused {
    /// Fields to mend.
    Faults(Vec<Fault>),
    Problem(Problem),
}

impl<E: Into<Problem>> std::convert::From<E> for Refused {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

/// Receives the form and takes the piece; `typed` has what came, whatever becomes of it.
async fn taken(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    parts: &mut Parts,
    typed: &mut Typed,
) -> Result<PieceId, Refused> {
    let admission = app.intake.admit(showcase, caller.user.id, None).await?;
    let mut form = Form::default();
    let gathered = form.gather(parts, &app.intake, admission.object()).await;
    let (fields, file) = form.into_parts();
    *typed = fields;
    gathered?;
    let file = file.filter(|file| file.is_named);
    let mut faults = faults(typed);
    let mut must = |is_right: bool, field, text| {
        if !is_right {
            faults.push(Fault::new(field, words().of(text)));
        }
    };
    must(file.is_some(), "file", "field.file.empty");
    must(typed.get("authentic").is_some_and(|said| said == "true"), "authentic", "field.authentic.empty");
    let Some(FilePart { received, name, declared, .. }) = file.filter(|_| faults.is_empty()) else {
        return Err(Refused::Faults(faults));
    };
    let about_all = |problem: Problem| Refused::Faults(vec![Fault::new("", problem.detail)]);
    let (details, claims) = declarations(app, showcase, piece_fields::declared(typed)).map_err(about_all)?;
    let new = NewPiece { by: caller.user.id, file_name: name, declared_type: declared, details, claims };
    Ok(app.intake.complete(showcase, admission, received, new).await?.id)
}

/// A refusal beside what it is about: nearly always the file.
fn of_problem(problem: &Problem) -> Fault {
    let is_about_all =
        matches!(problem.code, Code::ShowcaseFull | Code::ShowcaseFrozen | Code::DatabaseUnavailable | Code::Internal);
    Fault::new(if is_about_all { "" } else { "file" }, problem.detail.clone())
}
