//! Assessors for showcases that have none: several at once, all of them or none.

use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::id;
use crate::support::rows::rows;
use crate::support::world::enrolment;
use crate::support::{World, both};

both!(several_are_assigned_at_once, all_or_none_are_assigned);

/// Showcases without an assessor.
async fn open(world: &World, count: usize) -> Vec<String> {
    let mut showcases = Vec::new();
    for number in 0..count {
        let body = enrolment(&format!("learner-{number}"));
        showcases.push(id(&world.provider.post("/api/v1/showcases", body).await.json(201)));
    }
    showcases
}

async fn several_are_assigned_at_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    assert!(admin.get("/admin/assignments").await.page(200).contains("Every showcase has an assessor"));
    let showcases = open(&world, 3).await;
    assert!(admin.get("/admin").await.page(200).contains("3 showcases wait for an assessor."));
    let path = format!("/admin/assignments/{}", world.organisation);
    let list = admin.get("/admin/assignments").await.page(200);
    assert!(list.contains(&path) && list.contains("North College") && !list.contains("South College"), "{list}");
    let page = admin.get(&path).await.page(200);
    assert!(page.contains("learner-0 (ST0072, Corner Shop)") && page.contains("ada (Fair Assessment)"), "{page}");
    let chosen = [("showcase", showcases[0].as_str()), ("showcase", &showcases[2]), ("assessor", &world.assessor.id)];
    let done = admin.post(&path, &chosen).await.leads().to_owned();
    let page = admin.get(&done).await.page(200);
    assert!(page.contains("2 showcases are assigned.") && page.contains("learner-1 ("), "{page}");
    assert!(!page.contains("learner-0 (") && !page.contains("learner-2 ("), "{page}");
    world.assessor.get(&format!("/api/v1/showcases/{}", showcases[2])).await.expect(200);
    world.assessor.get(&format!("/api/v1/showcases/{}", showcases[1])).await.problem(404, "not_found");
}

async fn all_or_none_are_assigned(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let showcases = open(&world, 2).await;
    let path = format!("/admin/assignments/{}", world.organisation);
    let before = rows(&app).await;
    let (first, second) = (showcases[0].as_str(), showcases[1].as_str());
    for (chosen, told) in [
        (vec![], "Choose at least one showcase."),
        (vec![("showcase", first)], "Choose an assessor."),
        (vec![("assessor", world.assessor.id.as_str())], "Choose at least one showcase."),
        (vec![("showcase", first), ("assessor", &world.provider.id)], "works for this provider"),
        (vec![("showcase", first), ("assessor", &world.admin.id)], "Choose an assessor."),
        (vec![("showcase", first), ("assessor", &world.organisation)], "Choose an assessor."),
        // The second has an assessor, so the first gets none.
        (
            vec![("showcase", first), ("showcase", &world.showcase), ("assessor", &world.assessor.id)],
            "Somebody else gave the showcase of amy to an assessor meanwhile",
        ),
    ] {
        let page = admin.post(&path, &chosen).await.page(422);
        assert!(page.contains(told), "{chosen:?}: {page}");
        let ticked = chosen.contains(&("showcase", first));
        assert_eq!(page.contains(&format!("value=\"{first}\" checked")), ticked, "what was chosen stays: {page}");
    }
    assert_eq!(rows(&app).await, before);
    let nothing = crate::support::pages::NOTHING;
    admin.post(&path, &[("showcase", nothing), ("assessor", &world.assessor.id)]).await.page(404);
    admin.get(&format!("/admin/assignments/{nothing}")).await.page(404);
    // Two admins at the same moment: one of them is told.
    let mut other = admin.clone();
    let mine = [("showcase", first), ("showcase", second), ("assessor", world.assessor.id.as_str())];
    let theirs = [("showcase", second), ("showcase", first), ("assessor", world.other_assessor.id.as_str())];
    let (one, two) = tokio::join!(admin.post(&path, &mine), other.post(&path, &theirs));
    let mut answers = [one.status.as_u16(), two.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 422]);
    let of = async |showcase: &str| {
        world.admin.get(&format!("/api/v1/showcases/{showcase}")).await.json(200)["assessor_id"].clone()
    };
    assert_eq!(of(first).await, of(second).await);
    assert_ne!(of(first).await, json!(null));
}
