//! The check list: each rule unmet by itself, named, and in the way of a submission; the three warnings never are.

use exhibit::config::{Settings, WindowFrom};
use exhibit::domain::qualification::Basis;
use serde_json::{Value, json};

use super::{Documents, detail, details, document, gateway, submit, unmet};
use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::world::{AREAS, enrolment};
use crate::support::{World, both};

both!(
    checks_are_met_one_by_one,
    each_detail_has_its_check,
    exceptions_with_their_evidence_are_enough,
    warnings_never_block,
    dates_are_those_of_the_calculator,
    a_document_of_another_showcase_is_no_evidence,
);
both!(with routes: a_route_that_is_switched_on_is_open);
both!(with from_employer: the_window_can_run_from_the_employers_confirmation);

const BLOCKING: [&str; 8] = [
    "maths",
    "english",
    "employer_confirmation",
    "gateway_form",
    "form_notice",
    "assessment_window",
    "pieces_present",
    "claims_cover_areas",
];

/// Makes sure that exactly these blocking checks are unmet, and that they alone refuse a submission.
async fn blocked_by(world: &World, codes: &[&str]) -> Value {
    let before = gateway(world).await;
    assert_eq!(unmet(&before["checks"], "blocks"), codes);
    assert_eq!(before["ready"], codes.is_empty());
    if !codes.is_empty() {
        let problem = submit(world).await.problem(409, "gateway_not_ready");
        assert_eq!(problem["checks"], before["checks"]);
        assert_eq!(gateway(world).await, before);
        assert_eq!(world.state().await, "draft");
    }
    before["checks"].clone()
}

async fn record(world: &World, details: &Value) -> Value {
    world.provider.put(&world.path("/gateway"), details.clone()).await.json(200)
}

async fn checks_are_met_one_by_one(app: TestAppRef) {
    let world = World::new(&app).await;
    let checks = blocked_by(&world, &BLOCKING).await;
    assert_eq!(checks.as_array().unwrap().len(), 11);
    assert_eq!(gateway(&world).await["attempt"], 0);

    let piece = id(&world.piece("a first piece", "").await);
    blocked_by(
        &world,
        &[
            "maths",
            "english",
            "employer_confirmation",
            "gateway_form",
            "form_notice",
            "assessment_window",
            "claims_cover_areas",
        ],
    )
    .await;
    world.apprentice.patch(&format!("/api/v1/pieces/{piece}"), json!({"claims": AREAS[..9]})).await.expect(200);
    let checks = blocked_by(
        &world,
        &[
            "maths",
            "english",
            "employer_confirmation",
            "gateway_form",
            "form_notice",
            "assessment_window",
            "claims_cover_areas",
        ],
    )
    .await;
    let missing = detail(&checks, "claims_cover_areas");
    assert!(missing.contains("TEA") && !missing.contains("FBK"), "{missing}");
    world.apprentice.patch(&format!("/api/v1/pieces/{piece}"), json!({"claims": AREAS})).await.expect(200);
    blocked_by(
        &world,
        &["maths", "english", "employer_confirmation", "gateway_form", "form_notice", "assessment_window"],
    )
    .await;

    document(&world, "gateway_form").await;
    blocked_by(&world, &["maths", "english", "employer_confirmation", "form_notice", "assessment_window"]).await;
    record(&world, &json!({"assessment_on": "2026-12-07"})).await;
    blocked_by(&world, &["maths", "english", "employer_confirmation"]).await;
    record(&world, &json!({"assessment_on": "2026-12-07", "employer_confirmed_on": "2026-11-23"})).await;
    blocked_by(&world, &["maths", "english"]).await;

    let documents = Documents::upload(&world).await;
    let mut all = details(&documents);
    all["maths"] = Value::Null;
    record(&world, &all).await;
    let checks = blocked_by(&world, &["maths"]).await;
    assert!(detail(&checks, "maths").contains("Record"), "{checks}");
    record(&world, &details(&documents)).await;
    blocked_by(&world, &[]).await;
    submit(&world).await.expect(201);
}

async fn each_detail_has_its_check(app: TestAppRef) {
    let world = World::new(&app).await;
    world.piece("a piece", &AREAS.join(",")).await;
    let documents = Documents::upload(&world).await;
    let good = details(&documents);
    // What is recorded in place of the good value, what is then unmet, and a word of what would mend it.
    let cases = [
        ("/maths", json!(null), vec!["maths"], "certificate"),
        ("/maths/level", json!("entry_level_3"), vec!["maths"], "level_1"),
        ("/maths/level", json!(null), vec!["maths"], "level_1"),
        ("/maths/basis", json!("bsl_first_language"), vec!["maths"], "does not accept"),
        ("/maths/basis", json!("not_required_19_plus"), vec!["maths"], "switched off"),
        ("/maths/basis", json!("ldd_assessment"), vec!["maths"], "switched off"),
        ("/maths/document_id", json!(documents.form), vec!["maths"], "document_id"),
        ("/maths/document_id", json!(null), vec!["maths"], "document_id"),
        ("/maths/achieved_on", json!("2026-11-24"), vec!["maths"], "future"),
        ("/english", json!(null), vec!["english"], "certificate"),
        ("/english/level", json!("bsl"), vec!["english"], "level_1"),
        ("/english/document_id", json!(documents.maths), vec!["english"], "document_id"),
        ("/english/document_id", json!(documents.plan), vec!["english"], "document_id"),
        ("/employer_confirmed_on", json!(null), vec!["employer_confirmation"], "Record"),
        ("/employer_confirmed_on", json!("2026-11-24"), vec!["employer_confirmation"], "correct"),
        ("/assessment_on", json!(null), vec!["form_notice", "assessment_window"], "2026-12-07"),
        // Ten working days after today, a Monday, are a Monday; three months are inclusive.
        ("/assessment_on", json!("2026-12-04"), vec!["form_notice"], "2026-12-07"),
        ("/assessment_on", json!("2027-02-24"), vec!["assessment_window"], "2027-02-23"),
    ];
    for (field, value, codes, word) in cases {
        let mut bad = good.clone();
        *bad.pointer_mut(field).unwrap() = value.clone();
        record(&world, &bad).await;
        let checks = blocked_by(&world, &codes).await;
        let told = detail(&checks, codes[0]);
        assert!(told.contains(word), "{field} = {value}: {told}");
    }
    record(&world, &good).await;
    blocked_by(&world, &[]).await;
}

