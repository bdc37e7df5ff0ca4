//! From the rooms' errors to problems: one total match each, so that a new error cannot be forgotten here.

use super::{Code, Problem};
use crate::domain::calendar::CalendarError;
use crate::domain::finding::{Finding, FindingCode, Severity};
use crate::domain::gateway::ShowcaseState;
use crate::{access, assessment, db, examine, gateway, intake, people, storage};

impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        match &error {
            db::Error::Unavailable(_) => {
                let detail =
                    "The database does not answer now. Nothing was changed that was not confirmed; try again soon.";
                Self::broken(Code::DatabaseUnavailable, detail, &error)
            }
            db::Error::Full(_) => Self::broken(Code::StorageFull, FULL, &error),
            db::Error::Conflict | db::Error::Constraint(_) | db::Error::Inconsistent(_) | db::Error::Broken(_) => {
                Self::broken(Code::Internal, INTERNAL, &error)
            }
        }
    }
}

const FULL: &str =
    "The service has no room left for this. Nothing of it was kept; tell the people who run the service.";
const PASSKEY: &str = "The passkey was not taken, and nothing was changed. Try again, or use your password.";
const INTERNAL: &str =
    "The service could not do this because of a fault of its own. Report the request id to the people who run it.";
const FROZEN: &str = "The showcase was submitted, so nothing in it changes. Wait for the assessor's decision, or ask for it to be returned.";

/// What of signing in no page can tell better: the pages show the rest beside the field that it is about.
impl From<access::Error> for Problem {
    fn from(error: access::Error) -> Self {
        use access::Error as E;
        match error {
            E::Wrong => Self::new(Code::Unauthenticated, "You are not signed in. Sign in and do it again."),
            E::AccountThrottled { .. } | E::AddressThrottled { .. } => {
                Self::new(Code::TooManyAttempts, "There were too many attempts to sign in. Wait a while and try again.")
            }
            E::PasskeyRefused | E::ChallengeOver | E::LastWayIn | E::TooManyPasskeys => {
                Self::new(Code::PasskeyRefused, PASSKEY)
            }
            E::NotFresh => Self::new(Code::SignInAgain, "You signed in some time ago. Sign in again and do it then."),
            E::Weak(_) | E::HasPassword => {
                Self::invalid("The password cannot be set. Go back, and choose another one or sign in.")
            }
            E::LinkUnknown | E::LinkUsed | E::LinkExpired | E::UnknownUser | E::PasskeysOff => Self::not_found(),
            E::Busy => Self::new(
                Code::Busy,
                "More people are signing in than the service can look at now. Wait a moment and try again.",
            ),
            E::Database(error) => error.into(),
        }
    }
}

impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        match &error {
            storage::Error::Unavailable(_) => {
                let detail = "The store of files does not answer now. Nothing was changed; try again in a moment.";
                Self::broken(Code::StorageUnavailable, detail, &error)
            }
            storage::Error::Full(_) => Self::broken(Code::StorageFull, FULL, &error),
            storage::Error::Missing => Self::broken(Code::Internal, INTERNAL, &error),
        }
    }
}

impl From<examine::Error> for Problem {
    fn from(error: examine::Error) -> Self {
        match &error {
            examine::Error::NoWorker(_) => {
                let detail = "The service cannot look into files now. Nothing of the upload was kept; send it again in a moment.";
                Self::broken(Code::InspectionUnavailable, detail, &error)
            }
            examine::Error::NoScanner(_) => {
                let detail = "The malware scanner does not answer, and no file is taken in unscanned. Nothing of the upload was kept; send it again in a moment.";
                Self::broken(Code::ScannerUnavailable, detail, &error)
            }
            examine::Error::Unreadable(_) => Self::broken(Code::Internal, INTERNAL, &error),
        }
    }
}

