//! Gateway documents: certificates and forms through the same intake as pieces, without a slot.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, head, post, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding};
use crate::domain::gateway::{DocumentKind, ShowcaseState};
use crate::domain::ids::{DocumentId, ShowcaseId};
use crate::domain::media_type::MediaType;
use crate::domain::permission::Action;
use crate::intake::{self, NewDocument};
use crate::records::documents::Document;
use crate::storage::ObjectKey;
use crate::web::auth::Caller;
use crate::web::content::{self, Content, Shown};
use crate::web::form::{FilePart, Form, Parts};
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// A gateway document.
#[derive(Serialize, ToSchema)]
pub struct DocumentBody {
    id: DocumentId,
    showcase_id: ShowcaseId,
    kind: DocumentKind,
    file_name: FileName,
    media_type: MediaType,
    bytes: u64,
    sha256: Digest,
    pages: Option<u32>,
    findings: Vec<Finding>,
    /// What the file tells of itself; what does not apply or is not said is null.
    facts: Facts,
    created_at: DateTime<Utc>,
}

impl From<Document> for DocumentBody {
    fn from(document: Document) -> Self {
        let Document {
            id,
            showcase_id,
            kind,
            file_name,
            media_type,
            bytes,
            sha256,
            pages,
            findings,
            facts,
            created_at,
            ..
        } = document;
        Self { id, showcase_id, kind, file_name, media_type, bytes, sha256, pages, findings, facts, created_at }
    }
}

/// The fields of a gateway document's upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field as it arrives")]
pub struct DocumentForm {
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    kind: DocumentKind,
}

/// Uploads a certificate or form. The provider, while in draft.
#[utoipa::path(
    tag = "gateway",
    operation_id = "uploadDocument",
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Taken", body = DocumentBody, headers(("Location" = String, description = "The document's content"))))
)]
#[post("/showcases/{id}/gateway/documents")]
pub async fn add_document(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: web::Path<ShowcaseId>,
    parts: Parts,
) -> Result<HttpResponse, Problem> {
    // Spawned, as the upload of a piece is: a reset connection must not cut it in the middle.
    let taken = actix_web::rt::spawn(take(app, caller, *id, parts)).await;
    let body = taken
        .map_err(|error| Problem::broken(Code::Internal, "The upload broke off here. Send it again.", &error))??;
    let location = format!("/api/v1/gateway/documents/{}/content", body.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(body))
}

async fn take(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: ShowcaseId,
    mut parts: Parts,
) -> Result<DocumentBody, Problem> {
    let taken = admitted(&app, caller, id, &mut parts).await;
    if let Err(refusal) = &taken {
        parts.drain(refusal).await;
    }
    taken
}

async fn admitted(
    app: &App,
    caller: Result<Caller, Problem>,
    id: ShowcaseId,
    parts: &mut Parts,
) -> Result<DocumentBody, Problem> {
    let caller = caller?;
    let showcase = caller.showcase(app, id, Action::PrepareGateway).await?;
    if showcase.state != ShowcaseState::Draft {
        return Err(intake::Error::ShowcaseFrozen.into());
    }
    let mut form = Form::receive(parts, &app.intake, app.intake.new_document()).await?;
    let FilePart { received, name, declared, .. } = form.file()?;
    let kind = form.required("kind")?;
    form.end()?;
    let new = NewDocument { by: caller.user.id, file_name: name, declared_type: declared, kind, replaces: None };
    Ok(app.intake.complete_document(&showcase, received, new).await?.into())
}

/// The bytes of a gateway document, or a range of them.
#[utoipa::path(tag = "gateway", operation_id = "getDocumentContent", responses(
    (status = 200, description = "The bytes", body = Vec<u8>, content_type = "*/*"),
    (status = 206, description = "The bytes of the range", body = Vec<u8>, content_type = "*/*"),
    (status = 304, description = "The bytes are those that `If-None-Match` names")))]
#[get("/gateway/documents/{id}/content")]
pub async fn read_document(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    serve(&app, &caller, *id, &request).await
}

/// What GET would answer, without the bytes.
#[utoipa::path(tag = "gateway", operation_id = "headDocumentContent", responses(
    (status = 200, description = "The headers of the bytes"),
    (status = 304, description = "The bytes are those that `If-None-Match` names")))]
#[head("/gateway/documents/{id}/content")]
pub async fn read_document_head(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    serve(&app, &caller, *id, &request).await
}

async fn serve(app: &App, caller: &Caller, id: DocumentId, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let (_, document) = caller.document(app, id).await?;
    let content = Content {
        key: ObjectKey::Document(document.id),
        name: &document.file_name,
        media_type: document.media_type,
        bytes: document.bytes,
        sha256: document.sha256,
        shown: Shown::Kept,
    };
    content::serve(request, &app.storage, content).await
}
