//! Removes what a crash left: bytes that were never sealed, and sealed objects that no row names. Whatever is
//! younger than the given instant may belong to an upload under way and stays.

use std::time::SystemTime;

use uuid::Uuid;

use super::Error;
use crate::db::Database;
use crate::domain::ids::UploadId;
use crate::records::{documents, pieces, uploads};
use crate::storage::{FragmentKey, ObjectKey, Storage};

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Uploads that were never sealed.
    pub unsealed: u64,
    /// Sealed objects without a row.
    pub objects: u64,
    /// Resumable uploads that expired, and what nobody counts of others.
    pub uploads: u64,
}

/// Sweeps everything that was last touched before `before`.
///
/// # Errors
/// When the store or the database does not answer; what was removed until then was rightly removed.
pub async fn sweep(db: &Database, storage: &Storage, before: SystemTime) -> Result<Swept, Error> {
    let needed = uploads::multiparts(&mut &*db).await?.into_iter().collect();
    let mut swept = Swept { unsealed: storage.remove_unsealed(before, &needed).await?, ..Swept::default() };
    swept.uploads = sweep_uploads(db, storage, before).await?;
    let mut cursor = None;
    loop {
        let (found, next) = storage.list(cursor).await?;
        for object in found.iter().filter(|object| object.modified <= before) {
            if let Some(key) = object.key
                && !is_recorded(db, key).await?
            {
                storage.remove(key).await?;
                swept.objects += 1;
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(swept),
        }
    }
}

async fn is_recorded(db: &Database, key: ObjectKey) -> Result<bool, Error> {
    let mut session = db;
    Ok(match key {
        ObjectKey::Piece(id) => pieces::is_kept(&mut session, id).await? || is_open(db, UploadId(id.0)).await?,
        ObjectKey::Document(id) => documents::find(&mut session, id).await?.is_some(),
    })
}

/// Whether it is an upload under way, whose object has its name.
async fn is_open(db: &Database, id: UploadId) -> Result<bool, Error> {
    let mut session = db;
    Ok(uploads::find(&mut session, id).await?.is_some_and(|upload| upload.outcome.is_none()))
}

async fn sweep_uploads(db: &Database, storage: &Storage, before: SystemTime) -> Result<u64, Error> {
    let (mut swept, mut last) = (0, UploadId(Uuid::nil()));
    loop {
        let expired = uploads::expired(&mut &*db, before.into(), last).await?;
        let Some(&end) = expired.last() else { break };
        for id in expired {
            super::resume::forget(db, storage, id).await?;
            let mut tx = db.write().await?;
            uploads::remove_segments(&mut tx, id).await?;
            // It may have been gone on with since; then it keeps its segments, too.
            if uploads::remove(&mut tx, id, before.into()).await? {
                tx.commit().await?;
                swept += 1;
            }
        }
        last = end;
    }
    let mut cursor = None;
    loop {
        let (found, next) = storage.fragments(cursor).await?;
        for fragment in found.iter().filter(|fragment| fragment.modified <= before) {
            if !is_counted(db, fragment.key).await? {
                storage.remove_fragment(fragment.key).await?;
                swept += 1;
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(swept),
        }
    }
}

/// Whether an upload under way needs what is stored under this name.
async fn is_counted(db: &Database, key: FragmentKey) -> Result<bool, Error> {
    let mut session = db;
    let open = is_open(db, key.upload).await?;
    let Some((start, fence)) = key.segment.filter(|_| open) else { return Ok(open) };
    let segments = uploads::segments(&mut session, key.upload).await?;
    Ok(segments.iter().any(|segment| (segment.start, segment.fence) == (start, fence)))
}