/// The first finding that refuses is the problem; all of them go with it.
fn refusal(findings: &[Finding]) -> Problem {
    let Some(first) = findings.iter().find(|finding| finding.severity == Severity::Refuses) else {
        return Problem::new(Code::Internal, INTERNAL);
    };
    let code = match first.code {
        FindingCode::EmptyFile => Code::EmptyFile,
        FindingCode::TooLarge => Code::TooLarge,
        FindingCode::TypeNotAccepted => Code::TypeNotAccepted,
        FindingCode::TypeMismatch => Code::TypeMismatch,
        FindingCode::Encrypted => Code::Encrypted,
        FindingCode::Damaged | FindingCode::Repaired | FindingCode::Unverifiable | FindingCode::NoSignatureField => {
            Code::Damaged
        }
        FindingCode::ActiveContent
        | FindingCode::JavaScript
        | FindingCode::Form
        | FindingCode::Xfa
        | FindingCode::EmbeddedFiles => Code::ActiveContent,
        FindingCode::Macros => Code::Macros,
        FindingCode::ExternalReference | FindingCode::Links => Code::ExternalReference,
        FindingCode::ArchiveUnsafe => Code::ArchiveUnsafe,
        FindingCode::Bomb => Code::Bomb,
        FindingCode::TooComplex => Code::TooComplex,
        FindingCode::OwnerPassword => Code::Encrypted,
        FindingCode::Polyglot | FindingCode::TrailingData => Code::Polyglot,
        FindingCode::Malware => Code::Malware,
        FindingCode::ScanIncomplete => Code::ScanIncomplete,
    };
    Problem::new(code, first.detail.clone()).with("findings", findings)
}

impl From<intake::Error> for Problem {
    fn from(error: intake::Error) -> Self {
        use intake::Error as E;
        match error {
            E::Refused(findings) => refusal(&findings),
            E::ShowcaseFull { limit } => Self::new(
                Code::ShowcaseFull,
                format!("A showcase holds at most {limit} pieces. Withdraw one that adds least, then upload this one."),
            ),
            E::ShowcaseFrozen => Self::new(Code::ShowcaseFrozen, FROZEN),
            E::Duplicate(piece) => Self::new(
                Code::DuplicateInShowcase,
                "This file is in the showcase already. Claim further areas for the piece that is there instead of uploading it again.",
            )
            .with("piece_id", piece),
            E::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "This Idempotency-Key was used for another file or showcase. Use a new key for a new upload.",
            ),
            E::KeyOfWithdrawn(piece) => Self::new(
                Code::PieceWithdrawn,
                "The piece that this Idempotency-Key made was withdrawn since. Use a new key to upload it again.",
            )
            .with("piece_id", piece),
            E::ChangedMeanwhile => Self::new(
                Code::ChangedMeanwhile,
                "Somebody else changed this evidence meanwhile, so nothing was saved. Look at it as it is now, and change it again.",
            ),
            E::Gone => Self::not_found(),
            E::Stalled => Self::new(
                Code::UploadStalled,
                "Nothing arrived for too long, so the upload was given up and nothing of it was kept. Send it again over a better connection.",
            ),
            E::Cut => Self::new(
                Code::UploadIncomplete,
                "The upload ended before it was whole, and nothing of it was kept. Send it again.",
            ),
            E::WrongOffset { .. }
            | E::Locked
            | E::Over
            | E::TooLong { .. }
            | E::WrongLength
            | E::WrongChecksum
            | E::WrongDigest
            | E::TooManyOpen { .. } => resumed(&error),
            E::Storage(error) => error.into(),
            E::Database(error) => error.into(),
            E::Examination(error) => error.into(),
        }
    }
}

/// What only an upload over many requests can meet.
fn resumed(error: &intake::Error) -> Problem {
    use intake::Error as E;
    match error {
        E::WrongOffset { received } => Problem::new(
            Code::OffsetMismatch,
            format!("The upload has {received} bytes here. Ask for its offset with HEAD, and send what follows it."),
        )
        .with("offset", received),
        E::Locked => Problem::new(
            Code::UploadLocked,
            "Another request goes on with this upload, or is just making a piece of it. Ask for its offset in a second.",
        ),
        E::Over => Problem::new(
            Code::UploadOver,
            "The upload was cancelled or has expired, and its bytes are gone. Begin a new one with POST.",
        ),
        E::TooLong { length } => Problem::new(
            Code::LengthExceeded,
            format!("The upload was said to have {length} bytes, and more were sent. Send only those."),
        ),
        E::WrongLength => Problem::new(
            Code::BadRequest,
            "The length is another one than was said before, or less than has arrived. Leave it out, or begin a new upload.",
        ),
        E::WrongChecksum => Problem::new(
            Code::ChecksumMismatch,
            "The bytes were changed on the way, or their checksum is another's, so none of them were kept. Send them again.",
        ),
        E::WrongDigest => Problem::new(
            Code::DigestMismatch,
            "What arrived is not what the metadata's `sha256` promises, so it was changed on the way or the digest is another file's. Begin a new upload.",
        ),
        E::TooManyOpen { limit } => Problem::new(
            Code::TooManyUploads,
            format!("You have {limit} uploads open. Finish or cancel one of them before you begin another."),
        ),
        _ => Problem::new(Code::Internal, INTERNAL),
    }
}

