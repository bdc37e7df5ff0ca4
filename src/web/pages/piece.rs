//! One piece as a page: what the checks found of its file, what was said about it, and what can be done with it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::evidence::{areas, kind, size, verdict};
use super::{Page, html, moment, showcase, words};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::permission::{Action, Decision, decide, relation};
use crate::domain::piece::Confidentiality;
use crate::domain::standard::AreaCode;
use crate::records::pieces::{self, Piece};
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "piece.html")]
struct Shown {
    page: Page,
    id: PieceId,
    showcase: ShowcaseId,
    is_new: bool,
    caption: String,
    title: String,
    verdict: String,
    verdict_class: &'static str,
    remarks: Vec<String>,
    rows: Vec<Row>,
    can_withdraw: bool,
}

struct Row {
    key: &'static str,
    value: String,
}

/// Whether it was added just now.
#[derive(Deserialize)]
pub struct Added {
    #[serde(default)]
    added: Option<String>,
}

/// `GET /pieces/{id}`.
///
/// # Errors
/// `not_found`, or the database's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    query: web::Query<Added>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let (showcase, piece) = caller.piece(&app, *id, Action::Read).await?;
    let claims = pieces::claims_of_piece(&mut &app.db, piece.id).await?;
    let claims: Vec<AreaCode> = claims.into_iter().map(|claim| claim.area).collect();
    let (verdict, verdict_class) = verdict(&piece.findings);
    let standard = showcase::standard(&app, &showcase)?;
    let shown = Shown {
        page: Page::of(&caller, ""),
        id: piece.id,
        showcase: showcase.id,
        is_new: query.added.is_some(),
        caption: words.with("piece.caption", &[("slot", &piece.slot), ("name", &showcase.apprentice_name)]),
        title: piece.details.title.clone(),
        verdict,
        verdict_class,
        remarks: piece.findings.iter().map(|finding| finding.detail.clone()).collect(),
        rows: rows(&piece, &areas(&claims, Some(standard))),
        can_withdraw: may_withdraw(&caller, &showcase),
    };
    html(StatusCode::OK, &shown)
}

/// Whether this person may withdraw pieces of it now.
pub fn may_withdraw(caller: &Caller, showcase: &Showcase) -> bool {
    let relation = relation(caller.actor(), showcase.parties());
    let may = decide(caller.user.role, relation, Action::WithdrawPiece) == Decision::Allow;
    may && showcase.state == ShowcaseState::Draft
}

fn rows(piece: &Piece, areas: &str) -> Vec<Row> {
    let words = words();
    let details = &piece.details;
    let confidentiality = match details.confidentiality {
        Confidentiality::Consent => "confidentiality.consent",
        Confidentiality::Anonymised => "confidentiality.anonymised",
        Confidentiality::NotApplicable => "confidentiality.not_applicable",
    };
    let mut rows = Vec::new();
    let mut row = |key: &'static str, value: Option<String>| {
        rows.extend(value.filter(|value| !value.is_empty()).map(|value| Row { key: words.of(key), value }));
    };
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.format("%-d %B %Y").to_string());
    row("row.areas", Some(areas.to_owned()));
    row("row.kind", Some(kind(details.kind).to_owned()));
    row("row.context", details.context.clone());
    row("row.activity_on", day(details.activity_on));
    row("row.author_name", details.author_name.clone());
    row("row.author_role", details.author_role.clone());
    row("row.author_relation", details.author_relation.clone());
    row("row.signed_on", day(details.signed_on));
    row("row.confidentiality", Some(words.of(confidentiality).to_owned()));
    row("row.ai_use", details.ai_use.clone());
    row("row.file", Some(piece.file_name.as_str().to_owned()));
    row("row.type", Some(format!("{}, {}", piece.media_type.words(), size(piece.bytes))));
    row("row.pages", piece.pages.map(|pages| pages.to_string()));
    row("row.created_at", Some(moment(piece.created_at).to_string()));
    row("row.digest", Some(piece.sha256.to_string()));
    rows
}
