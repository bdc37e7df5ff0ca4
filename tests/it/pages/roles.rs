//! Every page by everybody: admin, the showcase's own people, strangers of each role, and nobody.

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::id;
use crate::support::{TestApp, World, both};

both!(every_page_by_everybody, strangers_are_told_what_nobody_is_told_of_nothing, a_submitted_showcase_is_left_alone);

const PEOPLE: [&str; 8] = ["nobody", "sue", "bob", "abe", "admin", "pat", "amy", "ada"];

/// Nobody first, then strangers, then those of the showcase, as [`PEOPLE`] has them.
async fn people(app: &TestApp) -> Vec<Browser> {
    let mut people = vec![Browser::new(app)];
    for name in &PEOPLE[1..] {
        people.push(Browser::of(app, &format!("{name}@example.org")).await);
    }
    people
}

async fn every_page_by_everybody(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", "ORG").await);
    let people = people(&app).await;
    let showcase = format!("/showcases/{}", world.showcase);
    let all = [303, 200, 200, 200, 200, 200, 200, 200];
    let open = [200, 303, 303, 303, 303, 303, 303, 303];
    let own = [303, 404, 404, 404, 200, 200, 200, 200];
    let changing = [303, 404, 404, 404, 200, 200, 200, 403];
    let preparing = [303, 404, 404, 404, 200, 200, 403, 403];
    for (path, expected) in [
        ("/".to_owned(), all),
        ("/account".to_owned(), all),
        ("/sign-in".to_owned(), open),
        ("/signed-in".to_owned(), open),
        ("/forgotten".to_owned(), [200; 8]),
        ("/accessibility".to_owned(), [200; 8]),
        ("/link/nothing".to_owned(), [404; 8]),
        ("/assets/nothing.css".to_owned(), [404; 8]),
        ("/nowhere".to_owned(), [404; 8]),
        ("/invite".to_owned(), [303, 200, 403, 403, 200, 200, 403, 403]),
        ("/cohort".to_owned(), [303, 200, 403, 403, 200, 200, 403, 403]),
        ("/cohort/add".to_owned(), [303, 200, 403, 403, 303, 200, 403, 403]),
        ("/cohort/import".to_owned(), [303, 200, 403, 403, 303, 200, 403, 403]),
        ("/cohort/invitations".to_owned(), [303, 200, 403, 403, 303, 200, 403, 403]),
        (format!("{showcase}/gateway"), own),
        (format!("{showcase}/gateway/details"), preparing),
        (format!("{showcase}/gateway/documents"), preparing),
        (format!("{showcase}/gateway/submit"), preparing),
        (showcase.clone(), own),
        (format!("{showcase}/add"), changing),
        (format!("/pieces/{piece}"), own),
        (format!("{showcase}/report"), own),
        (format!("/pieces/{piece}/edit"), changing),
        (format!("/pieces/{piece}/receipt"), own),
        (format!("/pieces/{piece}/withdraw"), changing),
        ("/account/password".to_owned(), all),
    ] {
        let mut got = Vec::new();
        for person in &people {
            let answer = person.get(&path).await;
            let status = answer.status.as_u16();
            if status != 303 {
                answer.page(status);
            }
            got.push(status);
        }
        assert_eq!(got, expected, "{path} by {PEOPLE:?}");
    }
}

async fn strangers_are_told_what_nobody_is_told_of_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", "ORG").await);
    let people = people(&app).await;
    let nothing = "01a20938-0000-7000-8000-000000000000";
    let before = world.everything(&app).await;
    for (there, gone) in [
        (format!("/showcases/{}", world.showcase), format!("/showcases/{nothing}")),
        (format!("/pieces/{piece}"), format!("/pieces/{nothing}")),
        (format!("/showcases/{}/report", world.showcase), format!("/showcases/{nothing}/report")),
        (format!("/pieces/{piece}/edit"), format!("/pieces/{nothing}/edit")),
        (format!("/pieces/{piece}/receipt"), format!("/pieces/{nothing}/receipt")),
        (format!("/pieces/{piece}/withdraw"), format!("/pieces/{nothing}/withdraw")),
    ] {
        for mut person in people[1..4].iter().cloned() {
            assert_eq!(person.get(&there).await.page(404), person.get(&gone).await.page(404), "{there}");
            if there.ends_with("withdraw") || there.ends_with("edit") {
                assert_eq!(person.post(&there, &[]).await.page(404), person.post(&gone, &[]).await.page(404));
            }
        }
    }
    // The assessor may look, and change nothing; nobody is asked who they are, and nothing is done.
    let (mut nobody, mut assessor) = (people[0].clone(), people[7].clone());
    let withdraw = format!("/pieces/{piece}/withdraw");
    assert!(assessor.post(&withdraw, &[]).await.page(403).contains("another person"));
    assert!(nobody.post(&withdraw, &[]).await.page(401).contains("not signed in any more"));
    assert_eq!(nobody.get(&withdraw).await.leads(), format!("/sign-in?next={withdraw}"));
    for person in &people[..4] {
        let sent = person.add(&world.showcase, &[], Some(("a.txt", b"text".to_vec()))).await;
        assert!(matches!(sent.status.as_u16(), 401 | 404), "{}", sent.status);
    }
    assert_eq!(assessor.add(&world.showcase, &[], None).await.status, 403);
    assert_eq!(world.everything(&app).await, before);
}

async fn a_submitted_showcase_is_left_alone(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let before = world.everything(&app).await;
    let page = amy.get("/").await.page(200);
    assert!(page.contains("10 areas are not covered yet") && !page.contains("/add\""), "{page}");
    let page = amy.get(&format!("/pieces/{piece}")).await.page(200);
    assert!(!page.contains("/withdraw"), "{page}");
    for path in [format!("/pieces/{piece}/withdraw"), format!("/showcases/{}/add", world.showcase)] {
        assert!(amy.get(&path).await.page(409).contains("was submitted"));
    }
    amy.post(&format!("/pieces/{piece}/withdraw"), &[]).await.page(409);
    let sent = amy.add(&world.showcase, &super::evidence::FIELDS, Some(("late.txt", b"late".to_vec()))).await;
    assert!(sent.page(409).contains("was submitted"));
    assert_eq!(world.everything(&app).await, before);
    // What the assessor mapped is shown as covered.
    world.tag(&piece, &["ORG", "TEA"]).await;
    let page = amy.get("/").await.page(200);
    assert!(page.contains("8 areas are not covered yet") && page.contains("2 covered"), "{page}");
}
