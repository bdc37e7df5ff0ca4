//! The gateway's pages: details, documents and submission by plain forms, each with its refusals.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::id;
use crate::support::{Answer, World, both, files};

both!(
    everybody_of_the_showcase_sees_it_and_only_some_change_it,
    the_days_are_told_in_words,
    details_are_saved_whole_or_not_at_all,
    documents_are_uploaded_and_replaced,
    a_submission_needs_everything_and_a_declaration,
    what_was_decided_is_told,
);

const PEOPLE: [&str; 5] = ["pat", "admin", "amy", "ada", "sue"];

async fn upload(browser: &Browser, world: &World, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Answer {
    let mut form = Form::new();
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let (name, bytes) = file.unwrap_or(("", Vec::new()));
    let form = form.part("file", Part::bytes(bytes).file_name(name.to_owned()));
    let path = format!("/showcases/{}/gateway/documents", world.showcase);
    Answer::of(browser.request(Method::POST, &path).multipart(form)).await
}

async fn everybody_of_the_showcase_sees_it_and_only_some_change_it(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let mut people = Vec::new();
    for name in PEOPLE {
        people.push(Browser::of(&app, &format!("{name}@example.org")).await);
    }
    let before = world.everything(&app).await;
    for (rest, expected) in [
        ("", [200, 200, 200, 200, 404]),
        ("/details", [200, 200, 403, 403, 404]),
        ("/documents", [200, 200, 403, 403, 404]),
        ("/submit", [200, 200, 403, 403, 404]),
    ] {
        let path = format!("/showcases/{}/gateway{rest}", world.showcase);
        for (person, expected) in people.iter().zip(expected) {
            let page = person.get(&path).await.page(expected);
            let offers = page.contains("/gateway/submit\"") || page.contains("/gateway/details\"");
            assert!(!rest.is_empty() || expected != 200 || offers == page.contains("Change the details"), "{page}");
        }
    }
    for person in &mut people[2..] {
        let status = if person.get("/").await.page(200).contains("South College") { 404 } else { 403 };
        for rest in ["details", "submit"] {
            let path = format!("/showcases/{}/gateway/{rest}", world.showcase);
            person.post(&path, &[("declared", "true")]).await.page(status);
        }
        let fields = [("kind", "gateway_form")];
        upload(person, &world, &fields, Some(("a.pdf", files::pdf(1, "x")))).await.page(status);
    }
    assert_eq!(world.everything(&app).await, before);
    let amy = people[2].get(&format!("/showcases/{}/gateway", world.showcase)).await.page(200);
    assert!(amy.contains("the gateway can be submitted") && !amy.contains("/gateway/submit"), "{amy}");
}

async fn the_days_are_told_in_words(app: TestAppRef) {
    let world = World::new(&app).await;
    let pat = Browser::of(&app, "pat@example.org").await;
    let path = format!("/showcases/{}/gateway", world.showcase);
    let page = pat.get(&path).await.page(200);
    assert!(
        page.contains("8 things are still needed") && page.contains("If that were today, 23 November 2026"),
        "{page}"
    );
    world.provider.put(&world.path("/gateway"), json!({"assessment_on": "2027-01-04"})).await.expect(200);
    let page = pat.get(&path).await.page(200);
    assert!(page.contains("For an assessment on 4 January 2027 the form must be in by 16 December 2026."), "{page}");
    assert!(page.contains("the assessment can be on 7 December 2026 or later"), "{page}");
    assert!(page.contains("on 23 February 2027 at the latest"), "{page}");
    assert!(page.contains("Understanding the organisation, Meeting regulations"), "areas by their titles: {page}");
    world.provider.put(&world.path("/gateway"), json!({"assessment_on": "2036-01-04"})).await.expect(200);
    let page = pat.get(&path).await.page(200);
    assert!(!page.contains("the form must be in by") && page.contains("move it from 4 January 2036"), "{page}");
}

async fn details_are_saved_whole_or_not_at_all(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let document = id(&world
        .provider
        .upload_document(&world.showcase, "maths_certificate", "maths.pdf", files::pdf(1, "maths"))
        .await
        .json(201));
    let path = format!("/showcases/{}/gateway/details", world.showcase);
    let page = pat.get(&path).await.page(200);
    assert!(page.contains(&format!("value=\"{document}\" checked")), "the only one that fits is offered: {page}");
    assert!(!page.contains("19 or over"), "a route that is off: {page}");
    let before = world.everything(&app).await;
    let elsewhere = world.another_showcase().await;
    let other = id(&world
        .provider
        .upload_document(&elsewhere, "maths_certificate", "other.pdf", files::pdf(1, "other"))
        .await
        .json(201));
    for (fields, field, told) in [
        (vec![("maths_level", "level_1")], "maths_basis", "Choose how it is met"),
        (vec![("english_achieved_on", "2024-02-30")], "english_achieved_on", "Enter a day that exists"),
        (vec![("maths_basis", "luck")], "maths_basis", "Choose how it is met"),
        (vec![("maths_basis", "achieved"), ("maths_level", "level_9")], "maths_level", "Choose one of the levels"),
        (vec![("maths_basis", "achieved"), ("maths_document", "x")], "maths_document", "not there any more"),
        (vec![("maths_basis", "achieved"), ("maths_document", &other)], "maths_document", "not there any more"),
        (vec![("assessment_on", "soon"), ("employer_confirmed_on", "2026-11-20")], "assessment_on", "Enter a day"),
    ] {
        let page = pat.post(&path, &fields).await.page(422);
        assert!(page.contains(told) && page.contains(&format!("href=\"#{field}\"")), "{fields:?}: {page}");
    }
    let after = world.everything(&app).await;
    assert_eq!(after["gateway"], before["gateway"]);
    let fields = [
        ("maths_basis", "achieved"),
        ("maths_level", "level_1"),
        ("maths_achieved_on", "2024-08-22"),
        ("maths_document", document.as_str()),
        ("english_basis", ""),
        ("employer_confirmed_on", "2026-11-20"),
        ("assessment_on", "2026-12-14"),
    ];
    assert_eq!(pat.post(&path, &fields).await.leads(), format!("/showcases/{}/gateway?done=details", world.showcase));
    let gateway = world.provider.get(&world.path("/gateway")).await.json(200);
    let maths = json!({"level": "level_1", "basis": "achieved", "achieved_on": "2024-08-22", "document_id": document});
    assert_eq!((&gateway["maths"], &gateway["english"]), (&maths, &json!(null)));
    assert_eq!(gateway["assessment_on"], "2026-12-14");
    let page = pat.get(&format!("/showcases/{}/gateway", world.showcase)).await.page(200);
    assert!(page.contains("A certificate, Level 1, 22 August 2024, maths.pdf"), "{page}");
}

async fn documents_are_uploaded_and_replaced(app: TestAppRef) {
    let world = World::new(&app).await;
    let pat = Browser::of(&app, "pat@example.org").await;
    let before = world.everything(&app).await;
    let pdf = || Some(("form.pdf", files::pdf(1, "form")));
    let form = [("kind", "gateway_form")];
    let gone = [("kind", "gateway_form"), ("replaces", "01a20938-0000-7000-8000-000000000000")];
    for (fields, file, status, told) in [
        (&[][..], pdf(), 422, "Choose what it is."),
        (&[("kind", "nonsense")][..], pdf(), 422, "Choose what it is."),
        (&form[..], None, 422, "Choose a file."),
        (&form[..], Some(("form.pdf", b"#!/bin/sh\n".to_vec())), 415, "its content is a script"),
        (&form[..], Some(("form.pdf", Vec::new())), 422, "empty"),
        (&gone[..], pdf(), 422, "is not there any more"),
    ] {
        let page = upload(&pat, &world, fields, file).await.page(status);
        assert!(page.contains(told) && page.contains("There is a problem"), "{told}: {page}");
    }
    assert_eq!(world.everything(&app).await, before);
    let leads = format!("/showcases/{}/gateway?done=document", world.showcase);
    assert_eq!(upload(&pat, &world, &form, pdf()).await.leads(), leads);
    world.ready_gateway().await;
    let gateway = world.provider.get(&world.path("/gateway")).await.json(200);
    let maths = gateway["maths"]["document_id"].as_str().unwrap().to_owned();
    // Another kind than the old one's takes no place.
    let wrong = [("kind", "english_certificate"), ("replaces", maths.as_str())];
    upload(&pat, &world, &wrong, Some(("a.pdf", files::pdf(1, "wrong")))).await.page(422);
    let page = pat.get(&format!("/showcases/{}/gateway/documents?replaces={maths}", world.showcase)).await.page(200);
    assert!(page.contains("Replace form.pdf"), "{page}");
    let fields = [("kind", "maths_certificate"), ("replaces", maths.as_str())];
    upload(&pat, &world, &fields, Some(("better.pdf", files::pdf(1, "better")))).await.leads();
    let after = world.provider.get(&world.path("/gateway")).await.json(200);
    let listed: Vec<&str> = after["documents"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap()).collect();
    assert!(!listed.contains(&maths.as_str()) && after["ready"] == true, "{after}");
    assert!(listed.contains(&after["maths"]["document_id"].as_str().unwrap()), "the details name the new one: {after}");
    // A second click: the old one's place is taken.
    upload(&pat, &world, &fields, Some(("late.pdf", files::pdf(1, "late")))).await.page(422);
    pat.get(&format!("/api/v1/gateway/documents/{maths}/content")).await.expect(200);
}

async fn a_submission_needs_everything_and_a_declaration(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let path = format!("/showcases/{}/gateway/submit", world.showcase);
    let page = pat.get(&path).await.page(200);
    assert!(page.contains("cannot be submitted yet") && !page.contains("Submit and freeze"), "{page}");
    let before = world.everything(&app).await;
    assert!(pat.post(&path, &[("declared", "true")]).await.page(409).contains("nothing was submitted"));
    assert_eq!(world.everything(&app).await, before);
    world.ready_gateway().await;
    let page = pat.get(&path).await.page(200);
    assert!(page.contains("all of this freezes") && page.contains("A piece") && page.contains("form.pdf"), "{page}");
    let page = pat.post(&path, &[]).await.page(422);
    assert!(page.contains("Declare that the apprentice is ready") && page.contains("href=\"#declared\""), "{page}");
    assert_eq!(world.state().await, "draft");
    let done = pat.post(&path, &[("declared", "true")]).await;
    assert_eq!(done.leads(), format!("/showcases/{}/gateway?done=submitted", world.showcase));
    assert_eq!(world.state().await, "submitted");
    let frozen = world.everything(&app).await;
    for rest in ["submit", "details", "documents"] {
        let path = format!("/showcases/{}/gateway/{rest}", world.showcase);
        assert!(pat.get(&path).await.page(409).contains("was submitted"), "{rest}");
    }
    pat.post(&path, &[("declared", "true")]).await.page(409);
    pat.post(&format!("/showcases/{}/gateway/details", world.showcase), &[]).await.page(409);
    upload(&pat, &world, &[("kind", "gateway_form")], Some(("a.pdf", files::pdf(1, "late")))).await.page(409);
    assert_eq!(world.everything(&app).await, frozen);
}

async fn what_was_decided_is_told(app: TestAppRef) {
    let world = World::new(&app).await;
    world.submitted().await;
    let ada = Browser::of(&app, "ada@example.org").await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let path = format!("/showcases/{}/gateway", world.showcase);
    let decide = format!("href=\"/showcases/{}/decide\"", world.showcase);
    assert!(ada.get(&path).await.page(200).contains(&decide));
    assert!(!pat.get(&path).await.page(200).contains(&decide));
    let rejection = json!({"decision": "rejected", "reason": "certificate_unreadable", "note": "<b>Page 2</b>"});
    world.assessor.put(&world.path("/gateway/attempts/1/components/maths"), rejection).await.expect(200);
    world.give_back(1).await;
    let page = pat.get(&path).await.page(200);
    for told in ["Submission 1", "Returned", "certificate unreadable", "&#60;b&#62;Page 2", "Mend the dates."] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let page = pat.post(&format!("{path}/submit"), &[("declared", "true")]).await.page(409);
    assert!(page.contains("exactly what was returned"), "{page}");
    assert_eq!(world.state().await, "draft");
}