async fn exceptions_with_their_evidence_are_enough(app: TestAppRef) {
    let world = World::new(&app).await;
    world.piece("a piece", &AREAS.join(",")).await;
    let documents = Documents::upload(&world).await;
    let plan = json!({"level": "entry_level_3", "basis": "ehcp_or_legacy_statement", "achieved_on": "2024-08-22", "document_id": documents.plan});
    let sign = json!({"level": "bsl", "basis": "bsl_first_language", "achieved_on": "2024-08-22", "document_id": documents.english});
    let mut recorded = details(&documents);
    recorded["maths"] = plan.clone();
    for (subject, exception) in [("english", &plan), ("english", &sign), ("maths", &plan)] {
        recorded[subject] = exception.clone();
        assert_eq!(record(&world, &recorded).await[subject], *exception);
        blocked_by(&world, &[]).await;
    }
    for (day, codes) in [("2026-12-07", vec![]), ("2027-02-23", vec![]), ("2026-12-06", vec!["form_notice"])] {
        recorded["assessment_on"] = json!(day);
        record(&world, &recorded).await;
        blocked_by(&world, &codes).await;
    }
}

async fn warnings_never_block(app: TestAppRef) {
    let mut world = World::new(&app).await;
    let mut recent = enrolment("amy");
    recent["started_on"] = json!("2026-10-01");
    world.showcase = id(&world.provider.post("/api/v1/showcases", recent).await.json(201));
    let piece = world.ready_gateway().await;
    let statement = json!({"kind": "witness_statement", "title": "What Jo saw", "author_name": "Jo Field"});
    world.apprentice.patch(&format!("/api/v1/pieces/{piece}"), statement).await.expect(200);
    let before = gateway(&world).await;
    assert_eq!(unmet(&before["checks"], "warns"), ["time_on_programme", "statements_complete", "mocks_recorded"]);
    assert!(detail(&before["checks"], "time_on_programme").contains("2027-10-01"));
    assert!(detail(&before["checks"], "statements_complete").contains("What Jo saw"));
    assert_eq!(before["ready"], true);
    submit(&world).await.expect(201);
    assert_eq!(world.state().await, "submitted");
}

async fn dates_are_those_of_the_calculator(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let dates = gateway(&world).await["dates"].clone();
    assert_eq!(
        dates,
        json!({
            "earliest_assessment_on": "2026-12-07", "latest_assessment_on": "2027-02-23",
            "form_received_on": "2026-11-23", "gateway_on": "2026-11-23",
            "employer_confirmed_on": "2026-11-20", "submitted_on": null, "accepted_on": null,
            "calendar": "2026-2028",
        })
    );
    // A day later the notice and the window would run from there, until the submission fixes them.
    app.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(gateway(&world).await["dates"]["earliest_assessment_on"], "2026-12-08");
    submit(&world).await.expect(201);
    app.clock.advance(chrono::TimeDelta::days(30));
    let dates = gateway(&world).await["dates"].clone();
    assert_eq!(dates["submitted_on"], "2026-11-24");
    assert_eq!(dates["form_received_on"], "2026-11-24");
    assert_eq!(dates["earliest_assessment_on"], "2026-12-08");
    assert_eq!(dates["latest_assessment_on"], "2027-02-24");
}

async fn a_document_of_another_showcase_is_no_evidence(app: TestAppRef) {
    let mut world = World::new(&app).await;
    let foreign = Documents::upload(&world).await;
    world.showcase = world.another_showcase().await;
    let before = world.everything(&app).await;
    let answer = world.provider.put(&world.path("/gateway"), details(&foreign)).await;
    let problem = answer.problem(422, "unknown_document");
    assert!(problem["detail"].as_str().unwrap().contains(&foreign.maths), "{problem}");
    assert_eq!(world.everything(&app).await, before);
}

fn routes(settings: &mut Settings) {
    settings.gateway.routes = vec![Basis::LddAssessment, Basis::NotRequired19Plus];
}

async fn a_route_that_is_switched_on_is_open(app: TestAppRef) {
    let world = World::new(&app).await;
    world.piece("a piece", &AREAS.join(",")).await;
    let documents = Documents::upload(&world).await;
    let mut recorded = details(&documents);
    recorded["maths"] = json!({"level": "entry_level_3", "basis": "ldd_assessment", "document_id": documents.plan});
    recorded["english"] = json!({"level": null, "basis": "not_required_19_plus", "document_id": documents.plan});
    record(&world, &recorded).await;
    blocked_by(&world, &[]).await;
    recorded["english"]["document_id"] = json!(null);
    record(&world, &recorded).await;
    blocked_by(&world, &["english"]).await;
}

fn from_employer(settings: &mut Settings) {
    settings.gateway.window_from = WindowFrom::EmployerConfirmed;
}

async fn the_window_can_run_from_the_employers_confirmation(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let dates = gateway(&world).await["dates"].clone();
    assert_eq!((&dates["gateway_on"], &dates["latest_assessment_on"]), (&json!("2026-11-20"), &json!("2027-02-20")));
}
