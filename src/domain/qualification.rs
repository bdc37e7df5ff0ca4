//! Whether an apprentice meets the maths and English requirement of a standard; only a route that
//! the standard names, and that is on, ever satisfies it (support pack, Gateway).

use serde::Deserialize;

use super::words::words;

words! {
    /// A subject of the requirement.
    Subject {
        /// Mathematics.
        Maths = "maths",
        /// English.
        English = "english",
    }
}

words! {
    /// The level of a qualification.
    Level {
        /// Level 1.
        Level1 = "level_1",
        /// Level 2.
        Level2 = "level_2",
        /// Entry Level 3, which is below Level 1.
        EntryLevel3 = "entry_level_3",
        /// A British Sign Language qualification, which stands outside the ladder of levels.
        Bsl = "bsl",
    }
}

words! {
    /// The ground on which an apprentice is said to meet the requirement.
    Basis {
        /// A certificate at the level that the standard asks of everyone.
        Achieved = "achieved",
        /// An education, health and care plan, or a legacy statement.
        EhcpOrLegacyStatement = "ehcp_or_legacy_statement",
        /// British Sign Language is the apprentice's first language.
        BslFirstLanguage = "bsl_first_language",
        /// An assessed learning difficulty or disability, without a plan or statement.
        LddAssessment = "ldd_assessment",
        /// 19 or over when training began.
        NotRequired19Plus = "not_required_19_plus",
    }
}

impl Level {
    /// Whether a qualification at this level is enough where `minimum` is asked for.
    ///
    /// Sign language stands outside the ladder: it neither replaces a level nor is replaced by one.
    #[must_use]
    pub fn satisfies(self, minimum: Level) -> bool {
        match minimum {
            Level::Level2 => self == Level::Level2,
            Level::Level1 => matches!(self, Level::Level1 | Level::Level2),
            Level::EntryLevel3 => {
                matches!(self, Level::EntryLevel3 | Level::Level1 | Level::Level2)
            }
            Level::Bsl => self == Level::Bsl,
        }
    }
}

/// One way in which a standard lets the requirement be met.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The ground that has to hold.
    pub basis: Basis,
    /// The subjects for which the route exists.
    pub subjects: Vec<Subject>,
    /// The least level asked for; `None` where no qualification is needed.
    pub minimum_level: Option<Level>,
    /// Whether the route is open without being switched on in the configuration.
    pub on_by_default: bool,
}

/// The maths and English requirement of a standard: all routes, open or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualificationRules {
    /// At most one route for each pair of basis and subject; checked when the standard is loaded.
    pub routes: Vec<Route>,
}

/// What is claimed for one subject at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The subject.
    pub subject: Subject,
    /// The level of the certificate; `None` where there is none.
    pub level: Option<Level>,
    /// The ground.
    pub basis: Basis,
}

/// Why a claimed qualification does not meet the standard's requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QualificationRefusal {
    /// The standard has no such route for this subject.
    #[error("the standard does not accept the basis `{basis}` for {subject}")]
    NoSuchRoute {
        /// The subject claimed.
        subject: Subject,
        /// The basis claimed.
        basis: Basis,
    },
    /// The route exists in the standard, but this service is configured without it.
    #[error(
        "the basis `{basis}` exists for {subject}, but it is switched off here; \
         ask the assessment organisation whether it accepts it"
    )]
    SwitchedOff {
        /// The subject claimed.
        subject: Subject,
        /// The basis claimed.
        basis: Basis,
    },
    /// The route asks for a qualification and none was given.
    #[error("{subject} on the basis `{basis}` needs a qualification at `{minimum}` or above; none is given")]
    LevelMissing {
        /// The subject claimed.
        subject: Subject,
        /// The basis claimed.
        basis: Basis,
        /// The least level that the route asks for.
        minimum: Level,
    },
    /// The qualification given is not what the route asks for.
    #[error("{subject} on the basis `{basis}` needs `{minimum}`; `{level}` does not meet that")]
    LevelNotEnough {
        /// The subject claimed.
        subject: Subject,
        /// The basis claimed.
        basis: Basis,
        /// The least level that the route asks for.
        minimum: Level,
        /// The level claimed.
        level: Level,
    },
}

impl QualificationRules {
    /// Decides whether `claimed` meets the requirement, with `switched_on` naming the routes that
    /// the operator opened beyond those that are on by default.
    ///
    /// # Errors
    /// The first reason why it does not. A closed route is refused before its level is looked at.
    pub fn check(&self, claimed: Claimed, switched_on: &[Basis]) -> Result<(), QualificationRefusal> {
        let Claimed { subject, level, basis } = claimed;
        let route = self.route(subject, basis).ok_or(QualificationRefusal::NoSuchRoute { subject, basis })?;
        if !route.on_by_default && !switched_on.contains(&basis) {
            return Err(QualificationRefusal::SwitchedOff { subject, basis });
        }
        let Some(minimum) = route.minimum_level else {
            return Ok(());
        };
        let level = level.ok_or(QualificationRefusal::LevelMissing { subject, basis, minimum })?;
        if level.satisfies(minimum) {
            Ok(())
        } else {
            Err(QualificationRefusal::LevelNotEnough { subject, basis, minimum, level })
        }
    }

