//! Argon2id (RFC 9106) with the parameters that OWASP names for 19 MiB. One password is hashed at a time, on a blocking
//! thread and always in the same memory, so that however many people sign in, the service takes 19 MiB for it and leaves
//! the uploads a core.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Access, Error};
use crate::clock::random_bytes;
use crate::domain::password::Password;
use crate::records::passwords::Hashed;

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The one place where passwords are hashed.
pub struct Hashing {
    turn: Arc<Semaphore>,
    /// Taken from the system once and kept: given back and taken anew on one thread after another, it stays with each
    /// of their allocators, which came to 800 MB for 60 people.
    room: Arc<Mutex<Vec<Block>>>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), room: Arc::default() }
    }
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashing")
    }
}

impl Access {
    /// Hashes a password that is to be set.
    pub(super) async fn hash(&self, password: &Password) -> Result<Hashed, Error> {
        let salt = random_bytes()[..16].to_vec();
        let blank = Hashed { salt, hash: Vec::new(), memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES };
        let hash = self.digest(password.expose().to_owned(), blank.clone()).await?;
        Ok(Hashed { hash, ..blank })
    }

    /// Whether this is the password. Without one to compare, it takes as long to say no: an unknown address must not
    /// be told by a quicker answer.
    pub(super) async fn is_right(&self, presented: &str, known: Option<Hashed>) -> Result<bool, Error> {
        let is_known = known.is_some();
        let known = known.unwrap_or(Hashed {
            salt: vec![0; 16],
            hash: vec![0; 32],
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
        });
        let hash = self.digest(presented.to_owned(), known.clone()).await?;
        // Every byte is looked at, whichever differs.
        let differences = hash.iter().zip(&known.hash).fold(0, |differences, (a, b)| differences | (a ^ b));
        Ok(is_known && differences == 0 && hash.len() == known.hash.len())
    }

    async fn digest(&self, password: String, with: Hashed) -> Result<Vec<u8>, Error> {
        let turn = Arc::clone(&self.hashing.turn).acquire_owned();
        let turn = timeout(PATIENCE, turn).await.map_err(|_| Error::Busy)?.expect("the semaphore is never closed");
        let room = Arc::clone(&self.hashing.room);
        let hashed = tokio::task::spawn_blocking(move || {
            let mut room = room.lock().unwrap_or_else(PoisonError::into_inner);
            let hashed = derive(password.as_bytes(), &with, &mut room);
            // Held to here, so that nobody else begins when the one who asked went away.
            drop(turn);
            hashed
        });
        hashed.await.ok().flatten().ok_or(Error::Busy)
    }
}

/// `None` when the parameters of the row are none.
fn derive(password: &[u8], with: &Hashed, room: &mut Vec<Block>) -> Option<Vec<u8>> {
    let parameters = Params::new(with.memory_kib, with.passes, with.lanes, Some(32)).ok()?;
    room.resize(parameters.block_count(), Block::default());
    let mut hash = vec![0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let hashed = argon2.hash_password_into_with_memory(password, &with.salt, &mut hash, room.as_mut_slice());
    // Nothing that was made of a password stays.
    room.fill(Block::default());
    hashed.ok().map(|()| hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with the reference program: `printf 'otter under a teal bridge' | argon2 saltsaltsaltsalt -id -k 19456 -t 2 -p 1`.
    #[test]
    fn it_is_argon2id() {
        let with = Hashed {
            salt: b"saltsaltsaltsalt".to_vec(),
            hash: Vec::new(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
        };
        let hash = derive(b"otter under a teal bridge", &with, &mut Vec::new()).unwrap();
        assert_eq!(hex::encode(hash), "c05bf709b12ed5e634a72adec9c8e4f038871fd45b835474051777b49a2e2f2b");
    }
}
