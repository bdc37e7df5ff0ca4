//! Decisions on the components of an attempt: recorded one after the other, the last one standing.

use serde_json::json;

use super::{accepted, decide, gateway, give_back};
use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::{World, both};

both!(a_later_decision_stands, unsound_decisions_are_refused, only_an_open_attempt_is_decided);

async fn a_later_decision_stands(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let rejection =
        json!({"decision": "rejected", "reason": "certificate_unreadable", "note": "Scan it again.\nIn colour."});
    let first = decide(&world, 1, "maths", rejection).await.json(200);
    assert_eq!(first["component"], "maths");
    assert_eq!(first["decision"], "rejected");
    assert_eq!(first["reason"], "certificate_unreadable");
    assert_eq!(first["note"], "Scan it again.\nIn colour.");
    assert_eq!(first["decided_by"], world.assessor.id.as_str());
    let second = decide(&world, 1, "maths", accepted()).await.json(200);
    assert_ne!(id(&first), id(&second));
    assert_eq!(gateway(&world).await["attempts"][0]["decisions"], json!([first, second]));
    assert_eq!(world.state().await, "submitted");
}

async fn unsound_decisions_are_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let before = world.everything(&app).await;
    for (component, decision, status, code, word) in [
        ("science", accepted(), 404, "not_found", "nothing"),
        ("maths", json!({"decision": "rejected"}), 422, "invalid", "reason"),
        ("maths", json!({"decision": "rejected", "reason": ""}), 422, "invalid", "reason"),
        ("maths", json!({"decision": "rejected", "reason": "The scan is poor"}), 422, "invalid", "note"),
        ("maths", json!({"decision": "rejected", "reason": "x".repeat(65)}), 422, "invalid", "note"),
        ("maths", json!({"decision": "perhaps"}), 422, "invalid", "perhaps"),
        ("maths", json!({"decision": "accepted", "note": "a\u{0}b"}), 422, "invalid", "control"),
        ("maths", json!({"decision": "accepted", "note": "x".repeat(4001)}), 422, "invalid", "4000"),
        ("maths", json!({"decision": "accepted", "noet": ""}), 422, "invalid", "noet"),
        ("maths", json!({}), 422, "invalid", "decision"),
    ] {
        let problem = decide(&world, 1, component, decision.clone()).await.problem(status, code);
        assert!(problem["detail"].as_str().unwrap().contains(word), "{decision}: {problem}");
    }
    assert_eq!(world.everything(&app).await, before);
}

async fn only_an_open_attempt_is_decided(app: TestAppRef) {
    let world = World::new(&app).await;
    decide(&world, 1, "maths", accepted()).await.problem(404, "not_found");
    world.submitted().await;
    for number in [0, 2] {
        decide(&world, number, "maths", accepted()).await.problem(404, "not_found");
        give_back(&world, number, "Mend it.").await.problem(404, "not_found");
        super::accept(&world, number).await.problem(404, "not_found");
    }
    give_back(&world, 1, "Mend it.").await.expect(200);
    let before = world.everything(&app).await;
    decide(&world, 1, "maths", accepted()).await.problem(409, "attempt_closed");
    give_back(&world, 1, "Mend it.").await.problem(409, "attempt_closed");
    super::accept(&world, 1).await.problem(409, "attempt_closed");
    assert_eq!(world.everything(&app).await, before);
}
