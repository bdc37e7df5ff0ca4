//! What is wrong with an apprentice who is to be added, in words: of one that was typed, and of one on a list.

use crate::people::Standing;
use crate::people::sheet::{Column, Wrong};
use crate::web::pages::words;

/// A column, or a field, as people call it.
pub fn label(column: Column) -> &'static str {
    words().of(match column {
        Column::Name => "newcomer.name",
        Column::Email => "newcomer.email",
        Column::Employer => "newcomer.employer",
        Column::StartedOn => "newcomer.started_on",
        Column::Standard => "newcomer.standard",
        Column::Version => "newcomer.version",
        Column::Uln => "newcomer.uln",
        Column::UlnReason => "newcomer.uln_reason",
        Column::AssessmentOn => "newcomer.assessment_on",
    })
}

/// What is wrong, and what to do about it.
pub fn wrong(wrong: Wrong) -> String {
    let words = words();
    let name = match wrong {
        Wrong::Empty => "newcomer.wrong.empty",
        Wrong::TooLong(most) => return words.with("newcomer.wrong.long", &[("most", &most)]),
        Wrong::Control => "newcomer.wrong.control",
        Wrong::NoEmail => "field.email.wrong",
        Wrong::NoDay => "newcomer.wrong.day",
        Wrong::Uln(error) => return sentence(&error.to_string()),
        Wrong::NoUln => "newcomer.wrong.no_uln",
        Wrong::NoSuchStandard => "newcomer.wrong.standard",
        Wrong::WhichStandard => "newcomer.wrong.which",
        Wrong::TooManyCells => "newcomer.wrong.cells",
    };
    words.of(name).to_owned()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect()
}

/// Why somebody whose line is sound cannot be added; `None` for those who can, and for those who have a showcase.
/// `line_of` is the line of another on the list, by their place.
pub fn stands(standing: Standing, line_of: impl Fn(usize) -> u64) -> Option<(Column, String)> {
    let words = words();
    match standing {
        Standing::New | Standing::Known | Standing::HasShowcase(_) => None,
        Standing::Taken => Some((Column::Email, words.of("newcomer.taken").to_owned())),
        Standing::NoSuchStandard => Some((Column::Standard, words.of("newcomer.wrong.standard").to_owned())),
        Standing::UlnReasonMissing => Some((Column::Uln, words.of("newcomer.wrong.no_uln").to_owned())),
        Standing::Repeated(place) => {
            Some((Column::Email, words.with("newcomer.repeated", &[("line", &line_of(place))])))
        }
    }
}
