//! Tagging by the form of the workbench: as by the API, by the showcase's assessor alone, and with nothing typed lost.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::{Upload, id};
use crate::support::{Answer, World, both, files};

both!(
    a_form_tags_as_the_api_does,
    a_recording_is_tagged_by_minutes_and_seconds,
    a_refused_tag_keeps_what_was_typed,
    nobody_else_tags,
    a_tag_is_taken_back_once,
    what_is_not_submitted_or_is_accepted_is_not_tagged,
);

fn bench(world: &World, piece: &str) -> String {
    format!("/showcases/{}/workbench/{piece}", world.showcase)
}

async fn tags(world: &World, piece: &str) -> Vec<Value> {
    let all = world.provider.get(&format!("/api/v1/pieces/{piece}/tags")).await.json(200);
    all["items"].as_array().unwrap().clone()
}

async fn a_form_tags_as_the_api_does(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = bench(&world, &piece);
    assert_eq!(ada.get(&format!("/showcases/{}/workbench", world.showcase)).await.leads(), path);
    let page = ada.get(&path).await.page(200);
    assert!(page.contains("0 of 10 areas are covered.") && page.contains("This evidence has no tag yet."), "{page}");
    // Criteria of an area that was not chosen in the end are left behind.
    let fields = [
        ("area", "CON"),
        ("criterion_CON-P2", "true"),
        ("criterion_CON-D1", "true"),
        ("criterion_ORG-P1", "true"),
        ("page", " 2 "),
        ("note", "Second paragraph."),
    ];
    assert_eq!(ada.post(&path, &fields).await.leads(), format!("{path}?done=tagged#panel"));
    let made = tags(&world, &piece).await;
    let [tag] = made.as_slice() else { panic!("{made:?}") };
    assert_eq!((&tag["area"], &tag["criteria"]), (&json!("CON"), &json!(["CON-P2", "CON-D1"])));
    assert_eq!((&tag["locator"], &tag["note"]), (&json!({"page": 2}), &json!("Second paragraph.")));
    assert_eq!(tag["tagged_by"], world.assessor.id.as_str());
    let page = ada.get(&format!("{path}?done=tagged")).await.page(200);
    let jump = format!("href=\"/pieces/{piece}/open#page=2\" data-page=\"2\"");
    for told in ["Tagged.", "1 of 10 areas are covered.", &jump, "Second paragraph.", "CON-P2: "] {
        assert!(page.contains(told), "{told}: {page}");
    }
    // Everything but the area may be left out.
    ada.post(&path, &[("area", "TEA"), ("page", ""), ("note", "")]).await.leads();
    let made = tags(&world, &piece).await;
    assert_eq!((&made[1]["locator"], &made[1]["criteria"]), (&Value::Null, &json!([])));
}

async fn a_recording_is_tagged_by_minutes_and_seconds(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = Upload::new("call.wav", files::wav(4000, 1));
    let recording = id(&world.apprentice.upload(&world.showcase, upload).await.json(201));
    world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = bench(&world, &recording);
    for (from, to, locator) in [
        ("1:05", "1:35.5", json!({"from_s": 65.0, "to_s": 95.5})),
        ("0", "30", json!({"from_s": 0.0, "to_s": 30.0})),
        ("7", "", json!({"from_s": 7.0, "to_s": 8.0})),
        ("", "", Value::Null),
    ] {
        ada.post(&path, &[("area", "ORG"), ("from", from), ("to", to)]).await.leads();
        assert_eq!(tags(&world, &recording).await.last().unwrap()["locator"], locator);
    }
    let page = ada.get(&path).await.page(200);
    assert!(page.contains("open#t=65,95.5\" data-from=\"65\" data-to=\"95.5\""), "{page}");
    assert!(page.contains("<audio") && page.contains("1:05 to 1:35.5"), "{page}");
    let before = world.everything(&app).await;
    for (from, to, field, told) in [
        ("soon", "", "from", "Enter where it begins"),
        ("", "9", "from", "Enter where it begins"),
        ("9", "later", "to", "Enter where it ends"),
        ("9", "9", "to", "It has to end after it begins."),
        ("1:75", "", "from", "Enter where it begins"),
    ] {
        let page = ada.post(&path, &[("area", "ORG"), ("from", from), ("to", to)]).await.page(422);
        assert!(page.contains(told) && page.contains(&format!("href=\"#{field}\"")), "{from} {to}: {page}");
        assert!(page.contains(&format!("value=\"{from}\"")), "nothing typed is lost: {page}");
    }
    assert_eq!(world.everything(&app).await, before);
}

async fn a_refused_tag_keeps_what_was_typed(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = bench(&world, &piece);
    let before = world.everything(&app).await;
    let long = "x".repeat(4001);
    for (area, page_typed, note, field, told) in [
        ("", "1", "Kept.", "area", "Choose the area"),
        ("COM", "1", "Kept.", "area", "Choose the area"),
        ("org", "1", "Kept.", "area", "Choose the area"),
        ("ORG", "0", "Kept.", "page", "Enter a page as a number"),
        ("ORG", "-1", "Kept.", "page", "Enter a page as a number"),
        ("ORG", "1.5", "Kept.", "page", "Enter a page as a number"),
        ("ORG", "4294967296", "Kept.", "page", "Enter a page as a number"),
        ("ORG", "4", "Kept.", "page", "3 pages"),
        ("ORG", "1", "a\u{7}b", "note", "special characters"),
        ("ORG", "1", &long, "note", "at most 4000 characters"),
    ] {
        let fields = [("area", area), ("criterion_ORG-P1", "true"), ("page", page_typed), ("note", note)];
        let page = ada.post(&path, &fields).await.page(422);
        assert!(page.contains("There is a problem") && page.contains(told), "{area} {page_typed}: {page}");
        assert!(page.contains(&format!("href=\"#{field}\"")) && page.contains("<title>Error: "), "{page}");
        assert!(page.contains(&format!("value=\"{page_typed}\"")) && page.contains(note), "{page}");
        let chosen = "name=\"criterion_ORG-P1\" id=\"criterion_ORG-P1\" value=\"true\" checked";
        assert!(page.contains(chosen), "{page}");
    }
    assert_eq!(world.everything(&app).await, before);
}

