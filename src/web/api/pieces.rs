//! Pieces of evidence: uploaded, listed, shown, changed and withdrawn.

mod body;
mod upload;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, head, patch, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Listing;
pub use body::{PieceBody, TagBody};
pub use upload::{UploadForm, declarations};

use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::permission::Action;
use crate::domain::piece::{Confidentiality, PieceDetails, PieceKind};
use crate::domain::standard::AreaCode;
use crate::domain::text::{Line, Prose};
use crate::intake::Edit;
use crate::records::showcases::Showcase;
use crate::storage::ObjectKey;
use crate::web::auth::Caller;
use crate::web::body::Object;
use crate::web::content::{self, Content, Shown};
use crate::web::form::Parts;
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// Uploads a piece of evidence into a showcase in draft. With an `Idempotency-Key`, the same upload sent again
/// answers the same piece, even after a lost connection.
#[utoipa::path(
    tag = "pieces",
    operation_id = "uploadPiece",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters, new for each upload")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Taken", body = PieceBody, headers(("Location" = String, description = "The piece"))))
)]
#[post("/showcases/{id}/pieces")]
pub async fn add(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: web::Path<ShowcaseId>,
    request: HttpRequest,
    parts: Parts,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request);
    // Spawned: a reset connection drops this handler, but not an upload whose bytes have all arrived.
    let taken = actix_web::rt::spawn(upload::take_piece(app, caller, *id, key, parts)).await;
    let body = taken
        .map_err(|error| Problem::broken(Code::Internal, "The upload broke off here. Send it again.", &error))??;
    let location = format!("/api/v1/pieces/{}", body.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(body))
}

/// The key under which an upload is known.
///
/// # Errors
/// `bad_request` when it is none.
pub fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let Some(key) = request.headers().get("Idempotency-Key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(Problem::new(
            Code::BadRequest,
            "An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.",
        )),
    }
}

/// The pieces of a showcase, in the order of their slots.
#[utoipa::path(tag = "pieces", operation_id = "listPieces", responses((status = 200, description = "All of them", body = Listing<PieceBody>)))]
#[get("/showcases/{id}/pieces")]
pub async fn list(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
) -> Result<web::Json<Listing<PieceBody>>, Problem> {
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    Ok(web::Json(Listing::whole(body::all(&app, &caller, &showcase).await?)))
}

/// One piece.
#[utoipa::path(tag = "pieces", operation_id = "getPiece", responses((status = 200, description = "The piece", body = PieceBody)))]
#[get("/pieces/{id}")]
pub async fn find(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
) -> Result<web::Json<PieceBody>, Problem> {
    let (showcase, piece) = caller.piece(&app, *id, Action::Read).await?;
    Ok(web::Json(one(&app, &caller, &showcase, piece.id).await?))
}

async fn one(app: &App, caller: &Caller, showcase: &Showcase, id: PieceId) -> Result<PieceBody, Problem> {
    let all = body::all(app, caller, showcase).await?;
    all.into_iter().find(|piece| piece.id == id).ok_or_else(Problem::not_found)
}

/// The bytes of a piece, or a range of them.
#[utoipa::path(tag = "pieces", operation_id = "getPieceContent", responses(
    (status = 200, description = "The bytes", body = Vec<u8>, content_type = "*/*"),
    (status = 206, description = "The bytes of the range", body = Vec<u8>, content_type = "*/*"),
    (status = 304, description = "The bytes are those that `If-None-Match` names")))]
#[get("/pieces/{id}/content")]
pub async fn read(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    serve(&app, &caller, *id, &request).await
}

/// What GET would answer, without the bytes.
#[utoipa::path(tag = "pieces", operation_id = "headPieceContent", responses(
    (status = 200, description = "The headers of the bytes"),
    (status = 304, description = "The bytes are those that `If-None-Match` names")))]
#[head("/pieces/{id}/content")]
pub async fn read_head(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    serve(&app, &caller, *id, &request).await
}

async fn serve(app: &App, caller: &Caller, id: PieceId, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let piece = caller.kept_piece(app, id).await?;
    let content = Content {
        key: ObjectKey::Piece(id),
        name: &piece.file_name,
        media_type: piece.media_type,
        bytes: piece.bytes,
        sha256: piece.sha256,
        shown: Shown::Kept,
    };
    content::serve(request, &app.storage, content).await
}

