//! The same upload sent twice with one `Idempotency-Key` is one piece.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::held::Held;
use crate::support::still::Still;
use crate::support::{World, both, files};

both!(
    the_same_upload_is_the_same_piece,
    a_repeated_upload_is_answered_with_what_was_recorded,
    a_full_showcase_still_knows_its_keys,
    a_submitted_showcase_still_knows_its_keys,
    other_bytes_need_another_key,
    another_showcase_needs_another_key,
    a_withdrawn_piece_does_not_come_back,
    eight_at_once_are_one_piece,
    a_slow_twin_answers_the_faster_ones_piece,
    a_slow_twin_in_another_showcase_is_refused,
    two_showcases_at_once_with_one_key,
    keys_belong_to_people,
);

fn upload(marker: &str) -> Upload {
    Upload::new("a.pdf", files::pdf(1, marker)).key("key-1")
}

async fn the_same_upload_is_the_same_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.apprentice.upload(&world.showcase, upload("same")).await;
    let location = first.header("location").to_owned();
    let first = first.json(201);
    let before = Still::of(&app, &world).await;
    for _ in 0..3 {
        let again = world.apprentice.upload(&world.showcase, upload("same")).await;
        assert_eq!(again.header("location"), location);
        assert_eq!(again.json(201), first);
        before.holds(&app, &world).await;
    }
    assert_eq!(app.stored().await.len(), 1);
}

async fn a_repeated_upload_is_answered_with_what_was_recorded(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.apprentice.upload(&world.showcase, upload("same").with("claims", "ORG")).await.json(201);
    let before = Still::of(&app, &world).await;
    let other = upload("same").titled("Another title").with("claims", "FBK,TEA");
    assert_eq!(world.apprentice.upload(&world.showcase, other).await.json(201), first);
    before.holds(&app, &world).await;
    let path = format!("/api/v1/pieces/{}", id(&first));
    let changed = world.apprentice.patch(&path, json!({"title": "Changed", "claims": ["REG"]})).await.json(200);
    assert_eq!(world.apprentice.upload(&world.showcase, upload("same")).await.json(201), changed);
}

async fn a_full_showcase_still_knows_its_keys(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.apprentice.upload(&world.showcase, upload("same")).await.json(201);
    world.fill(19).await;
    let before = Still::of(&app, &world).await;
    assert_eq!(world.apprentice.upload(&world.showcase, upload("same")).await.json(201), first);
    world.apprentice.upload(&world.showcase, upload("same").key("key-2")).await.problem(409, "showcase_full");
    before.holds(&app, &world).await;
}

async fn a_submitted_showcase_still_knows_its_keys(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.apprentice.upload(&world.showcase, upload("same")).await.json(201);
    world.submitted().await;
    let before = Still::of(&app, &world).await;
    assert_eq!(world.apprentice.upload(&world.showcase, upload("same")).await.json(201), first);
    world.apprentice.upload(&world.showcase, upload("same").key("key-2")).await.problem(409, "showcase_frozen");
    before.holds(&app, &world).await;
}

async fn other_bytes_need_another_key(app: TestAppRef) {
    let world = World::new(&app).await;
    world.apprentice.upload(&world.showcase, upload("one")).await.expect(201);
    let before = Still::of(&app, &world).await;
    world.apprentice.upload(&world.showcase, upload("other")).await.problem(422, "idempotency_key_reused");
    before.holds(&app, &world).await;
    world.apprentice.upload(&world.showcase, upload("other").key("key-2")).await.expect(201);
}

async fn another_showcase_needs_another_key(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = world.another_showcase().await;
    world.apprentice.upload(&world.showcase, upload("same")).await.expect(201);
    let before = Still::of(&app, &world).await;
    world.apprentice.upload(&other, upload("same")).await.problem(422, "idempotency_key_reused");
    before.holds(&app, &world).await;
    world.apprentice.upload(&other, upload("same").key("key-2")).await.expect(201);
}

async fn a_withdrawn_piece_does_not_come_back(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.apprentice.upload(&world.showcase, upload("same")).await.json(201));
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.expect(204);
    let before = Still::of(&app, &world).await;
    let problem = world.apprentice.upload(&world.showcase, upload("same")).await.problem(409, "piece_withdrawn");
    assert_eq!(problem["piece_id"], piece);
    assert!(problem["detail"].as_str().expect("a detail").contains("Use a new key"));
    before.holds(&app, &world).await;
    world.apprentice.upload(&world.showcase, upload("same").key("key-2")).await.expect(201);
}

async fn eight_at_once_are_one_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let answers = join_all((0..8).map(|_| world.apprentice.upload(&world.showcase, upload("same")))).await;
    let pieces: Vec<_> = answers.into_iter().map(|answer| answer.json(201)).collect();
    assert!(pieces.iter().all(|piece| *piece == pieces[0]), "{pieces:#?}");
    assert_eq!((world.pieces().await.len(), app.stored().await.len(), app.unsealed()), (1, 1, 0));
}

async fn a_slow_twin_answers_the_faster_ones_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let slow = Held::begin(&app, &world.apprentice, &world.showcase, upload("same")).await;
    let slow_other = Held::begin(&app, &world.apprentice, &world.showcase, upload("other")).await;
    let piece = world.apprentice.upload(&world.showcase, upload("same")).await.json(201);
    // Even a submission in between changes nothing: the upload was done.
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await.expect(201);
    let before = (app.stored().await, world.pieces().await);
    assert_eq!(slow.finish().await.json(201), piece);
    slow_other.finish().await.problem(422, "idempotency_key_reused");
    assert_eq!((app.stored().await, world.pieces().await, app.unsealed()), (before.0, before.1, 0));
}

async fn a_slow_twin_in_another_showcase_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = world.another_showcase().await;
    let slow = Held::begin(&app, &world.apprentice, &other, upload("same")).await;
    world.apprentice.upload(&world.showcase, upload("same")).await.expect(201);
    slow.finish().await.problem(422, "idempotency_key_reused");
    let list = world.provider.get(&format!("/api/v1/showcases/{other}/pieces")).await.json(200);
    assert_eq!(list["items"], json!([]));
    assert_eq!((app.stored().await.len(), app.unsealed()), (1, 0));
}

async fn two_showcases_at_once_with_one_key(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut showcases = vec![world.showcase.clone()];
    for _ in 0..5 {
        showcases.push(world.another_showcase().await);
    }
    let answers = join_all(showcases.iter().map(|showcase| world.apprentice.upload(showcase, upload("same")))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(taken.len(), 1, "one showcase has the piece");
    for answer in refused {
        answer.problem(422, "idempotency_key_reused");
    }
    assert_eq!((app.stored().await.len(), app.unsealed()), (1, 0));
}

async fn keys_belong_to_people(app: TestAppRef) {
    let world = World::new(&app).await;
    let own = world.apprentice.upload(&world.showcase, upload("one")).await.json(201);
    let theirs = world.provider.upload(&world.showcase, upload("other")).await.json(201);
    assert_ne!(own["id"], theirs["id"]);
    world.provider.upload(&world.showcase, upload("one")).await.problem(422, "idempotency_key_reused");
    assert_eq!((world.pieces().await.len(), app.stored().await.len()), (2, 2));
}
