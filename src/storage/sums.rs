//! What is computed of bytes while they pass: the SHA-256 of all of them, and the CRC32C of a stretch, which S3 is to
//! verify.

use sha2::{Digest as _, Sha256};

use crate::domain::digest::Digest;

/// The sums over the bytes so far.
#[derive(Debug, Default)]
pub struct Sums {
    sha256: Sha256,
    crc32c: u32,
}

impl Sums {
    /// Sums that go on from a hasher's state.
    pub fn resumed(sha256: Sha256) -> Self {
        Self { sha256, crc32c: 0 }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.crc32c = crc32c::crc32c_append(self.crc32c, bytes);
    }

    /// Counts bytes in the stretch that the digest has seen before.
    pub fn recall(&mut self, bytes: &[u8]) {
        self.crc32c = crc32c::crc32c_append(self.crc32c, bytes);
    }

    pub fn sha256(&self) -> &Sha256 {
        &self.sha256
    }

    /// The checksum of the stretch; the next one begins.
    pub fn cut(&mut self) -> u32 {
        std::mem::take(&mut self.crc32c)
    }

    pub fn digest(self) -> Digest {
        Digest::from_hasher(self.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_how_the_bytes_came() {
        let bytes: Vec<u8> = (0..=250).cycle().take(100_003).collect();
        let (first, second) = bytes.split_at(40_000);
        for size in [1, 999, 4096, bytes.len()] {
            let mut sums = Sums::default();
            first.chunks(size).for_each(|chunk| sums.update(chunk));
            assert_eq!(sums.cut(), crc32c::crc32c(first), "chunks of {size}");
            let mut later = Sums::resumed(sums.sha256().clone());
            later.recall(&first[30_000..]);
            second.chunks(size).for_each(|chunk| later.update(chunk));
            assert_eq!(later.cut(), crc32c::crc32c(&bytes[30_000..]), "chunks of {size}");
            assert_eq!(later.digest(), Digest::of(&bytes), "chunks of {size}");
        }
    }
}
