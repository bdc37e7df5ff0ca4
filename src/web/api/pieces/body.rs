//! A piece as the API shows it. The flag that its content stands in another showcase too is for assessors only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding};
use crate::domain::ids::{PieceId, ShowcaseId, TagId, UserId};
use crate::domain::media_type::MediaType;
use crate::domain::people::Role;
use crate::domain::piece::{Locator, PieceDetails};
use crate::domain::standard::{AreaCode, CriterionCode};
use crate::records::pieces::Piece;
use crate::records::showcases::Showcase;
use crate::records::tags::Tag;
use crate::records::{pieces, tags};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

/// A piece of evidence.
#[derive(Serialize, ToSchema)]
pub struct PieceBody {
    pub id: PieceId,
    showcase_id: ShowcaseId,
    slot: u32,
    #[serde(flatten)]
    details: PieceDetails,
    file_name: FileName,
    media_type: MediaType,
    bytes: u64,
    sha256: Digest,
    pages: Option<u32>,
    findings: Vec<Finding>,
    /// What the file tells of itself; what does not apply or is not said is null.
    facts: Facts,
    claims: Vec<AreaCode>,
    tags: Vec<TagBody>,
    /// The signed receipt; null until the ledger issues one.
    receipt: Option<String>,
    uploaded_by: UserId,
    created_at: DateTime<Utc>,
    /// For assessors: pieces of other showcases with the same content. A flag to look into, never a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicates: Option<Vec<DuplicateBody>>,
}

/// A piece of another showcase with the same content.
#[derive(Serialize, ToSchema)]
pub struct DuplicateBody {
    piece_id: PieceId,
    showcase_id: ShowcaseId,
    found_at: DateTime<Utc>,
}

/// An assessor's tag.
#[derive(Serialize, ToSchema)]
pub struct TagBody {
    pub id: TagId,
    piece_id: PieceId,
    area: AreaCode,
    criteria: Vec<CriterionCode>,
    locator: Option<Locator>,
    note: String,
    tagged_by: UserId,
    tagged_at: DateTime<Utc>,
    /// Who took the tag back, and when; null while it stands.
    removed_by: Option<UserId>,
    removed_at: Option<DateTime<Utc>>,
}

impl From<Tag> for TagBody {
    fn from(tag: Tag) -> Self {
        let Tag { id, piece_id, area, criteria, locator, note, tagged_by, tagged_at, removed_by, removed_at } = tag;
        Self { id, piece_id, area, criteria, locator, note, tagged_by, tagged_at, removed_by, removed_at }
    }
}

impl PieceBody {
    /// A piece that was just uploaded, and so has no tags.
    pub fn fresh(piece: Piece, claims: Vec<AreaCode>) -> Self {
        Self {
            id: piece.id,
            showcase_id: piece.showcase_id,
            slot: piece.slot,
            details: piece.details,
            file_name: piece.file_name,
            media_type: piece.media_type,
            bytes: piece.bytes,
            sha256: piece.sha256,
            pages: piece.pages,
            findings: piece.findings,
            facts: piece.facts,
            claims,
            tags: Vec::new(),
            receipt: None,
            uploaded_by: piece.uploaded_by,
            created_at: piece.created_at,
            duplicates: None,
        }
    }
}

/// The live pieces of a showcase as `caller` may see them.
pub async fn all(app: &App, caller: &Caller, showcase: &Showcase) -> Result<Vec<PieceBody>, Problem> {
    let mut tx = app.db.read().await?;
    let pieces = pieces::list(&mut tx, showcase.id).await?;
    let mut claims: HashMap<PieceId, Vec<AreaCode>> = HashMap::new();
    for claim in pieces::claims(&mut tx, showcase.id).await? {
        claims.entry(claim.piece).or_default().push(claim.area);
    }
    let mut tagged: HashMap<PieceId, Vec<TagBody>> = HashMap::new();
    for tag in tags::list(&mut tx, showcase.id).await? {
        tagged.entry(tag.piece_id).or_default().push(tag.into());
    }
    let is_assessor = caller.user.role == Role::Assessor;
    let found = if is_assessor { pieces::duplicates(&mut tx, showcase.id).await? } else { Vec::new() };
    let body = |piece: Piece| {
        let id = piece.id;
        let own = found.iter().filter(|duplicate| duplicate.piece == id).map(|duplicate| DuplicateBody {
            piece_id: duplicate.other_piece,
            showcase_id: duplicate.other_showcase,
            found_at: duplicate.found_at,
        });
        let duplicates = is_assessor.then(|| own.collect());
        let tags = tagged.remove(&id).unwrap_or_default();
        PieceBody { tags, duplicates, ..PieceBody::fresh(piece, claims.remove(&id).unwrap_or_default()) }
    };
    Ok(pieces.into_iter().map(body).collect())
}