impl From<CalendarError> for Problem {
    fn from(error: CalendarError) -> Self {
        Self::new(Code::OutsideCalendar, format!("{error}. Use a day inside the table, or have the table extended."))
    }
}

impl From<people::Error> for Problem {
    fn from(error: people::Error) -> Self {
        use people::Error as E;
        let code = match &error {
            E::IdentifierTaken => Code::IdentifierTaken,
            E::EmailTaken => Code::EmailTaken,
            E::UnknownOrganisation(_) => Code::UnknownOrganisation,
            E::UnknownUser(_) | E::UnknownEmail => Code::UnknownUser,
            E::UnknownStandard(..) => Code::UnknownStandard,
            E::NotIndependent => Code::NotIndependent,
            E::ShowcaseAccepted => Code::ShowcaseAccepted,
            E::UnknownToken(_) => Code::NotFound,
            E::AssignedMeanwhile(_) => Code::ChangedMeanwhile,
            E::ProviderNeedsProvider
            | E::NotAProvider
            | E::UlnReasonMissing
            | E::NotImported(_)
            | E::NotAnAssessor
            | E::TokenLifetime => Code::Invalid,
            E::Database(_) => match error {
                E::Database(error) => return error.into(),
                _ => unreachable!("matched just above"),
            },
        };
        let todo = match code {
            Code::IdentifierTaken => "Use the organisation that is there, or correct the number.",
            Code::EmailTaken => "Use another address, or have the person who has it help you.",
            Code::UnknownStandard => "Choose one of GET /api/v1/standards.",
            Code::NotIndependent => "Assign an assessor of an assessment organisation.",
            Code::ShowcaseAccepted => "An accepted showcase keeps its assessor.",
            _ => "Correct the field and send it again.",
        };
        let text = error.to_string();
        let mut sentence = text.chars();
        let sentence: String = sentence.next().into_iter().flat_map(char::to_uppercase).chain(sentence).collect();
        Self::new(code, format!("{sentence}. {todo}"))
    }
}

impl From<assessment::Error> for Problem {
    fn from(error: assessment::Error) -> Self {
        use assessment::Error as E;
        match error {
            E::NotAccepted => Self::new(
                Code::GatewayNotAccepted,
                "The assessment begins when the gateway is accepted. Accept it first.",
            ),
            E::NoSuchComponent => Self::not_found(),
            E::UnknownCriterion { criterion, component } => Self::new(
                Code::UnknownCriterion,
                format!("`{criterion}` is no criterion of component `{component}`. GET the standard for its criteria."),
            ),
            E::Closed => Self::new(
                Code::ComponentClosed,
                "This component has its result, which stands. After a fail it can be taken again: POST its resit.",
            ),
            E::NotHeld => Self::new(
                Code::MeetingMissing,
                "A result needs a meeting that was held. Record its day, length and mode first.",
            ),
            E::OutsideWindow { day, earliest, latest } => Self::new(
                Code::OutsideAssessmentWindow,
                format!("This assessment is held from {earliest} to {latest}, which {day} is not. Correct the day."),
            )
            .with("earliest_assessment_on", earliest)
            .with("latest_assessment_on", latest),
            E::ResitWindowOver(ends_on) => Self::new(
                Code::ResitWindowOver,
                format!("All components are taken by {ends_on}. Correct the day, or begin the whole assessment again."),
            )
            .with("resit_window_ends_on", ends_on),
            E::NotFailed => Self::new(
                Code::NotFailed,
                "Only what was failed is taken again. A pass stands, and cannot be bettered.",
            ),
            E::NothingToRelease => Self::new(
                Code::NothingToRelease,
                "The apprentice was told every result that there is. Close a component first.",
            ),
            E::NoMock(component) => {
                Self::invalid(format!("The standard has no mock for `{component}`. Record one for another component."))
            }
            E::InFuture(day) => Self::invalid(format!("{day} is in the future. Record a mock after it was held.")),
            E::StandardMissing(..) => Self::broken(Code::Internal, INTERNAL, &error),
            E::Calendar(error) => error.into(),
            E::Gateway(error) => error.into(),
            E::Database(error) => error.into(),
        }
    }
}

