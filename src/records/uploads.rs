//! Tables `uploads` and `upload_segments`: uploads that arrive over many requests. Only whoever took one up last, by
//! its `fence`, moves it, and only from where it stood; what is decided about it is never decided anew.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::ids::{ShowcaseId, UploadId, UserId};
use crate::domain::segment::{Part, Segment};

/// A recorded upload.
#[derive(Clone, Debug)]
pub struct Upload {
    pub id: UploadId,
    pub showcase_id: ShowcaseId,
    pub user_id: UserId,
    /// Bytes it will have; `None` until its sender says.
    pub length: Option<u64>,
    /// Bytes that are durable.
    pub received: u64,
    /// What its sender sent along, as it was sent.
    pub metadata: String,
    /// What that says, as JSON.
    pub declared: String,
    /// The first bytes, as many as tell a type.
    pub head: Vec<u8>,
    /// The digest's state after `received` bytes.
    pub digest_state: Vec<u8>,
    pub fence: i64,
    /// The multipart upload that its parts belong to, where there are any.
    pub multipart: Option<String>,
    pub locked_until: Option<DateTime<Utc>>,
    /// All bytes are there, and the holder of the lock is making a piece of them.
    pub finishing: bool,
    /// What became of it, as JSON.
    pub outcome: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Who takes an upload up, and until when it is theirs unless they say so again.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    pub owner: Uuid,
    pub now: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// How far an upload got.
#[derive(Clone, Debug)]
pub struct Step {
    pub from: u64,
    pub to: u64,
    /// `None` where it did not change.
    pub head: Option<Vec<u8>>,
    pub digest_state: Vec<u8>,
    /// `None` where there is none yet.
    pub multipart: Option<String>,
    pub expires_at: DateTime<Utc>,
}

macro_rules! columns {
    () => {
        "id, showcase_id, user_id, length, received, metadata, declared, head, digest_state, fence, multipart, locked_until, \
         finishing, outcome, created_at, expires_at"
    };
}

statements! {
    INSERT = "INSERT INTO uploads (id, showcase_id, user_id, length, received, metadata, declared, head, digest_state, \
              fence, finishing, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    // Of two at the same moment neither may see the other: only for who is far from the limit.
    INSERT_BELOW = "INSERT INTO uploads (id, showcase_id, user_id, length, received, metadata, declared, head, digest_state, \
                    fence, finishing, created_at, expires_at) \
                    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
                    WHERE (SELECT COUNT(*) FROM uploads WHERE user_id = $3 AND expires_at > $12 AND outcome IS NULL) < $14";
    LOCK_PERSON = "SELECT id FROM users WHERE id = $1",
        postgres = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";
    COUNT_OPEN = "SELECT COUNT(*) AS open_uploads FROM uploads \
                  WHERE user_id = $1 AND expires_at > $2 AND outcome IS NULL";
    LEAST_WANTED = "SELECT id FROM uploads \
                    WHERE user_id = $1 AND expires_at > $2 AND expires_at <= $3 AND outcome IS NULL AND finishing = FALSE \
                    ORDER BY CASE WHEN received = 0 THEN 0 ELSE 1 END, expires_at, id LIMIT 1";
    FIND = concat!("SELECT ", columns!(), " FROM uploads WHERE id = $1");
    // Whoever receives may be replaced at any time, whoever finishes only when they have not been heard of for a while.
    TAKE = concat!(
        "UPDATE uploads SET fence = fence + 1, owner = $2, locked_until = $4, finishing = FALSE ",
        "WHERE id = $1 AND user_id = $6 AND received = $5 AND outcome IS NULL AND expires_at > $3 ",
        "AND (finishing = FALSE OR locked_until <= $3) ",
        "RETURNING ", columns!()
    );
    MOVE = "UPDATE uploads SET received = $4, head = COALESCE($5, head), digest_state = $6, locked_until = $7, expires_at = $8, \
            multipart = COALESCE($9, multipart) WHERE id = $1 AND fence = $2 AND received = $3 AND outcome IS NULL";
    COUNT_ALL_OPEN = "SELECT COUNT(*) AS open_uploads FROM uploads WHERE outcome IS NULL AND expires_at > $1";
    HOLD = "UPDATE uploads SET locked_until = $3, finishing = $4 WHERE id = $1 AND fence = $2 AND outcome IS NULL";
    IS_HELD = "SELECT id FROM uploads WHERE id = $1 AND fence = $2 AND outcome IS NULL";
    RELEASE = "UPDATE uploads SET owner = NULL, locked_until = NULL, finishing = FALSE WHERE id = $1 AND fence = $2";
    SET_LENGTH = "UPDATE uploads SET length = $3 WHERE id = $1 AND fence = $2 AND length IS NULL AND received <= $3";
    // All of its bytes were here, also of one that was looked at before they were recorded.
    END = "UPDATE uploads SET outcome = $3, received = COALESCE(length, received), owner = NULL, locked_until = NULL, finishing = FALSE, expires_at = $4 \
           WHERE id = $1 AND fence = $2 AND outcome IS NULL";
    CANCEL = "UPDATE uploads SET fence = fence + 1, outcome = $2, owner = NULL, locked_until = NULL, finishing = FALSE \
              WHERE id = $1 AND outcome IS NULL AND (finishing = FALSE OR locked_until <= $3)";
    INSERT_SEGMENT = "INSERT INTO upload_segments (upload_id, starts_at, bytes, fence, crc32c, part, e_tag) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
    REMOVE_TAILS = "DELETE FROM upload_segments WHERE upload_id = $1 AND starts_at >= $2";
    MULTIPARTS = "SELECT multipart FROM uploads WHERE multipart IS NOT NULL AND outcome IS NULL";
    SEGMENTS = "SELECT starts_at, bytes, fence, crc32c, part, e_tag FROM upload_segments WHERE upload_id = $1 ORDER BY starts_at";
    REMOVE_SEGMENTS = "DELETE FROM upload_segments WHERE upload_id = $1";
    EXPIRED = "SELECT id FROM uploads WHERE expires_at <= $1 AND id > $2 ORDER BY id LIMIT 500";
    REMOVE = "DELETE FROM uploads WHERE id = $1 AND expires_at <= $2";
}

impl FromRow for Upload {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let length = row.get::<Option<i64>>("length")?.map(u64::try_from).transpose();
        Ok(Self {
            id: row.id("id")?,
            showcase_id: row.id("showcase_id")?,
            user_id: row.id("user_id")?,
            length: length.map_err(|_| Error::Inconsistent("length"))?,
            received: row.number("received")?,
            metadata: row.get("metadata")?,
            declared: row.get("declared")?,
            head: row.get("head")?,
            digest_state: row.get("digest_state")?,
            fence: row.get("fence")?,
            multipart: row.get("multipart")?,
            locked_until: row.get("locked_until")?,
            finishing: row.get("finishing")?,
            outcome: row.get("outcome")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
        })
    }
}

