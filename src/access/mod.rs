//! How people prove who they are in a browser: links, passkeys, passwords, sessions, and what slows a guesser down.
//! Every secret is 256 random bits shown to its holder once; only what cannot be turned back is kept.

mod change;
mod error;
mod feeds;
mod hashing;
mod links;
mod passkeys;
mod relying_party;
mod secret;
mod sessions;
mod sign_in;

pub use error::Error;
pub use links::NewLink;
pub use passkeys::Challenge;
pub use secret::Secret;
pub use sessions::{Opened, Visit};
pub use sign_in::Attempt;

use std::sync::Arc;

use self::hashing::Hashing;
use self::relying_party::RelyingParty;
use crate::clock::Clock;
use crate::config::SignInSettings;
use crate::db::Database;

/// Lets people in. Cheap to clone; all clones hash passwords in one queue.
#[derive(Clone, Debug)]
pub struct Access {
    db: Database,
    clock: Clock,
    settings: SignInSettings,
    hashing: Arc<Hashing>,
    /// `None` where browsers know no passkeys.
    party: Option<Arc<RelyingParty>>,
}

impl Access {
    #[must_use]
    pub fn new(db: Database, clock: Clock, settings: SignInSettings) -> Self {
        Self { db, clock, settings, hashing: Arc::default(), party: None }
    }
}
