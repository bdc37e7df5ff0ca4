//! Resumable uploads as tus 1.0.0 tells of them, with creation, creation-with-upload, creation-defer-length,
//! termination, expiration and checksum: a thin adapter, since all that is kept and decided is the intake's.

mod headers;
mod metadata;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, delete, head, options, patch, post, web};

use super::api::pieces::idempotency_key;
use super::auth::Caller;
use super::problem::{Code, Problem};
use super::state::App;
use crate::domain::ids::{UploadId, UserId};
use crate::domain::permission::Action;
use crate::intake::{Append, Error, NewUpload, Progress};
use crate::records::showcases::Showcase;
use crate::records::uploads::Upload;
use headers::{Offered, VERSION};
use metadata::Metadata;

const EXTENSIONS: &str = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum";
const UPLOADS: &str = "/api/v1/uploads";
const OCTETS: &str = "application/offset+octet-stream";

/// Around every request to an upload: the method that a header names stands for one that did not get through, and
/// every answer, also a refusal, names the protocol's version and is kept by nobody.
///
/// # Errors
/// None of its own.
pub async fn speak<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let path = request.path();
    if path != UPLOADS && !path.strip_prefix(UPLOADS).is_some_and(|rest| rest.starts_with('/')) {
        return next.call(request).await;
    }
    let meant = request.headers().get("X-HTTP-Method-Override").and_then(|method| method.to_str().ok());
    let meant = meant.and_then(|method| method.parse::<Method>().ok());
    if let Some(meant @ (Method::PATCH | Method::DELETE | Method::HEAD)) = meant
        && request.method() == Method::POST
    {
        request.head_mut().method = meant;
    }
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    headers.insert(headers::RESUMABLE, header::HeaderValue::from_static(VERSION));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(headers::VERSIONS, header::HeaderValue::from_static(VERSION));
    }
    Ok(response)
}

fn able(app: &App) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((headers::VERSIONS, VERSION))
        .insert_header(("Tus-Extension", EXTENSIONS))
        .insert_header(("Tus-Checksum-Algorithm", "sha256,sha1"))
        .insert_header(("Tus-Max-Size", app.intake.largest().to_string()))
        .finish()
}

/// What resumable uploads can do here. Told to everybody, as this description is: who asks before the first upload, as
/// the protocol has it, names nobody yet.
#[utoipa::path(tag = "uploads", operation_id = "describeUploads", security(()), responses((status = 204, description = "As the headers say",
    headers(("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Checksum-Algorithm" = String), ("Tus-Max-Size" = u64)))))]
#[options("/uploads")]
pub async fn describe(app: web::Data<App>) -> HttpResponse {
    able(&app)
}

/// What resumable uploads can do here.
#[utoipa::path(tag = "uploads", operation_id = "describeUpload", security(()), responses((status = 204, description = "As the headers say")))]
#[options("/uploads/{id}")]
pub async fn describe_one(app: web::Data<App>, _id: web::Path<UploadId>) -> HttpResponse {
    able(&app)
}

