//! Bodies that are not what a call takes.

use reqwest::Method;
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::world::enrolment;
use crate::support::{Answer, World, both};

both!(
    bodies_that_are_no_json,
    bodies_of_another_shape,
    bodies_of_another_type,
    bodies_that_are_too_large,
    forms_that_are_none
);

async fn bodies_that_are_no_json(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = world.admin.get("/api/v1/showcases").await.json(200);
    for body in ["", "{", "{\"standard\": }", "standard=ST0072", "{} {}", "\u{feff}{}", "nul", "{\"a\":\"\u{1}\"}"] {
        let request = world.provider.request(Method::POST, "/api/v1/showcases");
        let answer = Answer::of(request.header("content-type", "application/json").body(body)).await;
        let problem = answer.problem(400, "bad_request");
        assert!(problem["detail"].as_str().unwrap().contains("no JSON"), "{body}: {problem}");
    }
    let request = world.provider.request(Method::POST, "/api/v1/showcases").header("content-type", "application/json");
    Answer::of(request.body(vec![b'"', 0xff, b'"'])).await.problem(400, "bad_request");
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let request = world.provider.request(Method::POST, "/api/v1/showcases").header("content-type", "application/json");
    Answer::of(request.body(deep)).await.problem(422, "invalid");
    assert_eq!(world.admin.get("/api/v1/showcases").await.json(200), before);
}

async fn bodies_of_another_shape(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = world.admin.get("/api/v1/showcases").await.json(200);
    let mut unknown = enrolment("amy");
    unknown["notes"] = json!("x");
    let mut nested = enrolment("amy");
    nested["apprentice"]["age"] = json!(17);
    let mut missing = enrolment("amy");
    missing.as_object_mut().unwrap().remove("employer");
    let mut wrong = enrolment("amy");
    wrong["started_on"] = json!(20_250_901);
    for (body, word) in [
        (unknown, "notes"),
        (nested, "age"),
        (missing, "employer"),
        (wrong, "body"),
        (json!([]), "body"),
        (json!(null), "body"),
        (json!("text"), "body"),
    ] {
        let problem = world.provider.post("/api/v1/showcases", body).await.problem(422, "invalid");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{word}: {problem}");
    }
    assert_eq!(world.admin.get("/api/v1/showcases").await.json(200), before);
}

async fn bodies_of_another_type(app: TestAppRef) {
    let world = World::new(&app).await;
    let body = enrolment("amy").to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "json",
        "",
    ] {
        let request = world.provider.request(Method::POST, "/api/v1/showcases").header("content-type", kind);
        let problem = Answer::of(request.body(body.clone())).await.problem(415, "unsupported_media_type");
        assert!(problem["detail"].as_str().unwrap().contains("application/json"), "{kind}: {problem}");
    }
    let request = world.provider.request(Method::POST, "/api/v1/showcases").body(body.clone());
    Answer::of(request).await.problem(415, "unsupported_media_type");
    for kind in ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"] {
        let request = world.provider.request(Method::POST, "/api/v1/showcases").header("content-type", kind);
        Answer::of(request.body(body.clone())).await.expect(201);
    }
}

async fn bodies_that_are_too_large(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut body = enrolment("amy");
    body["employer"] = json!("x".repeat(64 * 1024));
    let problem = world.provider.post("/api/v1/showcases", body.clone()).await.problem(413, "too_large");
    assert!(problem["detail"].as_str().unwrap().contains("64 KiB"), "{problem}");
    // Without a length said before, too.
    let text = body.to_string().into_bytes();
    let parts = text.chunks(10_000).map(|part| Ok::<_, std::io::Error>(part.to_vec())).collect::<Vec<_>>();
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(parts));
    let request = world.provider.request(Method::POST, "/api/v1/showcases").header("content-type", "application/json");
    Answer::of(request.body(stream)).await.problem(413, "too_large");
    assert_eq!(world.provider.get("/api/v1/showcases").await.json(200)["items"].as_array().unwrap().len(), 1);
}

async fn forms_that_are_none(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = world.everything(&app).await;
    for rest in ["/pieces", "/gateway/documents"] {
        let path = world.path(rest);
        world.provider.post(&path, json!({"title": "A piece"})).await.problem(415, "unsupported_media_type");
        for kind in ["multipart/form-data", "multipart", "text/plain"] {
            let request = world.provider.request(Method::POST, &path).header("content-type", kind).body("--x--\r\n");
            Answer::of(request).await.problem(415, "unsupported_media_type");
        }
        Answer::of(world.provider.request(Method::POST, &path)).await.problem(400, "bad_request");
        let cut = world.provider.request(Method::POST, &path).header("content-type", "multipart/form-data; boundary=x");
        Answer::of(cut.body("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA pie"))
            .await
            .problem(400, "upload_incomplete");
    }
    assert_eq!(world.everything(&app).await, before);
    assert_eq!(app.unsealed(), 0);
}
