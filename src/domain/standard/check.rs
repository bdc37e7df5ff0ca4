//! What a standard's file must fulfil beyond its shape; a fault is reported with the code at which
//! it stands, for the person who edits the file.

use std::collections::{BTreeMap, BTreeSet};

use super::{Area, AreaCode, Component, ComponentCode, Criterion, Document, Grade, Ksb, KsbCode, KsbKind};
use crate::domain::qualification::{Basis, QualificationRules, Subject};

/// Why a text is not a standard; found when the service starts.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StandardError {
    /// Not TOML, a field missing, unknown or of the wrong type; the message has line and column.
    #[error("the standard cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
    /// A showcase of no pieces could never be submitted.
    #[error("limits: `pieces` is 0; a showcase needs room for at least one")]
    NoPieces,
    /// A code has a sign that does not belong, often a look-alike letter of another alphabet.
    #[error("`{code}`: the code of {of} is {shape}, with letters of the English alphabet only")]
    CodeShape {
        /// The code as written.
        code: String,
        /// What it is the code of.
        of: &'static str,
        /// What such a code looks like.
        shape: &'static str,
    },
    /// A code stands for two things.
    #[error("`{0}` is the code of two things")]
    RepeatedCode(String),
    /// A criterion's code does not show its area and grade.
    #[error("`{criterion}`: the code has to be `{prefix}` and a number, after its area and grade")]
    CriterionPrefix {
        /// The code as written.
        criterion: String,
        /// What it has to begin with.
        prefix: String,
    },
    /// There is no component that takes evidence.
    #[error("there is no component `showcase`")]
    NoShowcase,
    /// A component without areas would be passed by default.
    #[error("`{0}`: the component has no areas")]
    NoAreas(ComponentCode),
    /// An area without pass criteria would be passed by default.
    #[error("`{0}`: the area has no pass criteria")]
    NoPassCriteria(AreaCode),
    /// A distinction is out of reach.
    #[error("`{component}`: the distinction threshold is {threshold}, but there are only {available} such criteria")]
    ThresholdOutOfReach {
        /// The component.
        component: ComponentCode,
        /// Its threshold.
        threshold: usize,
        /// How many distinction criteria its areas have.
        available: usize,
    },
    /// The shortest meeting is longer than the longest.
    #[error("`{0}`: the shortest meeting or mock is longer than the longest")]
    MinutesReversed(ComponentCode),
    /// A component follows one that does not stand before it.
    #[error("`{component}` follows `{follows}`, which is not a component before it")]
    FollowsNothing {
        /// The component.
        component: ComponentCode,
        /// What it is said to follow.
        follows: ComponentCode,
    },
    /// An area assesses a KSB that is not listed.
    #[error("`{area}` assesses `{ksb}`, which is not among the KSBs")]
    UnknownKsb {
        /// The area.
        area: AreaCode,
        /// The KSB.
        ksb: KsbCode,
    },
    /// A KSB is assessed more than once.
    #[error("`{ksb}` is assessed by `{first}` and again by `{second}`")]
    KsbAssessedTwice {
        /// The KSB.
        ksb: KsbCode,
        /// The area that assesses it first.
        first: AreaCode,
        /// The area that assesses it again, possibly the same.
        second: AreaCode,
    },
    /// A KSB is not assessed at all.
    #[error("`{0}` is not assessed by any area")]
    KsbNotAssessed(KsbCode),
    /// An alternative is not a criterion that this one can stand in for.
    #[error(
        "`{criterion}` is an alternative to `{alternative}`, which is not another criterion of the \
         same area and grade that stands by itself"
    )]
    WrongAlternative {
        /// The criterion.
        criterion: String,
        /// What it is said to be an alternative to.
        alternative: String,
    },
    /// Two routes for the same ground and subject.
    #[error("qualifications: there are two routes on the basis `{basis}` for {subject}")]
    RepeatedRoute {
        /// The basis of both.
        basis: Basis,
        /// The subject of both.
        subject: Subject,
    },
    /// A subject that nobody can simply have achieved.
    #[error("qualifications: {0} lacks the route `achieved`, on by default and with a minimum level")]
    NoAchievedRoute(Subject),
}

/// Checks a document whole, and stops at the first fault.
pub(super) fn check(document: &Document) -> Result<(), StandardError> {
    if document.limits.pieces == 0 {
        return Err(StandardError::NoPieces);
    }
    check_codes(document)?;
    if !document.components.iter().any(|component| component.code.as_ref() == ComponentCode::SHOWCASE) {
        return Err(StandardError::NoShowcase);
    }
    for (position, component) in document.components.iter().enumerate() {
        check_component(component, &document.components[..position])?;
    }
    check_ksbs(document)?;
    check_qualifications(&document.qualifications)
}

fn check_codes(document: &Document) -> Result<(), StandardError> {
    let mut seen = BTreeSet::new();
    // One set for all kinds: wording is keyed by criteria and KSBs together, and a reader of a
    // report should not meet one code with two meanings.
    let mut once = |code: &str| {
        if seen.insert(code.to_owned()) { Ok(()) } else { Err(StandardError::RepeatedCode(code.to_owned())) }
    };
    for ksb in &document.ksbs {
        check_ksb_code(ksb)?;
        once(ksb.code.as_ref())?;
    }
    for component in &document.components {
        check_shape(component.code.as_ref(), "a component", "lower-case letters and _", |byte| {
            byte.is_ascii_lowercase() || byte == b'_'
        })?;
        once(component.code.as_ref())?;
        for area in &component.areas {
            check_shape(area.code.as_ref(), "an area", "capital letters and digits", |byte| {
                byte.is_ascii_uppercase() || byte.is_ascii_digit()
            })?;
            once(area.code.as_ref())?;
            for criterion in &area.criteria {
                check_criterion_code(criterion, area)?;
                once(criterion.code.as_ref())?;
            }
        }
    }
    Ok(())
}

