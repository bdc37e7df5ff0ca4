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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn standard() -> Standard {
        Standard::parse(include_str!("../../config/standards/st0072-1.1.toml")).unwrap()
    }

    /// A piece as numbers: areas claimed, and for each tag its area and the criteria of it that are named.
    type Drawn = (Vec<usize>, Vec<(usize, Vec<usize>)>);

    fn drawn() -> impl Strategy<Value = Drawn> {
        let tag = (0_usize..10, prop::collection::vec(0_usize..7, 0..4));
        (prop::collection::vec(0_usize..10, 0..5), prop::collection::vec(tag, 0..5))
    }

    fn tag(standard: &Standard, number: u128, area: usize, criteria: &[usize]) -> MappedTag {
        let area = &standard.showcase_areas()[area];
        let named = criteria.iter().filter_map(|&at| area.criteria.get(at)).map(|c| c.code.clone());
        MappedTag {
            id: Uuid::from_u128(number).into(),
            area: area.code.clone(),
            criteria: named.collect(),
            locator: None,
        }
    }

    fn pieces(standard: &Standard, drawn: &[Drawn]) -> Vec<MappedPiece> {
        let mut numbers = 1..;
        let mut next = || numbers.next().unwrap();
        let piece = |(claims, tags): &Drawn| MappedPiece {
            id: Uuid::from_u128(next()).into(),
            claims: claims.iter().map(|&at| standard.showcase_areas()[at].code.clone()).collect(),
            tags: tags.iter().map(|(area, criteria)| tag(standard, next(), *area, criteria)).collect(),
        };
        drawn.iter().map(piece).collect()
    }

    /// Everything that is reached, as words: areas covered, areas claimed, criteria covered.
    fn reached(coverage: &Coverage) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        for area in &coverage.areas {
            reached.extend(area.covered.then(|| format!("{} is covered", area.code)));
            reached.extend((!area.claimed.is_empty()).then(|| format!("{} is claimed", area.code)));
            reached.extend(area.criteria.iter().filter(|c| c.covered).map(|c| format!("{} is covered", c.code)));
        }
        reached.extend(coverage.complete.then(|| "complete".to_owned()));
        reached.extend(coverage.claimed_complete.then(|| "claimed".to_owned()));
        reached
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

        #[test]
        fn nothing_that_is_added_takes_coverage_away(
            before in prop::collection::vec(drawn(), 0..8),
            piece in drawn(),
            at in any::<prop::sample::Index>(),
            area in 0_usize..10,
            criteria in prop::collection::vec(0_usize..7, 0..4),
        ) {
            let standard = standard();
            let less = reached(&coverage(&standard, &pieces(&standard, &before)));
            let mut with_piece = before.clone();
            with_piece.insert(at.index(before.len() + 1), piece);
            let mut more = pieces(&standard, &with_piece);
            let grown = reached(&coverage(&standard, &more));
            prop_assert!(grown.is_superset(&less), "by a piece: {less:?} became {grown:?}");
            let chosen = at.index(more.len());
            more[chosen].claims.push(standard.showcase_areas()[area].code.clone());
            let claimed = reached(&coverage(&standard, &more));
            prop_assert!(claimed.is_superset(&grown), "by a claim: {grown:?} became {claimed:?}");
            more[chosen].tags.push(tag(&standard, 9999, area, &criteria));
            let tagged = reached(&coverage(&standard, &more));
            prop_assert!(tagged.is_superset(&claimed), "by a tag: {claimed:?} became {tagged:?}");
            let wanted = format!("{} is covered", standard.showcase_areas()[area].code);
            prop_assert!(tagged.contains(&wanted));
        }

        #[test]
        fn what_is_missing_is_what_is_not_covered(drawn in prop::collection::vec(drawn(), 0..20)) {
            let standard = standard();
            let pieces = pieces(&standard, &drawn);
            let coverage = coverage(&standard, &pieces);
            prop_assert_eq!(coverage.complete, coverage.missing.is_empty());
            prop_assert_eq!(coverage.claimed_complete, coverage.claimed_missing.is_empty());
            prop_assert_eq!(coverage.pieces, pieces.len());
            for area in &coverage.areas {
                let tagged = pieces.iter().any(|piece| piece.tags.iter().any(|tag| tag.area == area.code));
                let claimed = pieces.iter().any(|piece| piece.claims.contains(&area.code));
                prop_assert_eq!(area.covered, tagged);
                prop_assert_eq!(coverage.missing.contains(&area.code), !tagged);
                prop_assert_eq!(coverage.claimed_missing.contains(&area.code), !claimed);
                prop_assert_eq!(area.tagged.is_empty(), !tagged);
            }
            for piece in &pieces {
                let mapped = !piece.claims.is_empty() || !piece.tags.is_empty();
                prop_assert_eq!(coverage.unmapped.contains(&piece.id), !mapped);
            }
        }
    }
}
