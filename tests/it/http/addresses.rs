//! Addresses: unknown ones, wrong methods on known ones, and ids that are none.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::{Answer, World, both};

both!(
    unknown_addresses,
    wrong_methods_are_told_the_right_ones,
    ids_that_are_none,
    queries_that_cannot_be_read,
    every_answer_has_its_own_id
);

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

async fn unknown_addresses(app: TestAppRef) {
    let world = World::new(&app).await;
    for path in [
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/portfolios",
        "/api/v1/showcases/",
        "/api/v2/me",
        "/health",
        "/api/v1/me/x",
        "/%00",
        "/api/v1/%2e%2e/me",
    ] {
        for person in [&world.admin, &world.nobody] {
            person.get(path).await.problem(404, "not_found");
            person.post(path, json!({})).await.problem(404, "not_found");
        }
    }
}

/// The methods that the description names for an address.
fn described(item: &Value) -> Vec<String> {
    let known = METHODS.iter().filter(|method| item.get(method.to_lowercase()).is_some());
    known.map(|&method| method.to_owned()).collect()
}

async fn wrong_methods_are_told_the_right_ones(app: TestAppRef) {
    let world = World::new(&app).await;
    let description = world.nobody.get("/api/openapi.json").await.json(200);
    let mut addresses: Vec<(String, Vec<String>)> = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let concrete = path.split('/').map(|segment| if segment.starts_with('{') { "1" } else { segment });
        addresses.push((concrete.collect::<Vec<_>>().join("/"), described(item)));
    }
    for path in ["/api/openapi.json", "/api/problems"] {
        addresses.push((path.to_owned(), vec!["GET".to_owned()]));
    }
    assert!(addresses.len() > 25, "{addresses:?}");
    for (path, allowed) in addresses {
        for method in METHODS.iter().filter(|&&method| !allowed.iter().any(|known| known == method)) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = Answer::of(world.admin.request(method.clone(), &path)).await;
            let mut told: Vec<&str> = answer.header("allow").split(", ").collect();
            told.sort_unstable();
            let mut expected: Vec<&str> = allowed.iter().map(String::as_str).collect();
            expected.sort_unstable();
            assert_eq!(told, expected, "{method} {path}: {}", answer.status);
            if method == Method::HEAD {
                assert_eq!(answer.status, 405, "{path}");
            } else {
                let problem = answer.problem(405, "method_not_allowed");
                assert!(problem["detail"].as_str().unwrap().contains("Allow"), "{problem}");
            }
        }
    }
}

async fn ids_that_are_none(app: TestAppRef) {
    let world = World::new(&app).await;
    for id in [
        "1",
        "x",
        "01a20938-0000-7000-8000-00000000000",
        "01a20938-0000-7000-8000-0000000000000",
        "%00",
        "null",
        "%F0%9F%98%80",
    ] {
        for path in [
            format!("/api/v1/showcases/{id}"),
            format!("/api/v1/showcases/{id}/gateway"),
            format!("/api/v1/pieces/{id}"),
            format!("/api/v1/pieces/{id}/content"),
            format!("/api/v1/gateway/documents/{id}/content"),
        ] {
            world.admin.get(&path).await.problem(404, "not_found");
        }
        world.assessor.delete(&format!("/api/v1/tags/{id}")).await.problem(404, "not_found");
        world.admin.post(&format!("/api/v1/users/{id}/tokens"), json!({})).await.problem(404, "not_found");
    }
    for rest in [
        "/gateway/attempts/x/acceptance",
        "/gateway/attempts/-1/acceptance",
        "/gateway/attempts/4294967296/acceptance",
        "/gateway/attempts/1.0/acceptance",
    ] {
        world.assessor.post(&world.path(rest), json!({})).await.problem(404, "not_found");
    }
}

async fn queries_that_cannot_be_read(app: TestAppRef) {
    let world = World::new(&app).await;
    for query in
        ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "cursor=1", "cursor=x", "offset=3", "limit=1&limit=2"]
    {
        for path in ["/api/v1/showcases", "/api/v1/coverage"] {
            world.admin.get(&format!("{path}?{query}")).await.problem(400, "bad_request");
        }
    }
    for query in ["state=open", "state=DRAFT", "missing=%00", "missing=NOPE", "missing=", "missing=org"] {
        world.admin.get(&format!("/api/v1/coverage?{query}")).await.problem(400, "bad_request");
    }
    for query in ["form_received_on=2026-02-30", "gateway_on=tomorrow", "form=2026-02-03"] {
        world.admin.get(&format!("/api/v1/standards/ST0072/1.1/dates?{query}")).await.problem(400, "bad_request");
    }
    world.admin.get("/api/v1/showcases?limit=200").await.expect(200);
}

async fn every_answer_has_its_own_id(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut ids = Vec::new();
    for path in ["/health/live", "/api/v1/me", "/api/v1/nothing", "/api/docs/", "/api/v1/showcases/1"] {
        let answer = world.nobody.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        ids.push(answer.header("x-request-id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
}