fn check_shape(
    code: &str,
    of: &'static str,
    shape: &'static str,
    fits: impl Fn(u8) -> bool,
) -> Result<(), StandardError> {
    if !code.is_empty() && code.bytes().all(fits) {
        Ok(())
    } else {
        Err(StandardError::CodeShape { code: code.to_owned(), of, shape })
    }
}

fn check_ksb_code(ksb: &Ksb) -> Result<(), StandardError> {
    let (letter, of, shape) = match ksb.kind {
        KsbKind::Knowledge => ('K', "knowledge", "K and a number"),
        KsbKind::Skill => ('S', "a skill", "S and a number"),
        KsbKind::Behaviour => ('B', "a behaviour", "B and a number"),
    };
    let code = ksb.code.as_ref();
    if code.strip_prefix(letter).is_some_and(is_number) {
        Ok(())
    } else {
        Err(StandardError::CodeShape { code: code.to_owned(), of, shape })
    }
}

fn check_criterion_code(criterion: &Criterion, area: &Area) -> Result<(), StandardError> {
    let letter = match criterion.grade {
        Grade::Pass => 'P',
        Grade::Distinction => 'D',
    };
    let prefix = format!("{}-{letter}", area.code);
    let code = criterion.code.as_ref();
    if code.strip_prefix(prefix.as_str()).is_some_and(is_number) {
        Ok(())
    } else {
        Err(StandardError::CriterionPrefix { criterion: code.to_owned(), prefix })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_component(component: &Component, before: &[Component]) -> Result<(), StandardError> {
    if component.areas.is_empty() {
        return Err(StandardError::NoAreas(component.code.clone()));
    }
    for area in &component.areas {
        if !area.criteria.iter().any(|criterion| criterion.grade == Grade::Pass) {
            return Err(StandardError::NoPassCriteria(area.code.clone()));
        }
        check_alternatives(area)?;
    }
    let available = component.criteria().filter(|criterion| criterion.grade == Grade::Distinction).count();
    if component.distinction_threshold > available {
        return Err(StandardError::ThresholdOutOfReach {
            component: component.code.clone(),
            threshold: component.distinction_threshold,
            available,
        });
    }
    for minutes in [Some(component.meeting_minutes), component.mock_minutes].into_iter().flatten() {
        if minutes.at_least.zip(minutes.at_most).is_some_and(|(least, most)| least > most) {
            return Err(StandardError::MinutesReversed(component.code.clone()));
        }
    }
    match &component.follows {
        Some(follows) if before.iter().all(|earlier| earlier.code != *follows) => {
            Err(StandardError::FollowsNothing { component: component.code.clone(), follows: follows.clone() })
        }
        _ => Ok(()),
    }
}

/// An alternative points at a criterion that points nowhere itself: then alternatives form groups,
/// and no criterion drops out of [`Area::requirements`].
fn check_alternatives(area: &Area) -> Result<(), StandardError> {
    for criterion in &area.criteria {
        let Some(alternative) = &criterion.alternative_to else {
            continue;
        };
        let stands_by_itself = area
            .criterion(alternative.as_ref())
            .is_some_and(|other| other.grade == criterion.grade && other.alternative_to.is_none());
        if !stands_by_itself {
            return Err(StandardError::WrongAlternative {
                criterion: criterion.code.to_string(),
                alternative: alternative.to_string(),
            });
        }
    }
    Ok(())
}

fn check_ksbs(document: &Document) -> Result<(), StandardError> {
    let listed: BTreeSet<&KsbCode> = document.ksbs.iter().map(|ksb| &ksb.code).collect();
    let mut assessed_by: BTreeMap<&KsbCode, &AreaCode> = BTreeMap::new();
    for area in document.components.iter().flat_map(|component| &component.areas) {
        for ksb in &area.ksbs {
            if !listed.contains(ksb) {
                return Err(StandardError::UnknownKsb { area: area.code.clone(), ksb: ksb.clone() });
            }
            if let Some(first) = assessed_by.insert(ksb, &area.code) {
                return Err(StandardError::KsbAssessedTwice {
                    ksb: ksb.clone(),
                    first: first.clone(),
                    second: area.code.clone(),
                });
            }
        }
    }
    match document.ksbs.iter().find(|ksb| !assessed_by.contains_key(&ksb.code)) {
        Some(forgotten) => Err(StandardError::KsbNotAssessed(forgotten.code.clone())),
        None => Ok(()),
    }
}

fn check_qualifications(rules: &QualificationRules) -> Result<(), StandardError> {
    let mut seen = BTreeSet::new();
    for route in &rules.routes {
        for &subject in &route.subjects {
            if !seen.insert((route.basis, subject)) {
                return Err(StandardError::RepeatedRoute { basis: route.basis, subject });
            }
        }
    }
    for &subject in Subject::ALL {
        let open = rules
            .route(subject, Basis::Achieved)
            .is_some_and(|route| route.on_by_default && route.minimum_level.is_some());
        if !open {
            return Err(StandardError::NoAchievedRoute(subject));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
