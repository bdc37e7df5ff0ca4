//! Mocks: recorded by the provider, and a warning while one is not.

use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::{World, both};

both!(mocks_are_recorded_by_the_provider, a_mock_that_cannot_be_is_refused);

async fn mocks_are_recorded_by_the_provider(app: TestAppRef) {
    let world = World::new(&app).await;
    let check = async || {
        let gateway = world.provider.get(&world.path("/gateway")).await.json(200);
        let checks = gateway["checks"].as_array().unwrap().clone();
        let check = checks.into_iter().find(|check| check["code"] == "mocks_recorded").unwrap();
        (check["met"].as_bool().unwrap(), check["severity"] == "warns", check["detail"].as_str().unwrap().to_owned())
    };
    let mock =
        |component: &str| json!({"component": component, "held_on": "2026-11-20", "minutes": 55, "note": "With Sam."});
    let (met, warns, detail) = check().await;
    assert!(!met && warns && detail.contains("observation") && detail.contains("discussion"), "{detail}");
    let body = world.provider.post(&world.path("/mocks"), mock("observation")).await.json(201);
    assert_eq!(
        (&body["component"], &body["minutes"], &body["held_on"]),
        (&json!("observation"), &json!(55), &json!("2026-11-20"))
    );
    let (met, _, detail) = check().await;
    assert!(!met && !detail.contains("observation") && detail.contains("discussion"), "{detail}");
    world.provider.post(&world.path("/mocks"), mock("discussion")).await.expect(201);
    assert!(check().await.0);
    let listed = world.apprentice.get(&world.path("/mocks")).await.json(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}

async fn a_mock_that_cannot_be_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = world.everything(&app).await;
    let mock =
        |component: &str, day: &str, minutes: u32| json!({"component": component, "held_on": day, "minutes": minutes});
    let ask = async |body| world.provider.post(&world.path("/mocks"), body).await;
    ask(mock("showcase", "2026-11-20", 60)).await.problem(422, "invalid");
    ask(mock("interview", "2026-11-20", 60)).await.problem(404, "not_found");
    ask(mock("observation", "2026-11-24", 60)).await.problem(422, "invalid");
    ask(mock("observation", "2026-11-20", 0)).await.problem(422, "invalid");
    for person in [&world.apprentice, &world.assessor] {
        person.post(&world.path("/mocks"), mock("observation", "2026-11-20", 60)).await.problem(403, "forbidden");
    }
    world
        .other_provider
        .post(&world.path("/mocks"), mock("observation", "2026-11-20", 60))
        .await
        .problem(404, "not_found");
    assert_eq!(world.everything(&app).await, before);
}
