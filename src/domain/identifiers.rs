//! The numbers by which apprentices, providers and assessment organisations are known nationally;
//! a value of these types has passed the rule of its register, so nothing checks it again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not the identifier it was given for; each message says what to do.
///
/// No message repeats the text itself: a learner number is personal data and messages reach logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not ten ASCII digits.
    #[error("a ULN is 10 digits without spaces; copy it from the apprentice's learning records service entry")]
    UlnShape,
    /// Ten digits of which the first is 0.
    #[error("a ULN does not begin with 0; check the number against the learning records service")]
    UlnLeadingZero,
    /// The number that stands for "not known yet".
    #[error("9999999999 is the temporary ULN; leave the ULN out and give the reason why there is none yet")]
    UlnTemporary,
    /// The weighted sum does not come out: a digit is mistyped.
    #[error("the check digit of this ULN does not fit, so a digit is wrong or two are swapped; type it again")]
    UlnCheckDigit,
    /// Not a number from 10000000 to 99999999.
    #[error("a UKPRN is 8 digits from 10000000 to 99999999; look it up in the UK Register of Learning Providers")]
    Ukprn,
    /// Neither `EPA` with four digits nor a UKPRN.
    #[error("an assessment organisation's id is EPA in capitals and 4 digits, as in EPA0123, or its UKPRN")]
    EpaoId,
}

/// Declares a text newtype whose only way in is `$check`, and which leaves as the same text.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as it is printed and stored.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentifierError;

            fn try_from(text: String) -> Result<Self, IdentifierError> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;

            fn from_str(text: &str) -> Result<Self, IdentifierError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A Unique Learner Number: ten digits, the first not 0, whose sum weighted 10, 9, … 1 leaves
    /// 10 when divided by 11 (the learning records service's MOD-11 rule).
    ///
    /// Text, not a number: it is never calculated with, and JSON numbers of ten digits do not
    /// survive every client.
    Uln,
    check_uln
);

identifier!(
    /// A UK Provider Reference Number: 10000000 to 99999999, kept as text.
    Ukprn,
    check_ukprn
);

identifier!(
    /// An end-point assessment organisation: `EPA` and four digits, or a UKPRN for those that were
    /// registered without such a number.
    EpaoId,
    check_epao_id
);

/// Given out where a learner's own number is not known; it fails the MOD-11 rule by design.
const TEMPORARY_ULN: &str = "9999999999";

fn check_uln(text: &str) -> Result<(), IdentifierError> {
    if !is_digits(text, 10) {
        return Err(IdentifierError::UlnShape);
    }
    if text == TEMPORARY_ULN {
        return Err(IdentifierError::UlnTemporary);
    }
    if text.starts_with('0') {
        return Err(IdentifierError::UlnLeadingZero);
    }
    let sum: u32 = text.bytes().zip((1..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    if sum % 11 != 10 {
        return Err(IdentifierError::UlnCheckDigit);
    }
    Ok(())
}

fn check_ukprn(text: &str) -> Result<(), IdentifierError> {
    if is_digits(text, 8) && !text.starts_with('0') { Ok(()) } else { Err(IdentifierError::Ukprn) }
}

fn check_epao_id(text: &str) -> Result<(), IdentifierError> {
    let holds = match text.strip_prefix("EPA") {
        Some(number) => is_digits(number, 4),
        None => check_ukprn(text).is_ok(),
    };
    if holds { Ok(()) } else { Err(IdentifierError::EpaoId) }
}

/// ASCII digits only: `char::is_numeric` would let in digits of other scripts.
fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ulns_that_follow_the_rule_are_kept_as_they_are() {
        for text in ["9276308686", "1000000000", "1000000019"] {
            assert_eq!(text.parse::<Uln>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn each_wrong_uln_gets_its_own_reason() {
        for (text, reason) in [
            ("9276308687", IdentifierError::UlnCheckDigit),
            ("1000200000", IdentifierError::UlnCheckDigit),
            ("9726308686", IdentifierError::UlnCheckDigit),
            ("0000000042", IdentifierError::UlnLeadingZero),
            ("9999999999", IdentifierError::UlnTemporary),
            ("", IdentifierError::UlnShape),
            ("927630868", IdentifierError::UlnShape),
            ("92763086860", IdentifierError::UlnShape),
            (" 9276308686", IdentifierError::UlnShape),
            ("92763 0868", IdentifierError::UlnShape),
            ("-276308686", IdentifierError::UlnShape),
            ("927630868X", IdentifierError::UlnShape),
            ("٩٢٧٦٣", IdentifierError::UlnShape),
        ] {
            assert_eq!(text.parse::<Uln>(), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn one_mistyped_digit_never_passes() {
        let valid = b"9276308686";
        for position in 0..valid.len() {
            for digit in (b'0'..=b'9').filter(|digit| *digit != valid[position]) {
                let mut typed = valid.to_vec();
                typed[position] = digit;
                let typed = String::from_utf8(typed).unwrap();
                assert!(Uln::try_from(typed.clone()).is_err(), "{typed}");
            }
        }
    }

    #[test]
    fn ukprns_have_eight_digits_and_no_leading_zero() {
        for text in ["10000000", "10012345", "99999999"] {
            assert_eq!(text.parse::<Ukprn>().unwrap().as_str(), text);
        }
        for text in ["", "9999999", "09999999", "100000000", "1000000a", "+1000000"] {
            assert_eq!(text.parse::<Ukprn>(), Err(IdentifierError::Ukprn), "{text:?}");
        }
    }

    #[test]
    fn assessment_organisations_have_an_epa_number_or_a_ukprn() {
        for text in ["EPA0001", "EPA9999", "10012345"] {
            assert_eq!(text.parse::<EpaoId>().unwrap().as_str(), text);
        }
        for text in ["", "EPA", "EPA001", "EPA00001", "epa0001", "EPA 001", "EPAO001", "1001234"] {
            assert_eq!(text.parse::<EpaoId>(), Err(IdentifierError::EpaoId), "{text:?}");
        }
    }

    #[test]
    fn serde_reads_text_only_and_applies_the_rule() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Learner {
            uln: Uln,
            ukprn: Ukprn,
        }
        let learner: Learner = toml::from_str("uln = '9276308686'\nukprn = '10012345'").unwrap();
        assert_eq!(learner.uln.as_str(), "9276308686");
        assert_eq!(String::from(learner.ukprn), "10012345");

        let refusal = toml::from_str::<Learner>("uln = '9276308687'\nukprn = '10012345'").unwrap_err();
        assert!(refusal.to_string().contains("check digit"), "{refusal}");
        assert!(toml::from_str::<Learner>("uln = 9276308686\nukprn = 10012345").is_err());
    }
}
