//! Every call by everybody: admin, the showcase's own people, strangers of each role, and nobody.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::world::AREAS;
use crate::support::{Answer, Client, World, both, files};

both!(
    reading,
    acts_that_concern_no_showcase,
    acts_on_a_draft,
    acts_on_a_submitted_showcase,
    a_strangers_answer_is_that_of_nothing,
    lists_hold_ones_own,
);

/// The columns of every table below. Strangers come first, so that what they are refused is still there.
const PEOPLE: [&str; 8] =
    ["nobody", "provider'", "apprentice'", "assessor'", "admin", "provider", "apprentice", "assessor"];
type Row = (Method, String, Value, [u16; 8]);

fn people(world: &World) -> [&Client; 8] {
    [
        &world.nobody,
        &world.other_provider,
        &world.other_apprentice,
        &world.other_assessor,
        &world.admin,
        &world.provider,
        &world.apprentice,
        &world.assessor,
    ]
}

async fn send(person: &Client, method: &Method, path: &str, body: &Value) -> Answer {
    let request = person.request(method.clone(), path);
    Answer::of(if body.is_null() { request } else { request.json(body) }).await
}

/// Runs a table, and makes sure that every refusal is a problem of its status.
async fn check(world: &World, rows: Vec<Row>) {
    for (method, path, body, expected) in rows {
        let mut got = Vec::new();
        for (person, name) in people(world).into_iter().zip(PEOPLE) {
            // A body that several people send must not be the same e-mail address twice.
            let body: Value =
                serde_json::from_str(&body.to_string().replace("{person}", &name.replace('\'', "2"))).unwrap();
            let answer = send(person, &method, &path, &body).await;
            got.push(answer.status.as_u16());
            let code = match answer.status.as_u16() {
                401 => "unauthenticated",
                403 => "forbidden",
                404 => "not_found",
                _ => continue,
            };
            if method != Method::HEAD {
                let status = answer.status.as_u16();
                answer.problem(status, code);
            }
        }
        assert_eq!(got, expected, "{method} {path} by {PEOPLE:?}");
    }
}

async fn reading(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let gateway = world.provider.get(&world.path("/gateway")).await.json(200);
    let document = gateway["documents"][0]["id"].as_str().unwrap();
    let everyone = [401, 200, 200, 200, 200, 200, 200, 200];
    let own = [401, 404, 404, 404, 200, 200, 200, 200];
    let cohort = [401, 200, 403, 200, 200, 200, 403, 200];
    let get = |path: String, expected| (Method::GET, path, Value::Null, expected);
    let head = |path: String, expected| (Method::HEAD, path, Value::Null, expected);
    let rows = vec![
        get("/api/v1/me".to_owned(), everyone),
        get("/api/v1/standards".to_owned(), everyone),
        get("/api/v1/standards/ST0072/1.1".to_owned(), everyone),
        get("/api/v1/standards/ST0072/1.1/dates".to_owned(), everyone),
        get("/api/v1/showcases".to_owned(), everyone),
        get("/api/v1/coverage".to_owned(), cohort),
        get(world.path(""), own),
        get(world.path("/pieces"), own),
        get(world.path("/coverage"), own),
        get(world.path("/gateway"), own),
        get(format!("/api/v1/pieces/{piece}"), own),
        get(format!("/api/v1/pieces/{piece}/content"), own),
        head(format!("/api/v1/pieces/{piece}/content"), own),
        get(format!("/api/v1/pieces/{piece}/tags"), own),
        get(format!("/api/v1/gateway/documents/{document}/content"), own),
        head(format!("/api/v1/gateway/documents/{document}/content"), own),
    ];
    let before = world.everything(&app).await;
    check(&world, rows).await;
    assert_eq!(world.everything(&app).await, before);
}

async fn acts_that_concern_no_showcase(app: TestAppRef) {
    let world = World::new(&app).await;
    let apprentice = json!({"email": "new-{person}@example.org", "name": "New", "role": "apprentice"});
    let assessor = json!({"email": "assessor-{person}@example.org", "name": "New", "role": "assessor"});
    let showcase = json!({
        "standard": "ST0072", "version": "1.1", "employer": "Corner Shop", "started_on": "2026-01-05",
        "apprentice": {"name": "New", "email": "learner-{person}@example.org", "uln": "1000000000"},
    });
    let admin_only = [401, 403, 403, 403, 201, 403, 403, 403];
    let rows = vec![
        (Method::POST, "/api/v1/organisations".to_owned(), json!({"kind": "provider", "name": "New"}), admin_only),
        (Method::POST, "/api/v1/users".to_owned(), apprentice, [401, 201, 403, 403, 201, 201, 403, 403]),
        (Method::POST, "/api/v1/users".to_owned(), assessor, admin_only),
        (Method::POST, format!("/api/v1/users/{}/tokens", world.apprentice.id), Value::Null, admin_only),
        (Method::POST, format!("/api/v1/users/{}/tokens", world.admin.id), json!({"expires_in": 1}), admin_only),
        // An admin has to say whose showcase it is.
        (Method::POST, "/api/v1/showcases".to_owned(), showcase, [401, 201, 403, 403, 422, 201, 403, 403]),
    ];
    check(&world, rows).await;
}

