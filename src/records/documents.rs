//! Table `gateway_documents`: certificates and forms sent with the gateway; they are no pieces and take no slot.

use chrono::{DateTime, Utc};

use super::json_text;
use super::many::{self, many};
use crate::db::{Error, FromRow, Query, Row, Session, statements};
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding};
use crate::domain::gateway::DocumentKind;
use crate::domain::ids::{DocumentId, ShowcaseId, UserId};
use crate::domain::media_type::MediaType;

/// A recorded gateway document.
#[derive(Clone, Debug)]
pub struct Document {
    pub id: DocumentId,
    pub showcase_id: ShowcaseId,
    pub kind: DocumentKind,
    pub file_name: FileName,
    pub media_type: MediaType,
    pub bytes: u64,
    pub sha256: Digest,
    pub pages: Option<u32>,
    pub findings: Vec<Finding>,
    pub facts: Facts,
    pub uploaded_by: UserId,
    pub created_at: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, showcase_id, kind, file_name, media_type, bytes, sha256, pages, findings, facts, ",
            "uploaded_by, created_at FROM gateway_documents WHERE ",
            $rest
        )
    };
}

statements! {
    INSERT = "INSERT INTO gateway_documents (id, showcase_id, kind, file_name, media_type, bytes, sha256, pages, \
              findings, facts, uploaded_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    INSERT_MANY = many!(INSERT.sqlite);
    FIND = select!("id = $1");
    LIST = select!("showcase_id = $1 AND replaced_by IS NULL ORDER BY id");
    REPLACE = "UPDATE gateway_documents SET replaced_by = $2 \
               WHERE id = $1 AND showcase_id = $3 AND kind = $4 AND replaced_by IS NULL";
}

impl FromRow for Document {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let pages = row.get::<Option<i64>>("pages")?.map(u32::try_from).transpose();
        Ok(Self {
            id: row.id("id")?,
            showcase_id: row.id("showcase_id")?,
            kind: row.parse("kind")?,
            file_name: FileName::from_record(row.get("file_name")?),
            media_type: row.parse("media_type")?,
            bytes: row.number("bytes")?,
            sha256: row.bytes("sha256")?,
            pages: pages.map_err(|_| Error::Inconsistent("pages"))?,
            findings: row.json("findings")?,
            facts: row.json("facts")?,
            uploaded_by: row.id("uploaded_by")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// # Errors
/// See [`Error`].
pub async fn insert(on: &mut impl Session, document: &Document) -> Result<(), Error> {
    bind(on.query(INSERT), document).execute().await.map(drop)
}

/// # Errors
/// See [`Error`].
pub async fn insert_many(on: &mut impl Session, documents: &[Document]) -> Result<(), Error> {
    many::insert_many(on, (INSERT, INSERT_MANY), documents, bind).await
}

fn bind<'q>(query: Query<'q>, document: &Document) -> Query<'q> {
    query
        .bind(document.id.0)
        .bind(document.showcase_id.0)
        .bind(document.kind.word())
        .bind(document.file_name.as_str())
        .bind(document.media_type.name())
        .bind(document.bytes.cast_signed())
        .bind(document.sha256.as_bytes().as_slice())
        .bind(document.pages.map(i64::from))
        .bind(json_text(&document.findings))
        .bind(json_text(&document.facts))
        .bind(document.uploaded_by.0)
        .bind(document.created_at)
}

/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, id: DocumentId) -> Result<Option<Document>, Error> {
    on.query(FIND).bind(id.0).fetch_optional().await
}

/// A showcase's documents, oldest first, without those that another took the place of.
///
/// # Errors
/// See [`Error`].
pub async fn list(on: &mut impl Session, showcase: ShowcaseId) -> Result<Vec<Document>, Error> {
    on.query(LIST).bind(showcase.0).fetch_all().await
}

/// Puts a document in the place of another of its showcase and kind; says whether there was such a one.
///
/// # Errors
/// See [`Error`].
pub async fn replace(on: &mut impl Session, old: DocumentId, new: &Document) -> Result<bool, Error> {
    let query = on.query(REPLACE).bind(old.0).bind(new.id.0).bind(new.showcase_id.0).bind(new.kind.word());
    query.execute().await.map(|rows| rows == 1)
}
