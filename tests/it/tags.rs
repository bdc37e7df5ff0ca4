//! Tags: the assessor's, from submission to acceptance, each pointing at a place that can be there; what is taken
//! back stays in the history.

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::world::AREAS;
use crate::support::{Answer, World, both, files};

both!(
    a_tag_is_recorded_as_it_was_made,
    a_draft_is_not_tagged,
    only_its_assessor_tags,
    areas_and_criteria_are_those_of_the_standard,
    locators_point_into_the_piece,
    a_tag_taken_back_keeps_its_history,
    a_tag_is_taken_back_by_its_assessor_only,
);

async fn tag(world: &World, piece: &str, body: Value) -> Answer {
    world.assessor.post(&format!("/api/v1/pieces/{piece}/tags"), body).await
}

async fn history(world: &World, piece: &str) -> Value {
    world.provider.get(&format!("/api/v1/pieces/{piece}/tags")).await.json(200)["items"].clone()
}

async fn a_tag_is_recorded_as_it_was_made(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let body = json!({"area": "CON", "criteria": ["CON-P2", "CON-D1", "CON-P2"], "locator": {"page": 2}, "note": "Second paragraph."});
    let mut made = tag(&world, &piece, body).await.json(201);
    assert_eq!(history(&world, &piece).await, json!([made]));
    let shown = world.apprentice.get(&format!("/api/v1/pieces/{piece}")).await.json(200);
    assert_eq!(shown["tags"], json!([made]));
    let fields = made.as_object_mut().unwrap();
    assert!(fields.remove("id").unwrap().as_str().unwrap().len() == 36);
    assert!(fields.remove("tagged_at").unwrap().as_str().unwrap().starts_with("2026-11-23T10:00:"));
    assert_eq!(
        made,
        json!({
            "piece_id": piece, "area": "CON", "criteria": ["CON-P2", "CON-D1"], "locator": {"page": 2},
            "note": "Second paragraph.", "tagged_by": world.assessor.id, "removed_by": null, "removed_at": null,
        })
    );
    // Everything but the area may be left out.
    let plain = tag(&world, &piece, json!({"area": "CON"})).await.json(201);
    assert_eq!((&plain["criteria"], &plain["locator"], &plain["note"]), (&json!([]), &Value::Null, &json!("")));
}

async fn a_draft_is_not_tagged(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.ready_gateway().await;
    let before = world.everything(&app).await;
    let problem = tag(&world, &piece, json!({"area": "ORG"})).await.problem(409, "not_submitted");
    assert!(problem["detail"].as_str().unwrap().contains("submits"), "{problem}");
    assert_eq!(world.everything(&app).await, before);
}

async fn only_its_assessor_tags(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let before = world.everything(&app).await;
    let path = format!("/api/v1/pieces/{piece}/tags");
    for (person, status, code) in [
        (&world.provider, 403, "forbidden"),
        (&world.apprentice, 403, "forbidden"),
        (&world.admin, 403, "forbidden"),
        (&world.other_assessor, 404, "not_found"),
        (&world.other_provider, 404, "not_found"),
        (&world.nobody, 401, "unauthenticated"),
    ] {
        person.post(&path, json!({"area": "ORG"})).await.problem(status, code);
    }
    let nothing = "/api/v1/pieces/01a20938-0000-7000-8000-000000000000/tags";
    world.assessor.post(nothing, json!({"area": "ORG"})).await.problem(404, "not_found");
    assert_eq!(world.everything(&app).await, before);
}

async fn areas_and_criteria_are_those_of_the_standard(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let before = world.everything(&app).await;
    for (body, code, word) in [
        (json!({"area": "ABC"}), "unknown_area", "ABC"),
        (json!({"area": "org"}), "unknown_area", "GET the standard"),
        (json!({"area": ""}), "unknown_area", "GET the standard"),
        // An area of another component, and one that only looks like one of ours: its О is Cyrillic.
        (json!({"area": "COM"}), "unknown_area", "COM"),
        (json!({"area": "\u{41e}RG"}), "unknown_area", "GET the standard"),
        (json!({"area": "ORG", "criteria": ["ORG-P9"]}), "unknown_criterion", "ORG-P9"),
        (json!({"area": "ORG", "criteria": ["ORG-P1", "REG-P1"]}), "unknown_criterion", "area ORG"),
        (json!({"area": "SYS", "criteria": ["SYS-D1"]}), "unknown_criterion", "SYS-D1"),
        (json!({"area": "ORG", "criteria": "ORG-P1"}), "invalid", "sequence"),
        (json!({"area": "ORG", "note": "a\u{0}b"}), "invalid", "control"),
        (json!({"criteria": []}), "invalid", "area"),
    ] {
        let problem = tag(&world, &piece, body.clone()).await.problem(422, code);
        assert!(problem["detail"].as_str().unwrap().contains(word), "{body}: {problem}");
    }
    assert_eq!(world.everything(&app).await, before);
}

