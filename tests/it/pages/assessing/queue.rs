//! The queue: oldest first by age in working days, with what is still to do, and nobody else's.

use chrono::TimeDelta;
use exhibit::domain::ids::{ShowcaseId, UserId};
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::world::AREAS;
use crate::support::{TestApp, World, both};

both!(
    an_empty_queue_says_so,
    the_oldest_waits_first_with_what_is_left_to_do,
    what_is_late_is_said_in_words,
    pages_of_the_queue_follow_on_each_other,
    what_does_not_wait_stands_below,
);

async fn queue(app: &TestApp, email: &str) -> String {
    Browser::of(app, email).await.get("/").await.page(200)
}

/// The same world with another showcase of it in the place of the first.
async fn second(world: &World) -> World {
    let showcase = world.another_showcase().await;
    World {
        showcase,
        organisation: world.organisation.clone(),
        admin: world.admin.clone(),
        provider: world.provider.clone(),
        apprentice: world.apprentice.clone(),
        assessor: world.assessor.clone(),
        other_provider: world.other_provider.clone(),
        other_assessor: world.other_assessor.clone(),
        other_apprentice: world.other_apprentice.clone(),
        nobody: world.nobody.clone(),
    }
}

async fn an_empty_queue_says_so(app: TestAppRef) {
    World::new(&app).await;
    let page = queue(&app, "abe@example.org").await;
    assert!(page.contains("No showcase waits for you.") && page.contains("There are no others"), "{page}");
    // A showcase in preparation does not wait, and is named.
    let page = queue(&app, "ada@example.org").await;
    assert!(page.contains("No showcase waits for you.") && page.contains("In preparation"), "{page}");
}

async fn the_oldest_waits_first_with_what_is_left_to_do(app: TestAppRef) {
    let world = World::new(&app).await;
    let younger = second(&world).await;
    let piece = world.submitted().await;
    // From Monday to Wednesday.
    app.clock.advance(TimeDelta::days(2));
    younger.submitted().await;
    let page = queue(&app, "ada@example.org").await;
    let at = |showcase: &str| page.find(&format!("/showcases/{showcase}/workbench")).expect("it is in the queue");
    assert!(at(&world.showcase) < at(&younger.showcase), "{page}");
    for told in [
        "2 showcases wait for you, the oldest first.",
        "Submitted 23 November 2026, 2 working days ago",
        "Submitted 25 November 2026, less than a working day ago",
        "10 areas without a tag: ORG, REG, SYS, PRO, INF, PER, CON, DEV, FBK, TEA",
        "5 components undecided: Maths, English, Showcase, Gateway form and employer",
        "Assessment planned for 14 December 2026, in 13 working days.",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    world.tag(&piece, &AREAS[1..]).await;
    world.accept_components(1).await;
    let rejection = json!({"decision": "rejected", "reason": "form_unsigned"});
    let path = world.path("/gateway/attempts/1/components/form");
    world.assessor.put(&path, rejection).await.expect(200);
    let page = queue(&app, "ada@example.org").await;
    assert!(
        page.contains("1 area without a tag: ORG") && page.contains("1 component rejected: Gateway form"),
        "{page}"
    );
    world.tag(&piece, &AREAS[..1]).await;
    world.accept_components(1).await;
    let page = queue(&app, "ada@example.org").await;
    assert!(page.contains("Nothing is missing: it can be accepted"), "{page}");
    let page = queue(&app, "abe@example.org").await;
    assert!(!page.contains("/showcases/"), "another's queue: {page}");
}

async fn what_is_late_is_said_in_words(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    app.clock.advance(TimeDelta::days(17));
    let page = queue(&app, "ada@example.org").await;
    assert!(page.contains("Due soon") && page.contains("in 2 working days"), "{page}");
    app.clock.advance(TimeDelta::days(5));
    let page = queue(&app, "ada@example.org").await;
    assert!(page.contains("Overdue") && page.contains("planned for 14 December 2026, which is over"), "{page}");
    app.clock.advance(TimeDelta::days(75));
    let page = queue(&app, "ada@example.org").await;
    assert!(page.contains("Overdue") && page.contains("The assessment window ended on 23 February 2027."), "{page}");
    // Far beyond the table of bank holidays nothing is guessed, and the page is still there.
    app.clock.advance(TimeDelta::days(2000));
    let page = queue(&app, "ada@example.org").await;
    assert!(page.contains("longer ago than the table of bank holidays reaches"), "{page}");
}

async fn pages_of_the_queue_follow_on_each_other(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut expected = vec![world.showcase.clone()];
    world.submitted().await;
    for _ in 0..2 {
        let next = second(&world).await;
        next.submitted().await;
        expected.push(next.showcase);
    }
    let me: UserId = world.assessor.id.parse().unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    for left in [2, 2, 1] {
        let page = app.app.gateway.waiting(me, after, 1).await.unwrap();
        assert_eq!(page.len(), left, "one more row tells that there is a next page");
        after = Some(page[0].showcase_id);
        seen.push(page[0].showcase_id.to_string());
    }
    assert_eq!(seen, expected);
    assert!(app.app.gateway.waiting(me, after, 1).await.unwrap().is_empty());
    let nothing: ShowcaseId = "01a20938-0000-7000-8000-000000000000".parse().unwrap();
    assert_eq!(app.app.gateway.waiting(me, Some(nothing), 9).await.unwrap().len(), 3, "from the first");
    let ada = Browser::of(&app, "ada@example.org").await;
    assert!(ada.get(&format!("/?after={}", expected[1])).await.page(200).contains(&expected[2]));
    // What is no place in the list is its beginning.
    assert!(ada.get("/?after=nonsense").await.page(200).contains(&expected[0]));
}

async fn what_does_not_wait_stands_below(app: TestAppRef) {
    let world = World::new(&app).await;
    let returned = second(&world).await;
    returned.submitted().await;
    returned.give_back(1).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    world.accept_components(1).await;
    world.assessor.post(&world.path("/gateway/attempts/1/acceptance"), json!({})).await.expect(200);
    let page = queue(&app, "ada@example.org").await;
    let (_, others) = page.split_once("Not waiting for you").unwrap();
    for told in [">Returned<", ">Accepted<", "Attempt 1 was closed on 23 November 2026"] {
        assert!(others.contains(told), "{told}: {others}");
    }
    let ada = Browser::of(&app, "ada@example.org").await;
    let last = ada.get(&format!("/?before={}", world.showcase)).await.page(200);
    assert!(!last.contains(&returned.showcase), "newest first: {last}");
}
