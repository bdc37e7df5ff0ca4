//! Tags: the assessor's mapping of pieces to areas.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Listing;
use super::pieces::TagBody;
use crate::domain::ids::{PieceId, TagId};
use crate::domain::permission::Action;
use crate::domain::piece::Locator;
use crate::domain::text::Prose;
use crate::gateway::NewTag;
use crate::records::tags;
use crate::web::auth::Caller;
use crate::web::body::Object;
use crate::web::problem::Problem;
use crate::web::state::App;

/// A tag to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagInput {
    /// Code of an area of the showcase.
    area: String,
    /// Codes of criteria of that area.
    #[serde(default)]
    criteria: Vec<String>,
    /// A page, or a stretch of a recording; null for the whole piece.
    #[serde(default)]
    locator: Option<Locator>,
    #[serde(default)]
    note: Option<Prose>,
}

/// Tags a piece of a submitted showcase. Its assessor only.
#[utoipa::path(tag = "tags", operation_id = "addTag", responses((status = 201, description = "Tagged", body = TagBody)))]
#[post("/pieces/{id}/tags")]
pub async fn add(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    Object(input): Object<TagInput>,
) -> Result<HttpResponse, Problem> {
    let (showcase, piece) = caller.piece(&app, *id, Action::Tag).await?;
    let TagInput { area, criteria, locator, note } = input;
    let note = note.unwrap_or_default().into();
    let tag = app.gateway.tag(&showcase, &piece, NewTag { area, criteria, locator, note, by: caller.user.id }).await?;
    Ok(HttpResponse::Created().json(TagBody::from(tag)))
}

/// Every tag a piece ever had, those taken back too, oldest first.
#[utoipa::path(tag = "tags", operation_id = "listTags", responses((status = 200, description = "All of them", body = Listing<TagBody>)))]
#[get("/pieces/{id}/tags")]
pub async fn history(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
) -> Result<web::Json<Listing<TagBody>>, Problem> {
    let (_, piece) = caller.piece(&app, *id, Action::Read).await?;
    let all = tags::history(&mut &app.db, piece.id).await?;
    Ok(web::Json(Listing::whole(all.into_iter().map(TagBody::from).collect())))
}

/// Takes a tag back before acceptance; its history stays. Its assessor only.
#[utoipa::path(tag = "tags", operation_id = "removeTag", responses((status = 204, description = "Taken back")))]
#[delete("/tags/{id}")]
pub async fn remove(app: web::Data<App>, caller: Caller, id: web::Path<TagId>) -> Result<HttpResponse, Problem> {
    let tag = tags::find(&mut &app.db, *id).await?.filter(|tag| tag.removed_at.is_none());
    let tag = tag.ok_or_else(Problem::not_found)?;
    let (showcase, _) = caller.piece(&app, tag.piece_id, Action::Tag).await?;
    app.gateway.untag(&showcase, &tag, caller.user.id).await?;
    Ok(HttpResponse::NoContent().finish())
}
