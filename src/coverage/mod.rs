//! Coverage of recorded showcases: loads what was claimed and tagged, and leaves the reckoning to
//! `domain::coverage`. A claim or a tag of a piece that is not live counts for nothing.

mod roster;
mod table;

use std::collections::HashMap;

use serde::Serialize;

pub use roster::{Cell, Roster, RosterLine, Wanted, of_provider};
pub use table::{cohort_table, coverage_table, guarded};

use crate::db::{Database, Error, Session};
use crate::domain::coverage::{self, Coverage, MappedPiece, MappedTag};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Scope;
use crate::domain::standard::{AreaCode, Standard, Standards};
use crate::records::cohort::{self, CohortRow, Filter};
use crate::records::showcases::Page;
use crate::records::{pieces, tags};

/// The coverage of one showcase, in one unit of work.
///
/// # Errors
/// See [`Error`].
pub async fn load(on: &mut impl Session, standard: &Standard, showcase: ShowcaseId) -> Result<Coverage, Error> {
    let mut mapped: Vec<MappedPiece> = pieces::occupied(on, showcase)
        .await?
        .into_iter()
        .map(|piece| MappedPiece { id: piece.piece, claims: Vec::new(), tags: Vec::new() })
        .collect();
    let place: HashMap<_, _> = mapped.iter().enumerate().map(|(at, piece)| (piece.id, at)).collect();
    for claim in pieces::claims(on, showcase).await? {
        if let Some(&at) = place.get(&claim.piece) {
            mapped[at].claims.push(claim.area);
        }
    }
    for tag in tags::list(on, showcase).await? {
        if let Some(&at) = place.get(&tag.piece_id) {
            let tag = MappedTag { id: tag.id, area: tag.area, criteria: tag.criteria, locator: tag.locator };
            mapped[at].tags.push(tag);
        }
    }
    Ok(coverage::coverage(standard, &mapped))
}

/// One showcase of a cohort: what each area has.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CohortLine {
    pub showcase_id: ShowcaseId,
    pub apprentice: String,
    pub employer: String,
    pub standard: String,
    pub version: String,
    pub state: ShowcaseState,
    /// Live pieces.
    pub pieces: u32,
    pub complete: bool,
    pub claimed_complete: bool,
    pub areas: Vec<AreaState>,
}

/// How far one area of a showcase has come.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AreaState {
    pub code: AreaCode,
    pub claimed: bool,
    /// An assessor tagged a piece for it.
    pub covered: bool,
}

/// The cohort that a reader may see; one line more than `page.limit` when there is a next page. A showcase of a
/// standard that is not loaded any more is shown without areas.
///
/// # Errors
/// See [`Error`].
pub async fn cohort(
    db: &Database,
    standards: &Standards,
    scope: Scope,
    filter: &Filter,
    page: Page,
) -> Result<Vec<CohortLine>, Error> {
    let rows = cohort::list(&mut { db }, scope, filter, page).await?;
    Ok(rows.into_iter().map(|row| line(standards, row)).collect())
}

/// Whether an area is among those of a row.
fn reached(codes: &[String], area: &str) -> bool {
    codes.iter().any(|code| code == area)
}

fn line(standards: &Standards, row: CohortRow) -> CohortLine {
    let areas = standards.find(&row.standard, &row.version).map(Standard::showcase_areas).unwrap_or_default();
    let has = |codes: &[String], area: &AreaCode| reached(codes, area.as_ref());
    let areas: Vec<AreaState> = areas
        .iter()
        .map(|area| AreaState {
            code: area.code.clone(),
            claimed: has(&row.claimed, &area.code),
            covered: has(&row.tagged, &area.code),
        })
        .collect();
    CohortLine {
        showcase_id: row.showcase_id,
        apprentice: row.apprentice_name,
        employer: row.employer,
        standard: row.standard,
        version: row.version,
        state: row.state,
        pieces: row.pieces,
        complete: !areas.is_empty() && areas.iter().all(|area| area.covered),
        claimed_complete: !areas.is_empty() && areas.iter().all(|area| area.claimed),
        areas,
    }
}
