//! A password before it is hashed: long enough, and not one that a guesser tries first. There are no rules on its
//! composition, and it never shows in a log.

use std::fmt;

use super::people::Email;

/// Fewest characters.
pub const SHORTEST: usize = 15;
/// Most bytes: far more than anybody types, and little enough to hash.
const LONGEST: usize = 1024;
/// What must be left of a password without what everybody knows of it.
const OWN: usize = 5;
/// Words that guessers put together, one a line.
const COMMON: &str = include_str!("password/common.txt");
/// Rows of keyboards and the order of letters and digits, which a guesser walks along in either direction.
const RUNS: [&str; 6] =
    ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn"];

/// A password that may be set.
#[derive(Clone)]
pub struct Password(String);

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("the password has {0} characters, fewer than 15")]
    TooShort(usize),
    #[error("the password is longer than 1024 bytes")]
    TooLong,
    /// Made of little else than words, runs and repetitions that guessers try first, or the person's own name.
    #[error("the password is one that is guessed first")]
    Guessable,
}

impl Password {
    /// Takes a password for the person of this name and address.
    ///
    /// # Errors
    /// See [`WeakPassword`].
    pub fn chosen(text: &str, name: &str, email: &Email) -> Result<Self, WeakPassword> {
        let characters = text.chars().count();
        if characters < SHORTEST {
            return Err(WeakPassword::TooShort(characters));
        }
        if text.len() > LONGEST {
            return Err(WeakPassword::TooLong);
        }
        if is_guessable(text, name, email) { Err(WeakPassword::Guessable) } else { Ok(Self(text.to_owned())) }
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Whether hardly anything is left once the common words, the person's own and every run and repetition are out.
fn is_guessable(text: &str, name: &str, email: &Email) -> bool {
    let email = email.to_string();
    let own = name.split_whitespace().chain(email.split(['@', '.', '-', '_', '+']));
    let own: Vec<Vec<char>> = own.map(plain).filter(|word| word.len() >= 3).collect();
    let mut words: Vec<Vec<char>> = COMMON.lines().map(plain).chain(own).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let text = plain(text);
    let (mut at, mut left) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let word = words.iter().find(|word| rest.starts_with(word)).map_or(0, Vec::len);
        let skipped = word.max(run(rest)).max(repeated(&text, at));
        left += usize::from(skipped == 0);
        at += skipped.max(1);
    }
    left < OWN
}

/// Letters and digits in lower case, with the digits and signs that stand for letters read as these.
fn plain(text: &str) -> Vec<char> {
    let letters = text.chars().flat_map(char::to_lowercase).filter_map(|c| match c {
        '@' => Some('a'),
        '$' => Some('s'),
        '!' => Some('i'),
        c => c.is_alphanumeric().then_some(c),
    });
    letters.collect()
}

/// How many characters walk along a keyboard or an alphabet; fewer than four are no walk.
fn run(rest: &[char]) -> usize {
    let along = |row: &[char]| {
        let longest = (0..row.len()).map(|from| rest.iter().zip(&row[from..]).take_while(|(a, b)| a == b).count());
        longest.max().unwrap_or(0)
    };
    let walks = RUNS.iter().map(|row| {
        let forth: Vec<char> = row.chars().collect();
        let back: Vec<char> = row.chars().rev().collect();
        along(&forth).max(along(&back))
    });
    walks.max().filter(|&length| length >= 4).unwrap_or(0)
}

/// How many characters from `at` repeat, at a distance of at most eight, those before them; fewer than three do not.
fn repeated(text: &[char], at: usize) -> usize {
    let again = |distance: usize| {
        text[at..].iter().zip(&text[at - distance..]).take_while(|(later, earlier)| later == earlier).count()
    };
    (1..=at.min(8)).map(again).max().filter(|&length| length >= 3).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<(), WeakPassword> {
        Password::chosen(text, "Amy Fielding", &"amy.fielding@college.example".parse().unwrap()).map(drop)
    }

    #[test]
    fn length_counts_in_characters() {
        assert_eq!(judged(""), Err(WeakPassword::TooShort(0)));
        assert_eq!(judged("fourteen chars"), Err(WeakPassword::TooShort(14)));
        assert_eq!(judged("héron gris brun"), Ok(()));
        assert_eq!(judged("\u{1F427}\u{1F980}\u{1F40C}"), Err(WeakPassword::TooShort(3)));
        assert_eq!(judged(&"kestrel ".repeat(200)), Err(WeakPassword::TooLong));
    }

    #[test]
    fn nothing_is_asked_of_its_composition() {
        for good in ["otter under a teal bridge", "mwyar duon ar y bryn", "7301 9284 5560 19", "slow-tram-rain-kettle"]
        {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_guessers_try_first_is_refused() {
        for bad in [
            "passwordpassword",
            "Password12345678",
            "P@$$word1234567890",
            "123456789012345",
            "qwertyuiopasdfgh",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "xkqzxkqzxkqzxkqz",
            "iloveyou iloveyou",
            "AmyFieldingAmyFielding",
            "amy.fielding@college.example",
            "letmein-welcome-2026",
            "exhibit apprentice exhibit",
            "zyxwvutsrqponmlk",
            "1qaz2wsx3edc4rfv",
            "               ",
        ] {
            assert_eq!(judged(bad), Err(WeakPassword::Guessable), "{bad}");
        }
    }

    #[test]
    fn it_does_not_show() {
        let password = Password::chosen("otter under a teal bridge", "A", &"a@b.example".parse().unwrap()).unwrap();
        assert_eq!(format!("{password:?}"), "[redacted]");
    }
}
