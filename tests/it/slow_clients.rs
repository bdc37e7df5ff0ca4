//! Clients that go away, stand still, talk on after a refusal, or come all at once.

use std::time::{Duration, Instant};

use exhibit::config::Settings;
use exhibit::records::showcases;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::support::app::TestAppRef;
use crate::support::client::{Answer, Upload, id};
use crate::support::raw::{Raw, answer, eventually};
use crate::support::{Client, World, both, files};

both!(
    a_closed_connection_leaves_nothing,
    a_reset_connection_leaves_nothing,
    an_upload_that_arrived_is_taken_though_nobody_waits,
);
both!(with stalls_soon: a_client_that_stands_still_is_told_so);
both!(with takes_little: a_refusal_is_heard_while_the_client_still_sends);
both!(with has_little_memory: sixty_slow_uploads_share_the_budget);

async fn pieces(world: &World) -> Vec<Value> {
    let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
    listed["items"].as_array().unwrap().clone()
}

/// Makes sure that there is no piece and no byte of one, and that the first slot is free.
async fn nothing_was_kept(app: &TestAppRef, world: &World) {
    eventually("nothing is left unsealed", async || app.unsealed() == 0).await;
    assert_eq!(app.stored().await, Vec::<String>::new());
    assert_eq!(pieces(world).await, Vec::<Value>::new());
    assert_eq!(world.piece("the next one", "ORG").await["slot"], 1);
}

/// Two of three parts, as S3 counts, have arrived when this client goes.
async fn gone_in_mid_file(app: &TestAppRef, go: impl AsyncFnOnce(TcpStream)) {
    let world = World::new(app).await;
    let raw = Raw::new(&world.apprentice, &world.showcase, &Upload::new("call.wav", files::wav(20_000_000, 1)));
    let socket = raw.begin(raw.file.start + 17_000_000).await;
    eventually("bytes have arrived", async || app.unsealed() > 0).await;
    go(socket).await;
    nothing_was_kept(app, &world).await;
}

async fn a_closed_connection_leaves_nothing(app: TestAppRef) {
    gone_in_mid_file(&app, async |socket| drop(socket)).await;
}

async fn a_reset_connection_leaves_nothing(app: TestAppRef) {
    gone_in_mid_file(&app, async |socket| socket.set_zero_linger().unwrap()).await;
}

/// The test holds the showcase's row, so that the upload waits just before it is recorded when its client goes.
async fn an_upload_that_arrived_is_taken_though_nobody_waits(app: TestAppRef) {
    let world = World::new(&app).await;
    world.apprentice.get("/api/v1/me").await.expect(200);
    let upload = Upload::new("letter.pdf", files::pdf(2, "arrived")).key("arrived");
    let raw = Raw::new(&world.apprentice, &world.showcase, &upload);
    let mut held = app.app.db.write().await.unwrap();
    showcases::lock(&mut held, world.showcase.parse().unwrap()).await.unwrap();
    let socket = raw.begin(raw.len()).await;
    eventually("the object is sealed", async || app.stored().await.len() == 1).await;
    socket.set_zero_linger().unwrap();
    drop(socket);
    drop(held);
    eventually("the piece is recorded", async || pieces(&world).await.len() == 1).await;
    let recorded = pieces(&world).await;
    let again = world.apprentice.upload(&world.showcase, upload).await.json(201);
    assert_eq!(again["id"], recorded[0]["id"]);
    assert_eq!(pieces(&world).await.len(), 1);
    eventually("one object is there", async || app.stored().await.len() == 1).await;
}

fn stalls_soon(settings: &mut Settings) {
    settings.uploads.stall_s = 1;
}