impl FromRow for Segment {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let number = row.get::<Option<i64>>("part")?.map(u32::try_from).transpose();
        let number = number.map_err(|_| Error::Inconsistent("part"))?;
        let part = number.zip(row.get("e_tag")?).map(|(number, e_tag)| Part { number, e_tag });
        Ok(Self {
            part,
            start: row.number("starts_at")?,
            bytes: row.number("bytes")?,
            fence: row.get("fence")?,
            crc32c: row.number("crc32c")?,
        })
    }
}

struct Count(i64);

impl FromRow for Count {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("open_uploads").map(Self)
    }
}

struct Multipart(String);

impl FromRow for Multipart {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("multipart").map(Self)
    }
}

struct Id(UploadId);

impl FromRow for Id {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.id("id").map(Self)
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, upload: &Upload) -> Result<(), Error> {
    bind(on.query(INSERT), upload).execute().await.map(drop)
}

/// Inserts an upload if its person has fewer than `limit` open, as far as can be seen without a lock.
///
/// # Errors
/// See [`Error`].
pub async fn insert_below(on: &mut impl Session, upload: &Upload, limit: i64) -> Result<bool, Error> {
    Ok(bind(on.query(INSERT_BELOW), upload).bind(limit).execute().await? == 1)
}

fn bind<'q>(query: Query<'q>, upload: &Upload) -> Query<'q> {
    let query = query.bind(upload.id.0).bind(upload.showcase_id.0).bind(upload.user_id.0);
    let query = query.bind(upload.length.map(u64::cast_signed)).bind(upload.received.cast_signed());
    let query = query.bind(&upload.metadata).bind(&upload.declared).bind(&upload.head).bind(&upload.digest_state);
    query.bind(upload.fence).bind(upload.finishing).bind(upload.created_at).bind(upload.expires_at)
}

