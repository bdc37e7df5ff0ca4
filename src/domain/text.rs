//! Text that people write, bounded and free of what neither a screen nor a database can hold.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest line, in characters.
pub const LINE: usize = 200;
/// Longest prose, in characters.
pub const PROSE: usize = 4000;

/// One line: a name or a title. Trimmed, not empty, at most [`LINE`] characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Line(String);

/// Some sentences: a note or a context. Trimmed, perhaps empty, at most [`PROSE`] characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Prose(String);

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    #[error("it holds control characters")]
    Control,
}

fn bounded(text: &str, longest: usize, allowed: &[char]) -> Result<String, TextError> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(TextError::TooLong(longest));
    }
    if text.chars().any(|c| c.is_control() && !allowed.contains(&c)) {
        return Err(TextError::Control);
    }
    Ok(text.to_owned())
}

impl TryFrom<String> for Line {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        match bounded(&text, LINE, &[])? {
            line if line.is_empty() => Err(TextError::Empty),
            line => Ok(Self(line)),
        }
    }
}

impl TryFrom<String> for Prose {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        bounded(&text, PROSE, &['\n', '\r', '\t']).map(Self)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

impl From<Prose> for String {
    fn from(prose: Prose) -> Self {
        prose.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded() {
        let line = |text: &str| Line::try_from(text.to_owned()).map(String::from);
        assert_eq!(line("  Thank you  ").unwrap(), "Thank you");
        assert_eq!(line(" "), Err(TextError::Empty));
        assert_eq!(line("a\0b"), Err(TextError::Control));
        assert_eq!(line("two\nlines"), Err(TextError::Control));
        assert_eq!(line(&"é".repeat(LINE + 1)), Err(TextError::TooLong(LINE)));
        assert!(line(&"é".repeat(LINE)).is_ok());
        assert_eq!(Prose::try_from("two\nlines".to_owned()).map(String::from).unwrap(), "two\nlines");
        assert_eq!(Prose::try_from(String::new()).unwrap(), Prose::default());
    }
}
