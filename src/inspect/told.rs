//! What a file tells of itself: its words are kept as facts, cut and cleaned, and never believed.

use chrono::{NaiveDate, NaiveDateTime};

/// Characters of a name that are kept.
const LONGEST: usize = 200;

/// One line for people to read; `None` where nothing readable is left.
pub fn line(text: &str) -> Option<String> {
    let readable = |c: &char| !c.is_control() && !is_invisible(*c);
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(readable).take(LONGEST).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Marks that turn the order of letters round or hide them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A moment of ISO 8601 as documents write it; a zone behind it is left away, for it is the writer's own clock.
pub fn iso_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let moment = text.get(..19).and_then(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok());
    moment.or_else(|| NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
}

/// The date of a PDF (ISO 32000-1, 7.9.4), by the writer's own clock; all behind the year may be missing.
pub fn pdf_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().trim_start_matches("D:");
    let digits: Vec<u32> = text.chars().map_while(|c| c.to_digit(10)).take(14).collect();
    let number = |at: usize, len: usize| Some(digits.get(at..at + len)?.iter().fold(0, |sum, digit| sum * 10 + digit));
    let year = i32::try_from(number(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(4, 2).unwrap_or(1), number(6, 2).unwrap_or(1))?;
    day.and_hms_opt(number(8, 2).unwrap_or(0), number(10, 2).unwrap_or(0), number(12, 2).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cleaned_and_cut() {
        assert_eq!(line(" Amy\u{202e}  Field\n\0 "), Some("Amy Field".into()));
        assert_eq!(line("\u{feff}\u{1b}"), None);
        assert_eq!(line(&"é".repeat(500)).map(|line| line.chars().count()), Some(LONGEST));
    }

    #[test]
    fn moments_are_read_as_far_as_they_are_told() {
        let at = |y, m, d, h, min, s| NaiveDate::from_ymd_opt(y, m, d).and_then(|day| day.and_hms_opt(h, min, s));
        assert_eq!(pdf_moment("D:20240229123456+01'00'"), at(2024, 2, 29, 12, 34, 56));
        assert_eq!((pdf_moment("2024"), pdf_moment("D:20241332")), (at(2024, 1, 1, 0, 0, 0), None));
        assert_eq!(iso_moment("2024-02-29T12:34:56.789Z"), at(2024, 2, 29, 12, 34, 56));
        assert_eq!((iso_moment("2024-02-29"), iso_moment("yesterday")), (at(2024, 2, 29, 0, 0, 0), None));
    }
}
