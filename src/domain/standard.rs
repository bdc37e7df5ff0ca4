//! The standard an apprentice is assessed against, read from data; a [`Standard`] in hand has been
//! checked whole, so its codes are unique and its references lead somewhere.
//!
//! Figures and codes of ST0072 are those of the support pack CSP2-APP-01. The official wording is
//! not part of a standard: see [`Wording`].

mod check;
mod codes;
mod collection;
mod wording;

use serde::{Deserialize, Serialize};

use super::qualification::QualificationRules;
use super::words::words;

pub use check::StandardError;
pub use codes::{AreaCode, ComponentCode, CriterionCode, KsbCode};
pub use collection::{Standards, StandardsError};
pub use wording::{Wording, WordingError};

/// A standard that has passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Standard(Document);

/// A standard's file as it is written. It stays private: the only way on is [`Standard::parse`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    code: String,
    version: String,
    title: String,
    level: u8,
    calendar: String,
    ksbs: Vec<Ksb>,
    limits: Limits,
    qualifications: QualificationRules,
    components: Vec<Component>,
}

/// The figures that bound a showcase and its deadlines (support pack, Gateway, Components of
/// End-Point Assessment, Grading & Criteria, Re-sit / Re-take).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Most pieces of evidence in a showcase, at least 1.
    pub pieces: u32,
    /// Working days from receipt of the gateway form to the first possible assessment.
    pub form_notice_working_days: u32,
    /// Months from gateway within which all assessment takes place.
    pub assessment_window_months: u32,
    /// Working days from the final component within which the apprentice has the results.
    pub results_working_days: u32,
    /// Months within which all components are taken, re-sits included.
    pub resit_window_months: u32,
    /// Months on programme after which a showcase is usually compiled; never a reason to refuse.
    pub typical_months_on_programme: u32,
}

/// How long a meeting takes, in minutes; a bound that is absent does not bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// The shortest meeting.
    pub at_least: Option<u32>,
    /// The longest meeting.
    pub at_most: Option<u32>,
}

impl Minutes {
    /// Whether a meeting of `minutes` keeps to both bounds.
    #[must_use]
    pub fn contains(self, minutes: u32) -> bool {
        self.at_least.is_none_or(|least| least <= minutes) && self.at_most.is_none_or(|most| minutes <= most)
    }
}

words! {
    /// What kind of thing a KSB asks for.
    KsbKind {
        /// What the apprentice knows (`K…`).
        Knowledge = "knowledge",
        /// What the apprentice can do (`S…`).
        Skill = "skill",
        /// How the apprentice acts (`B…`).
        Behaviour = "behaviour",
    }
}

/// One knowledge, skill or behaviour of the standard.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ksb {
    /// Its code, such as `K12`.
    pub code: KsbCode,
    /// Its kind, which is also its code's first letter.
    pub kind: KsbKind,
    /// One line in our own words.
    pub summary: String,
}

words! {
    /// The grade that a criterion counts towards.
    Grade {
        /// Needed for a pass.
        Pass = "pass",
        /// Counted towards a distinction.
        Distinction = "distinction",
    }
}

/// One part of the assessment, with a meeting and a result of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its code, such as `observation`.
    pub code: ComponentCode,
    /// Its title.
    pub title: String,
    /// How many of its distinction criteria make a distinction (support pack, Assessment
    /// Breakdown).
    pub distinction_threshold: usize,
    /// The length of its meeting.
    pub meeting_minutes: Minutes,
    /// The length of the mock that the employer and the provider hold, where there is one.
    pub mock_minutes: Option<Minutes>,
    /// The component after which it is held, where the order matters.
    pub follows: Option<ComponentCode>,
    /// Its areas in the order of the standard, at least one.
    pub areas: Vec<Area>,
}

/// One subject of a component.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its code, such as `ORG`, unique in the standard.
    pub code: AreaCode,
    /// Its title in the support pack.
    pub title: String,
    /// The KSBs it assesses; no other area assesses them.
    pub ksbs: Vec<KsbCode>,
    /// Its criteria in the order of the standard, at least one for a pass.
    pub criteria: Vec<Criterion>,
}

