//! A stretch of an upload as it was stored; the stretches of an upload follow on each other without a gap.

/// A stored stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub start: u64,
    pub bytes: u64,
    /// Who wrote it: two who write the same stretch never write the same object.
    pub fence: i64,
    pub crc32c: u32,
}

impl Segment {
    /// Where the next one starts.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.start + self.bytes
    }
}
