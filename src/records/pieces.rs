//! Tables `pieces`, `claims` and `idempotency_keys`. A piece with a slot is live; a withdrawn
//! one keeps its row as a tombstone. The database itself refuses a 21st live piece and a digest twice.

use chrono::{DateTime, Utc};

use super::json_text;
use super::many::{self, many};
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding};
use crate::domain::ids::{PieceId, ShowcaseId, UserId};
use crate::domain::media_type::MediaType;
use crate::domain::piece::PieceDetails;
use crate::domain::standard::AreaCode;

/// A live piece.
#[derive(Clone, Debug)]
pub struct Piece {
    pub id: PieceId,
    pub showcase_id: ShowcaseId,
    /// 1 to the standard's limit.
    pub slot: u32,
    pub details: PieceDetails,
    pub file_name: FileName,
    pub media_type: MediaType,
    pub bytes: u64,
    pub sha256: Digest,
    pub pages: Option<u32>,
    pub findings: Vec<Finding>,
    pub facts: Facts,
    pub uploaded_by: UserId,
    pub created_at: DateTime<Utc>,
    /// The last gateway attempt that froze it.
    pub submitted_in: Option<u32>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, showcase_id, slot, details, file_name, media_type, bytes, sha256, pages, findings, facts, ",
            "uploaded_by, created_at, submitted_in FROM pieces WHERE slot IS NOT NULL AND ",
            $rest
        )
    };
}

statements! {
    INSERT = "INSERT INTO pieces (id, showcase_id, piece_limit, slot, details, file_name, media_type, bytes, sha256, \
              pages, findings, facts, uploaded_by, created_at, submitted_in, erased) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    INSERT_MANY = many!(INSERT.sqlite);
    FIND = select!("id = $1");
    LIST = select!("showcase_id = $1 ORDER BY slot");
    OCCUPIED = "SELECT id, slot, sha256 FROM pieces WHERE showcase_id = $1 AND slot IS NOT NULL ORDER BY slot";
    MARK_DETAILS = "UPDATE pieces SET details = $2, findings = $3 WHERE id = $1";
    MARK_SUBMITTED = "UPDATE pieces SET submitted_in = $2 WHERE showcase_id = $1 AND slot IS NOT NULL";
    // What the owner wrote goes with the object; what proves that it was there stays.
    MARK_WITHDRAWN = "UPDATE pieces SET slot = NULL, withdrawn_at = $2, withdrawn_by = $3, erased = $4, \
                      details = CASE WHEN $4 THEN '' ELSE details END, \
                      file_name = CASE WHEN $4 THEN '' ELSE file_name END WHERE id = $1";
    FIND_KEPT = "SELECT showcase_id, file_name, media_type, bytes, sha256 FROM pieces WHERE id = $1 AND NOT erased";
    IS_KEPT = "SELECT id FROM pieces WHERE id = $1 AND NOT erased";
    CLAIM = "INSERT INTO claims (piece_id, area, claimed_by, claimed_at) VALUES ($1, $2, $3, $4)";
    CLAIM_MANY = many!(CLAIM.sqlite);
    // One statement whatever their number: $2 is a JSON list of areas.
    CLAIM_AREAS = "INSERT INTO claims (piece_id, area, claimed_by, claimed_at) \
                   SELECT $1, value, $3, $4 FROM json_each($2)",
        postgres = "INSERT INTO claims (piece_id, area, claimed_by, claimed_at) \
                    SELECT CAST($1 AS UUID), value, CAST($3 AS UUID), CAST($4 AS TIMESTAMPTZ) \
                    FROM json_array_elements_text(CAST(CAST($2 AS TEXT) AS JSON))";
    CLAIMS = "SELECT c.piece_id, c.area FROM claims c JOIN pieces p ON p.id = c.piece_id \
              WHERE p.showcase_id = $1 AND p.slot IS NOT NULL ORDER BY p.slot, c.area";
    CLAIMS_OF_PIECE = "SELECT piece_id, area FROM claims WHERE piece_id = $1 ORDER BY area";
    REMOVE_CLAIMS = "DELETE FROM claims WHERE piece_id = $1";
    // From the digests themselves: two uploads at the same time do not see each other's rows to record them.
    DUPLICATES = "SELECT p.id AS piece_id, o.id AS other_piece_id, o.showcase_id AS other_showcase_id, \
                  CASE WHEN o.created_at > p.created_at THEN o.created_at ELSE p.created_at END AS found_at \
                  FROM pieces p JOIN pieces o ON o.sha256 = p.sha256 AND o.showcase_id <> p.showcase_id \
                  WHERE p.showcase_id = $1 ORDER BY found_at, o.id";
    INSERT_KEY = "INSERT INTO idempotency_keys (user_id, key, piece_id, created_at) VALUES ($1, $2, $3, $4)";
    FIND_KEY = "SELECT k.piece_id, p.showcase_id, p.sha256, p.slot FROM idempotency_keys k \
                JOIN pieces p ON p.id = k.piece_id WHERE k.user_id = $1 AND k.key = $2";
}

