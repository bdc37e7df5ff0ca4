//! Connections that die without a word, requests that race, answers that are lost.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::{fragments, only_piece};
use crate::support::app::TestAppRef;
use crate::support::raw::{answer, eventually, half_open};
use crate::support::{World, both, files};

both!(
    a_half_open_connection_is_taken_over,
    what_a_quiet_sender_sent_is_kept,
    reading_takes_no_lock,
    a_broken_connection_keeps_what_arrived,
    a_lost_last_answer_can_be_asked_for_again,
    racing_requests_are_one_piece,
    a_cancellation_ends_a_writer,
);

async fn a_half_open_connection_is_taken_over(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(10_000_000, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    let dead = half_open(&world.apprentice, &upload, 0, &bytes, 9_000_000).await;
    eventually("a whole segment is kept", async || world.apprentice.offset(&upload).await >= 8 << 20).await;
    let began = Instant::now();
    let offset = world.apprentice.offset(&upload).await;
    let mut last = world.apprentice.append(&upload, offset, &bytes[offset..]).await;
    if last.status == 409 {
        // In between, what the dead one had sent was kept.
        let offset = world.apprentice.offset(&upload).await;
        last = world.apprentice.append(&upload, offset, &bytes[offset..]).await;
    }
    assert_eq!(last.moved(204), bytes.len());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    only_piece(&app, &world, &bytes).await;
    // The old one is told, and changes nothing.
    assert_eq!(answer(dead).await.0, 423);
    only_piece(&app, &world, &bytes).await;
}

async fn what_a_quiet_sender_sent_is_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "quiet");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let mut quiet = half_open(&world.apprentice, &upload, 0, &bytes, 100).await;
    eventually("its bytes are kept", async || world.apprentice.offset(&upload).await == 100).await;
    quiet.write_all(&bytes[100..]).await.unwrap();
    let (status, _) = answer(quiet).await;
    assert_eq!(status, 204, "a pause is no end");
    only_piece(&app, &world, &bytes).await;
}

async fn reading_takes_no_lock(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "read");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let mut open = half_open(&world.apprentice, &upload, 0, &bytes, 10).await;
    for _ in 0..5 {
        let offset = world.apprentice.offset(&upload).await;
        assert!([0, 10].contains(&offset), "{offset}");
    }
    let _ = world.apprentice.append(&upload, 50, b"x").await.problem(409, "offset_mismatch");
    open.write_all(&bytes[10..]).await.unwrap();
    assert_eq!(answer(open).await.0, 204, "neither took it over");
    only_piece(&app, &world, &bytes).await;
}

async fn a_broken_connection_keeps_what_arrived(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(9_000_000, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    drop(half_open(&world.apprentice, &upload, 0, &bytes, 8_900_000).await);
    eventually("most of it is kept", async || world.apprentice.offset(&upload).await > 8_000_000).await;
    let mut offset = 0;
    eventually("it stands", async || {
        let before = offset;
        offset = world.apprentice.offset(&upload).await;
        before == offset
    })
    .await;
    let mut last = world.apprentice.append(&upload, offset, &bytes[offset..]).await;
    while last.status == 409 {
        offset = world.apprentice.offset(&upload).await;
        last = world.apprentice.append(&upload, offset, &bytes[offset..]).await;
    }
    assert_eq!(last.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}

async fn a_lost_last_answer_can_be_asked_for_again(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(2, "lost answer");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let last = world.apprentice.append(&upload, 0, &bytes).await;
    let piece = world.apprentice.piece_of(&last).await;
    for _ in 0..2 {
        let standing = world.apprentice.standing(&upload).await;
        assert_eq!(standing.moved(200), bytes.len());
        assert_eq!(standing.header("piece-location"), last.header("piece-location"));
        let empty = world.apprentice.append(&upload, bytes.len(), b"").await;
        assert_eq!(empty.moved(204), bytes.len());
        assert_eq!(world.apprentice.piece_of(&empty).await, piece);
    }
    only_piece(&app, &world, &bytes).await;
}

async fn racing_requests_are_one_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(9_000_000, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    let racing = (0..6).map(|_| world.apprentice.append(&upload, 0, &bytes));
    for answer in futures_util::future::join_all(racing).await {
        assert!([204, 409, 423].contains(&answer.status.as_u16()), "{answer:?}");
    }
    let mut last = world.apprentice.standing(&upload).await;
    for _ in 0..20 {
        if !last.header("piece-location").is_empty() {
            break;
        }
        let offset = world.apprentice.offset(&upload).await;
        last = world.apprentice.append(&upload, offset, &bytes[offset..]).await;
    }
    only_piece(&app, &world, &bytes).await;
}

async fn a_cancellation_ends_a_writer(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(10_000_000, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    let mut writer = half_open(&world.apprentice, &upload, 0, &bytes, 9_000_000).await;
    eventually("a segment is kept", async || world.apprentice.offset(&upload).await > 0).await;
    world.apprentice.cancel(&upload).await.expect(204);
    writer.write_all(&bytes[9_000_000..]).await.ok();
    assert_eq!(answer(writer).await.0, 410);
    assert_eq!(world.apprentice.standing(&upload).await.status, 410);
    assert_eq!((world.pieces().await.len(), app.stored().await.len(), app.unsealed()), (0, 0, 0));
    eventually("its bytes are gone", async || fragments(&app).await == 0).await;
}
