//! Who assesses: the one who is assigned. Nobody else changes anything, and strangers learn nothing.

use serde_json::{Value, json};

use super::hold;
use crate::support::app::TestAppRef;
use crate::support::{Client, World, both};

both!(every_act_is_somebodys);

async fn every_act_is_somebodys(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    hold(&world, "showcase", "2026-12-14", &["ORG-P1"], 0).await;
    let before = world.everything(&app).await;
    let acts: [(&str, Value, bool); 6] = [
        ("PUT /assessment/observation", json!({"planned_on": "2026-12-14"}), true),
        ("PUT /assessment/observation/criteria/INT-P1", json!({"met": true}), true),
        ("POST /assessment/observation/result", json!({}), true),
        ("POST /release", json!({}), true),
        ("POST /assessment/showcase/resit", json!({"kind": "resit"}), false),
        ("POST /assessment", json!({"kind": "resit"}), false),
    ];
    for (act, body, is_assessing) in acts {
        let (method, path) = act.split_once(' ').unwrap();
        let path = world.path(path);
        let ask = async |person: &Client| match method {
            "PUT" => person.put(&path, body.clone()).await,
            _ => person.post(&path, body.clone()).await,
        };
        for stranger in [&world.other_provider, &world.other_assessor, &world.other_apprentice] {
            ask(stranger).await.problem(404, "not_found");
        }
        ask(&world.nobody).await.problem(401, "unauthenticated");
        ask(&world.apprentice).await.problem(403, "forbidden");
        if is_assessing {
            ask(&world.provider).await.problem(403, "forbidden");
        }
        if is_assessing && !act.ends_with("release") {
            ask(&world.admin).await.problem(403, "forbidden");
        }
    }
    for stranger in [&world.other_provider, &world.other_assessor, &world.other_apprentice] {
        for path in ["/assessment", "/mocks"] {
            stranger.get(&world.path(path)).await.problem(404, "not_found");
        }
    }
    assert_eq!(world.everything(&app).await, before);
}