async fn a_client_that_stands_still_is_told_so(app: TestAppRef) {
    let world = World::new(&app).await;
    let raw = Raw::new(&world.apprentice, &world.showcase, &Upload::new("call.wav", files::wav(9_000_000, 1)));
    let began = Instant::now();
    // In the middle of the file, before it, and in the fields behind it; all at the same time.
    let ends = [raw.file.start + 8_600_000, raw.file.start - 10, raw.file.end + 3, raw.len() - 20, raw.len() - 3];
    let raw = &raw;
    let told = ends.map(|end| async move { (end, answer(raw.begin(end).await).await) });
    for (end, (status, body)) in futures_util::future::join_all(told).await {
        assert_eq!(status, 408, "after {end} bytes: {body}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["code"], "upload_stalled");
    }
    assert!(began.elapsed() < Duration::from_secs(10), "a client that stands still is not drained");
    nothing_was_kept(&app, &world).await;
}

fn takes_little(settings: &mut Settings) {
    settings.uploads.max_bytes = 1_000_000;
    settings.uploads.max_recording_bytes = 1_000_000;
}

async fn a_refusal_is_heard_while_the_client_still_sends(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = |bytes: usize| Upload::new("call.wav", files::wav(bytes, 1));
    let _ = world.apprentice.upload(&world.showcase, upload(30_000_000)).await.problem(413, "too_large");
    let _ = world.nobody.upload(&world.showcase, upload(20_000_000)).await.problem(401, "unauthenticated");
    let _ = world.other_apprentice.upload(&world.showcase, upload(20_000_000)).await.problem(404, "not_found");
    // Still more than the sockets' buffers hold.
    let _ = world.assessor.upload(&world.showcase, upload(12_000_000)).await.problem(403, "forbidden");
    for showcase in ["00000000-0000-7000-8000-000000000000", "no-id"] {
        let _ = world.apprentice.upload(showcase, upload(12_000_000)).await.problem(404, "not_found");
    }
    let document = |person: &Client| {
        let (person, showcase) = (person.clone(), world.showcase.clone());
        async move { person.upload_document(&showcase, "gateway_form", "form.wav", files::wav(12_000_000, 1)).await }
    };
    let _ = document(&world.provider).await.problem(413, "too_large");
    let _ = document(&world.nobody).await.problem(401, "unauthenticated");
    let _ = document(&world.other_provider).await.problem(404, "not_found");
    // Where there is no upload at all, and where the body is of no kind that is read.
    let elsewhere = world.apprentice.request(reqwest::Method::POST, "/api/v1/nowhere").body(vec![7; 12_000_000]);
    let _ = Answer::of(elsewhere).await.problem(404, "not_found");
    let octets = |bytes: usize| {
        world
            .apprentice
            .request(reqwest::Method::POST, &world.path("/pieces"))
            .header("content-type", "application/octet-stream")
            .body(vec![7; bytes])
    };
    let _ = Answer::of(octets(12_000_000)).await.problem(413, "too_large");
    let _ = Answer::of(octets(1_500_000)).await.problem(415, "unsupported_media_type");
    let json = world.provider.request(reqwest::Method::POST, "/api/v1/showcases").json(&json!("x".repeat(12_000_000)));
    let _ = Answer::of(json).await.problem(413, "too_large");
    nothing_was_kept(&app, &world).await;
}

/// The smallest budget: fewer blocks of memory than there are uploads.
fn has_little_memory(settings: &mut Settings) {
    settings.uploads.budget_mib = 4;
}

async fn sixty_slow_uploads_share_the_budget(app: TestAppRef) {
    let world = World::new(&app).await;
    let showcases = [world.showcase.clone(), world.another_showcase().await, world.another_showcase().await];
    let uploads: Vec<Raw> = (0..60)
        .map(|number| {
            let upload = Upload::new("letter.pdf", files::pdf(2, &number.to_string()));
            Raw::new(&world.apprentice, &showcases[number % 3], &upload)
        })
        .collect();
    let mut sockets = Vec::new();
    for raw in &uploads {
        sockets.push(raw.begin(raw.file.start + 100).await);
    }
    // What is received can be seen on disk only: S3's spool has no names.
    if app.store.is_none() {
        eventually("all are received", async || app.unsealed() == 60).await;
    }
    let ends = uploads.iter().zip(sockets).map(|(raw, socket)| raw.end(socket, raw.file.start + 100));
    for (status, body) in futures_util::future::join_all(ends).await {
        assert_eq!(status, 201, "{body}");
    }
    let mut slots = Vec::new();
    for showcase in &showcases {
        let listed = world.apprentice.get(&format!("/api/v1/showcases/{showcase}/pieces")).await.json(200);
        slots.extend(listed["items"].as_array().unwrap().iter().map(|piece| (id(piece), piece["slot"].clone())));
    }
    assert_eq!(slots.len(), 60);
    assert_eq!(app.stored().await.len(), 60);
    assert_eq!(app.unsealed(), 0);
}