/// What is to change of a piece. A field that is left out stays; null empties it, where it may be empty.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PieceChanges {
    #[serde(deserialize_with = "stated")]
    #[schema(nullable = false)]
    title: Option<Line>,
    #[serde(deserialize_with = "stated")]
    #[schema(nullable = false)]
    kind: Option<PieceKind>,
    #[serde(deserialize_with = "stated")]
    #[schema(nullable = false)]
    confidentiality: Option<Confidentiality>,
    #[serde(deserialize_with = "given")]
    context: Option<Option<Prose>>,
    #[serde(deserialize_with = "given")]
    activity_on: Option<Option<chrono::NaiveDate>>,
    #[serde(deserialize_with = "given")]
    ai_use: Option<Option<Prose>>,
    #[serde(deserialize_with = "given")]
    author_name: Option<Option<Line>>,
    #[serde(deserialize_with = "given")]
    author_role: Option<Option<Line>>,
    #[serde(deserialize_with = "given")]
    author_relation: Option<Option<Line>>,
    #[serde(deserialize_with = "given")]
    signed_on: Option<Option<chrono::NaiveDate>>,
    /// Codes of areas, in place of all claims before.
    #[serde(deserialize_with = "given")]
    claims: Option<Option<Vec<AreaCode>>>,
}

/// Tells a null that was sent from a field that was not.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// A field that may be left out, and not be emptied.
fn stated<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    let value = Option::deserialize(field)?;
    value.map(Some).ok_or_else(|| serde::de::Error::custom("null, for a field that is never empty"))
}

impl PieceChanges {
    fn apply(self, details: &mut PieceDetails) {
        if let Some(title) = self.title {
            details.title = title.into();
        }
        details.kind = self.kind.unwrap_or(details.kind);
        details.confidentiality = self.confidentiality.unwrap_or(details.confidentiality);
        replace(&mut details.context, self.context);
        replace(&mut details.ai_use, self.ai_use);
        replace(&mut details.author_name, self.author_name);
        replace(&mut details.author_role, self.author_role);
        replace(&mut details.author_relation, self.author_relation);
        details.activity_on = self.activity_on.unwrap_or(details.activity_on);
        details.signed_on = self.signed_on.unwrap_or(details.signed_on);
    }
}

fn replace<T: Into<String>>(field: &mut Option<String>, change: Option<Option<T>>) {
    if let Some(value) = change {
        *field = value.map(Into::into);
    }
}

/// Changes a piece's details and claims while the showcase is in draft.
#[utoipa::path(tag = "pieces", operation_id = "changePiece", responses((status = 200, description = "Changed", body = PieceBody)))]
#[patch("/pieces/{id}")]
pub async fn edit(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    Object(mut changes): Object<PieceChanges>,
) -> Result<web::Json<PieceBody>, Problem> {
    let (showcase, piece) = caller.piece(&app, *id, Action::EditPiece).await?;
    let claims = changes.claims.take().map(Option::unwrap_or_default);
    let claims = claims.map(|codes| upload::known_areas(&app, &showcase, codes.iter().map(AsRef::as_ref)));
    let change = |details: &mut PieceDetails| changes.apply(details);
    // Only the fields that are named change, whatever happened to the others.
    let edit = Edit { seen: None, change, claims: claims.transpose()?, by: caller.user.id };
    app.intake.edit(&piece, edit).await?;
    Ok(web::Json(one(&app, &caller, &showcase, piece.id).await?))
}

/// Withdraws a piece while the showcase is in draft; its slot is free again.
#[utoipa::path(tag = "pieces", operation_id = "withdrawPiece", responses((status = 204, description = "Withdrawn")))]
#[delete("/pieces/{id}")]
pub async fn withdraw(app: web::Data<App>, caller: Caller, id: web::Path<PieceId>) -> Result<HttpResponse, Problem> {
    let (_, piece) = caller.piece(&app, *id, Action::WithdrawPiece).await?;
    app.intake.withdraw(&piece, caller.user.id).await?;
    Ok(HttpResponse::NoContent().finish())
}
