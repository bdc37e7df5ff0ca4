//! What the plan promises, before anything of it is written.

use std::collections::HashSet;

use super::assemble;
use super::batch::Batch;
use super::cast::{Cast, TO_A_PROVIDER};
use super::plan::{Plan, Stage};
use crate::config::StandardsSettings;
use crate::domain::coverage::{Coverage, MappedPiece, MappedTag, coverage};
use crate::domain::digest::Digest;
use crate::domain::gateway::{Component, Facts, ShowcaseState, Snapshot, checks, ready};
use crate::domain::identifiers::Uln;
use crate::domain::standard::Standard;
use crate::records::showcases::Showcase;

const SHOWCASES: u32 = 60;

fn plan(pieces: u32) -> Plan {
    let calendar = assemble::calendar().unwrap();
    let settings = StandardsSettings { folder: None, wording: None };
    let (standards, _) = assemble::standards(&settings, &calendar).unwrap();
    let standard: Standard = standards.iter().next().unwrap().clone();
    Plan { standard, calendar, cast: Cast::new(SHOWCASES, TO_A_PROVIDER), showcases: SHOWCASES, pieces }
}

fn batch(plan: &Plan) -> Batch {
    let mut batch = Batch::new(true);
    for number in 0..SHOWCASES {
        plan.add(number, &mut batch).unwrap();
    }
    batch
}

fn coverage_of(plan: &Plan, batch: &Batch, showcase: &Showcase) -> Coverage {
    let own = batch.pieces.iter().filter(|piece| piece.showcase_id == showcase.id);
    let mapped = own.map(|piece| MappedPiece {
        id: piece.id,
        claims: batch.claims.iter().filter(|claim| claim.piece == piece.id).map(|claim| claim.area.clone()).collect(),
        tags: batch
            .tags
            .iter()
            .filter(|tag| tag.piece_id == piece.id)
            .map(|tag| MappedTag {
                id: tag.id,
                area: tag.area.clone(),
                criteria: tag.criteria.clone(),
                locator: tag.locator,
            })
            .collect(),
    });
    coverage(&plan.standard, &mapped.collect::<Vec<_>>())
}

#[test]
fn the_same_plan_gives_the_same_rows_and_bytes() {
    let (first, second) = (plan(20), plan(20));
    assert_eq!(format!("{:?}", batch(&first)), format!("{:?}", batch(&second)));
    assert_eq!(format!("{:?}", first.cast), format!("{:?}", second.cast));
}

#[test]
fn nothing_that_must_be_unique_is_there_twice() {
    let plan = plan(20);
    let batch = batch(&plan);
    let digests = batch.pieces.iter().map(|p| p.sha256).chain(batch.documents.iter().map(|d| d.sha256));
    assert_eq!(digests.collect::<HashSet<_>>().len(), batch.pieces.len() + batch.documents.len());
    let people = || plan.cast.users.iter().chain(&batch.users);
    assert_eq!(people().map(|user| user.email.to_string()).collect::<HashSet<_>>().len(), people().count());
    let ids = people().map(|user| user.id.0).chain(plan.cast.organisations.iter().map(|o| o.id.0));
    let ids = ids.chain(batch.showcases.iter().map(|s| s.id.0)).chain(batch.pieces.iter().map(|p| p.id.0));
    let ids = ids.chain(batch.tags.iter().map(|t| t.id.0)).chain(batch.documents.iter().map(|d| d.id.0));
    let ids: Vec<_> = ids.chain(batch.decisions.iter().map(|d| d.id.0)).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    let names: HashSet<_> = Cast::new(1_000_000, TO_A_PROVIDER).organisations.into_iter().map(|o| o.name).collect();
    assert_eq!(names.len(), 2_001);
}

#[test]
fn rows_describe_the_files_beside_them() {
    let batch = batch(&plan(20));
    let objects = batch.objects.as_ref().unwrap();
    assert_eq!(objects.len(), batch.pieces.len() + batch.documents.len());
    for object in objects {
        assert_eq!(object.digest, Digest::of(&object.content));
        assert!(object.content.len() < 4096);
    }
    let pieces: u64 = batch.pieces.iter().map(|piece| piece.bytes).sum();
    let documents: u64 = batch.documents.iter().map(|document| document.bytes).sum();
    assert_eq!(objects.iter().map(|object| object.content.len() as u64).sum::<u64>(), pieces + documents);
}

#[test]
fn each_stage_covers_what_it_says() {
    for pieces in [1, 3, 7, 20] {
        let plan = plan(pieces);
        let batch = batch(&plan);
        for (number, showcase) in (0..).zip(&batch.showcases) {
            let coverage = coverage_of(&plan, &batch, showcase);
            let gateways = batch.attempts.iter().filter(|attempt| attempt.showcase_id == showcase.id).count();
            let stage = Stage::of(number);
            assert_eq!(coverage.claimed_complete, stage != Stage::Gaps, "{number}");
            let untagged = plan.standard.showcase_areas().len();
            let missing = match stage {
                Stage::Gaps | Stage::Complete => untagged,
                Stage::AreaMissing => 1,
                Stage::Tagged | Stage::Accepted => 0,
            };
            assert_eq!(coverage.missing.len(), missing, "{number}");
            assert_eq!(gateways, usize::from(showcase.state != ShowcaseState::Draft), "{number}");
            assert!(showcase.uln.as_ref().is_none_or(|uln| uln.parse::<Uln>().is_ok()));
            assert_ne!(showcase.uln.is_some(), showcase.uln_reason.is_some());
        }
    }
}

#[test]
fn a_submitted_gateway_was_ready_and_its_snapshot_is_what_was_there() {
    let plan = plan(20);
    let batch = batch(&plan);
    for (attempt, preparation) in batch.attempts.iter().zip(&batch.preparations) {
        let showcase = batch.showcases.iter().find(|showcase| showcase.id == attempt.showcase_id).unwrap();
        let coverage = coverage_of(&plan, &batch, showcase);
        let documents: Vec<_> = batch.documents.iter().filter(|d| d.showcase_id == showcase.id).collect();
        let submitted_on = attempt.submitted_at.date_naive();
        let met = checks(&Facts {
            standard: &plan.standard,
            calendar: &plan.calendar,
            details: &preparation.details,
            documents: &documents.iter().map(|document| (document.id, document.kind)).collect::<Vec<_>>(),
            routes: &[],
            form_received_on: submitted_on,
            gateway_on: submitted_on,
            today: submitted_on,
            started_on: showcase.started_on,
            pieces: coverage.pieces,
            claimed_missing: &coverage.claimed_missing,
            incomplete_statements: &[],
            mocks: &[],
        });
        let met = met.unwrap();
        assert!(ready(&met), "{met:#?}");
        assert_eq!(Digest::of(attempt.snapshot.as_bytes()), attempt.snapshot_sha256);
        let snapshot: Snapshot = serde_json::from_str(&attempt.snapshot).unwrap();
        assert_eq!(snapshot.details, preparation.details);
        for frozen in snapshot.pieces {
            let areas = coverage.areas.iter().filter(|area| area.claimed.contains(&frozen.id));
            assert_eq!(frozen.claims, areas.map(|area| area.code.clone()).collect::<Vec<_>>());
        }
        assert!(snapshot.documents.is_sorted_by_key(|document| document.id));
        let decided = batch.decisions.iter().filter(|decision| decision.showcase_id == showcase.id).count();
        assert_eq!(decided, Component::ALL.len() - usize::from(!coverage.complete));
    }
}
