//! Showcases are opened by providers for their own apprentices, with a learner number or the reason why there is none.

use serde_json::{Value, json};

use super::refused;
use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::world::enrolment;
use crate::support::{Client, World, both};

both!(
    a_showcase_is_opened,
    learner_numbers_follow_the_rule,
    what_is_unknown_is_refused,
    apprentices_of_others_are_not_enrolled,
    an_admin_names_the_provider
);

async fn count(world: &World) -> usize {
    let all = world.admin.get("/api/v1/showcases").await.json(200);
    all["items"].as_array().unwrap().len()
}

/// Makes sure that a showcase is refused, and that there are as many as before.
async fn refuse(world: &World, person: &Client, body: Value, problem: (u16, &str, &str)) {
    let before = count(world).await;
    let (status, code, word) = problem;
    refused(person.post("/api/v1/showcases", body).await, status, code, word);
    assert_eq!(count(world).await, before);
}

async fn a_showcase_is_opened(app: TestAppRef) {
    let world = World::new(&app).await;
    let answer = world.provider.post("/api/v1/showcases", enrolment("new")).await;
    let location = answer.header("location").to_owned();
    let opened = answer.json(201);
    assert_eq!(location, format!("/api/v1/showcases/{}", id(&opened)));
    assert_eq!(opened["state"], "draft");
    assert_eq!((&opened["standard"], &opened["version"]), (&json!("ST0072"), &json!("1.1")));
    assert_eq!(opened["apprentice"]["email"], "new@example.org");
    assert_eq!(opened["apprentice"]["name"], "new");
    assert_eq!(opened["apprentice"]["uln"], "9276308686");
    assert_eq!(opened["organisation_id"], world.organisation.as_str());
    assert_eq!((&opened["assessor_id"], &opened["attempt"]), (&Value::Null, &json!(0)));
    assert_eq!((&opened["employer"], &opened["started_on"]), (&json!("Corner Shop"), &json!("2025-09-01")));
    assert_eq!(world.provider.get(&location).await.json(200), opened);
    // The apprentice is a person here now, and has a second showcase as the same person.
    let again = world.provider.post("/api/v1/showcases", enrolment("new")).await.json(201);
    assert_eq!(again["apprentice"]["id"], opened["apprentice"]["id"]);
    let token = world
        .admin
        .post(&format!("/api/v1/users/{}/tokens", opened["apprentice"]["id"].as_str().unwrap()), json!({}))
        .await;
    let token = token.json(201)["token"].as_str().unwrap().to_owned();
    let apprentice = Client::new(&app, String::new(), Some(token));
    assert_eq!(apprentice.get("/api/v1/showcases").await.json(200)["items"].as_array().unwrap().len(), 2);
}

async fn learner_numbers_follow_the_rule(app: TestAppRef) {
    let world = World::new(&app).await;
    let with = |uln: Value, reason: Value| {
        let mut body = enrolment("amy");
        body["apprentice"]["uln"] = uln;
        body["apprentice"]["uln_reason"] = reason;
        body
    };
    for (uln, word) in [
        (json!("9276308687"), "check digit"),
        (json!("1000200000"), "check digit"),
        (json!("0000000042"), "begin with 0"),
        (json!("9999999999"), "temporary"),
        (json!("927630868"), "10 digits"),
        (json!("92763 8686"), "10 digits"),
        (json!(""), "10 digits"),
        (json!(9_276_308_686_u64), "string"),
    ] {
        refuse(&world, &world.provider, with(uln, Value::Null), (422, "invalid", word)).await;
    }
    refuse(&world, &world.provider, with(Value::Null, Value::Null), (422, "invalid", "reason")).await;
    refuse(&world, &world.provider, with(Value::Null, json!(" ")), (422, "invalid", "empty")).await;
    for uln in ["9276308686", "1000000000", "1000000019"] {
        let opened = world.provider.post("/api/v1/showcases", with(json!(uln), Value::Null)).await.json(201);
        assert_eq!(opened["apprentice"]["uln"], uln);
    }
    let opened = world.provider.post("/api/v1/showcases", with(Value::Null, json!("applied for"))).await.json(201);
    assert_eq!(
        (&opened["apprentice"]["uln"], &opened["apprentice"]["uln_reason"]),
        (&Value::Null, &json!("applied for"))
    );
}

async fn what_is_unknown_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    for (field, value, code, word) in [
        ("/standard", json!("ST9999"), "unknown_standard", "/api/v1/standards"),
        ("/standard", json!("st0072"), "unknown_standard", "/api/v1/standards"),
        ("/standard", json!("ST\u{0}"), "unknown_standard", "/api/v1/standards"),
        ("/version", json!("1.2"), "unknown_standard", "1.2"),
        ("/version", json!(1.1), "invalid", "string"),
        ("/employer", json!(""), "invalid", "empty"),
        ("/started_on", json!("2025-02-29"), "invalid", "body"),
        ("/started_on", json!("01/09/2025"), "invalid", "body"),
        ("/apprentice/email", json!("amy"), "invalid", "e-mail"),
        ("/apprentice/name", json!("a\u{7}b"), "invalid", "control"),
        ("/apprentice", json!("amy"), "invalid", "body"),
    ] {
        let mut body = enrolment("amy");
        *body.pointer_mut(field).unwrap() = value;
        refuse(&world, &world.provider, body, (422, code, word)).await;
    }
}

async fn apprentices_of_others_are_not_enrolled(app: TestAppRef) {
    let world = World::new(&app).await;
    for taken in ["bob", "sue", "ada", "admin", "pat"] {
        refuse(&world, &world.provider, enrolment(taken), (409, "email_taken", "another address")).await;
    }
    let mut body = enrolment("amy");
    let other = world.other_provider.get("/api/v1/me").await.json(200)["organisation_id"].clone();
    body["organisation_id"] = other;
    refuse(&world, &world.provider, body, (422, "invalid", "organisation_id")).await;
}

async fn an_admin_names_the_provider(app: TestAppRef) {
    let world = World::new(&app).await;
    let with = |organisation: Value| {
        let mut body = enrolment("amy");
        body["organisation_id"] = organisation;
        body
    };
    let assessing = world.assessor.get("/api/v1/me").await.json(200)["organisation_id"].clone();
    let unknown = json!("01a20938-0000-7000-8000-000000000000");
    refuse(&world, &world.admin, with(Value::Null), (422, "invalid", "organisation_id")).await;
    refuse(&world, &world.admin, with(assessing), (422, "invalid", "no provider")).await;
    refuse(&world, &world.admin, with(unknown), (422, "unknown_organisation", "no organisation")).await;
    let opened = world.admin.post("/api/v1/showcases", with(json!(world.organisation))).await.json(201);
    assert_eq!(opened["organisation_id"], world.organisation.as_str());
}