/// One descriptor that the assessor finds met or not met.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its code, such as `ORG-P1`, unique in the standard.
    pub code: CriterionCode,
    /// The grade it counts towards, which its code repeats.
    pub grade: Grade,
    /// One line in our own words.
    pub summary: String,
    /// The criterion of the same area and grade that may be met in place of this one (support
    /// pack, Presentation: "OR"). See [`Area::requirements`].
    pub alternative_to: Option<CriterionCode>,
}

impl Standard {
    /// Reads a standard from its TOML text.
    ///
    /// # Errors
    /// The first fault found, naming the code at which it stands.
    pub fn parse(text: &str) -> Result<Self, StandardError> {
        let document = toml::from_str(text)?;
        check::check(&document)?;
        Ok(Self(document))
    }

    /// The standard's code, such as `ST0072`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The standard's version, such as `1.1`. Compared as text: versions have no order here.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The occupation.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The level of the apprenticeship.
    #[must_use]
    pub fn level(&self) -> u8 {
        self.0.level
    }

    /// The name of the calendar by which working days are counted.
    #[must_use]
    pub fn calendar(&self) -> &str {
        &self.0.calendar
    }

    /// The figures that bound showcase and deadlines.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The maths and English requirement.
    #[must_use]
    pub fn qualifications(&self) -> &QualificationRules {
        &self.0.qualifications
    }

    /// All KSBs in the order of the standard.
    #[must_use]
    pub fn ksbs(&self) -> &[Ksb] {
        &self.0.ksbs
    }

    /// The KSB of this code.
    #[must_use]
    pub fn ksb(&self, code: &str) -> Option<&Ksb> {
        self.ksbs().iter().find(|ksb| ksb.code.as_ref() == code)
    }

    /// All components in the order of the standard, the showcase among them.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.0.components
    }

    /// The component of this code.
    #[must_use]
    pub fn component(&self, code: &str) -> Option<&Component> {
        self.components().iter().find(|component| component.code.as_ref() == code)
    }

    /// The areas that pieces of evidence are claimed and tagged for, in the order of the standard.
    #[must_use]
    pub fn showcase_areas(&self) -> &[Area] {
        // Never empty: `check` refuses a standard without a showcase or with one that has no areas.
        self.component(ComponentCode::SHOWCASE).map_or(&[], |showcase| &showcase.areas)
    }

    /// The showcase area of this code: the lookup for claims and tags, where an area of another
    /// component is as unknown as one that does not exist.
    #[must_use]
    pub fn showcase_area(&self, code: &str) -> Option<&Area> {
        self.showcase_areas().iter().find(|area| area.code.as_ref() == code)
    }

    /// The area of this code in any component.
    #[must_use]
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.components().iter().find_map(|component| component.area(code))
    }

    /// The criterion of this code in any component.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.components().iter().find_map(|component| component.criterion(code))
    }
}

impl Component {
    /// The area of this code.
    #[must_use]
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.code.as_ref() == code)
    }

    /// All criteria in the order of the standard.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.areas.iter().flat_map(|area| &area.criteria)
    }

    /// The criterion of this code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria().find(|criterion| criterion.code.as_ref() == code)
    }
}

impl Area {
    /// The criterion of this code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.code.as_ref() == code)
    }

    /// The criteria of `grade`, alternatives side by side: a requirement is fulfilled when any one
    /// of its criteria is met. No requirement is empty and no criterion stands in two.
    pub fn requirements(&self, grade: Grade) -> impl Iterator<Item = Vec<&Criterion>> {
        let of_grade = move || self.criteria.iter().filter(move |criterion| criterion.grade == grade);
        of_grade().filter(|criterion| criterion.alternative_to.is_none()).map(move |first| {
            of_grade().filter(|other| *other == first || other.alternative_to.as_ref() == Some(&first.code)).collect()
        })
    }
}

#[cfg(test)]
mod tests;
