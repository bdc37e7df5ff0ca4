//! What a client is told when it is refused: a closed list of RFC 9457 problems. Nothing else in the crate
//! answers an error, and what broke inside is logged once and never told.

mod from;

use std::borrow::Cow;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};

macro_rules! codes {
    ($($variant:ident $word:literal $status:literal $title:literal;)*) => {
        /// The stable names of problems. Each keeps its status and its meaning for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($variant,)* }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            const fn number(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

codes! {
    BadRequest "bad_request" 400 "The request cannot be read";
    UploadIncomplete "upload_incomplete" 400 "The upload ended before it was whole";
    Unauthenticated "unauthenticated" 401 "A valid token is needed";
    Forbidden "forbidden" 403 "This act is somebody else's";
    SignInAgain "sign_in_again" 403 "A fresh sign-in is needed";
    CrossSite "cross_site" 403 "The request comes from another site";
    NotFound "not_found" 404 "There is no such thing here";
    MethodNotAllowed "method_not_allowed" 405 "This address does not take that method";
    NotAcceptable "not_acceptable" 406 "There is no such representation";
    UploadStalled "upload_stalled" 408 "The upload stood still";
    ShowcaseFull "showcase_full" 409 "Every slot of the showcase is taken";
    ShowcaseFrozen "showcase_frozen" 409 "The showcase is submitted and does not change";
    DuplicateInShowcase "duplicate_in_showcase" 409 "The showcase has this file already";
    PieceWithdrawn "piece_withdrawn" 409 "The piece was withdrawn";
    NotSubmitted "not_submitted" 409 "The showcase is not submitted";
    GatewayNotReady "gateway_not_ready" 409 "The gateway is not ready";
    GatewayUnchanged "gateway_unchanged" 409 "Nothing changed since the last attempt";
    AttemptClosed "attempt_closed" 409 "The attempt is closed";
    ComponentUndecided "component_undecided" 409 "A component is not decided";
    ComponentRejected "component_rejected" 409 "A component is rejected";
    ComponentLocked "component_locked" 409 "The component was accepted before";
    CoverageIncomplete "coverage_incomplete" 409 "An area has no evidence";
    EvidenceAltered "evidence_altered" 409 "Stored evidence is not what was submitted";
    ChangedMeanwhile "changed_meanwhile" 409 "The showcase changed meanwhile";
    NotIndependent "not_independent" 409 "The assessor is not independent of the provider";
    ShowcaseAccepted "showcase_accepted" 409 "The showcase is accepted";
    GatewayNotAccepted "gateway_not_accepted" 409 "The gateway is not accepted";
    ComponentClosed "component_closed" 409 "The component has its result";
    MeetingMissing "meeting_missing" 409 "No meeting is recorded";
    NotFailed "not_failed" 409 "Nothing was failed";
    ResitWindowOver "resit_window_over" 409 "The period for taking components again is over";
    NothingToRelease "nothing_to_release" 409 "No result waits to be released";
    EmailTaken "email_taken" 409 "The e-mail address is taken";
    IdentifierTaken "identifier_taken" 409 "The organisation's number is taken";
    OffsetMismatch "offset_mismatch" 409 "The upload stands elsewhere";
    UploadOver "upload_over" 410 "The upload is over";
    ProtocolVersion "protocol_version" 412 "The protocol has another version here";
    LengthExceeded "length_exceeded" 413 "The upload is longer than it was said to be";
    TooLarge "too_large" 413 "The file or request is too large";
    TypeNotAccepted "type_not_accepted" 415 "The type of file is not accepted";
    TypeMismatch "type_mismatch" 415 "The content is not what the name says";
    UnsupportedMediaType "unsupported_media_type" 415 "The request has another type than this call takes";
    RangeNotSatisfiable "range_not_satisfiable" 416 "The range lies outside the file";
    EmptyFile "empty_file" 422 "The file is empty";
    Encrypted "encrypted" 422 "The file is protected with a password";
    Damaged "damaged" 422 "The file is damaged";
    ActiveContent "active_content" 422 "The file can start something";
    Macros "macros" 422 "The file can run macros";
    ExternalReference "external_reference" 422 "The file loads a part of itself from elsewhere";
    ArchiveUnsafe "archive_unsafe" 422 "The document's package is unsafe";
    Bomb "bomb" 422 "The file unpacks to far more than it is";
    TooComplex "too_complex" 422 "The file is too long or too complex";
    Polyglot "polyglot" 422 "The file is two types at once";
    Malware "malware" 422 "The malware scanner found something";
    ScanIncomplete "scan_incomplete" 422 "The malware scanner could not look at all of it";
    DigestMismatch "digest_mismatch" 422 "The upload is not what its digest says";
    DeclarationMissing "declaration_missing" 422 "A declaration is missing";
    UnknownArea "unknown_area" 422 "There is no such area";
    UnknownCriterion "unknown_criterion" 422 "There is no such criterion";
    UnknownDocument "unknown_document" 422 "There is no such gateway document";
    UnknownStandard "unknown_standard" 422 "There is no such standard";
    UnknownOrganisation "unknown_organisation" 422 "There is no such organisation";
    UnknownUser "unknown_user" 422 "There is no such person";
    IdempotencyKeyReused "idempotency_key_reused" 422 "The idempotency key was used for something else";
    OutsideAssessmentWindow "outside_assessment_window" 422 "The day is not one on which the assessment may be held";
    PasskeyRefused "passkey_refused" 422 "The passkey was not taken";
    OutsideCalendar "outside_calendar" 422 "The day lies outside the table of bank holidays";
    Invalid "invalid" 422 "A field is not as it should be";
    UploadLocked "upload_locked" 423 "Another request goes on with the upload";
    TooManyUploads "too_many_uploads" 429 "Too many uploads are open";
    TooManyAttempts "too_many_attempts" 429 "There were too many attempts";
    ChecksumMismatch "checksum_mismatch" 460 "The bytes are not what their checksum says";
    Internal "internal" 500 "Something broke here";
    StorageUnavailable "storage_unavailable" 503 "The store of files does not answer";
    DatabaseUnavailable "database_unavailable" 503 "The database does not answer";
    InspectionUnavailable "inspection_unavailable" 503 "Files cannot be inspected now";
    ScannerUnavailable "scanner_unavailable" 503 "The malware scanner does not answer";
    Busy "busy" 503 "Too many people sign in at once";
    Stopping "stopping" 503 "The service is stopping";
    StorageFull "storage_full" 507 "There is no room left";
}

impl Code {
    /// # Panics
    /// Never: every status of the list is one.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.number()).expect("the list holds statuses")
    }
}

/// Seconds after which a client may try again what was unavailable.
const RETRY_AFTER: u32 = 5;

/// One refusal: its code, a plain sentence that says what to do, and what else a program can use.
#[derive(Clone, Debug)]
pub struct Problem {
    pub code: Code,
    pub detail: Cow<'static, str>,
    /// Further members, such as `findings`, `checks` or `missing`.
    pub members: Map<String, Value>,
    /// What broke inside, for the log.
    pub cause: Option<String>,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), members: Map::new(), cause: None }
    }

    /// Nothing of that name, or nothing that this person may know of: the two are told alike.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here under this address, or it is not yours to see.")
    }

    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Invalid, detail)
    }

    /// Adds a member to the document.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.members.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    pub(super) fn broken(code: Code, detail: &'static str, cause: &dyn std::error::Error) -> Self {
        Self { cause: Some(chain(cause)), ..Self::new(code, detail) }
    }

    /// The document for one request.
    pub(super) fn document(&self, request_id: &str) -> Value {
        let mut document = self.members.clone();
        document.insert("type".into(), format!("/api/problems#{}", self.code.word()).into());
        document.insert("title".into(), self.code.title().into());
        document.insert("status".into(), self.code.number().into());
        document.insert("detail".into(), self.detail.clone().into());
        document.insert("code".into(), self.code.word().into());
        document.insert("request_id".into(), request_id.into());
        document.into()
    }
}

/// An error with all its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        next = cause.source();
    }
    line
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.word())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// The response without its document, which `middleware::tell` writes when it knows the request's id.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self.code {
            Code::Unauthenticated => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            Code::StorageUnavailable
            | Code::DatabaseUnavailable
            | Code::InspectionUnavailable
            | Code::ScannerUnavailable
            | Code::Busy
            | Code::Stopping => {
                response.insert_header((header::RETRY_AFTER, RETRY_AFTER.to_string()));
            }
            Code::UploadLocked => {
                response.insert_header((header::RETRY_AFTER, "1"));
            }
            Code::OffsetMismatch => {
                if let Some(offset) = self.members.get("offset") {
                    response.insert_header(("Upload-Offset", offset.to_string()));
                }
            }
            Code::RangeNotSatisfiable => {
                if let Some(bytes) = self.members.get("bytes") {
                    response.insert_header((header::CONTENT_RANGE, format!("bytes */{bytes}")));
                }
            }
            _ => {}
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_an_error() {
        let words: HashSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(code.word().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code:?}");
        }
    }
}