    /// The route for `subject` on the ground of `basis`, whether open or not.
    #[must_use]
    pub fn route(&self, subject: Subject, basis: Basis) -> Option<&Route> {
        self.routes.iter().find(|route| route.basis == basis && route.subjects.contains(&subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::standard::Standard;

    use Basis::{Achieved, BslFirstLanguage, EhcpOrLegacyStatement, LddAssessment, NotRequired19Plus};
    use Level::{Bsl, EntryLevel3, Level1, Level2};
    use Subject::{English, Maths};

    const OPTIONAL: [Basis; 2] = [LddAssessment, NotRequired19Plus];

    fn rules() -> QualificationRules {
        let text = include_str!("../../config/standards/st0072-1.1.toml");
        Standard::parse(text).unwrap().qualifications().clone()
    }

    /// Every level, and none.
    fn levels() -> impl Iterator<Item = Option<Level>> {
        Level::ALL.iter().copied().map(Some).chain([None])
    }

    #[test]
    fn with_every_route_open_exactly_these_claims_are_enough() {
        let rules = rules();
        let enough = |subject, basis| match (basis, subject) {
            (Achieved, _) => vec![Some(Level1), Some(Level2)],
            (EhcpOrLegacyStatement | LddAssessment, _) => {
                vec![Some(Level1), Some(Level2), Some(EntryLevel3)]
            }
            (BslFirstLanguage, English) => vec![Some(Bsl)],
            (BslFirstLanguage, Maths) => vec![],
            (NotRequired19Plus, _) => levels().collect(),
        };
        for &subject in Subject::ALL {
            for &basis in Basis::ALL {
                for level in levels() {
                    let claimed = Claimed { subject, level, basis };
                    assert_eq!(
                        rules.check(claimed, &OPTIONAL).is_ok(),
                        enough(subject, basis).contains(&level),
                        "{claimed:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_newer_routes_are_refused_until_they_are_switched_on_one_by_one() {
        let rules = rules();
        for (basis, other) in [(LddAssessment, NotRequired19Plus), (NotRequired19Plus, LddAssessment)] {
            for &subject in Subject::ALL {
                let claimed = Claimed { subject, level: Some(EntryLevel3), basis };
                let off = Err(QualificationRefusal::SwitchedOff { subject, basis });
                assert_eq!(rules.check(claimed, &[]), off);
                assert_eq!(rules.check(claimed, &[other]), off);
                assert_eq!(rules.check(claimed, &[basis]), Ok(()));
            }
        }
    }

    #[test]
    fn switching_on_adds_no_route_that_the_standard_lacks() {
        let claimed = Claimed { subject: Maths, level: Some(Bsl), basis: BslFirstLanguage };
        let refusal = QualificationRefusal::NoSuchRoute { subject: Maths, basis: BslFirstLanguage };
        assert_eq!(rules().check(claimed, Basis::ALL), Err(refusal));
    }

    #[test]
    fn each_refusal_says_what_is_missing() {
        let rules = rules();
        let message =
            |subject, level, basis| rules.check(Claimed { subject, level, basis }, &[]).unwrap_err().to_string();
        assert_eq!(
            message(English, Some(EntryLevel3), Achieved),
            "english on the basis `achieved` needs `level_1`; `entry_level_3` does not meet that"
        );
        assert_eq!(
            message(Maths, None, Achieved),
            "maths on the basis `achieved` needs a qualification at `level_1` or above; none is given"
        );
        assert_eq!(
            message(Maths, Some(Bsl), BslFirstLanguage),
            "the standard does not accept the basis `bsl_first_language` for maths"
        );
        assert!(message(Maths, None, NotRequired19Plus).contains("exists for maths, but it is switched off"));
    }

    #[test]
    fn names_are_those_of_the_interface_and_read_back() {
        for (basis, name) in [
            (Achieved, "achieved"),
            (EhcpOrLegacyStatement, "ehcp_or_legacy_statement"),
            (BslFirstLanguage, "bsl_first_language"),
            (LddAssessment, "ldd_assessment"),
            (NotRequired19Plus, "not_required_19_plus"),
        ] {
            assert_eq!(basis.to_string(), name);
            assert_eq!(name.parse(), Ok(basis));
        }
        let names: Vec<_> = Level::ALL.iter().map(|level| level.word()).collect();
        assert_eq!(names, ["level_1", "level_2", "entry_level_3", "bsl"]);
        assert!("level_3".parse::<Level>().is_err());
    }
}
