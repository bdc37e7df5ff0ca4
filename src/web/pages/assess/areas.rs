//! The areas of a standard as the assessor chooses among them: how each stands, what this piece is claimed for, and the
//! criteria of each.

use super::super::fields::Typed;
use crate::domain::coverage::{AreaCoverage, Coverage};
use crate::domain::ids::PieceId;
use crate::domain::standard::{Area, Criterion, Grade, Standard, Wording};
use crate::web::pages::words;

/// An area to choose.
pub struct AreaChoice {
    /// The first bears the field's own name, where an error's link leads.
    pub id: String,
    pub code: String,
    pub title: String,
    pub stand: &'static str,
    pub class: &'static str,
    /// Covered, and claimed for this piece too.
    pub claimed: bool,
    pub chosen: bool,
    pub criteria: Vec<CriterionChoice>,
}

/// A criterion to choose with its area.
pub struct CriterionChoice {
    pub name: String,
    pub code: String,
    pub text: String,
    pub official: Option<String>,
    pub grade: &'static str,
    pub covered: bool,
    pub chosen: bool,
}

/// The name of a criterion's field.
pub fn field(code: &str) -> String {
    format!("criterion_{code}")
}

/// Every area, with what was chosen before a refusal.
pub fn choices(
    standard: &Standard,
    wording: &Wording,
    coverage: &Coverage,
    piece: PieceId,
    typed: &Typed,
) -> Vec<AreaChoice> {
    let words = words();
    let chosen = typed.get("area").map(String::as_str).unwrap_or_default();
    let choice = |(at, (area, stands)): (usize, (&Area, &AreaCoverage))| {
        let is_claimed_here = stands.claimed.contains(&piece);
        let (stand, class) = match (stands.covered, is_claimed_here, stands.claimed.is_empty()) {
            (true, ..) => ("area.covered.tag", "govuk-tag--green"),
            (false, true, _) => ("bench.claimed.here", "govuk-tag--blue"),
            (false, false, false) => ("bench.claimed", "govuk-tag--blue"),
            (false, false, true) => ("bench.uncovered", "govuk-tag--red"),
        };
        let criterion = |criterion: &Criterion| CriterionChoice {
            name: field(criterion.code.as_ref()),
            code: criterion.code.to_string(),
            text: criterion.summary.clone(),
            official: wording.wording(standard, criterion.code.as_ref()).map(str::to_owned),
            grade: words.of(match criterion.grade {
                Grade::Pass => "grade.pass",
                Grade::Distinction => "grade.distinction",
            }),
            covered: stands.criteria.iter().any(|one| one.code == criterion.code && one.covered),
            chosen: typed.contains_key(&field(criterion.code.as_ref())),
        };
        AreaChoice {
            id: if at == 0 { "area".to_owned() } else { format!("area-{}", area.code) },
            code: area.code.to_string(),
            title: area.title.clone(),
            stand: words.of(stand),
            class,
            claimed: stands.covered && is_claimed_here,
            chosen: area.code.as_ref() == chosen,
            criteria: area.criteria.iter().map(criterion).collect(),
        }
    };
    standard.showcase_areas().iter().zip(&coverage.areas).enumerate().map(choice).collect()
}
