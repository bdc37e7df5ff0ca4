//! Uploading a document of the gateway with a plain form, new or in the place of another. Its file takes the way of every
//! upload.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::details::in_draft;
use super::told::kind;
use super::{Fault, Field, Page, caption, html, see_other, showcase, words};
use crate::domain::gateway::DocumentKind;
use crate::domain::ids::{DocumentId, ShowcaseId};
use crate::intake::{self, NewDocument};
use crate::records::documents::{self, Document};
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::form::{FilePart, Form, Parts};
use crate::web::pages::fields::Typed;
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "gateway/document.html")]
struct Upload {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    caption: String,
    title: String,
    /// What is replaced, of which the kind is given.
    replaces: Option<DocumentId>,
    kind_word: String,
    kind: Field,
    file: Field,
}

/// What is to be uploaded.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    replaces: String,
}

/// `GET /showcases/{id}/gateway/documents`.
///
/// # Errors
/// `not_found`, `forbidden` or `showcase_frozen`.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    query: web::Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let showcase = in_draft(&app, &caller, *id).await?;
    let Wanted { kind, replaces } = query.into_inner();
    let typed = Typed::from([("kind".to_owned(), kind), ("replaces".to_owned(), replaces)]);
    filled(&app, &caller, &showcase, &typed, (StatusCode::OK, Vec::new())).await
}

async fn filled(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    typed: &Typed,
    (status, errors): (StatusCode, Vec<Fault>),
) -> Result<HttpResponse, Problem> {
    let words = words();
    let old = replaced(app, showcase, typed).await?;
    let kinds = DocumentKind::ALL.iter().map(|one| (one.word(), words.of(kind(*one)).to_owned()));
    let title = match &old {
        Some(old) => words.with("gateway.replace", &[("name", &old.file_name.as_str())]),
        None => words.of("gateway.upload").to_owned(),
    };
    let upload = Upload {
        page: Page::of(caller, "").with(&errors),
        id: showcase.id,
        caption: caption(showcase::standard(app, showcase)?, showcase),
        title,
        replaces: old.as_ref().map(|old| old.id),
        kind_word: old.map(|old| old.kind.word().to_owned()).unwrap_or_default(),
        kind: Field::new("kind", words.of("gateway.kind")).filled(typed, &errors).one_of(kinds),
        file: Field::new("file", words.of("field.file")).hint(words.of("gateway.file.hint")).judged(&errors),
        errors,
    };
    html(status, &upload)
}

/// The document to be replaced, if there is such a one.
async fn replaced(app: &App, showcase: &Showcase, typed: &Typed) -> Result<Option<Document>, Problem> {
    let Some(id) = typed.get("replaces").and_then(|id| id.parse::<DocumentId>().ok()) else { return Ok(None) };
    let listed = documents::list(&mut &app.db, showcase.id).await?;
    Ok(listed.into_iter().find(|document| document.id == id))
}

/// `POST /showcases/{id}/gateway/documents`.
///
/// # Errors
/// `unauthenticated`, `not_found`, `forbidden` or `showcase_frozen`; what else refuses the file is told in the form.
pub async fn send(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: web::Path<ShowcaseId>,
    parts: Parts,
) -> Result<HttpResponse, Problem> {
    // Spawned, as every upload is: a reset connection must not cut it in the middle.
    let taken = actix_web::rt::spawn(take(app, caller, *id, parts)).await;
    taken.map_err(|error| Problem::broken(Code::Internal, "The upload broke off here. Send it again.", &error))?
}

async fn take(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: ShowcaseId,
    mut parts: Parts,
) -> Result<HttpResponse, Problem> {
    let allowed = async {
        let caller = caller?;
        let showcase = in_draft(&app, &caller, id).await?;
        Ok::<_, Problem>((caller, showcase))
    };
    let (caller, showcase) = match allowed.await {
        Ok(allowed) => allowed,
        Err(refusal) => {
            parts.drain(&refusal).await;
            return Err(refusal);
        }
    };
    let mut typed = Typed::new();
    match taken(&app, &caller, &showcase, &mut parts, &mut typed).await {
        Ok(_) => Ok(see_other(&format!("/showcases/{id}/gateway?done=document"))),
        Err(Refused::Faults(faults)) => {
            filled(&app, &caller, &showcase, &typed, (StatusCode::UNPROCESSABLE_ENTITY, faults)).await
        }
        Err(Refused::Problem(problem)) => {
            parts.drain(&problem).await;
            if let Some(cause) = &problem.cause {
                tracing::error!(code = problem.code.word(), cause, "an upload failed");
            }
            let faults = vec![Fault::new("file", problem.detail.clone())];
            filled(&app, &caller, &showcase, &typed, (problem.code.status(), faults)).await
        }
    }
}

/// Why nothing was taken.
enum Refused {
    Faults(Vec<Fault>),
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Refused {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

async fn taken(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    parts: &mut Parts,
    typed: &mut Typed,
) -> Result<Document, Refused> {
    let words = words();
    let mut form = Form::default();
    let gathered = form.gather(parts, &app.intake, app.intake.new_document()).await;
    let (fields, file) = form.into_parts();
    *typed = fields;
    gathered?;
    let text = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut faults = Vec::new();
    let kind = text("kind").parse::<DocumentKind>();
    if kind.is_err() {
        faults.push(Fault::new("kind", words.of("gateway.kind.empty")));
    }
    let replaces = match text("replaces") {
        "" => None,
        id => id.parse().map_err(|_| faults.push(Fault::new("", words.of("gateway.replaced.gone")))).ok(),
    };
    let file = file.filter(|file| file.is_named);
    if file.is_none() {
        faults.push(Fault::new("file", words.of("field.file.empty")));
    }
    let (Ok(kind), Some(FilePart { received, name, declared, .. }), true) = (kind, file, faults.is_empty()) else {
        return Err(Refused::Faults(faults));
    };
    let new = NewDocument { by: caller.user.id, file_name: name, declared_type: declared, kind, replaces };
    match app.intake.complete_document(showcase, received, new).await {
        Err(intake::Error::Gone) => Err(Refused::Faults(vec![Fault::new("", words.of("gateway.replaced.gone"))])),
        taken => Ok(taken?),
    }
}
