//! Any replica goes on where another left off; nothing of an upload is in the memory of one.

use futures_util::future::join_all;

use super::only_piece;
use crate::support::app::TestAppRef;
use crate::support::{World, both, files};

both!(requests_may_reach_any_replica, replicas_that_race_make_one_piece, a_replica_that_is_gone_holds_nothing);

async fn requests_may_reach_any_replica(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = app.replica().await;
    let clients = [world.apprentice.clone(), world.apprentice.at(&other)];
    let bytes = files::wav(9_000_001, 7);
    let upload = clients[0].open(&world.showcase, "call.wav", bytes.len()).await;
    let cuts = [0, 1, 100_000, 8_388_608, 8_388_609, 9_000_000, bytes.len()];
    for (turn, cut) in cuts.windows(2).enumerate() {
        let (here, there) = (&clients[turn % 2], &clients[(turn + 1) % 2]);
        assert_eq!(here.append(&upload, cut[0], &bytes[cut[0]..cut[1]]).await.moved(204), cut[1]);
        assert_eq!(there.offset(&upload).await, cut[1]);
    }
    only_piece(&app, &world, &bytes).await;
    other.stop().await;
}

async fn replicas_that_race_make_one_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = app.replica().await;
    let clients = [world.apprentice.clone(), world.apprentice.at(&other)];
    for round in 0..3 {
        let bytes = files::pdf(2, &format!("race {round}"));
        let upload = clients[0].open(&world.showcase, "a.pdf", bytes.len()).await;
        let middle = bytes.len() / 2;
        join_all((0..4).map(|turn| clients[turn % 2].append(&upload, 0, &bytes[..middle]))).await;
        let racing = join_all((0..4).map(|turn| clients[turn % 2].append(&upload, middle, &bytes[middle..]))).await;
        for answer in &racing {
            assert!([204, 409, 423].contains(&answer.status.as_u16()), "{answer:?}");
        }
        let last = clients[1].append(&upload, bytes.len(), b"").await;
        assert_eq!(last.moved(204), bytes.len());
        let piece = world.apprentice.piece_of(&last).await;
        only_piece(&app, &world, &bytes).await;
        world.apprentice.delete(&format!("/api/v1/pieces/{}", piece["id"].as_str().unwrap())).await.expect(204);
    }
    other.stop().await;
}

async fn a_replica_that_is_gone_holds_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = app.replica().await;
    let bytes = files::pdf(2, "gone");
    let upload = world.apprentice.at(&other).open(&world.showcase, "a.pdf", bytes.len()).await;
    world.apprentice.at(&other).append(&upload, 0, &bytes[..10]).await.expect(204);
    other.stop().await;
    assert_eq!(world.apprentice.append(&upload, 10, &bytes[10..]).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}
