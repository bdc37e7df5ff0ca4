//! One piece as a page: what the checks found of its file, what was said about it, and what can be done with it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::evidence::{areas, confidentiality, kind, size, verdict};
use super::{Page, day_of, html, moment, showcase, words};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::media_type::MediaType;
use crate::domain::permission::{Action, Decision, decide, relation};
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
    notice: Option<&'static str>,
    caption: String,
    title: String,
    verdict: String,
    verdict_class: &'static str,
    remarks: Vec<String>,
    /// The size of a picture that browsers show, and what it is to those who do not see it.
    picture: Option<(String, String)>,
    rows: Vec<Row>,
    can_edit: bool,
    can_withdraw: bool,
}

/// One thing that is known of a piece.
pub struct Row {
    pub key: &'static str,
    pub value: String,
}

/// What was just done with it.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    added: Option<String>,
    #[serde(default)]
    edited: Option<String>,
}

/// `GET /pieces/{id}`.
///
/// # Errors
/// `not_found`, or the database's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let (showcase, piece) = caller.piece(&app, *id, Action::Read).await?;
    let claims = pieces::claims_of_piece(&mut &app.db, piece.id).await?;
    let claims: Vec<AreaCode> = claims.into_iter().map(|claim| claim.area).collect();
    let title = [("title", &piece.details.title as &dyn std::fmt::Display)];
    let (verdict, verdict_class) = verdict(&piece.findings);
    let standard = showcase::standard(&app, &showcase)?;
    let shown = Shown {
        page: Page::of(&caller, ""),
        id: piece.id,
        showcase: showcase.id,
        is_new: query.added.is_some(),
        notice: query.edited.is_some().then(|| words.of("piece.edited")),
        caption: words.with("piece.caption", &[("slot", &piece.slot), ("name", &showcase.apprentice_name)]),
        title: piece.details.title.clone(),
        verdict,
        verdict_class,
        remarks: piece.findings.iter().map(|finding| finding.detail.clone()).collect(),
        picture: is_shown(piece.media_type).then(|| (size(piece.bytes), words.with("piece.picture.alt", &title))),
        rows: rows(&piece, &areas(&claims, Some(standard))),
        can_edit: may(&caller, &showcase, Action::EditPiece),
        can_withdraw: may(&caller, &showcase, Action::WithdrawPiece),
    };
    html(StatusCode::OK, &shown)
}

/// Whether this person may do something with pieces of it now.
pub fn may(caller: &Caller, showcase: &Showcase, action: Action) -> bool {
    let relation = relation(caller.actor(), showcase.parties());
    let may = decide(caller.user.role, relation, action) == Decision::Allow;
    may && showcase.state == ShowcaseState::Draft
}

/// Whether every browser shows it as a picture.
fn is_shown(media_type: MediaType) -> bool {
    matches!(media_type, MediaType::Jpeg | MediaType::Png | MediaType::Webp | MediaType::Gif)
}

fn rows(piece: &Piece, areas: &str) -> Vec<Row> {
    let words = words();
    let details = &piece.details;
    let mut rows = Vec::new();
    let mut row = |key: &'static str, value: Option<String>| {
        rows.extend(value.filter(|value| !value.is_empty()).map(|value| Row { key: words.of(key), value }));
    };
    let day = |day: Option<chrono::NaiveDate>| day.map(day_of);
    row("row.areas", Some(areas.to_owned()));
    row("row.kind", Some(kind(details.kind).to_owned()));
    row("row.context", details.context.clone());
    row("row.activity_on", day(details.activity_on));
    row("row.author_name", details.author_name.clone());
    row("row.author_role", details.author_role.clone());
    row("row.author_relation", details.author_relation.clone());
    row("row.signed_on", day(details.signed_on));
    row("row.confidentiality", Some(confidentiality(details.confidentiality).to_owned()));
    row("row.ai_use", details.ai_use.clone());
    row("row.file", Some(piece.file_name.as_str().to_owned()));
    row("row.type", Some(format!("{}, {}", piece.media_type.words(), size(piece.bytes))));
    row("row.pages", piece.pages.map(|pages| pages.to_string()));
    row("row.created_at", Some(moment(piece.created_at).to_string()));
    row("row.digest", Some(piece.sha256.to_string()));
    rows
}
