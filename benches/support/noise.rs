//! Noise that costs the client next to nothing, and of which no 64 KiB occur twice.
//!
//! Incompressible, because a store may compress. Different in every block of every upload, because
//! a store that addresses blocks by their content would skip what it has already.

use std::sync::OnceLock;

use crate::support::scatter::scramble;

const POOL: usize = 2 << 20;
const BLOCK: u64 = 64 << 10;

/// Writes what stands at `offset` of the endless noise that belongs to `seed`.
pub fn write(seed: u64, mut offset: u64, mut room: &mut [u8]) {
    while !room.is_empty() {
        let left = (BLOCK - offset % BLOCK) as usize;
        let (now, later) = room.split_at_mut(left.min(room.len()));
        // One random word a block turns the same pool into other bytes: as fast as copying it.
        let mask = scramble(seed.wrapping_add(scramble(offset / BLOCK)));
        let mask = mask.rotate_right(8 * (offset % 8) as u32);
        let from = (offset % POOL as u64) as usize;
        mix(&pool()[from..from + now.len()], mask, now);
        offset += now.len() as u64;
        room = later;
    }
}

fn mix(source: &[u8], mask: u64, target: &mut [u8]) {
    let (words, rest) = source.as_chunks::<8>();
    let (target_words, target_rest) = target.as_chunks_mut::<8>();
    for (to, from) in target_words.iter_mut().zip(words) {
        *to = (u64::from_le_bytes(*from) ^ mask).to_le_bytes();
    }
    for ((to, from), mask) in target_rest.iter_mut().zip(rest).zip(mask.to_le_bytes()) {
        *to = from ^ mask;
    }
}

fn pool() -> &'static [u8] {
    static NOISE: OnceLock<Vec<u8>> = OnceLock::new();
    NOISE.get_or_init(|| (0..POOL as u64 / 8).flat_map(|at| scramble(at).to_le_bytes()).collect())
}
