//! The codes by which a standard names its parts; each kind is a type, so that none is taken for
//! another. That a code exists is known only after it has been looked up in a standard.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl From<String> for $name {
            fn from(code: String) -> Self {
                Self(code)
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self(code.to_owned())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        // Lets maps and sets keyed by codes be asked with the text of a request.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(
    /// A component: lower-case ASCII letters and `_`, as in `observation`.
    ComponentCode
);

code!(
    /// An area: capital ASCII letters and digits, as in `ORG`.
    AreaCode
);

code!(
    /// A criterion: its area's code, `-P` or `-D` for its grade, and a number, as in `ORG-P1`.
    CriterionCode
);

code!(
    /// A KSB: `K`, `S` or `B` and a number, as in `K12`.
    KsbCode
);

impl ComponentCode {
    /// The component that every standard has: the one that takes the evidence.
    pub const SHOWCASE: &str = "showcase";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_is_shown_and_serialised_as_its_bare_text() {
        #[derive(Serialize, Deserialize)]
        struct Row {
            area: AreaCode,
        }
        let row: Row = toml::from_str("area = 'ORG'").unwrap();
        assert_eq!(row.area, AreaCode::from("ORG"));
        assert_eq!(row.area.to_string(), "ORG");
        assert!(BTreeSet::from([row.area]).contains("ORG"));
    }
}
