//! One cell of a list: typed, or refused with what is wrong with it.

use chrono::NaiveDate;

use super::{Column, LineFault};
use crate::domain::identifiers::{IdentifierError, Uln};
use crate::domain::ids::OrganisationId;
use crate::domain::people::Email;
use crate::domain::standard::Standards;
use crate::domain::text::{Line, TextError};
use crate::people::{Enrolment, NewApprentice, Newcomer};

/// What is wrong with a cell, or with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Empty,
    TooLong(usize),
    /// A line break or another character that is no text: most often a quotation mark that is not closed.
    Control,
    NoEmail,
    NoDay,
    Uln(IdentifierError),
    /// Neither a ULN nor a reason.
    NoUln,
    NoSuchStandard,
    /// Several standards are loaded, and none is named.
    WhichStandard,
    /// More cells than the header has.
    TooManyCells,
}

/// Reads a line, all of it, so that its reader learns of every fault at once.
///
/// # Errors
/// All that is wrong with it, by column.
pub fn newcomer<'c>(
    cell: impl Fn(Column) -> &'c str,
    standards: &Standards,
    provider: OrganisationId,
) -> Result<Newcomer, Vec<LineFault>> {
    let mut faults = Vec::new();
    let mut keep = |column: Column, wrong: Wrong| faults.push(LineFault { column: Some(column), wrong });
    let name = line(cell(Column::Name)).map_err(|wrong| keep(Column::Name, wrong));
    let email = email(cell(Column::Email)).map_err(|wrong| keep(Column::Email, wrong));
    let employer = line(cell(Column::Employer)).map_err(|wrong| keep(Column::Employer, wrong));
    let started_on = day(cell(Column::StartedOn)).and_then(|day| day.ok_or(Wrong::Empty));
    let started_on = started_on.map_err(|wrong| keep(Column::StartedOn, wrong));
    let assessment_on = day(cell(Column::AssessmentOn)).map_err(|wrong| keep(Column::AssessmentOn, wrong));
    let standard = standard(cell(Column::Standard), cell(Column::Version), standards);
    let standard = standard.map_err(|(column, wrong)| keep(column, wrong));
    let uln = uln(cell(Column::Uln), cell(Column::UlnReason)).map_err(|(column, wrong)| keep(column, wrong));
    match (name, email, employer, started_on, assessment_on, standard, uln) {
        (Ok(name), Ok(email), Ok(employer), Ok(started_on), Ok(assessment_on), Ok(standard), Ok((uln, uln_reason))) => {
            let apprentice = NewApprentice { name, email, uln, uln_reason };
            let (standard, version) = standard;
            let enrolment = Enrolment { standard, version, apprentice, provider, employer, started_on };
            Ok(Newcomer { enrolment, assessment_on })
        }
        _ => Err(faults),
    }
}

fn line(text: &str) -> Result<Line, Wrong> {
    Line::try_from(text.to_owned()).map_err(|error| match error {
        TextError::Empty => Wrong::Empty,
        TextError::TooLong(most) => Wrong::TooLong(most),
        TextError::Control => Wrong::Control,
    })
}

fn email(text: &str) -> Result<Email, Wrong> {
    if text.is_empty() { Err(Wrong::Empty) } else { text.parse().map_err(|_| Wrong::NoEmail) }
}

/// A day as programs write it, or as spreadsheets show it here: the day first.
fn day(text: &str) -> Result<Option<NaiveDate>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    let formats = ["%Y-%m-%d", "%d/%m/%Y"];
    let read = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    // "1/9/25" would be the year 25.
    read.filter(|day| *day >= NaiveDate::default()).map(Some).ok_or(Wrong::NoDay)
}

type Standing = (String, String);

/// The standard that is named; where only one is loaded it need not be.
fn standard(code: &str, version: &str, standards: &Standards) -> Result<Standing, (Column, Wrong)> {
    let fits = |code: &str| {
        let of_code = standards.iter().filter(|standard| code.is_empty() || standard.code().eq_ignore_ascii_case(code));
        of_code.map(|standard| (standard.code().to_owned(), standard.version().to_owned())).collect::<Vec<_>>()
    };
    let of_code = fits(code);
    if of_code.is_empty() {
        return Err((Column::Standard, Wrong::NoSuchStandard));
    }
    let mut fitting = of_code.into_iter().filter(|(_, known)| version.is_empty() || known == version);
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err((Column::Version, Wrong::NoSuchStandard)),
        (Some(_), Some(_)) => {
            let column = if code.is_empty() { Column::Standard } else { Column::Version };
            Err((column, Wrong::WhichStandard))
        }
    }
}

fn uln(number: &str, reason: &str) -> Result<(Option<Uln>, Option<Line>), (Column, Wrong)> {
    let reason = match reason {
        "" => None,
        text => Some(line(text).map_err(|wrong| (Column::UlnReason, wrong))?),
    };
    match (number, &reason) {
        ("", None) => Err((Column::Uln, Wrong::NoUln)),
        ("", Some(_)) => Ok((None, reason)),
        (number, _) => {
            let plain: String = number.chars().filter(|c| !c.is_whitespace()).collect();
            let uln = plain.parse().map_err(|error| (Column::Uln, Wrong::Uln(error)))?;
            Ok((Some(uln), reason))
        }
    }
}
