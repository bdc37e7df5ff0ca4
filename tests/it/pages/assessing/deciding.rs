//! Decisions, return and acceptance by forms: what is missing is said before it is tried, one of two who decide at once is
//! told, and a refusal changes nothing and loses nothing typed.

use std::fs;

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::everything::{file_of, key_of};
use crate::support::world::AREAS;
use crate::support::{World, both};

both!(
    components_are_decided_one_after_the_other,
    an_unsound_decision_keeps_what_was_typed,
    of_two_who_decide_at_once_one_is_told,
    a_return_needs_a_note_and_happens_once,
    acceptance_says_what_is_missing,
    altered_evidence_is_told_plainly,
    nobody_else_decides,
);

fn decide(world: &World, rest: &str) -> String {
    format!("/showcases/{}/decide{rest}", world.showcase)
}

async fn decisions(world: &World) -> Vec<Value> {
    let gateway = world.provider.get(&world.path("/gateway")).await.json(200);
    gateway["attempts"][0]["decisions"].as_array().unwrap().clone()
}

/// The decision that the form of a component says it saw.
fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").expect("a form");
    rest.split('"').next().unwrap().to_owned()
}

async fn components_are_decided_one_after_the_other(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    assert!(ada.get(&decide(&world, "")).await.page(200).contains("never submitted"));
    assert!(ada.get(&decide(&world, "/maths")).await.page(200).contains("No attempt is open"));
    world.submitted().await;
    let page = ada.get(&decide(&world, "")).await.page(200);
    assert!(page.contains("This is missing before") && page.contains("Maths: not decided yet"), "{page}");
    assert!(page.contains("Team working: no tag yet") && !page.contains("/accept\""), "{page}");
    let page = ada.get(&decide(&world, "/maths")).await.page(200);
    for told in ["Level 1", "22 August 2024", "Download form.pdf, a PDF", "The certificate is missing"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let mut next = "maths";
    for (component, onward) in [
        ("maths", "/english?saved=1"),
        ("english", "/showcase?saved=1"),
        ("showcase", "/form?saved=1"),
        ("form", "/dates?saved=1"),
        ("dates", "?done=decided"),
    ] {
        assert_eq!(component, next);
        let fields = [("attempt", "1"), ("seen", ""), ("decision", "accepted"), ("reason", "other"), ("note", "")];
        let answer = ada.post(&decide(&world, &format!("/{component}")), &fields).await;
        assert_eq!(answer.leads(), decide(&world, onward));
        next = onward.trim_start_matches('/').split('?').next().unwrap();
    }
    let made = decisions(&world).await;
    assert_eq!(made.len(), 5);
    assert!(made.iter().all(|decision| decision["decision"] == "accepted" && decision["reason"] == Value::Null));
    ada.get(&decide(&world, "/science")).await.page(404);
}

async fn an_unsound_decision_keeps_what_was_typed(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let before = world.everything(&app).await;
    for (attempt, seen, decision, reason, note, field, told) in [
        ("1", "", "", "", "Kept.", "decision", "Choose whether you accept or reject"),
        ("1", "", "perhaps", "", "Kept.", "decision", "Choose whether you accept or reject"),
        ("1", "", "rejected", "", "Kept.", "reason", "Choose why you reject"),
        ("1", "", "rejected", "form_unsigned", "Kept.", "reason", "Choose why you reject"),
        ("1", "", "rejected", "made_up", "Kept.", "reason", "Choose why you reject"),
        ("1", "", "rejected", "other", "", "note", "Say in the note"),
        ("1", "", "accepted", "", "a\u{7}b", "note", "special characters"),
        ("", "", "accepted", "", "Kept.", "", "The form was not sent whole"),
        ("1", "nonsense", "accepted", "", "Kept.", "", "The form was not sent whole"),
    ] {
        let fields = [("attempt", attempt), ("seen", seen), ("decision", decision), ("reason", reason), ("note", note)];
        let page = ada.post(&decide(&world, "/maths"), &fields).await.page(422);
        assert!(page.contains("There is a problem") && page.contains(told), "{decision} {reason}: {page}");
        assert!(field.is_empty() || page.contains(&format!("href=\"#{field}\"")), "{page}");
        assert!(page.contains(note), "nothing typed is lost: {page}");
    }
    let page = ada.post(&decide(&world, "/maths"), &[("attempt", "2"), ("decision", "accepted")]).await;
    page.page(404);
    assert_eq!(world.everything(&app).await, before);
}

async fn of_two_who_decide_at_once_one_is_told(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let mut other = ada.clone();
    let path = decide(&world, "/maths");
    assert_eq!(seen(&ada.get(&path).await.page(200)), "");
    other.post(&path, &[("attempt", "1"), ("seen", ""), ("decision", "accepted"), ("note", "Fine.")]).await.leads();
    let before = world.everything(&app).await;
    let mine =
        [("attempt", "1"), ("seen", ""), ("decision", "rejected"), ("reason", "name_differs"), ("note", "Mine <i>")];
    let page = ada.post(&path, &mine).await.page(409);
    assert!(page.contains("Somebody decided this component after you looked at it"), "{page}");
    assert!(page.contains("Mine &#60;i&#62;</textarea>") && page.contains("Fine."), "both are shown: {page}");
    assert_eq!(world.everything(&app).await, before);
    // The page saw the other's decision by now, so saving once more is meant.
    let stands = seen(&page);
    assert_eq!(stands, decisions(&world).await[0]["id"].as_str().unwrap());
    let again: Vec<_> =
        mine.iter().map(|(name, value)| (*name, if *name == "seen" { &stands } else { *value })).collect();
    ada.post(&path, &again).await.leads();
    assert_eq!(decisions(&world).await.len(), 2);
    let page = ada.get(&path).await.page(200);
    assert!(page.contains("Decisions before it") && page.contains("It names somebody else"), "{page}");
    // A decision by the API stands whatever was before it.
    let api = world.path("/gateway/attempts/1/components/maths");
    world.assessor.put(&api, json!({"decision": "accepted"})).await.expect(200);
}

async fn a_return_needs_a_note_and_happens_once(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = format!("/showcases/{}/return", world.showcase);
    let before = world.everything(&app).await;
    for note in ["", "  \r\n", "a\u{0}b"] {
        ada.post(&path, &[("attempt", "1"), ("note", note)]).await.page(422);
    }
    assert_eq!(world.everything(&app).await, before);
    let note = "Add a certificate that can be read.\r\nIn colour.";
    let done = ada.post(&path, &[("attempt", "1"), ("note", note)]).await;
    assert_eq!(done.leads(), decide(&world, "?done=returned"));
    assert_eq!(world.state().await, "draft");
    let before = world.everything(&app).await;
    let page = ada.post(&path, &[("attempt", "1"), ("note", "Typed for long")]).await.page(409);
    assert!(page.contains("accepted or returned already") && page.contains("Typed for long"), "{page}");
    let page = ada.post(&format!("/showcases/{}/accept", world.showcase), &[("attempt", "1")]).await.page(409);
    assert!(page.contains("accepted or returned already"), "{page}");
    let fields = [("attempt", "1"), ("seen", ""), ("decision", "accepted"), ("note", "Typed for long")];
    let page = ada.post(&decide(&world, "/maths"), &fields).await.page(409);
    assert!(page.contains("accepted or returned already") && page.contains("Typed for long"), "{page}");
    assert_eq!(world.everything(&app).await, before);
    assert!(ada.get(&path).await.page(200).contains("No attempt is open"));
}

async fn acceptance_says_what_is_missing(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = format!("/showcases/{}/accept", world.showcase);
    let before = world.everything(&app).await;
    let page = ada.get(&path).await.page(200);
    let lack = format!("<a class=\"govuk-link\" href=\"/showcases/{}/workbench/{piece}\">Team working", world.showcase);
    assert!(page.contains(&lack) && !page.contains("<button class=\"govuk-button\""), "{page}");
    assert!(ada.post(&path, &[("attempt", "1")]).await.page(409).contains("Decide every component"));
    ada.post(&path, &[]).await.page(422);
    assert_eq!(world.everything(&app).await, before);
    world.accept_components(1).await;
    world.tag(&piece, &AREAS[1..]).await;
    let before = world.everything(&app).await;
    let page = ada.post(&path, &[("attempt", "1")]).await.page(409);
    assert!(page.contains("No piece is tagged for ORG") && page.contains("Understanding the organisation"), "{page}");
    assert_eq!(world.everything(&app).await, before);
    world.tag(&piece, &["ORG"]).await;
    assert!(ada.get(&path).await.page(200).contains("This is final"));
    assert_eq!(ada.post(&path, &[("attempt", "1")]).await.leads(), decide(&world, "?done=accepted"));
    assert_eq!(world.state().await, "accepted");
    assert!(ada.get(&decide(&world, "")).await.page(200).contains("Attempt 1 was accepted: ada, 23 November 2026"));
    assert!(ada.post(&path, &[("attempt", "1")]).await.page(409).contains("accepted or returned already"));
}

async fn altered_evidence_is_told_plainly(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    world.accept_components(1).await;
    let file = file_of(&app, &key_of(&app, &piece).await);
    let sound = fs::read(&file).unwrap();
    fs::write(&file, b"something else").unwrap();
    let before = world.everything(&app).await;
    let mut ada = Browser::of(&app, "ada@example.org").await;
    let path = format!("/showcases/{}/accept", world.showcase);
    let page = ada.post(&path, &[("attempt", "1")]).await.page(409);
    for told in ["Stored evidence is not what was submitted", "Evidence 1: A piece", "Nothing was accepted"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(world.everything(&app).await, before);
    fs::write(&file, sound).unwrap();
    ada.post(&path, &[("attempt", "1")]).await.leads();
}

async fn nobody_else_decides(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    world.accept_components(1).await;
    let before = world.everything(&app).await;
    let (accept, give_back) =
        (format!("/showcases/{}/accept", world.showcase), format!("/showcases/{}/return", world.showcase));
    let fields = [("attempt", "1"), ("seen", ""), ("decision", "accepted"), ("note", "Mine.")];
    for (email, status) in [
        ("pat@example.org", 403),
        ("amy@example.org", 403),
        ("admin@example.org", 403),
        ("abe@example.org", 404),
        ("sue@example.org", 404),
    ] {
        let mut person = Browser::of(&app, email).await;
        for path in [decide(&world, ""), decide(&world, "/maths"), accept.clone(), give_back.clone()] {
            person.get(&path).await.page(status);
        }
        for path in [decide(&world, "/maths"), accept.clone(), give_back.clone()] {
            person.post(&path, &fields).await.page(status);
        }
    }
    let mut nobody = Browser::new(&app);
    nobody.post(&accept, &fields).await.page(401);
    assert_eq!(world.everything(&app).await, before);
}
