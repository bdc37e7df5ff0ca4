//! Many at once: whatever the order, slots, digests and snapshots stay right.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::{Answer, World, both, files};

both!(
    thirty_uploads_into_the_last_five_slots,
    two_replicas_share_the_slots,
    ten_uploads_of_the_same_bytes,
    uploads_racing_with_a_submission,
    changes_of_different_fields_are_all_kept,
    withdrawals_and_uploads_share_the_slots,
);

fn note(number: usize) -> Upload {
    Upload::new("note.pdf", files::pdf(1, &format!("upload {number}")))
}

/// The pieces that were taken, and how many uploads were refused; all refusals have this code.
fn sorted(answers: Vec<Answer>, status: u16, code: &str) -> (Vec<Value>, usize) {
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    let count = refused.len();
    for answer in refused {
        answer.problem(status, code);
    }
    (taken.into_iter().map(|answer| answer.json(201)).collect(), count)
}

/// Makes sure that the showcase is full, each slot taken once and each piece with its object and no other.
async fn is_full(app: &TestAppRef, world: &World) {
    let pieces = world.pieces().await;
    let slots: Vec<_> = pieces.iter().map(|piece| piece["slot"].as_u64().expect("a slot")).collect();
    assert_eq!(slots, (1..=20).collect::<Vec<_>>());
    let stored: BTreeSet<_> = app.stored().await.iter().map(|key| key.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(stored, pieces.iter().map(id).collect());
    assert_eq!(app.unsealed(), 0);
}

async fn thirty_uploads_into_the_last_five_slots(app: TestAppRef) {
    let world = World::new(&app).await;
    world.fill(15).await;
    let uploads = (0..30).map(|number| world.apprentice.upload(&world.showcase, note(number)));
    let (taken, refused) = sorted(join_all(uploads).await, 409, "showcase_full");
    assert_eq!((taken.len(), refused), (5, 25));
    is_full(&app, &world).await;
}

async fn two_replicas_share_the_slots(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = app.replica().await;
    let clients = [world.apprentice.clone(), world.apprentice.at(&other)];
    let uploads = (0..30).map(|number| clients[number % 2].upload(&world.showcase, note(number)));
    let (taken, refused) = sorted(join_all(uploads).await, 409, "showcase_full");
    assert_eq!((taken.len(), refused), (20, 10));
    is_full(&app, &world).await;
    for piece in taken {
        // What one replica took, the other serves.
        let path = format!("/api/v1/pieces/{}/content", id(&piece));
        let content = [world.provider.get(&path).await, world.provider.at(&other).get(&path).await];
        assert_eq!(content[0].body, content[1].body);
        assert_eq!(files::sha256(&content[0].body), piece["sha256"]);
    }
    other.stop().await;
}

async fn ten_uploads_of_the_same_bytes(app: TestAppRef) {
    let world = World::new(&app).await;
    let people = [&world.apprentice, &world.provider];
    let uploads = (0..10).map(|number| people[number % 2].upload(&world.showcase, note(0)));
    let answers = join_all(uploads).await;
    let named: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 409)
        .map(|answer| -> Value { serde_json::from_slice(&answer.body).unwrap() })
        .collect();
    let (taken, refused) = sorted(answers, 409, "duplicate_in_showcase");
    assert_eq!((taken.len(), refused), (1, 9));
    assert!(named.iter().all(|problem| problem["piece_id"] == taken[0]["id"]), "{named:?}");
    assert_eq!((world.pieces().await.len(), app.stored().await.len(), app.unsealed()), (1, 1, 0));
}

async fn uploads_racing_with_a_submission(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let victim = id(&world.piece("to be withdrawn", "").await);
    let path = format!("/api/v1/pieces/{victim}");
    let submission = world.path("/gateway/submissions");
    let uploads = join_all((0..8).map(|number| world.apprentice.upload(&world.showcase, note(number))));
    let (uploads, (submitted, withdrawn)) =
        join(uploads, join(world.provider.post(&submission, json!({})), world.apprentice.delete(&path))).await;
    let attempt = submitted.json(201);
    let (taken, _) = sorted(uploads, 409, "showcase_frozen");
    let is_withdrawn = withdrawn.status == 204;
    if !is_withdrawn {
        withdrawn.problem(409, "showcase_frozen");
    }

    let snapshot: Value = serde_json::from_str(attempt["snapshot"].as_str().expect("a snapshot")).expect("JSON");
    let frozen: BTreeSet<_> = snapshot["pieces"]
        .as_array()
        .expect("pieces")
        .iter()
        .map(|piece| (id(piece), piece["sha256"].clone().to_string()))
        .collect();
    let pieces = world.pieces().await;
    let live: BTreeSet<_> = pieces.iter().map(|piece| (id(piece), piece["sha256"].to_string())).collect();
    assert_eq!(frozen, live, "what was submitted is what is there");
    let ids: BTreeSet<_> = pieces.iter().map(id).collect();
    assert!(taken.iter().all(|piece| ids.contains(&id(piece))), "what was acknowledged is there");
    assert_eq!(pieces.len(), taken.len() + 2 - usize::from(is_withdrawn));
    // Three gateway documents beside the pieces.
    assert_eq!((app.stored().await.len(), app.unsealed()), (pieces.len() + 3, 0));
}

async fn changes_of_different_fields_are_all_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = format!("/api/v1/pieces/{}", id(&world.piece("changed by many", "").await));
    let fields = ["title", "context", "ai_use", "author_name", "author_role", "author_relation"];
    for round in 0..3 {
        let value = format!("round {round}");
        let changes = fields.iter().map(|field| world.apprentice.patch(&path, json!({ *field: value })));
        for answer in join_all(changes).await {
            answer.expect(200);
        }
        let piece = world.apprentice.get(&path).await.json(200);
        for field in fields {
            assert_eq!(piece[field], value, "{field} was changed and lost");
        }
    }
}

async fn withdrawals_and_uploads_share_the_slots(app: TestAppRef) {
    let world = World::new(&app).await;
    let paths: Vec<_> = world.fill(20).await.iter().map(|piece| format!("/api/v1/pieces/{}", id(piece))).collect();
    let withdrawals = join_all(paths.iter().take(6).map(|path| world.apprentice.delete(path)));
    let uploads = join_all((0..12).map(|number| world.apprentice.upload(&world.showcase, note(number))));
    let (withdrawals, uploads) = join(withdrawals, uploads).await;
    for answer in withdrawals {
        answer.expect(204);
    }
    let (taken, _) = sorted(uploads, 409, "showcase_full");
    // Whatever slots the race left free, the next uploads get, and not one more.
    for number in taken.len()..6 {
        world.apprentice.upload(&world.showcase, note(100 + number)).await.expect(201);
    }
    world.apprentice.upload(&world.showcase, note(200)).await.problem(409, "showcase_full");
    is_full(&app, &world).await;
}
