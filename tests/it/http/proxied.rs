//! Behind nginx with the configuration that is shipped: nothing of what the service says or keeps is lost on the way.

use exhibit::config::Settings;
use reqwest::Method;

use crate::support::app::TestAppRef;
use crate::support::client::{Answer, Upload};
use crate::support::nginx::Nginx;
use crate::support::raw::{answer, eventually, half_open};
use crate::support::still::Still;
use crate::support::tus::{UPLOADS, metadata};
use crate::support::{World, both, files};

both!(what_arrived_is_kept_before_the_rest_comes, large_uploads_pass, the_inside_stays_inside);
both!(with takes_little: refusals_are_heard_while_the_client_still_sends);

fn takes_little(settings: &mut Settings) {
    settings.uploads.max_bytes = 1_000_000;
    settings.uploads.max_recording_bytes = 1_000_000;
}

fn before(app: &TestAppRef) -> Nginx {
    Nginx::before(&[app.address.trim_start_matches("http://").to_owned()])
}

async fn what_arrived_is_kept_before_the_rest_comes(app: TestAppRef) {
    let (world, nginx) = (World::new(&app).await, before(&app));
    let client = world.apprentice.through(&nginx.address);
    let bytes = files::pdf(2, "proxied");
    let upload = client.open(&world.showcase, "a.pdf", bytes.len()).await;
    assert!(upload.starts_with(UPLOADS), "{upload} is relative");
    let quiet = half_open(&client, &upload, 0, &bytes, 100).await;
    eventually("its bytes are kept", async || client.offset(&upload).await == 100).await;
    // Whoever comes next takes it over, and the one before is told.
    assert_eq!(client.append(&upload, 100, &bytes[100..]).await.moved(204), bytes.len());
    assert_eq!(answer(quiet).await.0, 423);
    let metadata = metadata(&world.showcase, "a.pdf", &[]);
    assert_eq!(client.standing(&upload).await.header("upload-metadata"), metadata);
    assert_eq!(world.pieces().await.len(), 1);
}

async fn large_uploads_pass(app: TestAppRef) {
    let (world, nginx) = (World::new(&app).await, before(&app));
    let client = world.apprentice.through(&nginx.address);
    let bytes = files::wav(20_000_000, 5);
    let piece = client.upload(&world.showcase, Upload::new("call.wav", bytes.clone())).await.json(201);
    assert_eq!(piece["sha256"], files::sha256(&bytes));
    let content = client.get(&format!("/api/v1/pieces/{}/content", piece["id"].as_str().unwrap())).await;
    assert!(content.body == bytes, "other bytes come back");
}

async fn the_inside_stays_inside(app: TestAppRef) {
    let (world, nginx) = (World::new(&app).await, before(&app));
    assert_eq!(world.nobody.get("/metrics").await.status, 200);
    assert_eq!(world.nobody.through(&nginx.address).get("/metrics").await.status, 404);
    assert_eq!(world.nobody.through(&nginx.address).get("/health/live").await.status, 200);
}

async fn refusals_are_heard_while_the_client_still_sends(app: TestAppRef) {
    let (world, nginx) = (World::new(&app).await, before(&app));
    let before = Still::of(&app, &world).await;
    let client = world.apprentice.through(&nginx.address);
    let upload = || Upload::new("call.wav", files::wav(20_000_000, 1));
    let _ = client.upload(&world.showcase, upload()).await.problem(413, "too_large");
    let nobody = world.nobody.through(&nginx.address);
    let _ = nobody.upload(&world.showcase, upload()).await.problem(401, "unauthenticated");
    let opened = client.open(&world.showcase, "call.wav", 1_000_000).await;
    let longer = client.append(&opened, 0, &files::wav(20_000_000, 1)).await;
    let _ = longer.problem(413, "length_exceeded");
    let elsewhere = client.tus(Method::PATCH, UPLOADS).body(vec![7; 12_000_000]);
    let _ = Answer::of(elsewhere).await.problem(405, "method_not_allowed");
    before.holds(&app, &world).await;
}