impl FromRow for Piece {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let number = |column| {
            row.get::<Option<i64>>(column)?.map(u32::try_from).transpose().map_err(|_| Error::Inconsistent(column))
        };
        Ok(Self {
            id: row.id("id")?,
            showcase_id: row.id("showcase_id")?,
            slot: row.number("slot")?,
            details: row.json("details")?,
            file_name: FileName::from_record(row.get("file_name")?),
            media_type: row.parse("media_type")?,
            bytes: row.number("bytes")?,
            sha256: row.bytes("sha256")?,
            pages: number("pages")?,
            findings: row.json("findings")?,
            facts: row.json("facts")?,
            uploaded_by: row.id("uploaded_by")?,
            created_at: row.get("created_at")?,
            submitted_in: number("submitted_in")?,
        })
    }
}

/// # Errors
/// [`Error::Conflict`] when the slot is taken or the digest is live in the showcase already.
pub async fn insert(on: &mut impl Session, piece: &Piece, limit: i64) -> Result<(), Error> {
    bind(on.query(INSERT), piece, limit).execute().await.map(drop)
}

/// Inserts pieces of showcases that all have the same limit.
///
/// # Errors
/// As [`insert`].
pub async fn insert_many(on: &mut impl Session, pieces: &[Piece], limit: i64) -> Result<(), Error> {
    many::insert_many(on, (INSERT, INSERT_MANY), pieces, |query, piece| bind(query, piece, limit)).await
}

/// Binds `$1` to `$16` of [`INSERT`].
pub(super) fn bind<'q>(query: Query<'q>, piece: &Piece, limit: i64) -> Query<'q> {
    query
        .bind(piece.id.0)
        .bind(piece.showcase_id.0)
        .bind(limit)
        .bind(i64::from(piece.slot))
        .bind(json_text(&piece.details))
        .bind(piece.file_name.as_str())
        .bind(piece.media_type.name())
        .bind(piece.bytes.cast_signed())
        .bind(piece.sha256.as_bytes().as_slice())
        .bind(piece.pages.map(i64::from))
        .bind(json_text(&piece.findings))
        .bind(json_text(&piece.facts))
        .bind(piece.uploaded_by.0)
        .bind(piece.created_at)
        .bind(piece.submitted_in.map(i64::from))
        .bind(false)
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: PieceId) -> Result<Option<Piece>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// A piece whose bytes are kept: a live one, or one that was withdrawn after a gateway attempt froze it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub showcase_id: ShowcaseId,
    pub file_name: FileName,
    pub media_type: MediaType,
    pub bytes: u64,
    pub sha256: Digest,
}

impl FromRow for Kept {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            showcase_id: row.id("showcase_id")?,
            file_name: FileName::from_record(row.get("file_name")?),
            media_type: row.parse("media_type")?,
            bytes: row.number("bytes")?,
            sha256: row.bytes("sha256")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn find_kept(on: &mut impl Session, id: PieceId) -> Result<Option<Kept>, Error> {
    on.query(FIND_KEPT).bind(id.0).fetch_optional().await
}

/// The live pieces in the order of their slots.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Piece>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}

/// A slot in use.
#[derive(Clone, Copy, Debug)]
pub struct Occupied {
    pub piece: PieceId,
    pub slot: u32,
    pub sha256: Digest,
}

impl FromRow for Occupied {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { piece: row.id("id")?, slot: row.number("slot")?, sha256: row.bytes("sha256")? })
    }
}

/// The slots in use, in order.
///
/// # Errors
/// See [`Error`].
pub async fn occupied(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Occupied>, Error> {
    on.query(OCCUPIED).bind(showcase.0).fetch_all().await
}

/// # Errors
/// See [`Error`].
pub async fn mark_details(
    on: &mut impl Session,
    id: PieceId,
    details: &PieceDetails,
    findings: &[Finding],
) -> Result<(), Error> {
    on.query(MARK_DETAILS).bind(id.0).bind(json_text(details)).bind(json_text(&findings)).execute().await.map(drop)
}

/// Notes that `attempt` froze every live piece of the showcase.
///
/// # Errors
/// See [`Error`].
pub async fn mark_submitted(on: &mut impl Session, showcase: ShowcaseId, attempt: u32) -> Result<(), Error> {
    on.query(MARK_SUBMITTED).bind(showcase.0).bind(i64::from(attempt)).execute().await.map(drop)
}

/// Turns a live piece into a tombstone; `erased` says that its object goes too.
///
/// # Errors
/// See [`Error`].
pub async fn mark_withdrawn(
    on: &mut impl Session,
    id: PieceId,
    by: UserId,
    at: DateTime<Utc>,
    erased: bool,
) -> Result<(), Error> {
    on.query(MARK_WITHDRAWN).bind(id.0).bind(at).bind(by.0).bind(erased).execute().await.map(drop)
}

struct Present;

impl FromRow for Present {
    fn from_row(_: &Row) -> Result<Self, Error> {
        Ok(Self)
    }
}

/// Whether a row, live or withdrawn, still needs the object of this id.
///
/// # Errors
/// See [`Error`].
pub async fn is_kept(on: &mut impl Session, id: PieceId) -> Result<bool, Error> {
    on.query(IS_KEPT).bind(id.0).fetch_optional::<Present>().await.map(|row| row.is_some())
}

/// A claim: who made it is kept with it, and not told here.
#[derive(Clone, Debug)]
pub struct Claim {
    pub piece: PieceId,
    pub area: AreaCode,
}

impl FromRow for Claim {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { piece: row.id("piece_id")?, area: AreaCode::from(row.get::<String>("area")?) })
    }
}

