//! The coverage report and the days of a showcase: what they say is what is recorded, for everybody who may read it.

use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::{Upload, id};
use crate::support::{World, both};

both!(
    the_report_says_what_there_is,
    what_people_write_is_text_in_it,
    the_numbers_are_taken_along,
    days_are_told_as_they_become_known,
);

async fn the_report_says_what_there_is(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = format!("/showcases/{}/report", world.showcase);
    let amy = Browser::of(&app, "amy@example.org").await;
    let page = amy.get(&path).await.page(200);
    assert!(page.contains("There is no evidence yet.") && page.contains("10 without evidence"), "{page}");
    let piece = world.submitted().await;
    world.tag(&piece, &["ORG"]).await;
    let locator = json!({"area": "TEA", "criteria": ["TEA-P1"], "locator": {"page": 2}, "note": "n"});
    world.assessor.post(&format!("/api/v1/pieces/{piece}/tags"), locator).await.expect(201);
    for who in ["amy", "pat", "ada", "admin"] {
        let page = Browser::of(&app, &format!("{who}@example.org")).await.get(&path).await.page(200);
        for told in [
            "2 covered",
            "‘A piece’ was mapped by the assessor, page 2, TEA-P1.",
            "Criteria that no mapping names: TEA-P2",
            "<title id=\"chart-title\">Coverage of the showcase of amy</title>",
            "1 said to show it</text>",
            "none mapped</text>",
            "Corner Shop",
            "does not say that it is enough",
        ] {
            assert!(page.contains(told), "{told} to {who}: {page}");
        }
    }
}

async fn what_people_write_is_text_in_it(app: TestAppRef) {
    let world = World::new(&app).await;
    let hostile = "</svg><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}";
    let upload = Upload::new("<svg onload=alert(1)>.txt", b"text".to_vec()).with("claims", "ORG").titled(hostile);
    let upload = upload.with("kind", "witness_statement").with("author_name", hostile);
    let piece = id(&world.apprentice.upload(&world.showcase, upload).await.json(201));
    let amy = Browser::of(&app, "amy@example.org").await;
    for path in [
        format!("/showcases/{}/report", world.showcase),
        format!("/pieces/{piece}/receipt"),
        format!("/pieces/{piece}/edit"),
    ] {
        let page = amy.get(&path).await.page(200);
        assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<svg onload"), "{page}");
        assert!(page.contains("{{ 7*7 }}"), "{page}");
    }
    let page = amy.get(&format!("/showcases/{}/report", world.showcase)).await.page(200);
    let lacks = "This statement does not say: Author&#39;s role, Relation to the apprentice, Signed on.";
    assert!(page.contains(lacks), "{page}");
}

async fn the_numbers_are_taken_along(app: TestAppRef) {
    let world = World::new(&app).await;
    world.piece("a piece", "ORG").await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let page = amy.get(&format!("/showcases/{}/report", world.showcase)).await.page(200);
    // Browsers accept anything, so a link has to say what is wanted.
    for (format, content_type, has) in
        [("csv", "text/csv; charset=utf-8; header=present", "ORG,"), ("json", "application/json", "\"code\":\"ORG\"")]
    {
        let path = world.path(&format!("/coverage?format={format}"));
        assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
        let answer = amy.get(&path).await;
        assert_eq!(answer.header("content-type"), content_type);
        assert!(String::from_utf8(answer.body).unwrap().contains(has));
    }
    world.apprentice.get(&world.path("/coverage?format=xml")).await.problem(400, "bad_request");
}

async fn days_are_told_as_they_become_known(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let page = amy.get("/").await.page(200);
    assert!(page.contains("It began on 1 September 2025.") && page.contains("from 1 September 2026."), "{page}");
    for unknown in ["Gateway form", "Planned for", "All of the assessment", "confirmed on"] {
        assert!(!page.contains(unknown), "{unknown} is not known: {page}");
    }
    world.ready_gateway().await;
    let page = amy.get("/").await.page(200);
    for told in
        ["To arrive by 30 November 2026", "Planned for Monday 14 December 2026.", "confirmed on 20 November 2026"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("All of the assessment"), "the window runs from the submission: {page}");
    app.clock.advance(chrono::TimeDelta::days(8));
    assert!(Browser::of(&app, "amy@example.org").await.get("/").await.page(200).contains("It had to arrive by"));
    let later = json!({"employer_confirmed_on": "2026-11-20", "assessment_on": "2027-01-04"});
    world.provider.put(&world.path("/gateway"), later).await.expect(200);
    let amy = Browser::of(&app, "amy@example.org").await;
    assert!(amy.get("/").await.page(200).contains("To arrive by 16 December 2026"));
}