async fn nobody_else_tags(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &["ORG"]).await;
    let tag = tags(&world, &piece).await[0]["id"].as_str().unwrap().to_owned();
    let elsewhere = world.another_showcase().await;
    let before = world.everything(&app).await;
    let path = bench(&world, &piece);
    let (remove, start) = (format!("{path}/tags/{tag}/remove"), format!("/showcases/{}/workbench", world.showcase));
    for (email, status) in [
        ("pat@example.org", 403),
        ("amy@example.org", 403),
        ("admin@example.org", 403),
        ("abe@example.org", 404),
        ("sue@example.org", 404),
        ("bob@example.org", 404),
    ] {
        let mut person = Browser::of(&app, email).await;
        person.get(&start).await.page(status);
        person.get(&path).await.page(status);
        person.post(&path, &[("area", "TEA")]).await.page(status);
        person.post(&remove, &[]).await.page(status);
    }
    let mut nobody = Browser::new(&app);
    nobody.post(&path, &[("area", "TEA")]).await.page(401);
    nobody.post(&remove, &[]).await.page(401);
    // A piece and a tag are reached through their own showcase only.
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let astray = format!("/showcases/{elsewhere}/workbench/{piece}");
    ada.get(&astray).await.page(404);
    ada.post(&astray, &[("area", "TEA")]).await.page(404);
    ada.post(&format!("{astray}/tags/{tag}/remove"), &[]).await.page(404);
    let other = "01a20938-0000-7000-8000-000000000000";
    ada.post(&format!("{}/tags/{tag}/remove", bench(&world, other)), &[]).await.page(404);
    ada.post(&format!("{path}/tags/{other}/remove"), &[]).await.page(404);
    // Another site's form does nothing in an assessor's name.
    let forged = ada.bare(Method::POST, &path).header("Sec-Fetch-Site", "cross-site");
    let forged = forged.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("area=TEA");
    assert!(Answer::of(forged).await.page(403).contains("another site"));
    assert_eq!(world.everything(&app).await, before);
}

async fn a_tag_is_taken_back_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = bench(&world, &piece);
    ada.post(&path, &[("area", "ORG"), ("page", "3"), ("note", "A mistake <b>")]).await.leads();
    let tag = tags(&world, &piece).await[0]["id"].as_str().unwrap().to_owned();
    let remove = format!("{path}/tags/{tag}/remove");
    assert_eq!(ada.post(&remove, &[]).await.leads(), format!("{path}?done=removed#panel"));
    let taken = tags(&world, &piece).await;
    assert_eq!(taken[0]["removed_by"], world.assessor.id.as_str());
    // Twice, as an impatient finger does: when it was taken back stays.
    ada.post(&remove, &[]).await.leads();
    assert_eq!(tags(&world, &piece).await, taken);
    // Everybody of the showcase reads the history.
    for email in ["ada@example.org", "pat@example.org", "amy@example.org"] {
        let page = Browser::of(&app, email).await.get(&format!("/pieces/{piece}/history")).await.page(200);
        for told in
            ["Understanding the organisation", "page 3", "A mistake &#60;b&#62;", "Taken back: ada, 23 November 2026"]
        {
            assert!(page.contains(told), "{told}: {page}");
        }
    }
}

async fn what_is_not_submitted_or_is_accepted_is_not_tagged(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let empty = ada.get(&format!("/showcases/{}/workbench", world.showcase)).await.page(200);
    assert!(empty.contains("There is no evidence yet"), "{empty}");
    let piece = world.ready_gateway().await;
    let path = bench(&world, &piece);
    let before = world.everything(&app).await;
    let page = ada.get(&path).await.page(200);
    assert!(page.contains("Nothing can be tagged now") && !page.contains("name=\"area\""), "{page}");
    assert!(ada.post(&path, &[("area", "ORG")]).await.page(409).contains("Wait until its provider submits"));
    assert_eq!(world.everything(&app).await, before);
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await.expect(201);
    world.tag(&piece, &crate::support::world::AREAS).await;
    world.accept_components(1).await;
    let tag = tags(&world, &piece).await[0]["id"].as_str().unwrap().to_owned();
    world.assessor.post(&world.path("/gateway/attempts/1/acceptance"), json!({})).await.expect(200);
    let before = world.everything(&app).await;
    assert!(ada.get(&path).await.page(200).contains("Nothing can be tagged any more"));
    assert!(ada.post(&path, &[("area", "ORG")]).await.page(409).contains("nothing left to do here"));
    assert!(ada.post(&format!("{path}/tags/{tag}/remove"), &[]).await.page(409).contains("nothing left to do here"));
    assert_eq!(world.everything(&app).await, before);
}