/// Makes `areas` the piece's claims.
///
/// # Errors
/// See [`Error`].
pub async fn claim(
    on: &mut impl Session,
    piece: PieceId,
    areas: &[AreaCode],
    by: UserId,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    if areas.is_empty() {
        return Ok(());
    }
    on.query(CLAIM_AREAS).bind(piece.0).bind(json_text(&areas)).bind(by.0).bind(at).execute().await.map(drop)
}

/// A claim as it is made.
#[derive(Clone, Debug)]
pub struct NewClaim {
    pub piece: PieceId,
    pub area: AreaCode,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

/// Adds claims of any pieces.
///
/// # Errors
/// See [`Error`].
pub async fn claim_many(on: &mut impl Session, claims: &[NewClaim]) -> Result<(), Error> {
    many::insert_many(on, (CLAIM, CLAIM_MANY), claims, bind_claim).await
}

fn bind_claim<'q>(query: Query<'q>, claim: &NewClaim) -> Query<'q> {
    query.bind(claim.piece.0).bind(claim.area.as_ref()).bind(claim.by.0).bind(claim.at)
}

/// # Errors
/// See [`Error`].
pub async fn remove_claims(on: &mut impl Session, piece: PieceId) -> Result<(), Error> {
    on.query(REMOVE_CLAIMS).bind(piece.0).execute().await.map(drop)
}

/// The claims of a showcase's live pieces.
///
/// # Errors
/// See [`Error`].
pub async fn claims(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Claim>, Error> {
    on.query(CLAIMS).bind(showcase.0).fetch_all().await
}

/// # Errors
/// See [`Error`].
pub async fn claims_of_piece(on: &mut impl Session, piece: PieceId) -> Result<Vec<Claim>, Error> {
    on.query(CLAIMS_OF_PIECE).bind(piece.0).fetch_all().await
}

/// The same content in another showcase: a flag for assessors, never a verdict.
#[derive(Clone, Copy, Debug)]
pub struct Duplicate {
    pub piece: PieceId,
    pub other_piece: PieceId,
    pub other_showcase: ShowcaseId,
    pub found_at: DateTime<Utc>,
}

impl FromRow for Duplicate {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            piece: row.id("piece_id")?,
            other_piece: row.id("other_piece_id")?,
            other_showcase: row.id("other_showcase_id")?,
            found_at: row.get("found_at")?,
        })
    }
}

/// The duplicates of a showcase's pieces, whichever of the two was there first, live or withdrawn.
///
/// # Errors
/// See [`Error`].
pub async fn duplicates(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Duplicate>, Error> {
    on.query(DUPLICATES).bind(showcase.0).fetch_all().await
}

/// What an idempotency key made.
#[derive(Clone, Copy, Debug)]
pub struct KeyUse {
    pub piece: PieceId,
    pub showcase: ShowcaseId,
    pub sha256: Digest,
    /// The piece was withdrawn since.
    pub withdrawn: bool,
}

impl FromRow for KeyUse {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            piece: row.id("piece_id")?,
            showcase: row.id("showcase_id")?,
            sha256: row.bytes("sha256")?,
            withdrawn: row.get::<Option<i64>>("slot")?.is_none(),
        })
    }
}

/// # Errors
/// [`Error::Conflict`] when the person used the key before.
pub async fn insert_key(on: &mut impl Session, user: UserId, key: &str, piece: &Piece) -> Result<(), Error> {
    on.query(INSERT_KEY).bind(user.0).bind(key).bind(piece.id.0).bind(piece.created_at).execute().await.map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn find_key(on: &mut impl Session, user: UserId, key: &str) -> Result<Option<KeyUse>, Error> {
    on.query(FIND_KEY).bind(user.0).bind(key).fetch_optional().await
}
