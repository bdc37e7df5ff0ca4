//! One attempt at the gateway, as it was submitted and decided: its evidence stays readable whatever came after.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::about::Row;
use super::{Names, component_name, decision_name, reason_text};
use crate::domain::gateway::{DocumentKind, Outcome, Snapshot};
use crate::domain::ids::{DocumentId, PieceId, ShowcaseId};
use crate::domain::media_type::MediaType;
use crate::domain::permission::Action;
use crate::domain::standard::Standard;
use crate::gateway::AttemptView;
use crate::records::attempts::Decision;
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::pages::evidence::{areas, size};
use crate::web::pages::{Page, html, showcase, words};
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "assess/attempt.html")]
struct Shown {
    page: Page,
    id: ShowcaseId,
    caption: String,
    title: String,
    rows: Vec<Row>,
    note: String,
    decisions: Vec<Row>,
    pieces: Vec<Frozen>,
    documents: Vec<Document>,
}

/// A piece as it was frozen.
struct Frozen {
    id: PieceId,
    title: String,
    about: String,
    areas: String,
    digest: String,
}

struct Document {
    id: DocumentId,
    name: &'static str,
    digest: String,
}

/// `GET /showcases/{id}/attempts/{n}`: for everybody of the showcase.
///
/// # Errors
/// `not_found`, or the database's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, u32)>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let showcase = caller.showcase(&app, id, Action::Read).await?;
    let standard = showcase::standard(&app, &showcase)?;
    let view = app.gateway.view(&showcase).await?;
    let shown = view.attempts.iter().find(|attempt| attempt.attempt.number == number);
    let shown = shown.ok_or_else(Problem::not_found)?;
    let attempt = &shown.attempt;
    let deciders = shown.decisions.iter().map(|decision| decision.decided_by);
    let names = Names::of(&app, deciders.chain([attempt.submitted_by]).chain(attempt.closed_by)).await?;
    let snapshot: Snapshot = serde_json::from_str(&attempt.snapshot).map_err(|error| {
        Problem::broken(
            Code::Internal,
            "What was submitted cannot be read. Tell the people who run the service.",
            &error,
        )
    })?;
    html(StatusCode::OK, &page(&caller, (&showcase, standard), shown, &snapshot, &names))
}

fn page(
    caller: &Caller,
    (showcase, standard): (&Showcase, &Standard),
    shown: &AttemptView,
    snapshot: &Snapshot,
    names: &Names,
) -> Shown {
    let attempt = &shown.attempt;
    let words = words();
    let about: [(&str, &dyn std::fmt::Display); 2] =
        [("standard", &standard.title()), ("name", &showcase.apprentice_name)];
    let frozen = |piece: &crate::domain::gateway::FrozenPiece| Frozen {
        id: piece.id,
        title: words.with("bench.piece", &[("slot", &piece.slot), ("title", &piece.title)]),
        about: words.with("bench.file", &[("what", &kind(&piece.media_type)), ("size", &size(piece.bytes))]),
        areas: areas(&piece.claims, Some(standard)),
        digest: piece.sha256.to_string(),
    };
    let document = |document: &crate::domain::gateway::FrozenDocument| Document {
        id: document.id,
        name: document_name(document.kind),
        digest: document.sha256.to_string(),
    };
    Shown {
        page: Page::of(caller, ""),
        id: showcase.id,
        caption: words.with("showcase.caption", &about),
        title: words.with("attempt.title", &[("attempt", &attempt.number)]),
        rows: rows(shown, names),
        note: attempt.note.clone().unwrap_or_default(),
        decisions: shown.decisions.iter().map(|decision| decided(decision, names)).collect(),
        pieces: snapshot.pieces.iter().map(frozen).collect(),
        documents: snapshot.documents.iter().map(document).collect(),
    }
}

fn rows(shown: &AttemptView, names: &Names) -> Vec<Row> {
    let words = words();
    let attempt = &shown.attempt;
    let row = |key: &'static str, value: String| Row { key: words.of(key), value };
    let outcome = words.of(match attempt.outcome {
        Some(Outcome::Accepted) => "state.accepted",
        Some(Outcome::Returned) => "queue.returned",
        None => "attempt.open",
    });
    let mut rows = vec![
        row("attempt.submitted", names.did(attempt.submitted_by, attempt.submitted_at)),
        row("attempt.outcome", outcome.to_owned()),
    ];
    if let Some((by, at)) = attempt.closed_by.zip(attempt.closed_at) {
        rows.push(row("attempt.closed", names.did(by, at)));
    }
    rows.push(row("attempt.digest", attempt.snapshot_sha256.to_string()));
    rows
}

fn decided(decision: &Decision, names: &Names) -> Row {
    let reason = decision.reason.as_deref().map(reason_text);
    let parts = [Some(decision_name(decision.decision).to_owned()), reason, Some(decision.note.clone())];
    let said: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let value = format!("{}. {}", said.join(". "), names.did(decision.decided_by, decision.decided_at));
    Row { key: component_name(decision.component), value }
}

/// What people call a file of this type.
fn kind(media_type: &str) -> &str {
    media_type.parse::<MediaType>().map_or(media_type, |known| known.words())
}

fn document_name(kind: DocumentKind) -> &'static str {
    words().of(match kind {
        DocumentKind::MathsCertificate => "document.maths_certificate",
        DocumentKind::EnglishCertificate => "document.english_certificate",
        DocumentKind::GatewayForm => "document.gateway_form",
        DocumentKind::PlanOrStatement => "document.plan_or_statement",
    })
}
