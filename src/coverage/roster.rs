//! A provider's roster as a matrix: for each showcase how far each area has come, and what it waits for.

use super::reached;
use crate::db::{Error, Session};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{OrganisationId, ShowcaseId};
use crate::domain::standard::Standard;
use crate::domain::standing::{Holdup, Known, holdups};
use crate::records::roster::{self, Narrowed, Of, Order, Place, RosterRow};

/// How far an area of a showcase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is said to show it.
    Empty,
    Claimed,
    /// An assessor tagged a piece for it.
    Covered,
}

/// One showcase of the matrix.
#[derive(Clone, Debug)]
pub struct RosterLine {
    pub showcase: ShowcaseId,
    pub name: String,
    pub email: String,
    pub employer: String,
    pub state: ShowcaseState,
    pub assessor: Option<String>,
    /// In the order of the standard's areas.
    pub cells: Vec<Cell>,
    pub holdups: Vec<Holdup>,
}

/// A page of the matrix, and how much there is of it.
#[derive(Clone, Debug)]
pub struct Roster {
    pub lines: Vec<RosterLine>,
    /// There are further lines in the direction that was gone.
    pub has_more: bool,
    /// Showcases that match, counted up to a bound.
    pub matching: u64,
    /// All showcases of the provider in each state.
    pub by_state: Vec<(ShowcaseState, u64)>,
}

/// Which page of which roster.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub provider: OrganisationId,
    pub narrowed: Narrowed,
    pub order: Order,
    pub place: Place,
    pub limit: u32,
    /// Matches are counted up to this many.
    pub count_up_to: u32,
}

/// A page of a provider's roster for a standard.
///
/// # Errors
/// See [`Error`].
pub async fn of_provider(on: &mut impl Session, standard: &Standard, wanted: &Wanted) -> Result<Roster, Error> {
    let Wanted { provider, narrowed, order, place, limit, count_up_to } = wanted;
    let areas = standard.showcase_areas().len();
    let of = Of { provider: *provider, standard: standard.code(), version: standard.version(), areas };
    let by_state = roster::by_state(on, of).await?;
    let by_state: Vec<_> = by_state.into_iter().map(|roster::InState(state, count)| (state, count)).collect();
    // What the states alone tell needs no counting.
    let matching = if *narrowed == (Narrowed { state: narrowed.state, ..Narrowed::default() }) {
        let counted = by_state.iter().filter(|(state, _)| narrowed.state.is_none_or(|wanted| wanted == *state));
        counted.map(|(_, count)| count).sum()
    } else {
        roster::count(on, of, narrowed, *count_up_to).await?
    };
    let mut rows = roster::list(on, of, narrowed, (*order, *place), limit + 1).await?;
    let has_more = rows.len() > *limit as usize;
    if has_more {
        // One too many stands where the page was heading.
        let further = if matches!(place, Place::Before(_)) { 0 } else { rows.len() - 1 };
        rows.remove(further);
    }
    let lines = rows.into_iter().map(|row| line(standard, row)).collect();
    Ok(Roster { lines, has_more, matching, by_state })
}

fn line(standard: &Standard, row: RosterRow) -> RosterLine {
    let cell = |code: &str| match (reached(&row.tagged, code), reached(&row.claimed, code)) {
        (true, _) => Cell::Covered,
        (false, true) => Cell::Claimed,
        (false, false) => Cell::Empty,
    };
    let areas = standard.showcase_areas();
    let known = Known {
        state: row.state,
        attempt: row.attempt,
        has_assessor: row.assessor_name.is_some(),
        areas: areas.len(),
        claimed: areas.iter().filter(|area| reached(&row.claimed, area.code.as_ref())).count(),
        details: &row.details,
        documents: &row.documents,
    };
    RosterLine {
        holdups: holdups(&known),
        cells: areas.iter().map(|area| cell(area.code.as_ref())).collect(),
        showcase: row.showcase_id,
        name: row.apprentice_name,
        email: row.apprentice_email,
        employer: row.employer,
        state: row.state,
        assessor: row.assessor_name,
    }
}
