//! How much a hostile file may make its reader work: plain numbers, set by configuration, kept by the inspectors.

use serde::{Deserialize, Serialize};

/// Of a ZIP package (DOCX, ODT and their kin).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageLimits {
    pub max_entries: u32,
    /// Bytes that one entry may inflate to.
    pub max_entry_bytes: u64,
    /// Bytes that all entries together may inflate to.
    pub max_total_bytes: u64,
    /// Elements of XML inside one another.
    pub max_xml_depth: u32,
}

/// Of a mail.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailLimits {
    /// Bytes of one part's headers.
    pub max_header_bytes: u32,
    pub max_parts: u32,
    /// Parts inside one another.
    pub max_depth: u32,
}

/// Of a PDF.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PdfLimits {
    pub max_objects: u32,
    /// Bytes that one compressed stream of the file's structure may inflate to.
    pub max_stream_bytes: u64,
}
