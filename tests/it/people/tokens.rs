//! Tokens: shown once, kept as a hash, refused once they have expired.

use chrono::TimeDelta;
use exhibit::db::{Error, FromRow, Row, Session};
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use crate::support::app::TestAppRef;
use crate::support::{Answer, Client, World, both, files};

both!(
    a_token_expires,
    how_long_a_token_lasts_is_bounded,
    a_body_that_cannot_be_read_issues_no_token,
    whoever_presents_no_sound_token_is_nobody,
    a_secret_is_kept_nowhere,
    me_is_who_holds_the_token,
);

fn tokens_of(person: &Client) -> String {
    format!("/api/v1/users/{}/tokens", person.id)
}

/// What is recorded of a token.
struct Recorded {
    hash: Vec<u8>,
}

impl FromRow for Recorded {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { hash: row.get("hash")? })
    }
}

async fn recorded(app: &TestAppRef) -> Vec<Recorded> {
    (&app.app.db).query("SELECT hash FROM tokens").fetch_all().await.unwrap()
}

async fn a_token_expires(app: TestAppRef) {
    let world = World::new(&app).await;
    let issued = world.admin.post(&tokens_of(&world.apprentice), json!({"expires_in": 1})).await.json(201);
    assert!(issued["expires_at"].as_str().unwrap().starts_with("2026-11-24T10:00:"), "{issued}");
    let secret = issued["token"].as_str().unwrap().to_owned();
    let visitor = Client::new(&app, world.apprentice.id.clone(), Some(secret));
    assert_eq!(visitor.get("/api/v1/me").await.json(200)["id"], world.apprentice.id.as_str());
    app.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    visitor.get("/api/v1/me").await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    refused(visitor.get("/api/v1/me").await, 401, "unauthenticated", "expired");
    // Tokens without an end go on.
    app.clock.advance(TimeDelta::days(9999));
    world.apprentice.get("/api/v1/me").await.expect(200);
}

async fn how_long_a_token_lasts_is_bounded(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = tokens_of(&world.apprentice);
    let before = recorded(&app).await.len();
    for days in [0, 3651, u32::MAX] {
        refused(world.admin.post(&path, json!({"expires_in": days})).await, 422, "invalid", "1 to 3650");
    }
    assert_eq!(recorded(&app).await.len(), before);
    for (body, expires) in
        [(json!({"expires_in": 1}), "2026-11-24T10:00"), (json!({"expires_in": 3650}), "2036-11-20T10:00")]
    {
        let issued = world.admin.post(&path, body).await.json(201);
        assert!(issued["expires_at"].as_str().unwrap().starts_with(expires), "{issued}");
    }
    for body in [json!({}), json!({"expires_in": null})] {
        assert_eq!(world.admin.post(&path, body).await.json(201)["expires_at"], Value::Null);
    }
    let without_body = Answer::of(world.admin.request(Method::POST, &path)).await.json(201);
    assert_eq!(without_body["expires_at"], Value::Null);
    assert_eq!(recorded(&app).await.len(), before + 5);
    let nobody = "/api/v1/users/01a20938-0000-7000-8000-000000000000/tokens";
    refused(world.admin.post(nobody, json!({})).await, 404, "not_found", "nothing");
}

