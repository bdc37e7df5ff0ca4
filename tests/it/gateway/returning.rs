//! A returned attempt: the showcase is in draft again, the attempt stays readable, and the next one must differ.

use serde_json::{Value, json};

use super::{accept, accepted, decide, gateway, give_back, submit, tag};
use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::world::AREAS;
use crate::support::{World, both, files};

both!(
    a_returned_showcase_is_mended_and_accepted,
    what_was_accepted_stays_locked_while_it_is_unchanged,
    a_return_says_why,
    evidence_of_an_earlier_attempt_stays_readable,
    tags_outlive_a_return,
);

async fn a_returned_showcase_is_mended_and_accepted(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    decide(&world, 1, "maths", json!({"decision": "rejected", "reason": "certificate_unreadable"})).await.expect(200);
    decide(&world, 1, "english", accepted()).await.expect(200);
    let body = give_back(&world, 1, "Scan the certificate again.").await.json(200);
    assert_eq!((&body["state"], &body["attempt"]), (&json!("draft"), &json!(1)));
    let first = body["attempts"][0].clone();
    assert_eq!(first["outcome"], "returned");
    assert_eq!(first["note"], "Scan the certificate again.");
    assert_eq!(first["closed_by"], world.assessor.id.as_str());
    assert_eq!(first["decisions"].as_array().unwrap().len(), 2);
    assert_eq!(body["dates"]["submitted_on"], Value::Null);

    let before = world.everything(&app).await;
    submit(&world).await.problem(409, "gateway_unchanged");
    assert_eq!(world.everything(&app).await, before);

    let path = format!("/api/v1/pieces/{piece}");
    world.apprentice.patch(&path, json!({"title": "A better title"})).await.expect(200);
    let second = submit(&world).await.json(201);
    assert_eq!(second["attempt"], 2);
    assert_ne!(second["snapshot_sha256"], first["snapshot_sha256"]);
    let after = gateway(&world).await;
    assert_eq!((&after["state"], &after["attempt"]), (&json!("submitted"), &json!(2)));
    assert_eq!(after["attempts"], json!([first, second]));

    // What was rejected is decided anew; the accepted English, which did not change, stands.
    let problem = accept(&world, 2).await.problem(409, "component_undecided");
    assert_eq!(problem["components"], json!(["maths", "showcase", "form", "dates"]));
    world.accept_components(2).await;
    world.tag(&piece, &AREAS).await;
    accept(&world, 1).await.problem(409, "attempt_closed");
    let done = accept(&world, 2).await.json(200);
    assert_eq!(done["state"], "accepted");
    assert_eq!(done["attempts"][0], first);
    assert_eq!(done["attempts"][1]["outcome"], "accepted");
}

async fn what_was_accepted_stays_locked_while_it_is_unchanged(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    world.accept_components(1).await;
    give_back(&world, 1, "Confirm again.").await.expect(200);
    let body = gateway(&world).await;
    let mut details = json!({"maths": body["maths"], "english": body["english"], "employer_confirmed_on": "2026-11-23", "assessment_on": "2026-12-14"});
    details["english"]["achieved_on"] = json!("2024-08-23");
    world.provider.put(&world.path("/gateway"), details).await.expect(200);
    let submitted = submit(&world).await.json(201);
    let second = gateway(&world).await["attempts"][1].clone();
    assert_eq!(submitted["attempt"], 2);
    let carried = |attempt: &Value| -> Vec<Value> {
        let decisions = attempt["decisions"].as_array().unwrap().iter();
        decisions.map(|made| json!([made["component"], made["decision"], made["carried_from"]])).collect()
    };
    let stands = ["maths", "showcase", "dates"].map(|component| json!([component, "accepted", 1]));
    assert_eq!(carried(&second), stands);
    assert_eq!(second["decisions"][0]["decided_by"], world.assessor.id.as_str());

    let before = world.everything(&app).await;
    decide(&world, 2, "maths", json!({"decision": "rejected", "reason": "mistaken"}))
        .await
        .problem(409, "component_locked");
    let again = decide(&world, 2, "maths", accepted()).await.json(200);
    assert_eq!(again, second["decisions"][0]);
    assert_eq!(world.everything(&app).await, before);
    let problem = accept(&world, 2).await.problem(409, "component_undecided");
    assert_eq!(problem["components"], json!(["english", "form"]));

    // A further return carries it on from where it was made.
    decide(&world, 2, "form", json!({"decision": "rejected", "reason": "unsigned"})).await.expect(200);
    give_back(&world, 2, "Sign it.").await.expect(200);
    super::document(&world, "gateway_form").await;
    submit(&world).await.expect(201);
    let third = gateway(&world).await["attempts"][2].clone();
    assert_eq!(carried(&third), stands);
}

