//! Some showcases' rows and files, on their way into the database and the store: objects first, then the rows in
//! one transaction.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::db::{self, Database, Tx};
use crate::domain::digest::Digest;
use crate::domain::gateway::GatewayDetails;
use crate::domain::ids::{ShowcaseId, UserId};
use crate::records::attempts::{Attempt, Closing, Decision};
use crate::records::documents::Document;
use crate::records::pieces::{NewClaim, Piece};
use crate::records::showcases::Showcase;
use crate::records::tags::Tag;
use crate::records::users::User;
use crate::records::{attempts, documents, gateways, organisations, pieces, showcases, tags, users};
use crate::storage::{ObjectKey, Storage};

use super::cast::Cast;

/// Objects of a batch that are sealed at the same time: each waits for the disk or the network most of its time.
const SEALING: usize = 32;

/// The rows of some showcases, by table.
#[derive(Debug, Default)]
pub struct Batch {
    /// `None` where only rows are wanted.
    pub objects: Option<Vec<Object>>,
    pub users: Vec<User>,
    pub showcases: Vec<Showcase>,
    pub pieces: Vec<Piece>,
    pub claims: Vec<NewClaim>,
    pub tags: Vec<Tag>,
    pub preparations: Vec<Preparation>,
    pub documents: Vec<Document>,
    pub attempts: Vec<Attempt>,
    pub decisions: Vec<Decision>,
}

/// A file to store.
#[derive(Debug)]
pub struct Object {
    pub key: ObjectKey,
    pub digest: Digest,
    pub content: Vec<u8>,
}

/// What a provider prepared for a showcase's gateway.
#[derive(Debug)]
pub struct Preparation {
    pub showcase: ShowcaseId,
    pub details: GatewayDetails,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

impl Batch {
    pub fn new(with_objects: bool) -> Self {
        Self { objects: with_objects.then(Vec::new), ..Self::default() }
    }

    pub fn add_object(&mut self, object: Object) {
        if let Some(objects) = &mut self.objects {
            objects.push(object);
        }
    }

    /// Makes the files durable.
    pub async fn seal(&mut self, storage: &Storage) -> anyhow::Result<()> {
        let objects = self.objects.take().unwrap_or_default();
        let sealing = stream::iter(objects).map(|object| sealed(storage, object)).buffer_unordered(SEALING);
        sealing.try_collect().await
    }

    /// Records every row. Those that others refer to come first.
    pub async fn record(&self, db: &Database) -> Result<(), db::Error> {
        let mut tx = db.write().await?;
        users::insert_many(&mut tx, &self.users).await?;
        showcases::insert_many(&mut tx, &self.showcases).await?;
        if let Some(showcase) = self.showcases.first() {
            pieces::insert_many(&mut tx, &self.pieces, showcase.piece_limit).await?;
        }
        pieces::claim_many(&mut tx, &self.claims).await?;
        tags::insert_many(&mut tx, &self.tags).await?;
        self.record_gateways(&mut tx).await?;
        tx.commit().await
    }

    async fn record_gateways(&self, tx: &mut Tx) -> Result<(), db::Error> {
        documents::insert_many(tx, &self.documents).await?;
        for Preparation { showcase, details, by, at } in &self.preparations {
            gateways::put(tx, *showcase, details, *by, *at).await?;
        }
        for attempt in &self.attempts {
            attempts::insert(tx, attempt).await?;
            if let (Some(outcome), Some(by), Some(at)) = (attempt.outcome, attempt.closed_by, attempt.closed_at) {
                let closing = Closing { outcome, by, at, note: attempt.note.as_deref() };
                attempts::close(tx, attempt.showcase_id, attempt.number, &closing).await?;
            }
        }
        attempts::decide_many(tx, &self.decisions).await
    }
}

impl Cast {
    /// Records the organisations and all people but apprentices.
    pub async fn record(&self, db: &Database) -> Result<(), db::Error> {
        let mut tx = db.write().await?;
        for organisation in &self.organisations {
            organisations::insert(&mut tx, organisation).await?;
        }
        users::insert_many(&mut tx, &self.users).await?;
        tx.commit().await
    }
}

async fn sealed(storage: &Storage, object: Object) -> anyhow::Result<()> {
    let Object { key, digest, content } = object;
    if seal(storage, key, digest, &content).await.is_err() {
        // The database is empty, so what lies under this key is left of a seeding that was broken off.
        storage.remove(key).await?;
        seal(storage, key, digest, &content).await?;
    }
    Ok(())
}

async fn seal(storage: &Storage, key: ObjectKey, digest: Digest, content: &[u8]) -> anyhow::Result<()> {
    let mut staging = storage.stage(key, Some(content.len() as u64)).await?;
    staging.write(content).await?;
    let staged = staging.finish().await?;
    anyhow::ensure!(staged.digest == digest, "{key} was not stored as it was made");
    Ok(staged.seal().await?)
}
