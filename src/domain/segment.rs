//! A stretch of an upload as it was stored; the stretches of an upload follow on each other without a gap.

/// A stored stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub start: u64,
    pub bytes: u64,
    /// Who wrote it: two who write the same stretch never write the same object.
    pub fence: i64,
    pub crc32c: u32,
    /// What it is of the object that the upload becomes; `None` for an object of its own, or bytes of a file.
    pub part: Option<Part>,
}

/// A part of an object that is composed in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 1.
    pub number: u32,
    /// What the store calls it.
    pub e_tag: String,
}

/// What is known of an upload's bytes in the store.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    /// The multipart upload that the parts belong to.
    pub multipart: Option<String>,
    pub segments: Vec<Segment>,
}

impl Segment {
    /// Where the next one starts.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.start + self.bytes
    }
}
