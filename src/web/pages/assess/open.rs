//! A piece on its own in the browser, for those without scripts and for the evidence of earlier attempts: only types in
//! which nothing runs are shown, all others are kept as files.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::ids::PieceId;
use crate::storage::ObjectKey;
use crate::web::auth::Caller;
use crate::web::content::{self, Content, Shown};
use crate::web::problem::Problem;
use crate::web::state::App;

/// `GET /pieces/{id}/open`.
///
/// # Errors
/// `not_found`, or the store's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let piece = caller.kept_piece(&app, *id).await?;
    let content = Content {
        key: ObjectKey::Piece(*id),
        name: &piece.file_name,
        media_type: piece.media_type,
        bytes: piece.bytes,
        sha256: piece.sha256,
        shown: Shown::InPlace,
    };
    content::serve(&request, &app.storage, content).await
}
