//! All standards that the service assesses, versions side by side; there is at least one, and a
//! pair of code and version names at most one.

use super::Standard;

/// The standards in the order in which they were loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Standards(Vec<Standard>);

/// Why standards cannot be served together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandardsError {
    /// There is none.
    #[error("no standard is configured; the service needs at least one")]
    Empty,
    /// Two have the same code and version.
    #[error("the standard {code} version {version} is configured twice")]
    Repeated {
        /// The code of both.
        code: String,
        /// The version of both.
        version: String,
    },
}

impl Standards {
    /// Gathers the standards.
    ///
    /// # Errors
    /// [`StandardsError::Empty`] and [`StandardsError::Repeated`].
    pub fn new(standards: Vec<Standard>) -> Result<Self, StandardsError> {
        if standards.is_empty() {
            return Err(StandardsError::Empty);
        }
        let mut gathered = Self(Vec::with_capacity(standards.len()));
        for standard in standards {
            if gathered.find(standard.code(), standard.version()).is_some() {
                return Err(StandardsError::Repeated {
                    code: standard.code().to_owned(),
                    version: standard.version().to_owned(),
                });
            }
            gathered.0.push(standard);
        }
        Ok(gathered)
    }

    /// The standard of exactly this code and version.
    #[must_use]
    pub fn find(&self, code: &str, version: &str) -> Option<&Standard> {
        self.iter().find(|standard| standard.code() == code && standard.version() == version)
    }

    /// All standards.
    pub fn iter(&self) -> impl Iterator<Item = &Standard> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_UP: &str = include_str!("../../../tests/data/standards/made-up.toml");

    fn standard(version: &str) -> Standard {
        Standard::parse(&MADE_UP.replace("version = \"0.9\"", &format!("version = \"{version}\""))).unwrap()
    }

    #[test]
    fn versions_stand_side_by_side_and_are_found_exactly() {
        let standards = Standards::new(vec![standard("0.9"), standard("1.0")]).unwrap();
        assert_eq!(standards.find("TST0001", "1.0"), Some(&standard("1.0")));
        assert_eq!(standards.find("TST0001", "1"), None);
        assert_eq!(standards.find("tst0001", "1.0"), None);
        assert_eq!(standards.iter().map(Standard::version).collect::<Vec<_>>(), ["0.9", "1.0"]);
    }

    #[test]
    fn none_and_twice_the_same_are_refused() {
        assert_eq!(Standards::new(vec![]), Err(StandardsError::Empty));
        let repeated = StandardsError::Repeated { code: "TST0001".to_owned(), version: "0.9".to_owned() };
        let twice = vec![standard("0.9"), standard("1.0"), standard("0.9")];
        assert_eq!(Standards::new(twice), Err(repeated));
    }
}
