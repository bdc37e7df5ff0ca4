//! Withdrawing a piece: asked once more on a page of its own, since it cannot be taken back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Page, html, piece, see_other, words};
use crate::domain::ids::PieceId;
use crate::domain::permission::Action;
use crate::intake::Error;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "withdraw.html")]
struct Withdraw {
    page: Page,
    id: PieceId,
    lead: String,
}

/// `GET /pieces/{id}/withdraw`.
///
/// # Errors
/// `not_found`, `forbidden`, or `showcase_frozen`.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<PieceId>) -> Result<HttpResponse, Problem> {
    let (showcase, piece) = caller.piece(&app, *id, Action::WithdrawPiece).await?;
    if !piece::may(&caller, &showcase, Action::WithdrawPiece) {
        return Err(Error::ShowcaseFrozen.into());
    }
    let lead = words().with("withdraw.lead", &[("title", &piece.details.title)]);
    html(StatusCode::OK, &Withdraw { page: Page::of(&caller, ""), id: piece.id, lead })
}

/// `POST /pieces/{id}/withdraw`.
///
/// # Errors
/// `not_found`, `forbidden`, or `showcase_frozen`.
pub async fn withdraw(app: web::Data<App>, caller: Caller, id: web::Path<PieceId>) -> Result<HttpResponse, Problem> {
    let (showcase, piece) = caller.piece(&app, *id, Action::WithdrawPiece).await?;
    app.intake.withdraw(&piece, caller.user.id).await?;
    Ok(see_other(&format!("/showcases/{}?withdrawn=1", showcase.id)))
}
