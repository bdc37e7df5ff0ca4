//! Chance that falls the same way each time: what is drawn and which id a row gets follow from its place in the
//! plan alone, never from the machine or from what was drawn before.

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// What something is drawn for; each has chance and ids of its own.
#[derive(Clone, Copy, Debug)]
pub enum What {
    // Not 0, which scatters to 0.
    Organisation = 1,
    Admin,
    Staff,
    Assessor,
    Apprentice,
    Showcase,
    Mapping,
    Piece,
    Tag,
    Gateway,
    Document,
    Decision,
}

/// A row of the plan: the `item`-th of its sort in the showcase of this number; showcases, organisations and people
/// are numbered themselves.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub what: What,
    pub number: u32,
    pub item: u16,
}

/// The numbers drawn for one place.
#[derive(Debug)]
pub struct Dice(u64);

impl Place {
    pub fn new(what: What, number: u32, item: usize) -> Self {
        Self { what, number, item: u16::try_from(item).expect("a showcase has few rows of a sort") }
    }

    fn bits(self) -> u64 {
        (self.what as u64) << 48 | u64::from(self.number) << 16 | u64::from(self.item)
    }

    pub fn dice(self) -> Dice {
        Dice(scattered(self.bits()))
    }

    /// An id (version 7) of the instant. No two places have the same: the 64 scattered bits are the place itself.
    pub fn id<T: From<Uuid>>(self, at: DateTime<Utc>) -> T {
        let millis = at.timestamp_millis().cast_unsigned();
        let (own, more) = (scattered(self.bits()), self.dice().next());
        // 12 bits stand beside the version, 62 beside the variant (RFC 9562, section 5.7); the builder puts those two
        // over what is here.
        let mut random = [0; 10];
        random[..2].copy_from_slice(&(own >> 52).to_be_bytes()[6..]);
        random[2..].copy_from_slice(&(own & (u64::MAX >> 12) | more << 52).to_be_bytes());
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid().into()
    }
}

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scattered(self.0)
    }

    /// A number from 0 to `end`, which is not among them.
    pub fn below(&mut self, end: u32) -> u32 {
        let scaled = ((self.next() >> 32) * u64::from(end)) >> 32;
        u32::try_from(scaled).expect("it is less than `end`")
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).expect("a short list")) as usize]
    }
}

/// Spreads numbers that lie side by side over all 64 bits, each to another (`SplitMix64`, Steele and others 2014).
fn scattered(number: u64) -> u64 {
    let mut bits = number;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_version_7_of_their_instant_and_differ() {
        let at = DateTime::from_timestamp(1_767_600_000, 123_000_000).unwrap();
        let mut seen = HashSet::new();
        for what in [What::Showcase, What::Piece, What::Tag] {
            for showcase in 0..100 {
                for item in 0..20 {
                    let id: Uuid = Place::new(what, showcase, item).id(at);
                    assert_eq!(id.get_version_num(), 7);
                    assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_767_600_000, 123_000_000));
                    assert!(seen.insert(id));
                }
            }
        }
        let again: Uuid = Place::new(What::Showcase, 0, 0).id(at);
        assert!(seen.contains(&again));
    }

    #[test]
    fn every_face_of_the_dice_comes_up() {
        let mut dice = Place::new(What::Piece, 7, 3).dice();
        let thrown: HashSet<u32> = (0..200).map(|_| dice.below(6)).collect();
        assert_eq!(thrown, (0..6).collect());
    }
}
