//! The check list in plain words: a check's own sentence, with its codes and days as people read them.

use chrono::NaiveDate;

use super::told::{basis, level};
use crate::domain::gateway::{Check, CheckCode, CheckSeverity};
use crate::domain::standard::Standard;
use crate::web::pages::day_of;
use crate::web::pages::words;

/// A check as the page shows it.
pub struct CheckLine {
    pub title: &'static str,
    pub tag: &'static str,
    pub class: &'static str,
    pub text: String,
    /// Where it can be met: a page below the gateway's, or the showcase itself.
    pub way: Option<Way>,
}

/// Where something can be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Details,
    Documents,
    Evidence,
}

impl CheckLine {
    pub fn of(check: &Check, standard: &Standard) -> Self {
        let words = words();
        let (tag, class) = match (check.met, check.severity) {
            (true, _) => ("gateway.met", "govuk-tag--green"),
            (false, CheckSeverity::Blocks) => ("gateway.unmet", "govuk-tag--red"),
            (false, CheckSeverity::Warns) => ("gateway.advice", "govuk-tag--yellow"),
        };
        Self {
            title: words.of(title(check.code)),
            tag: words.of(tag),
            class,
            text: plain(&check.detail, standard),
            way: (!check.met).then(|| way(check.code)).flatten(),
        }
    }

    pub fn is(&self, way: Way) -> bool {
        self.way == Some(way)
    }
}

/// How many checks stand against a submission.
pub fn blocking(checks: &[Check]) -> usize {
    checks.iter().filter(|check| !check.met && check.severity == CheckSeverity::Blocks).count()
}

fn title(code: CheckCode) -> &'static str {
    match code {
        CheckCode::Maths => "gateway.check.maths",
        CheckCode::English => "gateway.check.english",
        CheckCode::EmployerConfirmation => "gateway.check.employer",
        CheckCode::GatewayForm => "gateway.check.form",
        CheckCode::FormNotice => "gateway.check.notice",
        CheckCode::AssessmentWindow => "gateway.check.window",
        CheckCode::PiecesPresent => "gateway.check.pieces",
        CheckCode::ClaimsCoverAreas => "gateway.check.areas",
        CheckCode::TimeOnProgramme => "gateway.check.time",
        CheckCode::StatementsComplete => "gateway.check.statements",
        CheckCode::MocksRecorded => "gateway.check.mocks",
    }
}

fn way(code: CheckCode) -> Option<Way> {
    match code {
        CheckCode::Maths
        | CheckCode::English
        | CheckCode::EmployerConfirmation
        | CheckCode::FormNotice
        | CheckCode::AssessmentWindow => Some(Way::Details),
        CheckCode::GatewayForm => Some(Way::Documents),
        CheckCode::PiecesPresent | CheckCode::ClaimsCoverAreas | CheckCode::StatementsComplete => Some(Way::Evidence),
        CheckCode::TimeOnProgramme | CheckCode::MocksRecorded => None,
    }
}

/// A sentence of the checks, which are written for programs too: codes stand between backquotes and days as numbers.
pub fn plain(detail: &str, standard: &Standard) -> String {
    let told = detail.split('`').enumerate().map(|(at, part)| if at % 2 == 1 { named(part) } else { part.to_owned() });
    let told: String = told.collect();
    let named = told.split_inclusive([' ', ',', '.', ':', ';']).map(|word| {
        let bare = word.trim_end_matches([' ', ',', '.', ':', ';']);
        let end = &word[bare.len()..];
        let area = || standard.showcase_area(bare).map(|area| area.title.clone());
        match NaiveDate::parse_from_str(bare, "%Y-%m-%d") {
            Ok(found) => format!("{}{end}", day_of(found)),
            Err(_) => area().map_or_else(|| word.to_owned(), |title| format!("{title}{end}")),
        }
    });
    let told: String = named.collect();
    let mut letters = told.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A code of a sentence in words.
fn named(code: &str) -> String {
    let words = words();
    if let Ok(found) = code.parse() {
        return words.of(level(found)).to_owned();
    }
    if let Ok(found) = code.parse() {
        return format!("‘{}’", words.of(basis(found)));
    }
    match code {
        "document_id" => words.of("gateway.in_details").to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_areas_and_days_are_told_in_words() {
        let standard = Standard::parse(include_str!("../../../../config/standards/st0072-1.1.toml")).unwrap();
        let told = |detail: &str| plain(detail, &standard);
        assert_eq!(
            told("english on the basis `achieved` needs `level_1`; `entry_level_3` does not meet that"),
            "English on the basis ‘A certificate’ needs Level 1; Entry Level 3 does not meet that"
        );
        assert_eq!(
            told("The employer confirmed readiness on 2026-11-20."),
            "The employer confirmed readiness on 20 November 2026."
        );
        assert_eq!(
            told("No piece is claimed for ORG, TEA: add evidence."),
            "No piece is claimed for Understanding the organisation, Team working: add evidence."
        );
    }
}
