//! Changing a piece by its page: all of it at once, nothing that somebody else saved meanwhile is lost unseen, and a
//! refusal changes nothing.

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::id;
use crate::support::{World, both};

both!(
    what_is_recorded_stands_in_the_form_and_is_changed,
    the_second_of_two_is_told_and_keeps_what_they_typed,
    what_is_wrong_is_named_and_changes_nothing,
    what_is_submitted_is_not_changed,
    the_receipt_says_what_was_recorded,
);

/// A form as the page sends it, with the version that its hidden field has.
fn form<'a>(seen: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("seen", seen),
        ("title", "A complaint settled"),
        ("kind", "work_product"),
        ("confidentiality", "anonymised"),
        ("context", ""),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).collect()
}

/// The version that a page's form was made of.
fn seen(page: &str) -> String {
    let value = page.split("name=\"seen\" value=\"").nth(1).expect("the form says what it was made of");
    value.split('"').next().unwrap().to_owned()
}

async fn piece(world: &World, id: &str) -> Value {
    world.provider.get(&format!("/api/v1/pieces/{id}")).await.json(200)
}

async fn what_is_recorded_stands_in_the_form_and_is_changed(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece_id = id(&world.piece("a piece", "ORG,TEA").await);
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let path = format!("/pieces/{piece_id}/edit");
    let page = amy.get(&path).await.page(200);
    for told in [
        "value=\"A piece\"",
        "value=\"work_product\" checked",
        "name=\"area_TEA\" type=\"checkbox\" value=\"true\" checked",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let version = seen(&page);
    let changes = [("context", "Where to look."), ("activity_on", "2026-11-02"), ("area_DEV", "true")];
    assert_eq!(amy.post(&path, &form(&version, &changes)).await.leads(), format!("/pieces/{piece_id}?edited=1"));
    let now = piece(&world, &piece_id).await;
    assert_eq!((&now["title"], &now["claims"]), (&json!("A complaint settled"), &json!(["DEV"])));
    assert_eq!((&now["context"], &now["activity_on"]), (&json!("Where to look."), &json!("2026-11-02")));
    assert!(amy.get(&format!("/pieces/{piece_id}?edited=1")).await.page(200).contains("Your changes are saved."));
    // The provider may do so as well.
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let version = seen(&pat.get(&path).await.page(200));
    pat.post(&path, &form(&version, &[("area_ORG", "true")])).await.leads();
    assert_eq!(piece(&world, &piece_id).await["claims"], json!(["ORG"]));
}

async fn the_second_of_two_is_told_and_keeps_what_they_typed(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece_id = id(&world.piece("a piece", "ORG").await);
    let (mut amy, mut pat) = (Browser::of(&app, "amy@example.org").await, Browser::of(&app, "pat@example.org").await);
    let path = format!("/pieces/{piece_id}/edit");
    let version = seen(&amy.get(&path).await.page(200));
    // Also one who changed nothing but the claims.
    pat.post(&path, &form(&version, &[("title", "By Pat"), ("area_TEA", "true")])).await.leads();
    let after = piece(&world, &piece_id).await;
    let typed = [("title", "By Amy"), ("context", "Typed\r\nfor long"), ("area_TEA", "true")];
    let page = amy.post(&path, &form(&version, &typed)).await.page(409);
    for told in ["Somebody else changed this evidence", "What is there now", "By Pat", "value=\"By Amy\"", "Typed"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(piece(&world, &piece_id).await, after, "nothing of it was saved");
    let next = seen(&page);
    assert_ne!(next, version);
    amy.post(&path, &form(&next, &typed)).await.leads();
    let now = piece(&world, &piece_id).await;
    assert_eq!((&now["title"], &now["context"]), (&json!("By Amy"), &json!("Typed\r\nfor long")));
    // Of two at the same moment one is told.
    let version = seen(&amy.get(&path).await.page(200));
    let (one, other) = (form(&version, &[("title", "One")]), form(&version, &[("title", "Other")]));
    let (first, second) = tokio::join!(amy.post(&path, &one), pat.post(&path, &other));
    let mut answers = [first.status.as_u16(), second.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
}

async fn what_is_wrong_is_named_and_changes_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece_id = id(&world.piece("a piece", "ORG").await);
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let path = format!("/pieces/{piece_id}/edit");
    let version = seen(&amy.get(&path).await.page(200));
    let before = world.everything(&app).await;
    for (changes, told) in [
        (vec![("title", " ")], "href=\"#title\""),
        (vec![("kind", "nonsense")], "href=\"#kind\""),
        (vec![("confidentiality", "")], "href=\"#confidentiality\""),
        (vec![("activity_on", "2026-02-30")], "href=\"#activity_on\""),
        (vec![("area_XYZ", "true")], "XYZ"),
        (vec![("surprise", "1")], "surprise"),
    ] {
        let mut changes = changes;
        changes.push(("ai_use", "typed before"));
        let page = amy.post(&path, &form(&version, &changes)).await.page(422);
        assert!(page.contains(told) && page.contains("typed before"), "{changes:?}: {page}");
        assert_eq!(seen(&page), version);
    }
    for nonsense in ["", "abc", &"0".repeat(63)] {
        amy.post(&path, &form(nonsense, &[])).await.page(422);
    }
    assert!(amy.post(&path, &form(&"0".repeat(64), &[])).await.page(409).contains("Somebody else changed"));
    assert_eq!(world.everything(&app).await, before);
}

async fn what_is_submitted_is_not_changed(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece_id = world.ready_gateway().await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let path = format!("/pieces/{piece_id}/edit");
    let version = seen(&amy.get(&path).await.page(200));
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await.expect(201);
    let before = world.everything(&app).await;
    assert!(amy.get(&path).await.page(409).contains("was submitted"));
    assert!(amy.post(&path, &form(&version, &[])).await.page(409).contains("was submitted"));
    assert!(!amy.get(&format!("/pieces/{piece_id}")).await.page(200).contains("/edit\""));
    assert_eq!(world.everything(&app).await, before);
}

async fn the_receipt_says_what_was_recorded(app: TestAppRef) {
    let world = World::new(&app).await;
    let body = world.piece("a piece", "ORG").await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let page = amy.get(&format!("/pieces/{}/receipt", id(&body))).await.page(200);
    for told in [
        body["sha256"].as_str().unwrap(),
        &format!("({} bytes)", body["bytes"]),
        "evidence.pdf",
        "a PDF (application/pdf)",
        "23 November 2026, 10:00",
        "<dt class=\"govuk-summary-list__key\">Added by</dt><dd class=\"govuk-summary-list__value app-break\">amy</dd>",
        "It bears no signature.",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
}
