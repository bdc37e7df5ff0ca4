//! The service about itself: health, the OpenAPI description and its pages, which need nothing from outside.

use std::collections::BTreeSet;
use std::path::Path;

use exhibit::web::Code;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::{World, both};

both!(
    health,
    the_description_names_every_route,
    every_operation_tells_its_refusals,
    the_pages_work_offline,
    every_code_is_explained
);

async fn health(app: TestAppRef) {
    let world = World::new(&app).await;
    let live = world.nobody.get("/health/live").await;
    live.expect(200);
    assert_eq!((live.header("content-type"), live.body.as_slice()), ("text/plain; charset=utf-8", &b"live\n"[..]));
    let ready = world.nobody.get("/health/ready").await.json(200);
    assert_eq!(ready["status"], "ready");
    assert!(ready["storage_verifies_checksums"].is_boolean(), "{ready}");
    let metrics = world.nobody.get("/metrics").await;
    metrics.expect(200);
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    app.app.stop();
    let problem = world.nobody.get("/health/ready").await;
    assert_eq!(problem.header("retry-after"), "5");
    problem.problem(503, "stopping");
    world.nobody.get("/health/live").await.expect(200);
}

/// `METHOD path` of every handler in `src/web`, read from its attributes.
fn routes() -> BTreeSet<String> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let (mut folders, mut routes) = (vec![web.clone()], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for line in std::fs::read_to_string(path).unwrap().lines() {
                let attribute = line.trim().strip_prefix("#[").and_then(|line| line.strip_suffix("\")]"));
                let Some((method, route)) = attribute.and_then(|line| line.split_once("(\"/")) else { continue };
                let scope = if route.starts_with("health/") || route == "metrics" { "/" } else { "/api/v1/" };
                routes.insert(format!("{method} {scope}{route}"));
            }
        }
    }
    let listed = std::fs::read_to_string(web.join("routes.rs")).unwrap();
    // The pages that stand below have no part in the description.
    let listed = listed.split("pub fn pages(").next().unwrap();
    let services = listed.matches(".service(").count() - 1;
    assert_eq!(routes.len(), services, "one handler a service, but for the scope itself");
    routes
}

async fn the_description_names_every_route(app: TestAppRef) {
    let world = World::new(&app).await;
    let description = world.nobody.get("/api/openapi.json").await.json(200);
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1."), "{}", description["openapi"]);
    let (mut described, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert(format!("{method} {path}"));
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
        }
    }
    assert_eq!(described, routes());
    // Whatever it refers to is there.
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = &reference[..reference.find('"').unwrap()];
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
}

async fn every_operation_tells_its_refusals(app: TestAppRef) {
    let world = World::new(&app).await;
    let description = world.nobody.get("/api/openapi.json").await.json(200);
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            // What uploads can do is told to everybody, and a calendar to whoever has its secret.
            let is_open = method == "options" || path == "/api/v1/calendars/{secret}";
            let is_signed_in = path.starts_with("/api/v1") && !is_open;
            let success = responses.keys().any(|status| status.starts_with('2'));
            assert!(success && responses.contains_key("500"), "{method} {path}");
            assert_eq!(is_signed_in, responses.contains_key("401"), "{method} {path}");
            assert_eq!(path.contains('{'), responses.contains_key("404"), "{method} {path}");
            for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
                let content = response["content"].as_object().unwrap();
                assert_eq!(
                    content.keys().collect::<Vec<_>>(),
                    ["application/problem+json"],
                    "{method} {path} {status}"
                );
            }
            let open = operation.get("security") == Some(&json!([{}])) || operation.get("security") == Some(&json!([]));
            assert_eq!(open, !is_signed_in, "{method} {path}: {:?}", operation.get("security"));
        }
    }
    assert_eq!(description["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

/// Addresses of other hosts that a page would load something from.
fn loads(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in ["src=", "href=", "url(", "@import", "fetch("] {
        for rest in text.split(attribute).skip(1) {
            let target = rest.trim_start_matches(['"', '\'', ' ']);
            if target.starts_with("http:") || target.starts_with("https:") || target.starts_with("//") {
                found.push(target.chars().take(60).collect());
            }
        }
    }
    found
}

async fn the_pages_work_offline(app: TestAppRef) {
    let world = World::new(&app).await;
    let page = world.nobody.get("/api/docs").await;
    page.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    let page = world.nobody.get("/api/docs/").await;
    page.expect(200);
    let html = String::from_utf8(page.body).unwrap();
    assert_eq!(loads(&html), [""; 0]);
    let files = html.split(['"', '\'']).filter_map(|part| part.strip_prefix("./"));
    let files: BTreeSet<&str> = files.filter(|name| name.contains('.')).collect();
    assert!(files.len() >= 4, "{html}");
    let mut scripts = String::new();
    for name in files {
        let file = world.nobody.get(&format!("/api/docs/{name}")).await;
        file.expect(200);
        assert!(!file.body.is_empty(), "{name}");
        let text = String::from_utf8_lossy(&file.body).into_owned();
        if name.contains(".css") || name.contains("initializer") {
            assert_eq!(loads(&text), [""; 0], "{name}");
        }
        scripts.push_str(&text);
    }
    assert!(scripts.contains("/api/openapi.json"));
    world.nobody.get("/api/docs/nothing.js").await.problem(404, "not_found");
    world.nobody.get("/api/docs/../openapi.json").await.expect(200);
}

async fn every_code_is_explained(app: TestAppRef) {
    let world = World::new(&app).await;
    let page = world.nobody.get("/api/problems").await;
    page.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    let html = String::from_utf8(page.body).unwrap();
    for code in Code::ALL {
        assert!(html.contains(&format!("id=\"{}\"", code.word())), "{}", code.word());
        assert!(html.contains(code.title()), "{}", code.title());
    }
    assert_eq!(loads(&html), [""; 0]);
    // Where a problem's type leads.
    let problem: Value = world.nobody.get("/api/v1/me").await.problem(401, "unauthenticated");
    let (page, anchor) = problem["type"].as_str().unwrap().split_once('#').unwrap();
    let html = String::from_utf8(world.nobody.get(page).await.body).unwrap();
    assert!(html.contains(&format!("id=\"{anchor}\"")));
}
