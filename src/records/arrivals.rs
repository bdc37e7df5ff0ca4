//! A piece with all that is recorded beside it, by one statement that is a unit of work by itself: to PostgreSQL, each
//! round trip costs more than what it has done there. It takes a piece or changes nothing but the showcase's revision;
//! why it did not is asked step by step, under the showcase's lock.

use chrono::{DateTime, Utc};

use super::json_text;
use super::pieces::{self, Piece};
use crate::db::{Error, FromRow, Lane, Row, Session, statements};
use crate::domain::ids::UploadId;
use crate::domain::standard::AreaCode;

/// A piece that wants to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Its slot is the lowest that it may have.
    pub piece: &'a Piece,
    pub limit: i64,
    pub claims: &'a [AreaCode],
    pub key: Option<&'a str>,
    pub upload: Option<UploadEnd<'a>>,
}

/// The end of a resumable upload of which nothing but its row was recorded.
#[derive(Clone, Copy, Debug)]
pub struct UploadEnd<'a> {
    pub id: UploadId,
    pub fence: i64,
    pub outcome: &'a str,
    pub remembered: DateTime<Utc>,
}

statements! {
    // The slot is looked for in what was committed when the statement began. Whoever committed since makes it fail at a
    // constraint, and so does a digest that is there already, or a key that was used. SQLite never runs it.
    TAKE = "SELECT NULL AS slot",
        postgres = "WITH showcase AS ( \
                UPDATE showcases SET revision = revision + 1 WHERE id = $2 AND state = 'draft' RETURNING id \
            ), upload AS ( \
                UPDATE uploads SET outcome = $21, received = COALESCE(length, received), owner = NULL, \
                    locked_until = NULL, finishing = FALSE, expires_at = $22 \
                FROM showcase WHERE uploads.id = $19 AND fence = $20 AND outcome IS NULL RETURNING uploads.id \
            ), piece AS ( \
                INSERT INTO pieces (id, showcase_id, piece_limit, slot, details, file_name, media_type, bytes, sha256, \
                    pages, findings, facts, uploaded_by, created_at, submitted_in, erased) \
                SELECT $1, showcase.id, $3, free.slot, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 \
                FROM showcase, (SELECT slot FROM generate_series(CAST($4 AS BIGINT), CAST($3 AS BIGINT)) AS slot \
                    WHERE slot <> ALL (ARRAY(SELECT slot FROM pieces WHERE showcase_id = $2 AND slot IS NOT NULL)) \
                    ORDER BY slot LIMIT 1) AS free \
                WHERE CAST($19 AS UUID) IS NULL OR EXISTS (SELECT id FROM upload) \
                RETURNING id, slot, uploaded_by, created_at \
            ), claimed AS ( \
                INSERT INTO claims (piece_id, area, claimed_by, claimed_at) \
                SELECT id, value, uploaded_by, created_at \
                FROM piece, json_array_elements_text(CAST(CAST($17 AS TEXT) AS JSON)) \
            ), keyed AS ( \
                INSERT INTO idempotency_keys (user_id, key, piece_id, created_at) \
                SELECT uploaded_by, $18, id, created_at FROM piece WHERE CAST($18 AS TEXT) IS NOT NULL \
            ) SELECT slot FROM piece";
}

struct Slot(u32);

impl FromRow for Slot {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.number("slot").map(Self)
    }
}

/// Records the piece and answers its slot; `None` when it has to be asked why it cannot be recorded so.
///
/// # Errors
/// [`Error::Conflict`] and [`Error::Constraint`] say no more than `None`. After any other but [`Error::Full`] it is
/// unknown whether the piece was recorded.
pub async fn take(on: &mut Lane, arrival: Arrival<'_>) -> Result<Option<u32>, Error> {
    let Arrival { piece, limit, claims, key, upload } = arrival;
    let query = pieces::bind(on.query(TAKE), piece, limit).bind(json_text(&claims)).bind(key);
    let query = query.bind(upload.map(|end| end.id.0)).bind(upload.map(|end| end.fence));
    let query = query.bind(upload.map(|end| end.outcome)).bind(upload.map(|end| end.remembered));
    Ok(query.fetch_optional::<Slot>().await?.map(|slot| slot.0))
}
