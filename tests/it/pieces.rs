//! A piece, from upload to withdrawal.

mod changes;
mod formats;
mod lists;
mod withdrawal;

use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::{World, both, files};

both!(a_pdf_becomes_a_piece, a_large_recording_becomes_a_piece);

async fn a_pdf_becomes_a_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(3, "a letter");
    let upload = Upload::new("Letter of thanks.PDF", bytes.clone()).with("claims", "ORG, FBK").with("title", "Letter");
    let answer = world.apprentice.upload(&world.showcase, upload).await;
    let location = answer.header("location").to_owned();
    let piece = answer.json(201);
    assert_eq!(location, format!("/api/v1/pieces/{}", id(&piece)));
    assert_eq!(piece["sha256"], files::sha256(&bytes));
    assert_eq!(piece["bytes"], bytes.len());
    assert_eq!(piece["media_type"], "application/pdf");
    assert_eq!(piece["pages"], 3);
    assert_eq!(piece["slot"], 1);
    assert_eq!(piece["claims"], json!(["ORG", "FBK"]));
    assert_eq!(piece["receipt"], json!(null));
    let content = world.provider.get(&format!("{location}/content")).await;
    content.expect(200);
    assert_eq!(content.body, bytes);
    assert_eq!(app.stored().await.len(), 1);
}

async fn a_large_recording_becomes_a_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    // Three parts on S3, and a length that is no multiple of anything.
    let bytes = files::wav(20_000_003, 7);
    let piece = world.apprentice.upload(&world.showcase, Upload::new("call.wav", bytes.clone())).await.json(201);
    assert_eq!(piece["sha256"], files::sha256(&bytes));
    assert_eq!(piece["media_type"], "audio/wav");
    let content = world.apprentice.get(&format!("/api/v1/pieces/{}/content", id(&piece))).await;
    content.expect(200);
    assert_eq!(files::sha256(&content.body), files::sha256(&bytes));
    assert_eq!(app.unsealed(), 0);
}
