//! The check list of a gateway: every rule of the support pack's Gateway section is one check, met or not,
//! with a sentence that says what would meet it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DocumentKind, GatewayDetails, Qualification};
use crate::domain::calendar::{self, Calendar, CalendarError};
use crate::domain::ids::DocumentId;
use crate::domain::qualification::{Basis, Claimed, Subject};
use crate::domain::standard::{AreaCode, ComponentCode, Standard};
use crate::domain::words::words;

words! {
    /// The checks, in the order in which they are shown.
    CheckCode {
        Maths = "maths",
        English = "english",
        EmployerConfirmation = "employer_confirmation",
        GatewayForm = "gateway_form",
        FormNotice = "form_notice",
        AssessmentWindow = "assessment_window",
        PiecesPresent = "pieces_present",
        ClaimsCoverAreas = "claims_cover_areas",
        TimeOnProgramme = "time_on_programme",
        StatementsComplete = "statements_complete",
        MocksRecorded = "mocks_recorded",
    }
}

words! {
    /// Whether an unmet check stops a submission.
    CheckSeverity { Blocks = "blocks", Warns = "warns" }
}

/// One check and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Check {
    pub code: CheckCode,
    pub met: bool,
    pub severity: CheckSeverity,
    /// A plain sentence: what is recorded, or what is missing and what to do.
    pub detail: String,
}

/// Everything the checks depend on.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub standard: &'a Standard,
    pub calendar: &'a Calendar,
    pub details: &'a GatewayDetails,
    /// The showcase's documents.
    pub documents: &'a [(DocumentId, DocumentKind)],
    /// Newer national routes that are switched on.
    pub routes: &'a [Basis],
    /// The day on which the form counts as received: that of the submission that brought it, or today.
    pub form_received_on: NaiveDate,
    /// The day from which the assessment window runs.
    pub gateway_on: NaiveDate,
    pub today: NaiveDate,
    pub started_on: NaiveDate,
    pub pieces: usize,
    pub claimed_missing: &'a [AreaCode],
    /// Titles of statements that lack an author, role, relation or date.
    pub incomplete_statements: &'a [String],
    /// The components of which a mock is recorded.
    pub mocks: &'a [ComponentCode],
}

impl CheckCode {
    /// Warnings never block (support pack: "typically", "should").
    #[must_use]
    pub const fn severity(self) -> CheckSeverity {
        match self {
            Self::Maths
            | Self::English
            | Self::EmployerConfirmation
            | Self::GatewayForm
            | Self::FormNotice
            | Self::AssessmentWindow
            | Self::PiecesPresent
            | Self::ClaimsCoverAreas => CheckSeverity::Blocks,
            Self::TimeOnProgramme | Self::StatementsComplete | Self::MocksRecorded => CheckSeverity::Warns,
        }
    }
}

/// Whether nothing stands against a submission.
#[must_use]
pub fn ready(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.met || check.severity == CheckSeverity::Warns)
}

/// Every check with its outcome.
///
/// # Errors
/// [`CalendarError`] when a day lies outside the table of bank holidays: nothing is guessed.
pub fn checks(facts: &Facts<'_>) -> Result<Vec<Check>, CalendarError> {
    CheckCode::ALL
        .iter()
        .map(|&code| {
            let outcome = match code {
                CheckCode::Maths => qualification_check(facts, Subject::Maths),
                CheckCode::English => qualification_check(facts, Subject::English),
                CheckCode::EmployerConfirmation => employer_confirmation(facts),
                CheckCode::GatewayForm => gateway_form(facts),
                CheckCode::FormNotice => form_notice(facts)?,
                CheckCode::AssessmentWindow => assessment_window(facts)?,
                CheckCode::PiecesPresent => pieces_present(facts),
                CheckCode::ClaimsCoverAreas => claims_cover_areas(facts),
                CheckCode::TimeOnProgramme => time_on_programme(facts)?,
                CheckCode::StatementsComplete => statements_complete(facts),
                CheckCode::MocksRecorded => mocks_recorded(facts),
            };
            let met = outcome.is_ok();
            let detail = outcome.unwrap_or_else(|unmet| unmet);
            Ok(Check { code, met, severity: code.severity(), detail })
        })
        .collect()
}

/// A met check's sentence, or an unmet one's.
type Told = Result<String, String>;

fn told(met: bool, yes: impl Into<String>, no: impl Into<String>) -> Told {
    if met { Ok(yes.into()) } else { Err(no.into()) }
}

fn qualification_check(facts: &Facts<'_>, subject: Subject) -> Told {
    let recorded = match subject {
        Subject::Maths => facts.details.maths.as_ref(),
        Subject::English => facts.details.english.as_ref(),
    };
    let subject_name = name_of(subject);
    let Some(recorded) = recorded else {
        return Err(format!("Record the apprentice's {subject_name} level, its basis, its date and its certificate."));
    };
    let claimed = Claimed { subject, level: recorded.level, basis: recorded.basis };
    facts.standard.qualifications().check(claimed, facts.routes).map_err(|refusal| refusal.to_string())?;
    if recorded.achieved_on.is_some_and(|day| day > facts.today) {
        return Err(format!("The {subject_name} qualification is dated in the future; correct its date."));
    }
    evidenced(facts, subject, recorded)
}

