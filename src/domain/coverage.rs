//! Which areas of a standard have evidence: an area is covered with at least one tagged piece, and nothing
//! more is said. Adding a claim or a tag never takes coverage away.

use std::collections::BTreeSet;

use serde::Serialize;

use super::ids::{PieceId, TagId};
use super::piece::Locator;
use super::standard::{AreaCode, CriterionCode, Grade, Standard};

/// A piece with what was claimed and tagged for it.
#[derive(Clone, Debug)]
pub struct MappedPiece {
    pub id: PieceId,
    /// Areas that the apprentice or the provider says it supports.
    pub claims: Vec<AreaCode>,
    pub tags: Vec<MappedTag>,
}

/// An assessor's tag, as far as coverage needs it.
#[derive(Clone, Debug)]
pub struct MappedTag {
    pub id: TagId,
    pub area: AreaCode,
    pub criteria: Vec<CriterionCode>,
    pub locator: Option<Locator>,
}

/// The coverage of one showcase.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Coverage {
    /// Live pieces, of at most `limit`.
    pub pieces: usize,
    pub limit: u32,
    /// Every area is tagged.
    pub complete: bool,
    /// Areas without a tag, in the order of the standard.
    pub missing: Vec<AreaCode>,
    /// Every area is claimed.
    pub claimed_complete: bool,
    pub claimed_missing: Vec<AreaCode>,
    /// Pieces that nobody claimed or tagged for any area.
    pub unmapped: Vec<PieceId>,
    pub areas: Vec<AreaCoverage>,
}

/// The coverage of one area.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AreaCoverage {
    pub code: AreaCode,
    pub title: String,
    pub covered: bool,
    pub claimed: Vec<PieceId>,
    pub tagged: Vec<AreaTag>,
    pub ksbs: Vec<String>,
    /// Advice only: a criterion that is not covered never blocks.
    pub criteria: Vec<CriterionCoverage>,
}

/// A piece tagged for an area.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AreaTag {
    pub piece_id: PieceId,
    pub tag_id: TagId,
    pub criteria: Vec<CriterionCode>,
    pub locator: Option<Locator>,
}

/// Whether any tag of the area names the criterion.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CriterionCoverage {
    pub code: CriterionCode,
    pub grade: Grade,
    pub covered: bool,
}

/// Computes the coverage of a showcase's live pieces, given in the order of their slots.
#[must_use]
pub fn coverage(standard: &Standard, pieces: &[MappedPiece]) -> Coverage {
    let areas: Vec<AreaCoverage> = standard.showcase_areas().iter().map(|area| area_coverage(area, pieces)).collect();
    let missing: Vec<_> = areas.iter().filter(|a| !a.covered).map(|a| a.code.clone()).collect();
    let claimed_missing: Vec<_> = areas.iter().filter(|a| a.claimed.is_empty()).map(|a| a.code.clone()).collect();
    let unmapped = pieces.iter().filter(|p| p.claims.is_empty() && p.tags.is_empty()).map(|p| p.id).collect();
    Coverage {
        pieces: pieces.len(),
        limit: standard.limits().pieces,
        complete: missing.is_empty(),
        missing,
        claimed_complete: claimed_missing.is_empty(),
        claimed_missing,
        unmapped,
        areas,
    }
}

fn area_coverage(area: &super::standard::Area, pieces: &[MappedPiece]) -> AreaCoverage {
    let claimed = pieces.iter().filter(|p| p.claims.contains(&area.code)).map(|p| p.id).collect();
    let tagged: Vec<AreaTag> = pieces
        .iter()
        .flat_map(|piece| piece.tags.iter().map(move |tag| (piece.id, tag)))
        .filter(|(_, tag)| tag.area == area.code)
        .map(|(piece_id, tag)| AreaTag {
            piece_id,
            tag_id: tag.id,
            criteria: tag.criteria.clone(),
            locator: tag.locator,
        })
        .collect();
    let named: BTreeSet<&CriterionCode> = tagged.iter().flat_map(|tag| &tag.criteria).collect();
    let criteria = area
        .criteria
        .iter()
        .map(|c| CriterionCoverage { code: c.code.clone(), grade: c.grade, covered: named.contains(&c.code) })
        .collect();
    AreaCoverage {
        code: area.code.clone(),
        title: area.title.clone(),
        covered: !tagged.is_empty(),
        claimed,
        criteria,
        tagged,
        ksbs: area.ksbs.iter().map(ToString::to_string).collect(),
    }
}
