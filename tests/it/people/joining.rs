//! Organisations and people are added once, by those who may, with numbers that their registers could have given.

use exhibit::db::{Error, FromRow, Row, Session};
use serde_json::{Value, json};

use super::refused;
use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::{World, both};

both!(
    organisations_have_sound_numbers,
    a_number_belongs_to_one_organisation,
    people_are_added_once,
    a_provider_adds_apprentices_of_its_own
);

/// How many organisations and people there are.
struct Counted(i64, i64);

impl FromRow for Counted {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self(row.get("organisations")?, row.get("users")?))
    }
}

async fn counted(app: &TestAppRef) -> (i64, i64) {
    let sql = "SELECT (SELECT COUNT(*) FROM organisations) AS organisations, (SELECT COUNT(*) FROM users) AS users";
    let Counted(organisations, users) = (&app.app.db).query(sql).fetch_one().await.unwrap();
    (organisations, users)
}

async fn organisations_have_sound_numbers(app: TestAppRef) {
    let world = World::new(&app).await;
    let add = async |body: Value| world.admin.post("/api/v1/organisations", body).await;
    let before = counted(&app).await;
    for (field, value, word) in [
        ("ukprn", json!("9999999"), "8 digits"),
        ("ukprn", json!("09999999"), "8 digits"),
        ("ukprn", json!("100000000"), "8 digits"),
        ("ukprn", json!("1000000a"), "8 digits"),
        ("ukprn", json!(10_000_000), "string"),
        ("epao_id", json!("EPA001"), "4 digits"),
        ("epao_id", json!("epa0001"), "4 digits"),
        ("epao_id", json!("1234567"), "4 digits"),
        ("name", json!(" "), "empty"),
        ("name", json!("x".repeat(201)), "200"),
        ("name", json!("two\nlines"), "control"),
        ("name", Value::Null, "null"),
        ("kind", json!("employer"), "employer"),
    ] {
        let mut body = json!({"kind": "assessment-organisation", "name": "New"});
        body[field] = value;
        refused(add(body).await, 422, "invalid", word);
    }
    assert_eq!(counted(&app).await, before);
    for (ukprn, epao) in [("10000000", "EPA0001"), ("99999999", "10012345")] {
        let body = json!({"kind": "assessment-organisation", "name": " Fair Judges ", "ukprn": ukprn, "epao_id": epao});
        let added = add(body).await.json(201);
        assert_eq!((&added["name"], &added["kind"]), (&json!("Fair Judges"), &json!("assessment-organisation")));
        assert_eq!((&added["ukprn"], &added["epao_id"]), (&json!(ukprn), &json!(epao)));
        assert_ne!(id(&added), "");
    }
}

async fn a_number_belongs_to_one_organisation(app: TestAppRef) {
    let world = World::new(&app).await;
    let body = |ukprn: Value, epao: Value| json!({"kind": "provider", "name": "New", "ukprn": ukprn, "epao_id": epao});
    let add = async |body: Value| world.admin.post("/api/v1/organisations", body).await;
    add(body(json!("10000001"), json!("EPA0001"))).await.expect(201);
    let before = counted(&app).await;
    refused(add(body(json!("10000001"), Value::Null)).await, 409, "identifier_taken", "correct the number");
    refused(add(body(json!("10000002"), json!("EPA0001"))).await, 409, "identifier_taken", "correct the number");
    assert_eq!(counted(&app).await, before);
    // Without a number, as many as there are.
    add(body(Value::Null, Value::Null)).await.expect(201);
    add(body(Value::Null, Value::Null)).await.expect(201);
}

async fn people_are_added_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let assessing = world.assessor.get("/api/v1/me").await.json(200)["organisation_id"].clone();
    let add = async |body: Value| world.admin.post("/api/v1/users", body).await;
    let new = |email: &str, role: &str, organisation: Value| json!({"email": email, "name": "New", "role": role, "organisation_id": organisation});
    let unknown = json!("01a20938-0000-7000-8000-000000000000");
    let before = counted(&app).await;
    refused(add(new("AMY@example.org ", "apprentice", Value::Null)).await, 409, "email_taken", "another address");
    refused(add(new("new@example.org", "provider", Value::Null)).await, 422, "invalid", "provider");
    refused(add(new("new@example.org", "provider", assessing)).await, 422, "invalid", "provider");
    refused(add(new("new@example.org", "assessor", unknown)).await, 422, "unknown_organisation", "no organisation");
    refused(add(new("new@example.org", "teacher", Value::Null)).await, 422, "invalid", "teacher");
    for email in ["", "new", "new@", "@example.org", "a b@example.org", "new@example..org"] {
        refused(add(new(email, "apprentice", Value::Null)).await, 422, "invalid", "e-mail");
    }
    assert_eq!(counted(&app).await, before);
    let added = add(new("New.Person@Example.org", "admin", Value::Null)).await.json(201);
    assert_eq!((&added["email"], &added["role"]), (&json!("new.person@example.org"), &json!("admin")));
    assert_eq!(counted(&app).await, (before.0, before.1 + 1));
}

async fn a_provider_adds_apprentices_of_its_own(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = world.other_provider.get("/api/v1/me").await.json(200)["organisation_id"].clone();
    let new = |email: &str, role: &str, organisation: Value| json!({"email": email, "name": "New", "role": role, "organisation_id": organisation});
    let before = counted(&app).await;
    let answer = world.provider.post("/api/v1/users", new("zoe@example.org", "apprentice", other)).await;
    refused(answer, 422, "invalid", "organisation_id");
    for role in ["admin", "assessor", "provider"] {
        let answer =
            world.provider.post("/api/v1/users", new("zoe@example.org", role, json!(world.organisation))).await;
        refused(answer, 403, "forbidden", "role");
    }
    assert_eq!(counted(&app).await, before);
    for (email, organisation) in [("zoe@example.org", Value::Null), ("zac@example.org", json!(world.organisation))] {
        let added = world.provider.post("/api/v1/users", new(email, "apprentice", organisation)).await.json(201);
        assert_eq!(added["organisation_id"], world.organisation.as_str());
    }
}