/// Opens a resumable upload of a piece. Slot and declarations are checked here, before the first byte.
#[utoipa::path(
    tag = "uploads",
    operation_id = "openUpload",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = Option<u64>, Header, description = "Bytes, unless `Upload-Defer-Length` is `1`"),
        ("Upload-Defer-Length" = Option<String>, Header, description = "`1`: the length is told later"),
        ("Upload-Metadata" = String, Header, description = "`showcase`, `filename`, optionally `filetype` and `sha256` (hexadecimal), and the fields of `uploadPiece`, each with its value in Base64, separated by commas; at most 4 KiB"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` or `sha1`, and the checksum in Base64"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for `uploadPiece`"),
    ),
    request_body(content = Option<Vec<u8>>, content_type = "application/offset+octet-stream", description = "The first bytes, or none"),
    responses((status = 201, description = "Opened", headers(("Location" = String), ("Upload-Offset" = u64), ("Upload-Expires" = String),
        ("Piece-Location" = Option<String>, description = "The piece, if that was all of it"))))
)]
#[post("/uploads")]
pub async fn open(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let offered = Offered::of(&request)?;
    let has_body = offered.has_octets(&request)?;
    let length = offered.length_or_deferred()?;
    app.intake.announced(length)?;
    let metadata = Metadata::of(&request)?;
    let showcase = caller.showcase(&app, metadata.showcase, Action::AddPiece).await?;
    let key = idempotency_key(&request)?;
    app.intake.admit(&showcase, caller.user.id, key.clone()).await?;
    let (piece, promised, metadata) = metadata.piece(&app, &showcase, caller.user.id)?;
    let new = NewUpload { piece, length, key, promised, metadata };
    let mut progress = app.intake.open_upload(&showcase, new).await?;
    let (id, by) = (progress.id, caller.user.id);
    if has_body || length == Some(0) {
        let append = Append { offset: 0, length: None, checksum: offered.checksum, announced: offered.announced };
        match appended(app.clone(), showcase, (id, by), append, body).await {
            Ok(further) => progress = further,
            // The upload is there: what is still missing can be sent to it.
            Err(problem) if problem.code.status().is_server_error() || problem.code == Code::ChecksumMismatch => {
                let now = app.intake.find_upload(id, by).await?;
                progress.offset = now.received;
            }
            Err(problem) => return Err(problem),
        }
    }
    let mut response = HttpResponse::Created();
    told(&mut response, &progress);
    Ok(response.insert_header((header::LOCATION, format!("{UPLOADS}/{id}"))).finish())
}

/// Where an upload stands. What refused it is answered here, too, since its sender may not have heard it.
#[utoipa::path(tag = "uploads", operation_id = "findUpload",
    params(("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 200, description = "As the headers say", headers(("Upload-Offset" = u64), ("Upload-Length" = Option<u64>),
        ("Upload-Defer-Length" = Option<String>), ("Upload-Metadata" = String), ("Upload-Expires" = String), ("Piece-Location" = Option<String>)))))]
#[head("/uploads/{id}")]
pub async fn find(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<UploadId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Offered::of(&request)?;
    let (showcase, upload) = own(&app, &caller, *id).await?;
    // Spawned: it may be what makes a piece of the upload, and then ends whether or not anybody waits.
    let standing = actix_web::rt::spawn(async move { app.intake.upload_progress(&showcase, upload).await });
    let progress = standing.await.map_err(broken_off)?.map_err(kept)?;
    let mut response = HttpResponse::Ok();
    told(&mut response, &progress);
    match progress.length {
        Some(length) => response.insert_header((headers::LENGTH, length.to_string())),
        None => response.insert_header((headers::DEFER_LENGTH, "1")),
    };
    Ok(response.insert_header((headers::METADATA, progress.metadata)).finish())
}

/// Goes on with an upload. After its last byte the answer says what became of it.
#[utoipa::path(
    tag = "uploads",
    operation_id = "appendToUpload",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Offset" = u64, Header, description = "Where the upload stands"),
        ("Upload-Length" = Option<u64>, Header, description = "Bytes, if they were not told before"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` or `sha1`, and the checksum in Base64, of these bytes"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Kept", headers(("Upload-Offset" = u64), ("Upload-Expires" = String),
        ("Piece-Location" = Option<String>, description = "The piece, if that was all of it"))))
)]
#[patch("/uploads/{id}")]
pub async fn go_on(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<UploadId>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let offered = Offered::of(&request)?;
    if !offered.is_octets {
        return Err(headers::not_octets());
    }
    let offset = offered.offset.ok_or_else(|| headers::unreadable("Upload-Offset", "the offset that HEAD told"))?;
    let showcase = caller.showcase_of(&app, *id, Action::AddPiece).await?;
    let append = Append { offset, length: offered.length, checksum: offered.checksum, announced: offered.announced };
    let progress = appended(app, showcase, (*id, caller.user.id), append, body).await?;
    let mut response = HttpResponse::NoContent();
    told(&mut response, &progress);
    Ok(response.finish())
}

/// Cancels an upload and removes its bytes.
#[utoipa::path(tag = "uploads", operation_id = "cancelUpload",
    params(("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 204, description = "Cancelled")))]
#[delete("/uploads/{id}")]
pub async fn cancel(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<UploadId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Offered::of(&request)?;
    let (_, upload) = own(&app, &caller, *id).await?;
    app.intake.cancel_upload(&upload).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The caller's own upload, with its showcase if they may still add to that.
async fn own(app: &App, caller: &Caller, id: UploadId) -> Result<(Showcase, Upload), Problem> {
    let upload = app.intake.find_upload(id, caller.user.id).await?;
    let showcase = caller.showcase(app, upload.showcase_id, Action::AddPiece).await?;
    Ok((showcase, upload))
}

/// Spawned: a reset connection drops the handler, but what has arrived is to be made durable.
async fn appended(
    app: web::Data<App>,
    showcase: Showcase,
    (id, by): (UploadId, UserId),
    append: Append,
    body: web::Payload,
) -> Result<Progress, Problem> {
    let work = actix_web::rt::spawn(async move { app.intake.append(&showcase, (id, by), append, body).await });
    work.await.map_err(broken_off)?.map_err(kept)
}

fn broken_off(error: tokio::task::JoinError) -> Problem {
    Problem::broken(Code::Internal, "The upload broke off here. Ask for its offset, and go on from there.", &error)
}

/// An upload that stops is not lost: its sender is told so.
fn kept(error: Error) -> Problem {
    let further = "What arrived before is kept: ask for the upload's offset with HEAD, and go on from there.";
    match error {
        Error::Cut => Problem::new(Code::UploadIncomplete, format!("The request ended before it was whole. {further}")),
        Error::Stalled => Problem::new(Code::UploadStalled, format!("Nothing arrived for too long. {further}")),
        other => other.into(),
    }
}

fn told(response: &mut HttpResponseBuilder, progress: &Progress) {
    response.insert_header((headers::OFFSET, progress.offset.to_string()));
    let expires = progress.expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.insert_header((headers::EXPIRES, expires));
    if let Some(piece) = progress.piece {
        response.insert_header((headers::PIECE, format!("/api/v1/pieces/{piece}")));
    }
}
