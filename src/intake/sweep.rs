//! Removes what a crash left: bytes that were never sealed, and sealed objects that no row names. Whatever is
//! younger than the given instant may belong to an upload under way and stays.

use std::time::SystemTime;

use super::Error;
use crate::db::Database;
use crate::records::{documents, pieces};
use crate::storage::{ObjectKey, Storage};

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Uploads that were never sealed.
    pub unsealed: u64,
    /// Sealed objects without a row.
    pub objects: u64,
}

/// Sweeps everything that was last touched before `before`.
///
/// # Errors
/// When the store or the database does not answer; what was removed until then was rightly removed.
pub async fn sweep(db: &Database, storage: &Storage, before: SystemTime) -> Result<Swept, Error> {
    let mut swept = Swept { unsealed: storage.remove_unsealed(before).await?, objects: 0 };
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
        ObjectKey::Piece(id) => pieces::is_kept(&mut session, id).await?,
        ObjectKey::Document(id) => documents::find(&mut session, id).await?.is_some(),
    })
}
