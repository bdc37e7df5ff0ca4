//! What the holder of a session or a link has: 256 random bits as text. Their SHA-256 is enough to know them by.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::clock::random_bytes;
use crate::domain::digest::Digest;

/// A secret that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random_bytes()))
    }

    /// The text for its holder.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// By what a presented secret is known.
pub fn hash(presented: &str) -> Digest {
    Digest::of(presented.as_bytes())
}
