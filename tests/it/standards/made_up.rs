//! A standard that does not exist, different from ST0072 in every figure, from its first piece to its acceptance:
//! what a standard says is data, and nothing of it is written in the code.

use std::path::Path;

use exhibit::config::Settings;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::world::enrolment;
use crate::support::{World, both, files};

both!(with made_up: both_standards_stand_side_by_side, its_limit_is_its_own, its_showcase_is_accepted_by_its_own_rules);

fn made_up(settings: &mut Settings) {
    settings.standards.folder = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/standards"));
}

/// A world whose showcase is of the made-up standard, beside the one of ST0072.
async fn lighthouse(app: &TestAppRef) -> World {
    let mut world = World::new(app).await;
    let mut body = enrolment("amy");
    body["standard"] = json!("TST0001");
    body["version"] = json!("0.9");
    world.showcase = id(&world.provider.post("/api/v1/showcases", body).await.json(201));
    world.admin.put(&world.path("/assessor"), json!({"user_id": world.assessor.id})).await.expect(200);
    world
}

async fn both_standards_stand_side_by_side(app: TestAppRef) {
    let world = lighthouse(&app).await;
    let list = world.apprentice.get("/api/v1/standards").await.json(200);
    let codes: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|standard| &standard["code"]).collect();
    assert_eq!(codes, ["ST0072", "TST0001"]);
    let standard = world.apprentice.get("/api/v1/standards/TST0001/0.9").await.json(200);
    assert_eq!((&standard["limits"]["pieces"], &standard["level"]), (&json!(3), &json!(3)));
    let components: Vec<&Value> = standard["components"].as_array().unwrap().iter().map(|c| &c["code"]).collect();
    assert_eq!(components, ["showcase", "night_watch"]);
    let path = "/api/v1/standards/TST0001/0.9/dates?form_received_on=2026-11-23&gateway_on=2026-12-31&final_component_on=2026-12-23";
    let dates = world.apprentice.get(path).await.json(200);
    assert_eq!(dates["earliest_assessment_on"], "2026-11-30");
    assert_eq!(dates["latest_assessment_on"], "2027-02-28");
    // 24, 29 and 30 December: three working days around Christmas.
    assert_eq!(dates["results_due_on"], "2026-12-30");
    // The cohort has rows of both, each with its own areas.
    let cohort = world.provider.get_with("/api/v1/coverage", &[("accept", "text/csv")]).await;
    let text = String::from_utf8(cohort.body).unwrap();
    assert!(text.lines().next().unwrap().ends_with(",FBK,TEA,LMP,SEA,LOG"), "{text}");
    let missing = world.provider.get("/api/v1/coverage?missing=LMP").await.json(200);
    assert_eq!(missing["items"].as_array().unwrap().len(), 2);
}

async fn its_limit_is_its_own(app: TestAppRef) {
    let world = lighthouse(&app).await;
    for number in 1..=3 {
        let piece = world.piece(&format!("piece {number}"), "LMP").await;
        assert_eq!(piece["slot"], number);
    }
    let before = world.everything(&app).await;
    let upload = Upload::new("fourth.pdf", files::pdf(1, "the fourth"));
    let problem = world.apprentice.upload(&world.showcase, upload).await.problem(409, "showcase_full");
    assert!(problem["detail"].as_str().unwrap().contains("at most 3"), "{problem}");
    assert_eq!(world.everything(&app).await, before);
    assert_eq!((&before["coverage"]["pieces"], &before["coverage"]["limit"]), (&json!(3), &json!(3)));
    // Areas of the other standard are none of this one's.
    let upload = Upload::new("a.pdf", files::pdf(1, "a")).with("claims", "ORG");
    let other = id(&before["pieces"]["items"][0]);
    world.apprentice.delete(&format!("/api/v1/pieces/{other}")).await.expect(204);
    world.apprentice.upload(&world.showcase, upload).await.problem(422, "unknown_area");
    let piece = world.piece("in its place", "").await;
    assert_eq!(piece["slot"], 1);
}

async fn its_showcase_is_accepted_by_its_own_rules(app: TestAppRef) {
    let world = lighthouse(&app).await;
    let piece = id(&world.piece("the lamp", "LMP,SEA").await);
    let coverage = world.apprentice.get(&world.path("/coverage")).await.json(200);
    assert_eq!((&coverage["missing"], &coverage["claimed_missing"]), (&json!(["LMP", "SEA", "LOG"]), &json!(["LOG"])));
    world
        .apprentice
        .patch(&format!("/api/v1/pieces/{piece}"), json!({"claims": ["LMP", "SEA", "LOG"]}))
        .await
        .expect(200);
    let mut documents = Vec::new();
    for kind in ["gateway_form", "maths_certificate", "english_certificate"] {
        let answer = world.provider.upload_document(&world.showcase, kind, "scan.pdf", files::pdf(1, kind)).await;
        documents.push(id(&answer.json(201)));
    }
    let mut details = json!({
        "maths": {"level": "level_1", "basis": "achieved", "achieved_on": "2024-08-22", "document_id": documents[1]},
        "english": {"level": "level_1", "basis": "achieved", "achieved_on": "2024-08-22", "document_id": documents[2]},
        "employer_confirmed_on": "2026-11-20", "assessment_on": "2026-11-30",
    });
    // Here maths is asked for at level 2, notice is five working days, and the window two months.
    let unmet = async |details: &Value| {
        let gateway = world.provider.put(&world.path("/gateway"), details.clone()).await.json(200);
        let checks = gateway["checks"].as_array().unwrap().clone();
        let unmet = checks.into_iter().filter(|check| check["met"] == false && check["severity"] == "blocks");
        unmet.map(|check| check["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(unmet(&details).await, ["maths"]);
    details["maths"]["level"] = json!("level_2");
    details["english"]["basis"] = json!("bsl_first_language");
    assert_eq!(unmet(&details).await, ["english"]);
    details["english"]["basis"] = json!("achieved");
    for (day, codes) in
        [("2026-11-27", vec!["form_notice"]), ("2027-01-24", vec!["assessment_window"]), ("2027-01-23", vec![])]
    {
        details["assessment_on"] = json!(day);
        assert_eq!(unmet(&details).await, codes, "{day}");
    }
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await.expect(201);
    world.accept_components(1).await;
    world.tag(&piece, &["LMP", "LOG"]).await;
    let foreign = json!({"area": "WCH"});
    world.assessor.post(&format!("/api/v1/pieces/{piece}/tags"), foreign).await.problem(422, "unknown_area");
    let acceptance = world.path("/gateway/attempts/1/acceptance");
    let problem = world.assessor.post(&acceptance, json!({})).await.problem(409, "coverage_incomplete");
    assert_eq!(problem["missing"], json!(["SEA"]));
    world.tag(&piece, &["SEA"]).await;
    world.assessor.post(&acceptance, json!({})).await.expect(200);
    assert_eq!(world.state().await, "accepted");
}
