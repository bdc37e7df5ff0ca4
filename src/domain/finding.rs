//! What a check remarked about a file, and the sum of the remarks: a refusal is data, not an error.

use serde::{Deserialize, Serialize};

use super::media_type::MediaType;

/// One remark about a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// A plain sentence that says what was found and what to do about it.
    pub detail: String,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file is accepted; the assessor sees the remark.
    Warns,
    /// The file is refused.
    Refuses,
}

/// The stable names of findings, as clients read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    EmptyFile,
    TooLarge,
    TypeNotAccepted,
    TypeMismatch,
    Encrypted,
    Damaged,
    Macros,
    TooComplex,
    /// The reader had to rebuild the file's structure; the file opens.
    Repaired,
}

/// What an inspection learned of a file: its type, what it remarked, and its pages where it has pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub media_type: Option<MediaType>,
    pub findings: Vec<Finding>,
    pub pages: Option<u32>,
}

impl Verdict {
    /// The remark that refuses the file, if any does.
    #[must_use]
    pub fn refusal(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.severity == Severity::Refuses)
    }
}

impl Finding {
    #[must_use]
    pub fn refuses(code: FindingCode, detail: impl Into<String>) -> Self {
        Self { code, severity: Severity::Refuses, detail: detail.into() }
    }

    #[must_use]
    pub fn warns(code: FindingCode, detail: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warns, detail: detail.into() }
    }
}
