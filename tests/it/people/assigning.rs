//! The assessor of a showcase: an assessor, of somebody else than the provider, until it is accepted.

use serde_json::{Value, json};

use super::refused;
use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::world::enrolment;
use crate::support::{World, both};

both!(an_assessor_is_assigned, who_cannot_assess_is_refused);

async fn an_assessor_is_assigned(app: TestAppRef) {
    let world = World::new(&app).await;
    let showcase = id(&world.provider.post("/api/v1/showcases", enrolment("amy")).await.json(201));
    let path = format!("/api/v1/showcases/{showcase}");
    world.other_assessor.get(&path).await.problem(404, "not_found");
    let assign = json!({"user_id": world.other_assessor.id});
    let assigned = world.admin.put(&format!("{path}/assessor"), assign).await.json(200);
    assert_eq!(assigned["assessor_id"], world.other_assessor.id.as_str());
    assert_eq!(world.other_assessor.get(&path).await.json(200), assigned);
    // Another one takes over; the first no longer sees it.
    world.admin.put(&format!("{path}/assessor"), json!({"user_id": world.assessor.id})).await.expect(200);
    world.other_assessor.get(&path).await.problem(404, "not_found");
    world.assessor.get(&path).await.expect(200);
}

async fn who_cannot_assess_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = world.everything(&app).await;
    let path = world.path("/assessor");
    let assign = async |user: Value| world.admin.put(&path, json!({"user_id": user})).await;
    refused(assign(json!("01a20938-0000-7000-8000-000000000000")).await, 422, "unknown_user", "no person");
    refused(assign(json!("ada")).await, 422, "invalid", "body");
    refused(assign(Value::Null).await, 422, "invalid", "body");
    for person in [&world.admin, &world.other_provider, &world.other_apprentice] {
        refused(assign(json!(person.id)).await, 422, "invalid", "no assessor");
    }
    for person in [&world.provider, &world.apprentice] {
        refused(assign(json!(person.id)).await, 409, "not_independent", "assessment organisation");
    }
    assert_eq!(world.everything(&app).await, before);
}
