//! What is computed of an object while it passes: its SHA-256, and a CRC32C for each part that S3 is to verify.

use sha2::{Digest as _, Sha256};

use super::PART;
use crate::domain::digest::Digest;

/// The sums over the bytes so far.
#[derive(Debug, Default)]
pub struct Sums {
    sha256: Sha256,
    whole: Vec<u32>,
    /// Of the part that is not whole yet, and how many bytes of it there were.
    current: u32,
    counted: usize,
}

impl Sums {
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(PART - self.counted));
            self.current = crc32c::crc32c_append(self.current, now);
            self.counted += now.len();
            if self.counted == PART {
                self.whole.push(self.current);
                (self.current, self.counted) = (0, 0);
            }
            rest = later;
        }
    }

    /// The checksums of the parts that are whole.
    pub fn whole_parts(&self) -> &[u32] {
        &self.whole
    }

    /// Sums that go on from a hasher's state, with checksums from here on.
    pub fn resumed(sha256: Sha256) -> Self {
        Self { sha256, ..Self::default() }
    }

    pub fn sha256(&self) -> &Sha256 {
        &self.sha256
    }

    /// The checksum of what came since the last cut, which is at most a part.
    pub fn cut(&mut self) -> u32 {
        let crc32c = self.whole.pop().unwrap_or(self.current);
        (self.current, self.counted) = (0, 0);
        crc32c
    }

    /// The digest, and the checksums of all parts, also of a shorter last one.
    pub fn finish(mut self) -> (Digest, Vec<u32>) {
        if self.counted > 0 {
            self.whole.push(self.current);
        }
        (Digest::from_hasher(self.sha256), self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_how_the_bytes_were_cut() {
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * PART + 5).collect();
        let parts: Vec<u32> = bytes.chunks(PART).map(crc32c::crc32c).collect();
        for size in [1_000_003, PART - 1, PART, PART + 1, bytes.len()] {
            let mut sums = Sums::default();
            bytes.chunks(size).for_each(|chunk| sums.update(chunk));
            assert_eq!(sums.whole_parts(), &parts[..2], "chunks of {size}");
            assert_eq!(sums.finish(), (Digest::of(&bytes), parts.clone()), "chunks of {size}");
        }
    }
}