/// A mistake must never turn into a token that lasts for ever.
async fn a_body_that_cannot_be_read_issues_no_token(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = tokens_of(&world.apprentice);
    let before = recorded(&app).await.len();
    for (body, status, code) in [
        (r#"{"expires_in": "7"}"#, 422, "invalid"),
        (r#"{"expires_in": 99999999999}"#, 422, "invalid"),
        (r#"{"expires_in": -1}"#, 422, "invalid"),
        (r#"{"expires_in": 1.5}"#, 422, "invalid"),
        (r#"{"expires": 7}"#, 422, "invalid"),
        (r#"{"expires_in": 7"#, 400, "bad_request"),
        ("expires_in=7", 400, "bad_request"),
    ] {
        let request = world.admin.request(Method::POST, &path).header("content-type", "application/json").body(body);
        refused(Answer::of(request).await, status, code, "body");
    }
    let form =
        world.admin.request(Method::POST, &path).header("content-type", "text/plain").body("{\"expires_in\": 7}");
    refused(Answer::of(form).await, 415, "unsupported_media_type", "application/json");
    assert_eq!(recorded(&app).await.len(), before);
}

async fn whoever_presents_no_sound_token_is_nobody(app: TestAppRef) {
    let world = World::new(&app).await;
    let secret = world.admin.post(&tokens_of(&world.apprentice), json!({})).await.json(201);
    let secret = secret["token"].as_str().unwrap();
    let unknown = format!("exhibit_{}", "0".repeat(64));
    for value in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {unknown}"),
        format!("Bearer {}", secret.to_uppercase()),
        format!("Bearer {}", &secret[..secret.len() - 1]),
        format!("Bearer {secret}0"),
        format!("Bearer {}", secret.trim_start_matches("exhibit_")),
        format!("Basic {secret}"),
        format!("Token {secret}"),
        secret.to_owned(),
        format!("Bearer \u{e9}{secret}"),
    ] {
        let request = world.nobody.request(Method::GET, "/api/v1/me").header("authorization", value.as_bytes());
        let answer = Answer::of(request).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{value}");
        refused(answer, 401, "unauthenticated", "Authorization: Bearer");
    }
    // The scheme's name has no case (RFC 9110).
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request =
            world.nobody.request(Method::GET, "/api/v1/me").header("authorization", format!("{scheme} {secret}"));
        Answer::of(request).await.expect(200);
    }
}

/// A table as the database itself writes it out; SQLite is read as the bytes of its files.
async fn written(app: &TestAppRef) -> String {
    struct Text(String);
    impl FromRow for Text {
        fn from_row(row: &Row) -> Result<Self, Error> {
            row.get::<Option<String>>("text").map(|text| Self(text.unwrap_or_default()))
        }
    }
    if app.store.is_none() {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(app.folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_file() {
                files.extend(std::fs::read(entry).unwrap());
            }
        }
        return String::from_utf8_lossy(&files).into_owned();
    }
    let tables = "SELECT CAST(STRING_AGG(CAST(query_to_xml('SELECT * FROM ' || table_name, true, false, '') AS TEXT), '') AS TEXT) AS text \
                  FROM information_schema.tables WHERE table_schema = 'public'";
    (&app.app.db).query(tables).fetch_one::<Text>().await.unwrap().0
}

async fn a_secret_is_kept_nowhere(app: TestAppRef) {
    let world = World::new(&app).await;
    world.piece("a piece", "ORG").await;
    let issued = world.admin.post(&tokens_of(&world.apprentice), json!({})).await.json(201);
    let secret = issued["token"].as_str().unwrap();
    let random = secret.strip_prefix("exhibit_").expect("a prefix that secret scanners know");
    assert!(random.len() == 64 && random.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
    let visitor = Client::new(&app, world.apprentice.id.clone(), Some(secret.to_owned()));
    let hash = files::sha256(secret.as_bytes());
    let kept = recorded(&app).await;
    assert!(kept.iter().any(|token| hex::encode(&token.hash) == hash));
    let written = written(&app).await;
    assert!(written.contains("amy@example.org"), "the whole database is looked at");
    assert!(!written.contains(random));
    for path in [
        "/api/v1/me",
        "/api/v1/showcases",
        &world.path(""),
        &world.path("/pieces"),
        &world.path("/gateway"),
        "/metrics",
        "/api/openapi.json",
    ] {
        let answer = visitor.get(path).await;
        answer.expect(200);
        let text = format!("{:?}{}", answer.headers, String::from_utf8_lossy(&answer.body));
        assert!(!text.contains(random) && !text.contains(&hash), "{path}");
    }
    let again = world.admin.post(&tokens_of(&world.apprentice), json!({})).await.json(201);
    assert_ne!(again["token"], issued["token"]);
    assert_ne!(again["id"], issued["id"]);
}

async fn me_is_who_holds_the_token(app: TestAppRef) {
    let world = World::new(&app).await;
    for (person, name, role, organisation) in [
        (&world.admin, "admin", "admin", Value::Null),
        (&world.provider, "pat", "provider", json!(world.organisation)),
        (&world.apprentice, "amy", "apprentice", json!(world.organisation)),
    ] {
        let mut me = person.get("/api/v1/me").await.json(200);
        let created = me.as_object_mut().unwrap().remove("created_at").unwrap();
        assert!(created.as_str().unwrap().starts_with("2026-11-23T10:00:"), "{created}");
        let email = format!("{name}@example.org");
        assert_eq!(
            me,
            json!({"id": person.id, "email": email, "name": name, "role": role, "organisation_id": organisation})
        );
    }
}
