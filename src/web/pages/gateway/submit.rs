//! Submitting a gateway: what freezes is shown, and somebody declares that it is right, before it does.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::check::CheckLine;
use super::details::in_draft;
use super::told::{self, DocumentLine, Row};
use super::{Fault, Field, Page, caption, html, see_other, showcase, words};
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Action;
use crate::gateway::{Error, GatewayView};
use crate::records::pieces;
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::pages::fields::Typed;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "gateway/submit.html")]
struct Submit {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    caption: String,
    ready: bool,
    missing: Vec<CheckLine>,
    advice: Vec<CheckLine>,
    pieces_told: String,
    pieces: Vec<String>,
    documents: Vec<DocumentLine>,
    details: Vec<Row>,
    declared: Field,
}

/// `GET /showcases/{id}/gateway/submit`.
///
/// # Errors
/// `not_found`, `forbidden`, `showcase_frozen`, or the database's.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let showcase = in_draft(&app, &caller, *id).await?;
    page(&app, &caller, &showcase, (StatusCode::OK, Vec::new())).await
}

async fn page(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    (status, errors): (StatusCode, Vec<Fault>),
) -> Result<HttpResponse, Problem> {
    let words = words();
    let standard = showcase::standard(app, showcase)?;
    let view: GatewayView = app.gateway.view(showcase).await?;
    let pieces = pieces::list(&mut &app.db, showcase.id).await?;
    let yes = [("true", words.of("gateway.declare.yes").to_owned())];
    let unmet = |blocks: bool| {
        use crate::domain::gateway::CheckSeverity;
        let checks = view.checks.iter().filter(move |check| !check.met);
        let checks = checks.filter(move |check| (check.severity == CheckSeverity::Blocks) == blocks);
        checks.map(|check| CheckLine::of(check, standard)).collect::<Vec<_>>()
    };
    let submit = Submit {
        page: Page::of(caller, "").with(&errors),
        id: showcase.id,
        caption: caption(standard, showcase),
        ready: view.ready,
        missing: unmet(true),
        advice: unmet(false),
        pieces_told: words.count("pieces.count", pieces.len()),
        pieces: pieces.into_iter().map(|piece| piece.details.title).collect(),
        documents: view.documents.iter().map(DocumentLine::of).collect(),
        details: told::details(&view),
        declared: Field::new("declared", words.of("gateway.declare")).judged(&errors).one_of(yes),
        errors,
    };
    html(status, &submit)
}

/// `POST /showcases/{id}/gateway/submit`.
///
/// # Errors
/// `not_found`, `forbidden`, `showcase_frozen`, or the database's; what else stands in the way is told in the page.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    caller.showcase(&app, *id, Action::SubmitGateway).await?;
    let showcase = in_draft(&app, &caller, *id).await?;
    if typed.get("declared").map(String::as_str) != Some("true") {
        let errors = vec![Fault::new("declared", words.of("gateway.declare.needed"))];
        return page(&app, &caller, &showcase, (StatusCode::UNPROCESSABLE_ENTITY, errors)).await;
    }
    let refused = match app.gateway.submit(&showcase, caller.user.id).await {
        Ok(_) => return Ok(see_other(&format!("/showcases/{}/gateway?done=submitted", showcase.id))),
        Err(Error::NotReady(_)) => words.of("gateway.not_ready"),
        Err(Error::Unchanged) => words.of("gateway.unchanged"),
        Err(other) => return Err(other.into()),
    };
    page(&app, &caller, &showcase, (StatusCode::CONFLICT, vec![Fault::new("", refused)])).await
}
