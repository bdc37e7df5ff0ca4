//! The program is killed at each step of an upload and started again: its sender goes on where the offset stands, and
//! gets one piece. Without fail points nothing would be killed, so the tests are not there then.
#![cfg(feature = "failpoints")]

use serde_json::json;

use super::only_piece;
use crate::support::app::TestAppRef;
use crate::support::process::{self, Program, Start};
use crate::support::{Answer, World, both, files};

both!(
    killed_when_flushed,
    killed_when_moved,
    killed_when_moved_again,
    killed_when_whole,
    killed_when_examined,
    killed_when_sealed,
    killed_when_recorded,
    killed_when_committed,
    killed_when_cancelled,
);

async fn killed_when_flushed(app: TestAppRef) {
    killed_at("upload-flushed=return", 0, &app).await;
}

async fn killed_when_moved(app: TestAppRef) {
    killed_at("upload-moved=return", 8 << 20, &app).await;
}

async fn killed_when_moved_again(app: TestAppRef) {
    // On disk it moves with every part, in S3 with the first and then with the rest.
    let moves = if app.store.is_some() { 1 } else { 3 };
    killed_at(&format!("upload-moved={moves}*off->return"), LEN, &app).await;
}

async fn killed_when_whole(app: TestAppRef) {
    killed_at("upload-whole=return", LEN, &app).await;
}

async fn killed_when_examined(app: TestAppRef) {
    killed_at("examined=return", LEN, &app).await;
}

async fn killed_when_sealed(app: TestAppRef) {
    killed_at("sealed=return", LEN, &app).await;
}

async fn killed_when_recorded(app: TestAppRef) {
    killed_at("recorded=return", LEN, &app).await;
}

async fn killed_when_committed(app: TestAppRef) {
    killed_at("committed=return", LEN, &app).await;
}

/// Four parts.
const LEN: usize = 26_000_000;

async fn serve(app: &TestAppRef, failpoints: &str) -> Program {
    Program::serve(&app.settings, app.folder.path(), Start { failpoints, ..Start::default() }).await
}

async fn sweep(app: &TestAppRef) {
    process::run(&app.settings, app.folder.path(), &["sweep", "--older-than", "0"]).await;
}

/// Kills the program there, and makes sure that `durable` bytes need not be sent again.
async fn killed_at(failpoints: &str, durable: usize, app: &TestAppRef) {
    let world = World::new(app).await;
    let program = serve(app, failpoints).await;
    let client = world.apprentice.through(&program.address);
    let bytes = files::wav(LEN, 1);
    let upload = client.open(&world.showcase, "call.wav", LEN).await;
    let answer = Answer::tried(client.appending(&upload, 0, &bytes)).await;
    assert!(answer.is_err(), "{answer:?}");
    program.killed().await;
    sweep(app).await;

    let program = serve(app, "").await;
    let client = world.apprentice.through(&program.address);
    let standing = client.standing(&upload).await;
    let offset = standing.moved(200);
    assert_eq!(offset, durable);
    let last = if offset == LEN { standing } else { client.append(&upload, offset, &bytes[offset..]).await };
    assert_eq!(client.piece_of(&last).await["sha256"], files::sha256(&bytes));
    let again = client.append(&upload, LEN, b"").await;
    assert_eq!(again.header("piece-location"), last.header("piece-location"));
    program.stop().await;
    sweep(app).await;
    let unsealed_there = app.store.as_ref().map_or(0, |store| store.unfinished());
    if unsealed_there == 0 {
        only_piece(app, &world, &bytes).await;
    } else {
        // What an S3 server keeps of an upload that was never completed, ours cannot list.
        assert_eq!((world.pieces().await.len(), app.stored().await.len()), (1, 1));
    }
}

async fn killed_when_cancelled(app: TestAppRef) {
    let world = World::new(&app).await;
    let program = serve(&app, "upload-cancelled=return").await;
    let client = world.apprentice.through(&program.address);
    let upload = client.open(&world.showcase, "a.txt", 20).await;
    client.append(&upload, 0, b"0123456789").await.expect(204);
    let answer = client.try_cancel(&upload).await;
    assert!(answer.is_err(), "{answer:?}");
    program.killed().await;
    assert_eq!(super::fragments(&app).await, 1);
    let swept = process::run(&app.settings, app.folder.path(), &["sweep", "--older-than", "0"]).await;
    let swept: serde_json::Value = serde_json::from_str(&swept).unwrap();
    assert_eq!(swept, json!({"unsealed": 0, "objects": 0, "uploads": 1}));
    assert_eq!(super::fragments(&app).await, 0);
    assert_eq!(world.apprentice.standing(&upload).await.status, 410);
}
