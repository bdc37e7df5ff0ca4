//! Uploads that the state of the showcase refuses.

use super::{each_is_refused, refusal};
use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::held::Held;
use crate::support::still::Still;
use crate::support::{World, both, files};

both!(
    a_full_showcase,
    a_submitted_showcase,
    a_file_that_the_showcase_has,
    a_showcase_that_filled_up_meanwhile,
    a_showcase_that_was_submitted_meanwhile,
);

async fn a_full_showcase(app: TestAppRef) {
    let world = World::new(&app).await;
    let pieces = world.fill(20).await;
    let full = refusal(409, "showcase_full", "Withdraw one");
    let one_more = Upload::new("a.pdf", files::pdf(1, "the 21st"));
    each_is_refused(&app, &world, vec![("the 21st", one_more.clone(), full)]).await;
    world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&pieces[0]))).await.expect(204);
    let piece = world.apprentice.upload(&world.showcase, one_more).await.json(201);
    assert_eq!(piece["slot"], pieces[0]["slot"]);
}

async fn a_submitted_showcase(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let frozen = refusal(409, "showcase_frozen", "Wait for the assessor's decision");
    let late = Upload::new("a.pdf", files::pdf(1, "late"));
    each_is_refused(&app, &world, vec![("after submission", late.clone(), frozen)]).await;
    world.give_back(1).await;
    world.apprentice.upload(&world.showcase, late).await.expect(201);
}

async fn a_file_that_the_showcase_has(app: TestAppRef) {
    let world = World::new(&app).await;
    let there = world.piece("the same", "ORG").await;
    let before = Still::of(&app, &world).await;
    let upload = Upload::new("another name.pdf", files::pdf(3, "the same")).titled("Another title");
    let answer = world.provider.upload(&world.showcase, upload.clone()).await;
    let problem = refusal(409, "duplicate_in_showcase", "Claim further areas").is("the same file", answer);
    assert_eq!(problem["piece_id"], there["id"]);
    before.holds(&app, &world).await;
    world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&there))).await.expect(204);
    world.provider.upload(&world.showcase, upload).await.expect(201);
}

async fn a_showcase_that_filled_up_meanwhile(app: TestAppRef) {
    let world = World::new(&app).await;
    world.fill(19).await;
    let late = Upload::new("a.pdf", files::pdf(1, "slow"));
    let late = Held::begin(&app, &world.apprentice, &world.showcase, late).await;
    world.piece("the 20th", "").await;
    let answer = late.finish().await;
    refusal(409, "showcase_full", "Withdraw one").is("the slower one", answer);
    assert_eq!((world.pieces().await.len(), app.stored().await.len(), app.unsealed()), (20, 20, 0));
}

async fn a_showcase_that_was_submitted_meanwhile(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let late = Upload::new("a.pdf", files::pdf(1, "slow"));
    let late = Held::begin(&app, &world.apprentice, &world.showcase, late).await;
    world.provider.post(&world.path("/gateway/submissions"), serde_json::json!({})).await.expect(201);
    let answer = late.finish().await;
    refusal(409, "showcase_frozen", "Wait for the assessor's decision").is("the slower one", answer);
    // One piece and three documents.
    assert_eq!((world.pieces().await.len(), app.stored().await.len(), app.unsealed()), (1, 4, 0));
}