async fn a_return_says_why(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let before = world.everything(&app).await;
    let path = world.path("/gateway/attempts/1/return");
    for body in
        [json!({}), json!({"note": ""}), json!({"note": " "}), json!({"note": null}), json!({"note": "x".repeat(201)})]
    {
        world.assessor.post(&path, body).await.problem(422, "invalid");
    }
    for (person, status, code) in [
        (&world.provider, 403, "forbidden"),
        (&world.apprentice, 403, "forbidden"),
        (&world.admin, 403, "forbidden"),
        (&world.other_assessor, 404, "not_found"),
        (&world.nobody, 401, "unauthenticated"),
    ] {
        person.post(&path, json!({"note": "Mend it."})).await.problem(status, code);
    }
    assert_eq!(world.everything(&app).await, before);
}

async fn evidence_of_an_earlier_attempt_stays_readable(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let content = format!("/api/v1/pieces/{piece}/content");
    let (kept, removed) = (tag(&world, &piece, "ORG").await, tag(&world, &piece, "REG").await);
    world.assessor.delete(&format!("/api/v1/tags/{removed}")).await.expect(204);
    give_back(&world, 1, "Replace the piece.").await.expect(200);
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.expect(204);
    let other = id(&world.piece("another piece", &AREAS.join(",")).await);
    submit(&world).await.expect(201);
    let attempts = gateway(&world).await["attempts"].clone();
    let snapshot: Value = serde_json::from_str(attempts[0]["snapshot"].as_str().unwrap()).unwrap();
    assert_eq!(snapshot["pieces"][0]["id"], piece.as_str());
    for person in [&world.assessor, &world.provider, &world.apprentice] {
        let answer = person.get(&content).await;
        answer.expect(200);
        assert_eq!(snapshot["pieces"][0]["sha256"], files::sha256(&answer.body));
    }
    world.other_assessor.get(&content).await.problem(404, "not_found");
    // The attempt is shown as it was, with the tags that stood when it was returned.
    let was = world.apprentice.get(&world.path("/gateway/attempts/1")).await.json(200);
    assert_eq!((&was["pieces"], &was["attempt"]), (&snapshot["pieces"], &json!(1)));
    assert_eq!((&was["documents"], &was["maths"]), (&snapshot["documents"], &snapshot["details"]["maths"]));
    let tagged: Vec<&Value> = was["tags"].as_array().unwrap().iter().map(|tag| &tag["id"]).collect();
    assert_eq!(tagged, [kept.as_str()]);
    world.other_assessor.get(&world.path("/gateway/attempts/1")).await.problem(404, "not_found");
    world.apprentice.get(&world.path("/gateway/attempts/3")).await.problem(404, "not_found");
    // It is readable, and no more than that.
    let listed = world.assessor.get(&world.path("/pieces")).await.json(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(id(&listed["items"][0]), other);
    let tags = format!("/api/v1/pieces/{piece}/tags");
    world.assessor.post(&tags, json!({"area": "ORG"})).await.problem(404, "not_found");
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.problem(404, "not_found");
}

async fn tags_outlive_a_return(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &["ORG", "TEA"]).await;
    give_back(&world, 1, "More evidence, please.").await.expect(200);
    let coverage = world.apprentice.get(&world.path("/coverage")).await.json(200);
    assert_eq!(coverage["missing"], json!(AREAS[1..9]));
    // A withdrawn piece covers nothing any more.
    world.piece("more evidence", &AREAS.join(",")).await;
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.expect(204);
    let coverage = world.apprentice.get(&world.path("/coverage")).await.json(200);
    assert_eq!(coverage["missing"], json!(AREAS));
    submit(&world).await.expect(201);
    world.accept_components(2).await;
    assert_eq!(accept(&world, 2).await.problem(409, "coverage_incomplete")["missing"], json!(AREAS));
}
