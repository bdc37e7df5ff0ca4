//! Lists and single pieces as people see them.

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::still::Still;
use crate::support::world::enrolment;
use crate::support::{Client, World, both};

both!(pieces_are_listed_by_slot, showcases_come_in_pages, pages_that_are_none);

async fn pieces_are_listed_by_slot(app: TestAppRef) {
    let world = World::new(&app).await;
    assert_eq!(world.apprentice.get(&world.path("/pieces")).await.json(200), json!({"items": [], "next": null}));
    let uploaded = [world.piece("one", "ORG").await, world.piece("two", "").await, world.piece("three", "FBK").await];
    for client in [&world.apprentice, &world.provider, &world.admin] {
        let list = client.get(&world.path("/pieces")).await.json(200);
        assert_eq!(list, json!({"items": uploaded, "next": null}));
        for piece in &uploaded {
            assert_eq!(&client.get(&format!("/api/v1/pieces/{}", id(piece))).await.json(200), piece);
        }
    }
    let before = Still::of(&app, &world).await;
    for (client, status, code) in [
        (&world.nobody, 401, "unauthenticated"),
        (&world.other_apprentice, 404, "not_found"),
        (&world.other_provider, 404, "not_found"),
        (&world.other_assessor, 404, "not_found"),
    ] {
        client.get(&world.path("/pieces")).await.problem(status, code);
        client.get(&format!("/api/v1/pieces/{}", id(&uploaded[0]))).await.problem(status, code);
    }
    before.holds(&app, &world).await;
}

/// Every showcase that a person sees, page by page.
async fn paged(client: &Client, limit: usize) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/showcases?limit={limit}{cursor}")).await.json(200);
        let items: Vec<String> = page["items"].as_array().expect("a list").iter().map(id).collect();
        assert!(items.len() <= limit, "{page}");
        seen.extend(items);
        match &page["next"] {
            Value::Null => return seen,
            next => cursor = format!("&cursor={}", next.as_str().expect("a cursor")),
        }
        assert_eq!(page["items"].as_array().expect("a list").len(), limit, "only the last page is short");
    }
}

async fn showcases_come_in_pages(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut own = vec![world.showcase.clone()];
    for _ in 0..4 {
        own.push(world.another_showcase().await);
    }
    let foreign = id(&world.other_provider.post("/api/v1/showcases", enrolment("bob")).await.json(201));
    for limit in [1, 2, 5, 200] {
        for client in [&world.apprentice, &world.provider, &world.assessor] {
            assert_eq!(paged(client, limit).await, own);
        }
        assert_eq!(paged(&world.admin, limit).await, [own.clone(), vec![foreign.clone()]].concat());
        assert_eq!(paged(&world.other_apprentice, limit).await, std::slice::from_ref(&foreign));
        assert!(paged(&world.other_assessor, limit).await.is_empty());
    }
}

async fn pages_that_are_none(app: TestAppRef) {
    let world = World::new(&app).await;
    for query in ["limit=0", "limit=201", "limit=-1", "limit=many", "cursor=here", "offset=2"] {
        world.provider.get(&format!("/api/v1/showcases?{query}")).await.problem(400, "bad_request");
    }
}
