//! The limits and weights that files are held to: data that comes from outside, so that a check never decides
//! for itself how much is too much, and that may be handed to another process.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::finding::{FindingCode, Severity, Verdict};
use crate::domain::limits::{MailLimits, PackageLimits, PdfLimits};
use crate::domain::media_type::{MediaType, Sort};

/// What evidence may be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rules {
    /// Bytes, for everything but recordings.
    pub max_bytes: u64,
    /// Bytes, for audio and video.
    pub max_recording_bytes: u64,
    pub accept: Vec<MediaType>,
    pub max_pages: u32,
    /// Of one picture.
    pub max_pixels: u64,
    pub pdf: PdfLimits,
    pub package: PackageLimits,
    pub mail: MailLimits,
    /// Only what weighs other than usual.
    pub severity: BTreeMap<FindingCode, Severity>,
}

impl Rules {
    /// The most bytes that a file of this type may have.
    #[must_use]
    pub fn max_bytes_of(&self, media_type: MediaType) -> u64 {
        if media_type.sort() == Sort::Recording { self.max_recording_bytes } else { self.max_bytes }
    }

    /// How much a finding weighs here.
    #[must_use]
    pub fn weight(&self, code: FindingCode) -> Severity {
        self.severity.get(&code).copied().unwrap_or(code.severity())
    }

    /// Gives every finding the weight that the settings want. A file whose type is unknown stays refused: there is
    /// nothing that it could be kept and served as.
    pub(super) fn weigh(&self, verdict: &mut Verdict) {
        if verdict.media_type.is_none() {
            return;
        }
        for finding in &mut verdict.findings {
            if let Some(severity) = self.severity.get(&finding.code) {
                finding.severity = *severity;
            }
        }
    }

    /// Roomy rules for the tests of the inspectors.
    #[cfg(test)]
    pub(crate) fn of_tests() -> Self {
        Self {
            max_bytes: 10_000_000,
            max_recording_bytes: 20_000_000,
            accept: MediaType::ALL.to_vec(),
            max_pages: 50,
            max_pixels: 1_000_000,
            pdf: PdfLimits { max_objects: 10_000, max_stream_bytes: 1_000_000 },
            package: PackageLimits {
                max_entries: 100,
                max_entry_bytes: 1_000_000,
                max_total_bytes: 2_000_000,
                max_xml_depth: 100,
            },
            mail: MailLimits { max_header_bytes: 20_000, max_parts: 50, max_depth: 5 },
            severity: BTreeMap::new(),
        }
    }
}