async fn locators_point_into_the_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = Upload::new("call.wav", files::wav(4000, 1)).with("claims", "ORG");
    let recording = id(&world.apprentice.upload(&world.showcase, upload).await.json(201));
    let piece = world.submitted().await;
    let before = world.everything(&app).await;
    for (locator, word) in [
        (json!({"page": 0}), "counted from 1"),
        (json!({"page": 4}), "3 pages"),
        (json!({"page": 4_294_967_296_u64}), "body"),
        (json!({"page": -1}), "body"),
        (json!({"page": 1.5}), "body"),
        (json!({"page": "1"}), "body"),
        (json!({"from_s": 9, "to_s": 9}), "ends after"),
        (json!({"from_s": 9, "to_s": 8.5}), "ends after"),
        (json!({"from_s": -1, "to_s": 8}), "0 seconds"),
        (json!({"from_s": 1}), "body"),
        (json!({"page": 1, "from_s": 1, "to_s": 2}), "body"),
        (json!({"line": 1}), "body"),
        (json!({}), "body"),
        (json!(1), "body"),
    ] {
        let body = json!({"area": "ORG", "locator": locator});
        let problem = tag(&world, &piece, body).await.problem(422, "invalid");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{locator}: {problem}");
    }
    assert_eq!(world.everything(&app).await, before);
    for (piece, locator) in [
        (&piece, json!({"page": 1})),
        (&piece, json!({"page": 3})),
        (&recording, json!({"from_s": 0.0, "to_s": 0.5})),
        (&recording, json!({"from_s": 61.25, "to_s": 90.0})),
        (&recording, Value::Null),
    ] {
        let made = tag(&world, piece, json!({"area": "ORG", "locator": locator})).await.json(201);
        assert_eq!(made["locator"], locator);
    }
    let coverage = world.provider.get(&world.path("/coverage")).await.json(200);
    let places: Vec<&Value> =
        coverage["areas"][0]["tagged"].as_array().unwrap().iter().map(|tag| &tag["locator"]).collect();
    let recorded = [&json!({"from_s": 0.0, "to_s": 0.5}), &json!({"from_s": 61.25, "to_s": 90.0}), &Value::Null];
    assert_eq!(places, [recorded.as_slice(), &[&json!({"page": 1}), &json!({"page": 3})]].concat());
}

async fn a_tag_taken_back_keeps_its_history(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS[1..]).await;
    let first = tag(&world, &piece, json!({"area": "ORG", "note": "A mistake"})).await.json(201);
    let path = format!("/api/v1/tags/{}", id(&first));
    let covered = async || world.provider.get(&world.path("/coverage")).await.json(200)["missing"].clone();
    assert_eq!(covered().await, json!([]));

    let answer = world.assessor.delete(&path).await;
    answer.expect(204);
    assert_eq!(answer.body, b"");
    assert_eq!(covered().await, json!(["ORG"]));
    let shown = world.provider.get(&format!("/api/v1/pieces/{piece}")).await.json(200);
    assert_eq!(shown["tags"].as_array().unwrap().len(), 9);
    let all = history(&world, &piece).await;
    assert_eq!(all.as_array().unwrap().len(), 10);
    let mut kept = all[9].clone();
    assert_eq!(kept["removed_by"], world.assessor.id.as_str());
    assert!(kept["removed_at"].as_str().unwrap() > kept["tagged_at"].as_str().unwrap(), "{kept}");
    kept["removed_by"] = Value::Null;
    kept["removed_at"] = Value::Null;
    assert_eq!(kept, first);

    world.assessor.delete(&path).await.problem(404, "not_found");
    assert_eq!(history(&world, &piece).await, all);
    // Two tags for an area: one of them is enough.
    tag(&world, &piece, json!({"area": "ORG"})).await.expect(201);
    let spare = id(&tag(&world, &piece, json!({"area": "ORG"})).await.json(201));
    world.assessor.delete(&format!("/api/v1/tags/{spare}")).await.expect(204);
    assert_eq!(covered().await, json!([]));
}

async fn a_tag_is_taken_back_by_its_assessor_only(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let path = format!("/api/v1/tags/{}", id(&tag(&world, &piece, json!({"area": "ORG"})).await.json(201)));
    let before = world.everything(&app).await;
    for (person, status, code) in [
        (&world.provider, 403, "forbidden"),
        (&world.apprentice, 403, "forbidden"),
        (&world.admin, 403, "forbidden"),
        (&world.other_assessor, 404, "not_found"),
        (&world.nobody, 401, "unauthenticated"),
    ] {
        person.delete(&path).await.problem(status, code);
    }
    world.assessor.delete("/api/v1/tags/01a20938-0000-7000-8000-000000000000").await.problem(404, "not_found");
    assert_eq!(world.everything(&app).await, before);
    // In a returned showcase, which is in draft again, it can still be taken back.
    world.assessor.post(&world.path("/gateway/attempts/1/return"), json!({"note": "Mend it."})).await.expect(200);
    world.assessor.delete(&path).await.expect(204);
}