fn name_of(subject: Subject) -> &'static str {
    match subject {
        Subject::Maths => "maths",
        Subject::English => "English",
    }
}

/// A qualification counts with its evidence: the subject's certificate, or the plan or statement that excepts it.
fn evidenced(facts: &Facts<'_>, subject: Subject, recorded: &Qualification) -> Told {
    let certificate = match subject {
        Subject::Maths => DocumentKind::MathsCertificate,
        Subject::English => DocumentKind::EnglishCertificate,
    };
    let kind = recorded
        .document_id
        .and_then(|wanted| facts.documents.iter().find(|(id, _)| *id == wanted))
        .map(|(_, kind)| *kind);
    let fits = match recorded.basis {
        Basis::Achieved | Basis::BslFirstLanguage => kind == Some(certificate),
        Basis::EhcpOrLegacyStatement | Basis::LddAssessment | Basis::NotRequired19Plus => {
            kind == Some(certificate) || kind == Some(DocumentKind::PlanOrStatement)
        }
    };
    told(
        fits,
        format!("The {name} requirement is recorded with its evidence.", name = name_of(subject)),
        format!(
            "Upload the evidence for {name} as a gateway document and name it in `document_id`.",
            name = name_of(subject)
        ),
    )
}

fn employer_confirmation(facts: &Facts<'_>) -> Told {
    match facts.details.employer_confirmed_on {
        None => Err("Record the day on which the employer confirmed that the apprentice is ready.".into()),
        Some(day) if day > facts.today => {
            Err(format!("The employer's confirmation is dated {day}, in the future; correct it."))
        }
        Some(day) => Ok(format!("The employer confirmed readiness on {day}.")),
    }
}

fn gateway_form(facts: &Facts<'_>) -> Told {
    let there = facts.documents.iter().any(|(_, kind)| *kind == DocumentKind::GatewayForm);
    told(there, "The gateway form is uploaded.", "Upload the gateway form as a gateway document.")
}

fn form_notice(facts: &Facts<'_>) -> Result<Told, CalendarError> {
    let notice = facts.standard.limits().form_notice_working_days;
    let earliest = facts.calendar.add_working_days(facts.form_received_on, notice)?;
    Ok(match facts.details.assessment_on {
        None => Err(format!("Record the planned day of the assessment: {earliest} or later.")),
        Some(day) => told(
            day >= earliest,
            format!("The form arrives at least {notice} working days before the assessment on {day}."),
            format!(
                "The form must be received at least {notice} working days before the assessment: \
                 move the assessment from {day} to {earliest} or later."
            ),
        ),
    })
}

fn assessment_window(facts: &Facts<'_>) -> Result<Told, CalendarError> {
    let months = facts.standard.limits().assessment_window_months;
    let latest = calendar::add_months(facts.gateway_on, months)?;
    Ok(match facts.details.assessment_on {
        None => Err(format!("Record the planned day of the assessment: {latest} or earlier.")),
        Some(day) => told(
            day <= latest,
            format!("The assessment on {day} is within {months} months of the gateway."),
            format!(
                "All assessment takes place within {months} months of the gateway: move it from {day} to {latest} or earlier."
            ),
        ),
    })
}

fn pieces_present(facts: &Facts<'_>) -> Told {
    let (pieces, limit) = (facts.pieces, facts.standard.limits().pieces);
    told(pieces > 0, format!("{pieces} of at most {limit} pieces are there."), "Upload at least one piece of evidence.")
}

fn claims_cover_areas(facts: &Facts<'_>) -> Told {
    let missing: Vec<&str> = facts.claimed_missing.iter().map(AsRef::as_ref).collect();
    told(
        missing.is_empty(),
        "Every area is claimed by a piece.",
        format!("No piece is claimed for {}: add evidence or claim an existing piece for each.", missing.join(", ")),
    )
}

fn time_on_programme(facts: &Facts<'_>) -> Result<Told, CalendarError> {
    let months = facts.standard.limits().typical_months_on_programme;
    let typical = calendar::add_months(facts.started_on, months)?;
    Ok(told(
        typical <= facts.today,
        format!("The apprentice has been on programme since {}.", facts.started_on),
        format!("The showcase is compiled after {months} months on programme, which is from {typical}."),
    ))
}

fn statements_complete(facts: &Facts<'_>) -> Told {
    told(
        facts.incomplete_statements.is_empty(),
        "Every statement names its author, role, relation and date.",
        format!("These statements lack an author, role, relation or date: {}.", facts.incomplete_statements.join("; ")),
    )
}

fn mocks_recorded(facts: &Facts<'_>) -> Told {
    let with_mock = facts.standard.components().iter().filter(|component| component.mock_minutes.is_some());
    let missing = with_mock.filter(|component| !facts.mocks.contains(&component.code));
    let missing: Vec<String> = missing.map(|component| component.title.to_lowercase()).collect();
    told(
        missing.is_empty(),
        "The mocks are recorded.",
        format!(
            "No mock {} is recorded; the employer and provider should hold it before the assessment.",
            missing.join(" and no mock ")
        ),
    )
}
