//! The same content in two showcases: taken, and flagged to their assessors only. A flag, never a verdict.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::{Client, World, both, files};

both!(
    the_same_content_elsewhere_is_flagged_to_assessors,
    a_withdrawn_piece_stays_flagged,
    content_of_its_own_is_not_flagged,
    uploads_at_once_are_all_flagged,
);

fn copy() -> Upload {
    Upload::new("copied.pdf", files::pdf(1, "copied"))
}

/// A showcase of another provider's apprentice with an assessor of its own, and the copied piece in it.
async fn elsewhere(world: &World) -> (String, Value) {
    let body = crate::support::world::enrolment("bob");
    let showcase = id(&world.other_provider.post("/api/v1/showcases", body).await.json(201));
    let path = format!("/api/v1/showcases/{showcase}/assessor");
    world.admin.put(&path, json!({"user_id": world.other_assessor.id})).await.expect(200);
    let piece = world.other_apprentice.upload(&showcase, copy()).await.json(201);
    (showcase, piece)
}

/// What a person is told of a piece's duplicates; the list and the single piece tell the same.
async fn told(client: &Client, piece: &Value) -> Option<Value> {
    let single = client.get(&format!("/api/v1/pieces/{}", id(piece))).await.json(200);
    let showcase = piece["showcase_id"].as_str().expect("a showcase");
    let list = client.get(&format!("/api/v1/showcases/{showcase}/pieces")).await.json(200);
    let listed = list["items"].as_array().expect("a list").iter().find(|listed| listed["id"] == piece["id"]);
    assert_eq!(listed, Some(&single));
    single.get("duplicates").cloned()
}

async fn the_same_content_elsewhere_is_flagged_to_assessors(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.apprentice.upload(&world.showcase, copy()).await.json(201);
    let (showcase, second) = elsewhere(&world).await;
    assert_eq!(app.stored().await.len(), 2, "each showcase keeps an object of its own");
    for (assessor, piece, other, other_showcase) in
        [(&world.assessor, &first, &second, &showcase), (&world.other_assessor, &second, &first, &world.showcase)]
    {
        let told = told(assessor, piece).await.expect("assessors are told");
        let [flag] = told.as_array().expect("a list").as_slice() else { panic!("one flag: {told}") };
        assert_eq!((&flag["piece_id"], &flag["showcase_id"]), (&other["id"], &json!(other_showcase)));
        assert!(flag["found_at"].is_string(), "{flag}");
        // The flag opens nothing: the other showcase is still not theirs to see.
        assessor.get(&format!("/api/v1/pieces/{}", id(other))).await.problem(404, "not_found");
    }
    for (client, piece) in [
        (&world.apprentice, &first),
        (&world.provider, &first),
        (&world.admin, &first),
        (&world.other_apprentice, &second),
        (&world.other_provider, &second),
        (&world.admin, &second),
    ] {
        assert_eq!(told(client, piece).await, None);
    }
    assert!(first.get("duplicates").is_none() && second.get("duplicates").is_none());
    assert_eq!(second["findings"], json!([]), "it is no remark about the file");
}

async fn a_withdrawn_piece_stays_flagged(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.apprentice.upload(&world.showcase, copy()).await.json(201);
    world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&first))).await.expect(204);
    let (_, second) = elsewhere(&world).await;
    let told = told(&world.other_assessor, &second).await.expect("assessors are told");
    assert_eq!(told[0]["piece_id"], first["id"]);
}

async fn content_of_its_own_is_not_flagged(app: TestAppRef) {
    let world = World::new(&app).await;
    elsewhere(&world).await;
    let own = world.piece("of its own", "").await;
    assert_eq!(told(&world.assessor, &own).await, Some(json!([])));
    // Withdrawn and uploaded again into the same showcase: nothing to look into.
    world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&own))).await.expect(204);
    let again = world.piece("of its own", "").await;
    assert_eq!(told(&world.assessor, &again).await, Some(json!([])));
}

async fn uploads_at_once_are_all_flagged(app: TestAppRef) {
    const COPIES: usize = 6;
    let world = World::new(&app).await;
    let mut showcases = vec![world.showcase.clone()];
    for _ in 1..COPIES {
        showcases.push(world.another_showcase().await);
    }
    let answers = join_all(showcases.iter().map(|showcase| world.apprentice.upload(showcase, copy()))).await;
    for answer in answers {
        let told = told(&world.assessor, &answer.json(201)).await.expect("assessors are told");
        assert_eq!(told.as_array().map(Vec::len), Some(COPIES - 1), "{told}");
    }
}
