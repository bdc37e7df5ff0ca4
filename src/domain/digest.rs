//! The SHA-256 of stored content: the one identity of a file that nobody has to be believed for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sha2::digest::common::hazmat::SerializableState;

/// A SHA-256 digest (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

/// The text was not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("a SHA-256 digest is 64 hexadecimal digits")]
pub struct NotADigest;

impl Digest {
    /// The digest of bytes in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_hasher(<Sha256 as sha2::Digest>::new_with_prefix(bytes))
    }

    /// The digest of all that a hasher has seen.
    #[must_use]
    pub fn from_hasher(hasher: Sha256) -> Self {
        Self(sha2::Digest::finalize(hasher).into())
    }

    /// The state of a hasher, to go on with later and elsewhere.
    #[must_use]
    pub fn save(hasher: &Sha256) -> Vec<u8> {
        hasher.serialize().to_vec()
    }

    /// A hasher that goes on where one was saved.
    ///
    /// # Errors
    /// When the bytes are no such state.
    pub fn resume(state: &[u8]) -> Result<Sha256, NotADigest> {
        let state = state.try_into().map_err(|_| NotADigest)?;
        Sha256::deserialize(&state).map_err(|_| NotADigest)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = NotADigest;

    fn try_from(bytes: &[u8]) -> Result<Self, NotADigest> {
        bytes.try_into().map(Self).map_err(|_| NotADigest)
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let bytes = hex::decode(text).map_err(|_| NotADigest)?;
        Self::try_from(bytes.as_slice())
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn a_saved_hasher_goes_on_where_it_was() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for cut in [0, 1, 55, 63, 64, 65, 127, 128, 999, 1000] {
            let state = Digest::save(&Sha256::new_with_prefix(&bytes[..cut]));
            let mut hasher = Digest::resume(&state).unwrap();
            hasher.update(&bytes[cut..]);
            assert_eq!(Digest::from_hasher(hasher), Digest::of(&bytes), "cut at {cut}");
        }
        assert!(Digest::resume(b"").is_err() && Digest::resume(&[0; 20]).is_err());
    }
}
