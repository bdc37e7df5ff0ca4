//! What a check remarked about a file, and the sum of the remarks: a refusal is data, not an error.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::media_type::MediaType;
use super::words::words;

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

words! {
    /// The stable names of findings, as clients read them. The first group refuses a file unless configured
    /// otherwise, the second warns.
    FindingCode {
        EmptyFile = "empty_file",
        TooLarge = "too_large",
        TypeNotAccepted = "type_not_accepted",
        /// The content is not what the name or the declared type says.
        TypeMismatch = "type_mismatch",
        Encrypted = "encrypted",
        Damaged = "damaged",
        /// Something that starts a program: a Launch action, an embedded program.
        ActiveContent = "active_content",
        Macros = "macros",
        /// The file loads a part of itself from elsewhere.
        ExternalReference = "external_reference",
        /// An archive that readers would unpack differently, or to places outside.
        ArchiveUnsafe = "archive_unsafe",
        Bomb = "bomb",
        TooComplex = "too_complex",
        /// Two accepted types at once.
        Polyglot = "polyglot",
        Malware = "malware",
        /// The malware scanner did not look at all of it.
        ScanIncomplete = "scan_incomplete",

        /// The reader had to rebuild the file's structure; the file opens.
        Repaired = "repaired",
        JavaScript = "javascript",
        Form = "form",
        Xfa = "xfa",
        EmbeddedFiles = "embedded_files",
        Links = "links",
        /// Opens without a password, but its owner restricted what may be done with it.
        OwnerPassword = "owner_password",
        TrailingData = "trailing_data",
        /// A statement that has no field for a signature.
        NoSignatureField = "no_signature_field",
        /// A part that one reader skips and another may show.
        Unverifiable = "unverifiable",
    }
}

impl FindingCode {
    /// What the finding weighs unless the settings say otherwise.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::EmptyFile
            | Self::TooLarge
            | Self::TypeNotAccepted
            | Self::TypeMismatch
            | Self::Encrypted
            | Self::Damaged
            | Self::ActiveContent
            | Self::Macros
            | Self::ExternalReference
            | Self::ArchiveUnsafe
            | Self::Bomb
            | Self::TooComplex
            | Self::Polyglot
            | Self::Malware
            | Self::ScanIncomplete => Severity::Refuses,
            Self::Repaired
            | Self::JavaScript
            | Self::Form
            | Self::Xfa
            | Self::EmbeddedFiles
            | Self::Links
            | Self::OwnerPassword
            | Self::TrailingData
            | Self::NoSignatureField
            | Self::Unverifiable => Severity::Warns,
        }
    }
}

/// What an inspection learned of a file beside its type; what does not apply or is not said is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Facts {
    pub pages: Option<u32>,
    /// Length of a recording in milliseconds.
    pub duration_ms: Option<u64>,
    /// Pixels.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// As the file says; a person may have left another's name in it.
    pub author: Option<String>,
    pub software: Option<String>,
    /// When a picture or recording was taken, by the device's own clock.
    pub captured_at: Option<NaiveDateTime>,
    pub words: Option<u64>,
    /// Whether a PDF has a field to sign in; `None` for every other type.
    pub signature_field: Option<bool>,
    /// Sound and picture codecs of a recording, in their containers' names.
    pub codecs: Vec<String>,
}

/// What an inspection found of a file: its type, what it remarked, and what it learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub media_type: Option<MediaType>,
    pub findings: Vec<Finding>,
    pub facts: Facts,
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
    pub fn new(code: FindingCode, detail: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), detail: detail.into() }
    }
}
