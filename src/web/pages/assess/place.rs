//! Places inside a piece as people write and read them: a page, or a stretch of a recording in minutes and seconds.

use std::fmt::Write as _;

use crate::domain::media_type::{MediaType, Sort};
use crate::domain::piece::Locator;
use crate::records::pieces::Piece;
use crate::web::pages::words;

/// How long a moment is that was named without its end, in seconds.
const MOMENT: f64 = 1.0;
/// A longer recording than this, in seconds, is a mistake of typing.
const LONGEST: f64 = 1_000_000.0;

/// What sort of place a piece has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    Pages,
    Times,
    None,
}

impl Places {
    pub fn of(piece: &Piece) -> Self {
        match piece.media_type.sort() {
            Sort::Recording => Self::Times,
            Sort::Document => Self::Pages,
            Sort::Image | Sort::Text | Sort::Mail if piece.pages.is_some() => Self::Pages,
            Sort::Image | Sort::Text | Sort::Mail => Self::None,
        }
    }
}

/// A place to go to.
pub struct Place {
    pub text: String,
    pub page: Option<u32>,
    /// The stretch as numbers, for a script.
    pub stretch: Option<(f64, f64)>,
    /// What stands behind `#` to open the file there (RFC 8118; W3C Media Fragments 1.0).
    pub fragment: String,
}

impl Place {
    pub fn of(locator: Locator) -> Self {
        let words = words();
        match locator {
            Locator::Page { page } => Self {
                text: words.with("place.page", &[("page", &page)]),
                page: Some(page),
                stretch: None,
                fragment: format!("page={page}"),
            },
            Locator::Time { from_s, to_s } => Self {
                text: words.with("place.time", &[("from", &clock(from_s)), ("to", &clock(to_s))]),
                page: None,
                stretch: Some((from_s, to_s)),
                fragment: format!("t={from_s},{to_s}"),
            },
        }
    }
}

/// Seconds as `1:05` or `1:02:03.5`.
pub fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round().clamp(0.0, LONGEST * 10.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just above")]
    let tenths = tenths as u64;
    let (hours, minutes, seconds, tenths) = (tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60, tenths % 10);
    let mut text =
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") };
    if tenths > 0 {
        let _ = write!(text, ".{tenths}");
    }
    text
}

/// What was typed as a time: seconds, minutes and seconds, or hours as well.
pub fn seconds(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.trim().split(':').map(str::trim).collect();
    let (last, before) = parts.split_last()?;
    let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut total = last.parse::<f64>().ok().filter(|seconds| is_number && seconds.is_finite())?;
    if before.len() > 2 || (!before.is_empty() && total >= 60.0) {
        return None;
    }
    for (at, part) in before.iter().rev().enumerate() {
        let number = part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()))?;
        if at + 1 < before.len() && number >= 60 {
            return None;
        }
        total += f64::from(number) * if at == 0 { 60.0 } else { 3600.0 };
    }
    (total < LONGEST).then_some(total)
}

/// What was typed as a place: nothing for the whole piece, or the field that is to be mended with what to say of it.
pub fn typed(places: Places, text: impl Fn(&str) -> String) -> Result<Option<Locator>, (&'static str, &'static str)> {
    let (page, from, to) = (text("page"), text("from"), text("to"));
    match places {
        Places::None => Ok(None),
        Places::Pages if page.is_empty() => Ok(None),
        Places::Pages => match page.parse() {
            Ok(page) if page > 0 => Ok(Some(Locator::Page { page })),
            _ => Err(("page", "bench.page.wrong")),
        },
        Places::Times if from.is_empty() && to.is_empty() => Ok(None),
        Places::Times => {
            let from_s = seconds(&from).ok_or(("from", "bench.from.wrong"))?;
            let to_s = if to.is_empty() { Some(from_s + MOMENT) } else { seconds(&to) };
            match to_s {
                Some(to_s) if to_s > from_s => Ok(Some(Locator::Time { from_s, to_s })),
                Some(_) => Err(("to", "bench.to.early")),
                None => Err(("to", "bench.to.wrong")),
            }
        }
    }
}

/// Whether a browser plays it with a picture.
pub const fn is_video(media_type: MediaType) -> bool {
    matches!(media_type, MediaType::Mp4 | MediaType::Mov | MediaType::Webm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("75", Some(75.0)),
            (" 75.5 ", Some(75.5)),
            ("0", Some(0.0)),
            ("1:15", Some(75.0)),
            ("1:05.5", Some(65.5)),
            ("1:02:03", Some(3723.0)),
            ("90:00", Some(5400.0)),
            ("1:75", None),
            ("1:75:00", None),
            ("1:2:3:4", None),
            ("-1", None),
            ("+1:00", None),
            ("1e3", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
            (":", None),
            ("1:", None),
            ("9999999", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn times_are_told_as_they_are_read() {
        for (seconds_in, text) in [(0.0, "0:00"), (65.5, "1:05.5"), (3723.0, "1:02:03"), (59.97, "1:00")] {
            assert_eq!(clock(seconds_in), text);
        }
        assert_eq!(seconds(&clock(3723.5)), Some(3723.5));
    }
}