impl From<gateway::Error> for Problem {
    fn from(error: gateway::Error) -> Self {
        use gateway::Error as E;
        match error {
            E::WrongState { is, must_be } => wrong_state(is, must_be),
            E::NoSuchAttempt => Self::not_found(),
            E::NotReady(checks) => {
                Self::new(Code::GatewayNotReady, "Some checks are not met. Each unmet check says what would meet it.")
                    .with("checks", checks)
            }
            E::Unchanged => Self::new(Code::GatewayUnchanged, UNCHANGED),
            E::AttemptClosed => Self::new(Code::AttemptClosed, CLOSED),
            E::ComponentLocked(component) => Self::new(
                Code::ComponentLocked,
                format!(
                    "`{component}` was accepted in an earlier attempt and did not change since, so that stands. Decide the others."
                ),
            ),
            E::Undecided(components) => {
                Self::new(Code::ComponentUndecided, "Decide every component before the attempt is accepted.")
                    .with("components", components)
            }
            E::Rejected(components) => Self::new(Code::ComponentRejected, REJECTED).with("components", components),
            E::CoverageIncomplete(missing) => {
                let codes: Vec<&str> = missing.iter().map(AsRef::as_ref).collect();
                let detail = format!(
                    "No piece is tagged for {}. Tag evidence for every area named, or return the attempt.",
                    codes.join(", ")
                );
                Self::new(Code::CoverageIncomplete, detail).with("missing", codes)
            }
            E::EvidenceAltered(altered) => Self::new(Code::EvidenceAltered, ALTERED).with("altered", altered),
            E::ChangedMeanwhile => Self::new(Code::ChangedMeanwhile, CHANGED),
            E::DecidedMeanwhile => Self::new(Code::ChangedMeanwhile, DECIDED),
            E::NotIndependent => Self::new(Code::NotIndependent, NOT_INDEPENDENT),
            E::UnknownDocument(id) => Self::new(
                Code::UnknownDocument,
                format!(
                    "Document {id} is not one of this showcase's. Upload it as a gateway document first, then name its id."
                ),
            ),
            E::UnknownArea(code) => Self::new(
                Code::UnknownArea,
                format!("`{code}` is no area of this standard's showcase. GET the standard for its areas."),
            ),
            E::UnknownCriterion { criterion, area } => Self::new(
                Code::UnknownCriterion,
                format!("`{criterion}` is no criterion of area {area}. GET the standard for its criteria."),
            ),
            E::Locator(error) => Self::invalid(format!("The locator points nowhere: {error}.")),
            E::StandardMissing(..) => Self::broken(Code::Internal, INTERNAL, &error),
            E::Calendar(error) => error.into(),
            E::Storage(error) => error.into(),
            E::Database(error) => error.into(),
        }
    }
}

const UNCHANGED: &str =
    "This is exactly what was returned. Mend what the assessor rejected before you submit it again.";
const CLOSED: &str =
    "This attempt was accepted or returned already. Look at the gateway for the attempt that is open now.";
const REJECTED: &str =
    "A rejected component returns the whole gateway: return the attempt with a note, or decide the component anew.";
const ALTERED: &str = "Stored evidence is not what was submitted, so nothing was accepted. Tell the people who run the service before anything else is done.";
const CHANGED: &str = "The showcase changed while it was being checked. Look at it again and repeat the acceptance.";
const DECIDED: &str = "Somebody decided this component after you looked at it. Look at that decision, then save yours if it is to stand instead.";
const NOT_INDEPENDENT: &str =
    "The one who accepts a gateway is never of the provider's organisation. Have another assessor assigned.";

fn wrong_state(is: ShowcaseState, must_be: ShowcaseState) -> Problem {
    match must_be {
        ShowcaseState::Draft => Problem::new(Code::ShowcaseFrozen, FROZEN),
        ShowcaseState::Submitted | ShowcaseState::Accepted | ShowcaseState::Assessed => match is {
            ShowcaseState::Draft | ShowcaseState::Submitted => Problem::new(
                Code::NotSubmitted,
                "This is done while the showcase is submitted. Wait until its provider submits the gateway.",
            ),
            ShowcaseState::Accepted | ShowcaseState::Assessed => Problem::new(
                Code::ShowcaseAccepted,
                format!("The showcase is {is}, so what was said about it stands. There is nothing left to do here."),
            ),
        },
    }
}
