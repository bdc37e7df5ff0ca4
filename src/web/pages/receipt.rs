//! The receipt of a piece, to be printed: what was recorded when its file came, and what was looked at. It says nothing
//! that the service does not know, and not that it is signed, since it is not.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::evidence::{confidentiality, kind, size};
use super::piece::Row;
use super::{Page, html, moment, words};
use crate::domain::ids::PieceId;
use crate::domain::permission::Action;
use crate::records::pieces::Piece;
use crate::records::showcases::Showcase;
use crate::records::users;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "receipt.html")]
struct Shown {
    page: Page,
    id: PieceId,
    caption: String,
    title: String,
    rows: Vec<Row>,
    checks: Vec<&'static str>,
    remarks: Vec<String>,
    made: String,
}

/// `GET /pieces/{id}/receipt`.
///
/// # Errors
/// `not_found`, or the database's.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<PieceId>) -> Result<HttpResponse, Problem> {
    let words = words();
    let (showcase, piece) = caller.piece(&app, *id, Action::Read).await?;
    let by = users::find(&mut &app.db, piece.uploaded_by).await?.map(|user| user.name).unwrap_or_default();
    let checks = [
        "receipt.check.type",
        "receipt.check.whole",
        "receipt.check.active",
        "receipt.check.once",
        "receipt.check.digest",
    ];
    let shown = Shown {
        page: Page::of(&caller, ""),
        id: piece.id,
        caption: words.with("piece.caption", &[("slot", &piece.slot), ("name", &showcase.apprentice_name)]),
        title: piece.details.title.clone(),
        rows: rows(&showcase, &piece, by),
        checks: checks.into_iter().map(|check| words.of(check)).collect(),
        remarks: piece.findings.iter().map(|finding| finding.detail.clone()).collect(),
        made: words.with("receipt.made", &[("at", &moment(app.clock.now()))]),
    };
    html(StatusCode::OK, &shown)
}

fn rows(showcase: &Showcase, piece: &Piece, by: String) -> Vec<Row> {
    let words = words();
    let standard = words.with("report.standard", &[("code", &showcase.standard), ("version", &showcase.version)]);
    let bytes = words.with("receipt.bytes", &[("size", &size(piece.bytes)), ("bytes", &piece.bytes)]);
    let rows = [
        ("field.title", piece.details.title.clone()),
        ("row.kind", kind(piece.details.kind).to_owned()),
        ("report.apprentice", showcase.apprentice_name.clone()),
        ("report.standard.title", standard),
        ("row.file", piece.file_name.as_str().to_owned()),
        ("row.type", format!("{} ({})", piece.media_type.words(), piece.media_type.name())),
        ("receipt.size", bytes),
        ("row.digest", piece.sha256.to_string()),
        ("row.created_at", moment(piece.created_at).to_string()),
        ("receipt.by", by),
        ("row.confidentiality", confidentiality(piece.details.confidentiality).to_owned()),
        ("receipt.authentic", words.of("field.authentic.yes").to_owned()),
        ("receipt.number", piece.id.to_string()),
    ];
    rows.into_iter().map(|(key, value)| Row { key: words.of(key), value }).collect()
}