/// The uploads that a person has open; nobody else opens one for them until this unit of work ends.
///
/// # Errors
/// See [`Error`].
pub async fn count_open(on: &mut impl Session, user: UserId, now: DateTime<Utc>) -> Result<i64, Error> {
    on.query(LOCK_PERSON).bind(user.0).fetch_optional::<Id>().await?;
    on.query(COUNT_OPEN).bind(user.0).bind(now).fetch_one::<Count>().await.map(|count| count.0)
}

/// Of the open uploads that a person has left, so that they expire by `before`: one without bytes, or else the one that
/// was left first.
///
/// # Errors
/// See [`Error`].
pub async fn least_wanted(
    on: &mut impl Session,
    user: UserId,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<Option<UploadId>, Error> {
    let found = on.query(LEAST_WANTED).bind(user.0).bind(now).bind(before).fetch_optional::<Id>().await?;
    Ok(found.map(|id| id.0))
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: UploadId) -> Result<Option<Upload>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// Takes an upload of this person's up at `offset`, from whoever held it; `None` when it stands elsewhere, is over, or
/// is just being finished.
///
/// # Errors
/// See [`Error`].
pub async fn take(
    on: &mut impl Session,
    (id, user): (UploadId, UserId),
    offset: u64,
    lease: Lease,
) -> Result<Option<Upload>, Error> {
    let query = on.query(TAKE).bind(id.0).bind(lease.owner).bind(lease.now).bind(lease.until);
    query.bind(offset.cast_signed()).bind(user.0).fetch_optional().await
}

/// Moves an upload on; `false` when somebody else took it up since.
///
/// # Errors
/// See [`Error`].
pub async fn advance(
    on: &mut impl Session,
    (id, fence): (UploadId, i64),
    step: &Step,
    until: DateTime<Utc>,
) -> Result<bool, Error> {
    let query = on.query(MOVE).bind(id.0).bind(fence).bind(step.from.cast_signed()).bind(step.to.cast_signed());
    let query = query.bind(step.head.as_deref()).bind(step.digest_state.as_slice()).bind(until).bind(step.expires_at);
    let query = query.bind(step.multipart.as_deref());
    Ok(query.execute().await? == 1)
}

/// Says that an upload is still held; `false` when it is not.
///
/// # Errors
/// See [`Error`].
pub async fn hold(
    on: &mut impl Session,
    (id, fence): (UploadId, i64),
    until: DateTime<Utc>,
    finishing: bool,
) -> Result<bool, Error> {
    Ok(on.query(HOLD).bind(id.0).bind(fence).bind(until).bind(finishing).execute().await? == 1)
}

/// Whether an upload is still held under this fence.
///
/// # Errors
/// See [`Error`].
pub async fn is_held(on: &mut impl Session, (id, fence): (UploadId, i64)) -> Result<bool, Error> {
    Ok(on.query(IS_HELD).bind(id.0).bind(fence).fetch_optional::<Id>().await?.is_some())
}

/// # Errors
/// See [`Error`].
pub async fn release(on: &mut impl Session, (id, fence): (UploadId, i64)) -> Result<(), Error> {
    on.query(RELEASE).bind(id.0).bind(fence).execute().await.map(drop)
}

/// Tells the length of an upload that had none.
///
/// # Errors
/// See [`Error`].
pub async fn set_length(on: &mut impl Session, (id, fence): (UploadId, i64), length: u64) -> Result<bool, Error> {
    Ok(on.query(SET_LENGTH).bind(id.0).bind(fence).bind(length.cast_signed()).execute().await? == 1)
}

/// Says what became of an upload; `false` when that was decided already or somebody else holds it.
///
/// # Errors
/// See [`Error`].
pub async fn end(
    on: &mut impl Session,
    (id, fence): (UploadId, i64),
    outcome: &str,
    expires_at: DateTime<Utc>,
) -> Result<bool, Error> {
    Ok(on.query(END).bind(id.0).bind(fence).bind(outcome).bind(expires_at).execute().await? == 1)
}

/// Ends an upload whoever holds it, unless it is decided or just being finished.
///
/// # Errors
/// See [`Error`].
pub async fn cancel(on: &mut impl Session, id: UploadId, outcome: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    Ok(on.query(CANCEL).bind(id.0).bind(outcome).bind(now).execute().await? == 1)
}

/// # Errors
/// See [`Error`].
pub async fn insert_segment(on: &mut impl Session, id: UploadId, segment: &Segment) -> Result<(), Error> {
    let query = on.query(INSERT_SEGMENT).bind(id.0).bind(segment.start.cast_signed());
    let query = query.bind(segment.bytes.cast_signed()).bind(segment.fence).bind(i64::from(segment.crc32c));
    let (number, e_tag) = segment.part.as_ref().map(|part| (i64::from(part.number), part.e_tag.as_str())).unzip();
    query.bind(number).bind(e_tag).execute().await.map(drop)
}

/// Removes the segments from `start` on.
///
/// # Errors
/// See [`Error`].
pub async fn remove_tails(on: &mut impl Session, id: UploadId, start: u64) -> Result<(), Error> {
    on.query(REMOVE_TAILS).bind(id.0).bind(start.cast_signed()).execute().await.map(drop)
}

/// The multipart uploads that undecided uploads need.
///
/// # Errors
/// See [`Error`].
pub async fn multiparts(on: &mut impl Session) -> Result<Vec<String>, Error> {
    let found = on.query(MULTIPARTS).fetch_all::<Multipart>().await?;
    Ok(found.into_iter().map(|found| found.0).collect())
}

/// An upload's segments, in the order of their bytes.
///
/// # Errors
/// See [`Error`].
pub async fn segments(on: &mut impl Session, id: UploadId) -> Result<Vec<Segment>, Error> {
    on.query(SEGMENTS).bind(id.0).fetch_all().await
}

/// # Errors
/// See [`Error`].
pub async fn remove_segments(on: &mut impl Session, id: UploadId) -> Result<(), Error> {
    on.query(REMOVE_SEGMENTS).bind(id.0).execute().await.map(drop)
}

/// Some of the uploads that expired by `before`, after the id `after`.
///
/// # Errors
/// See [`Error`].
pub async fn expired(on: &mut impl Session, before: DateTime<Utc>, after: UploadId) -> Result<Vec<UploadId>, Error> {
    let found = on.query(EXPIRED).bind(before).bind(after.0).fetch_all::<Id>().await?;
    Ok(found.into_iter().map(|id| id.0).collect())
}

/// Forgets an upload that expired by `before`; the caller removed its segments in the same unit of work.
///
/// # Errors
/// See [`Error`].
pub async fn remove(on: &mut impl Session, id: UploadId, before: DateTime<Utc>) -> Result<bool, Error> {
    Ok(on.query(REMOVE).bind(id.0).bind(before).execute().await? == 1)
}

/// How many uploads of anybody are neither ended nor over at `now`.
///
/// # Errors
/// See [`Error`].
pub async fn count_all_open(on: &mut impl Session, now: DateTime<Utc>) -> Result<i64, Error> {
    on.query(COUNT_ALL_OPEN).bind(now).fetch_one::<Count>().await.map(|count| count.0)
}