async fn acts_on_a_draft(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", "ORG").await);
    let before = world.everything(&app).await;
    for (number, (person, name)) in people(&world).into_iter().zip(PEOPLE).enumerate() {
        let expected = [(401, 401), (404, 404), (404, 404), (404, 404), (201, 201), (201, 201), (201, 403), (403, 403)];
        let upload = Upload::new("evidence.pdf", files::pdf(1, &format!("piece {number}")));
        let added = person.upload(&world.showcase, upload).await;
        let bytes = files::pdf(1, &format!("document {number}"));
        let sent = person.upload_document(&world.showcase, "gateway_form", "form.pdf", bytes).await;
        assert_eq!((added.status.as_u16(), sent.status.as_u16()), expected[number], "{name}");
        if number == 3 {
            assert_eq!(world.everything(&app).await, before, "strangers left something");
        }
    }
    let own = [401, 404, 404, 404, 200, 200, 200, 403];
    let provider = [401, 404, 404, 404, 200, 200, 403, 403];
    let path = format!("/api/v1/pieces/{piece}");
    let rows = vec![
        (Method::PATCH, path.clone(), json!({"title": "Renamed"}), own),
        (Method::PUT, world.path("/gateway"), json!({"employer_confirmed_on": "2026-11-20"}), provider),
        (Method::POST, world.path("/gateway/submissions"), json!({}), [401, 404, 404, 404, 409, 409, 403, 403]),
        (Method::POST, format!("{path}/tags"), json!({"area": "ORG"}), [401, 404, 404, 404, 403, 403, 403, 409]),
        (
            Method::PUT,
            world.path("/assessor"),
            json!({"user_id": world.assessor.id}),
            [401, 404, 404, 404, 200, 403, 403, 403],
        ),
        // The admin withdraws it, so that the others of the showcase no longer find it.
        (Method::DELETE, path, Value::Null, [401, 404, 404, 404, 204, 404, 404, 404]),
    ];
    check(&world, rows).await;
}

async fn acts_on_a_submitted_showcase(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    let path = format!("/api/v1/pieces/{piece}/tags");
    let spare = id(&world.assessor.post(&path, json!({"area": "ORG"})).await.json(201));
    let attempt = |rest: &str| world.path(&format!("/gateway/attempts/1{rest}"));
    let own = |status| [401, 404, 404, 404, 403, 403, 403, status];
    let decision = json!({"decision": "accepted"});
    let mut rows = vec![
        (Method::POST, path, json!({"area": "ORG"}), own(201)),
        (Method::DELETE, format!("/api/v1/tags/{spare}"), Value::Null, own(204)),
        (Method::POST, attempt("/acceptance"), json!({}), own(409)),
    ];
    for component in ["maths", "english", "showcase", "form", "dates"] {
        rows.push((Method::PUT, attempt(&format!("/components/{component}")), decision.clone(), own(200)));
    }
    rows.push((Method::POST, attempt("/return"), json!({"note": "Mend it."}), own(200)));
    check(&world, rows).await;
    let change = json!({"title": "Mended"});
    world.apprentice.patch(&format!("/api/v1/pieces/{piece}"), change).await.expect(200);
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await.expect(201);
    world.accept_components(2).await;
    let row = (Method::POST, world.path("/gateway/attempts/2/acceptance"), json!({}), own(200));
    check(&world, vec![row]).await;
    assert_eq!(world.state().await, "accepted");
}

/// What is not one's own is told exactly as what does not exist, whatever is asked for.
async fn a_strangers_answer_is_that_of_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", "ORG").await);
    let nothing = "01a20938-0000-7000-8000-000000000000";
    for (there, gone) in [
        (world.path(""), format!("/api/v1/showcases/{nothing}")),
        (world.path("/pieces"), format!("/api/v1/showcases/{nothing}/pieces")),
        (format!("/api/v1/pieces/{piece}"), format!("/api/v1/pieces/{nothing}")),
        (format!("/api/v1/pieces/{piece}/content"), format!("/api/v1/pieces/{nothing}/content")),
    ] {
        for person in [&world.other_provider, &world.other_apprentice, &world.other_assessor] {
            let mut hidden = person.get(&there).await.problem(404, "not_found");
            let mut absent = person.get(&gone).await.problem(404, "not_found");
            for answer in [&mut hidden, &mut absent] {
                answer.as_object_mut().unwrap().remove("request_id");
            }
            assert_eq!(hidden, absent, "{there}");
        }
    }
}

async fn lists_hold_ones_own(app: TestAppRef) {
    let world = World::new(&app).await;
    let second = world.another_showcase().await;
    let other = crate::support::world::enrolment("bob");
    let foreign = id(&world.other_provider.post("/api/v1/showcases", other).await.json(201));
    let own = vec![world.showcase.clone(), second.clone()];
    for (person, expected) in [
        (&world.admin, vec![world.showcase.clone(), second.clone(), foreign.clone()]),
        (&world.provider, own.clone()),
        (&world.apprentice, own.clone()),
        (&world.assessor, own.clone()),
        (&world.other_provider, vec![foreign.clone()]),
        (&world.other_apprentice, vec![foreign.clone()]),
        (&world.other_assessor, vec![]),
    ] {
        // One at a time, by the cursor, and all at once.
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = person.get(&format!("/api/v1/showcases?limit=1{next}")).await.json(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(id));
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, expected);
        let whole = person.get("/api/v1/showcases").await.json(200);
        assert_eq!(whole["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>(), expected);
        assert_eq!(whole["next"], Value::Null);
    }
}
