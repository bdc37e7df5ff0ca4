//! The matrix: a line an apprentice, a column an area. A cell is a sign and a word, never a colour alone.

use crate::coverage::{Cell, RosterLine};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::ShowcaseId;
use crate::domain::standard::{Area, Standard};
use crate::domain::standing::Holdup;
use crate::web::pages::words;

/// Areas that are named one by one.
const FEW: usize = 3;

/// An area over its column.
pub struct Column {
    pub code: String,
    pub title: String,
}

/// An apprentice's showcase.
pub struct Line {
    pub id: ShowcaseId,
    pub name: String,
    pub email: String,
    pub employer: String,
    pub state: &'static str,
    pub state_class: &'static str,
    pub assessor: Option<String>,
    pub cells: Vec<Sign>,
    pub holdups: Vec<Held>,
}

/// How far an area has come, as a sign for those who see it and a word for those who hear it.
pub struct Sign {
    pub sign: &'static str,
    pub class: &'static str,
    pub text: &'static str,
}

/// What a showcase waits for, in words.
pub struct Held {
    pub text: String,
}

impl Column {
    pub fn of(area: &Area) -> Self {
        Self { code: area.code.to_string(), title: area.title.clone() }
    }
}

impl Line {
    pub fn of(standard: &Standard, line: RosterLine) -> Self {
        let words = words();
        let empty: Vec<&str> = standard
            .showcase_areas()
            .iter()
            .zip(&line.cells)
            .filter(|(_, cell)| **cell == Cell::Empty)
            .map(|(area, _)| area.code.as_ref())
            .collect();
        let held = |one: &Holdup| Held {
            text: match one {
                Holdup::Area if (1..=FEW).contains(&empty.len()) => {
                    words.with("cohort.held.areas", &[("areas", &empty.join(", "))])
                }
                // Many are seen at a glance.
                Holdup::Area if !empty.is_empty() => words.with("cohort.held.many", &[("n", &empty.len())]),
                other => words.of(holdup(*other)).to_owned(),
            },
        };
        Self {
            id: line.showcase,
            name: line.name,
            email: line.email,
            employer: line.employer,
            state: words.of(state_name(line.state)),
            state_class: state_class(line.state),
            assessor: line.assessor,
            cells: line.cells.iter().map(|cell| sign(*cell)).collect(),
            holdups: line.holdups.iter().map(held).collect(),
        }
    }
}

pub fn sign(cell: Cell) -> Sign {
    let words = words();
    let (sign, class, text) = match cell {
        Cell::Empty => ("–", "app-cell--empty", "cohort.cell.empty"),
        Cell::Claimed => ("○", "app-cell--claimed", "cohort.cell.claimed"),
        Cell::Covered => ("✓", "app-cell--covered", "cohort.cell.covered"),
    };
    Sign { sign, class, text: words.of(text) }
}

/// What a showcase waits for, by the name of its words.
pub fn holdup(holdup: Holdup) -> &'static str {
    match holdup {
        Holdup::Area => "cohort.held.area",
        Holdup::Detail => "cohort.held.detail",
        Holdup::Document => "cohort.held.document",
        Holdup::Returned => "cohort.held.returned",
        Holdup::Assessor => "cohort.held.assessor",
        Holdup::Decision => "cohort.held.decision",
    }
}

pub fn state_name(state: ShowcaseState) -> &'static str {
    match state {
        ShowcaseState::Draft => "state.draft",
        ShowcaseState::Submitted => "state.submitted",
        ShowcaseState::Accepted => "state.accepted",
        ShowcaseState::Assessed => "state.assessed",
    }
}

pub fn state_class(state: ShowcaseState) -> &'static str {
    match state {
        ShowcaseState::Draft => "govuk-tag--blue",
        ShowcaseState::Submitted => "govuk-tag--yellow",
        ShowcaseState::Accepted | ShowcaseState::Assessed => "govuk-tag--green",
    }
}
