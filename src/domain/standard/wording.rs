//! The official wording of criteria and KSBs, which belongs to others and is therefore supplied by
//! the operator at run time; every code in a [`Wording`] exists in the standard it was read for.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Standard;

/// Official texts of one standard, by the code of a criterion or KSB. The default has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Code and version of the standard whose words these are: other standards have the same codes.
    of: (String, String),
    texts: BTreeMap<String, String>,
}

/// The operator's file: one table `[wording]`, code = "text".
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    wording: BTreeMap<String, String>,
}

/// Why a text is not the wording of a standard.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WordingError {
    /// Not TOML, or not one table of texts.
    #[error("the wording cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
    /// Codes that the standard does not have, all of them.
    #[error("the wording names codes that the standard does not have: {}", codes.join(", "))]
    UnknownCodes {
        /// The codes in alphabetical order.
        codes: Vec<String>,
    },
}

impl Wording {
    /// Reads the wording for `standard` from the operator's TOML text.
    ///
    /// A blank text counts as absent, so that a template can be filled bit by bit.
    ///
    /// # Errors
    /// [`WordingError::Malformed`] and [`WordingError::UnknownCodes`].
    pub fn parse(text: &str, standard: &Standard) -> Result<Self, WordingError> {
        let Document { mut wording } = toml::from_str(text)?;
        let codes: Vec<String> = wording
            .keys()
            .filter(|code| standard.criterion(code).is_none() && standard.ksb(code).is_none())
            .cloned()
            .collect();
        if !codes.is_empty() {
            return Err(WordingError::UnknownCodes { codes });
        }
        wording.retain(|_, text| !text.trim().is_empty());
        Ok(Self { of: (standard.code().to_owned(), standard.version().to_owned()), texts: wording })
    }

    /// How many texts of `standard` there are.
    #[must_use]
    pub fn count(&self, standard: &Standard) -> usize {
        self.texts.keys().filter(|code| self.wording(standard, code).is_some()).count()
    }

    /// The official text of `standard`'s criterion or KSB of this code, where the operator supplied it.
    pub fn wording(&self, standard: &Standard, code: &str) -> Option<&str> {
        let (of, version) = &self.of;
        let text = self.texts.get(code).map(String::as_str);
        text.filter(|_| standard.code() == of && standard.version() == version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up() -> Standard {
        Standard::parse(include_str!("../../../tests/data/standards/made-up.toml")).unwrap()
    }

    #[test]
    fn texts_are_found_by_the_code_of_a_criterion_or_ksb() {
        let text = "[wording]\nLMP-P1 = 'The lamp shall be lit.'\nK1 = 'Lamps'\nLMP-D1 = ' '";
        let wording = Wording::parse(text, &made_up()).unwrap();
        assert_eq!(wording.wording(&made_up(), "LMP-P1"), Some("The lamp shall be lit."));
        assert_eq!(wording.wording(&made_up(), "K1"), Some("Lamps"));
        assert_eq!(wording.wording(&made_up(), "LMP-D1"), None, "blank");
        assert_eq!(wording.wording(&made_up(), "SEA-P1"), None, "not given");
        assert_eq!(Wording::default().wording(&made_up(), "LMP-P1"), None);
        let st0072 = Standard::parse(include_str!("../../../config/standards/st0072-1.1.toml")).unwrap();
        assert_eq!(wording.wording(&st0072, "K1"), None, "another standard's K1 is something else");
    }

    #[test]
    fn every_unknown_code_is_named() {
        // The second has a Cyrillic К; areas have no wording of their own.
        let text = "[wording]\nLMP-P2 = 'a'\n'К1' = 'b'\nLMP = 'c'\nK2 = 'd'";
        let refusal = Wording::parse(text, &made_up()).unwrap_err();
        let codes = ["LMP", "LMP-P2", "К1"].map(String::from).to_vec();
        assert_eq!(refusal, WordingError::UnknownCodes { codes });
        assert!(refusal.to_string().ends_with("LMP, LMP-P2, К1"));
    }

    #[test]
    fn anything_but_one_table_of_texts_is_malformed() {
        for text in ["", "wording = 1", "[wording]\nK1 = 1", "[wording]\n[other]", "[wording]\nK1 = 'a'\nK1 = 'b'"] {
            assert!(matches!(Wording::parse(text, &made_up()), Err(WordingError::Malformed(_))), "{text}");
        }
    }
}
