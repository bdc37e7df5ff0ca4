//! Evidence by a plain form: it takes the way of every upload, and a refusal gives back what was typed.

use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::still::Still;
use crate::support::{World, both, files};

both!(
    a_form_makes_a_piece_as_the_api_does,
    what_is_missing_is_named_and_what_was_typed_stays,
    a_refused_file_leaves_nothing,
    a_full_showcase_takes_no_more,
    withdrawing_frees_the_place,
    what_people_write_is_shown_and_never_run,
);

/// A form with all that it needs but its file.
pub const FIELDS: [(&str, &str); 6] = [
    ("title", "A complaint settled"),
    ("kind", "work_product"),
    ("area_ORG", "true"),
    ("area_TEA", "true"),
    ("confidentiality", "anonymised"),
    ("authentic", "true"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<_> =
        FIELDS.iter().copied().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).collect();
    fields.extend(changes.iter().copied().filter(|(_, value)| *value != "-"));
    fields
}

fn pdf() -> (&'static str, Vec<u8>) {
    ("complaint.pdf", files::pdf(2, "a complaint"))
}

async fn a_form_makes_a_piece_as_the_api_does(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let fields = with(&[("context", "What I did.\r\nWhere."), ("activity_on", "2026-11-02"), ("ai_use", "")]);
    let answer = amy.add(&world.showcase, &fields, Some(pdf())).await;
    let path = answer.leads().to_owned();
    let pieces = world.pieces().await;
    let [piece] = pieces.as_slice() else { panic!("{pieces:?}") };
    assert_eq!(path, format!("/pieces/{}?added=1", piece["id"].as_str().unwrap()));
    assert_eq!(piece["claims"], json!(["ORG", "TEA"]));
    assert_eq!((&piece["title"], &piece["kind"]), (&json!("A complaint settled"), &json!("work_product")));
    assert_eq!((&piece["context"], &piece["activity_on"]), (&json!("What I did.\r\nWhere."), &json!("2026-11-02")));
    assert_eq!((&piece["ai_use"], &piece["pages"]), (&json!(null), &json!(2)));
    let page = amy.get(&path).await.page(200);
    for told in
        ["Your evidence is in the showcase.", "Accepted", "a PDF", "Understanding the organisation, Team working"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let page = amy.get("/").await.page(200);
    assert!(page.contains("8 areas still need evidence") && page.contains("1 of at most 20 pieces"), "{page}");
    // The file is the one that was sent, and no browser opens it in place.
    let content = amy.get(&format!("/api/v1/pieces/{}/content", piece["id"].as_str().unwrap())).await;
    assert_eq!(content.body, pdf().1);
    assert!(content.header("content-disposition").starts_with("attachment"));
}

async fn what_is_missing_is_named_and_what_was_typed_stays(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let still = Still::of(&app, &world).await;
    for (changes, field, told) in [
        (vec![("title", "-")], "title", "Enter a title."),
        (vec![("title", "  ")], "title", "Enter a title."),
        (vec![("kind", "-")], "kind", "Choose what it is."),
        (vec![("kind", "nonsense")], "kind", "Choose what it is."),
        (vec![("confidentiality", "-")], "confidentiality", "Say how other people"),
        (vec![("authentic", "-")], "authentic", "Declare whose work it is."),
        (vec![("authentic", "false")], "authentic", "Declare whose work it is."),
        (vec![("activity_on", "2026-02-30")], "activity_on", "Enter a day that exists"),
        (vec![("author_name", "\u{7}bell")], "author_name", "special characters"),
    ] {
        let page = amy.add(&world.showcase, &with(&changes), Some(pdf())).await.page(422);
        assert!(page.contains("There is a problem") && page.contains(told), "{changes:?}: {page}");
        assert!(
            page.contains(&format!("href=\"#{field}\"")) && page.contains(&format!("id=\"{field}-error\"")),
            "{page}"
        );
        assert!(page.contains("name=\"area_TEA\" type=\"checkbox\" value=\"true\" checked"), "{page}");
        assert!(page.contains("<title>Error: Add evidence"), "{page}");
    }
    let page = amy.add(&world.showcase, &FIELDS, None).await.page(422);
    assert!(page.contains("Choose a file.") && page.contains("value=\"A complaint settled\""), "{page}");
    let long = "x".repeat(4001);
    let page = amy.add(&world.showcase, &with(&[("context", &long)]), Some(pdf())).await.page(422);
    assert!(page.contains("at most 4000 characters") && page.contains(&long), "nothing typed is lost");
    let page = amy.add(&world.showcase, &with(&[("area_XYZ", "true")]), Some(pdf())).await.page(422);
    assert!(page.contains("XYZ"), "{page}");
    let page = amy.add(&world.showcase, &with(&[("surprise", "1")]), Some(pdf())).await.page(422);
    assert!(page.contains("surprise"), "{page}");
    still.holds(&app, &world).await;
}

async fn a_refused_file_leaves_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    amy.add(&world.showcase, &FIELDS, Some(pdf())).await.leads();
    let still = Still::of(&app, &world).await;
    for (name, bytes, status, told) in [
        ("again.pdf", pdf().1, 409, "in the showcase already"),
        ("feedback.pdf", b"#!/bin/sh\n".to_vec(), 415, "its content is a script"),
        ("empty.pdf", Vec::new(), 422, "empty"),
        ("program.exe", b"MZ\x90\0".repeat(64), 415, "file"),
        ("nul", b"text".to_vec(), 422, "Windows keeps for a device"),
    ] {
        let page =
            amy.add(&world.showcase, &with(&[("title", "Typed before")]), Some((name, bytes))).await.page(status);
        assert!(page.contains(told) && page.contains("href=\"#file\""), "{name}: {page}");
        assert!(page.contains("value=\"Typed before\""), "{name}: {page}");
        assert!(!page.contains("name=\"authentic\" type=\"checkbox\" value=\"true\" checked"), "declared anew: {page}");
    }
    still.holds(&app, &world).await;
}

async fn a_full_showcase_takes_no_more(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    world.fill(20).await;
    let still = Still::of(&app, &world).await;
    let page = amy.get("/").await.page(200);
    assert!(page.contains("20 of at most 20 pieces") && !page.contains("/add"), "{page}");
    assert!(amy.get(&format!("/showcases/{}/add", world.showcase)).await.page(409).contains("at most 20 pieces"));
    assert!(amy.add(&world.showcase, &FIELDS, Some(pdf())).await.page(409).contains("at most 20 pieces"));
    still.holds(&app, &world).await;
}

async fn withdrawing_frees_the_place(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let path = amy.add(&world.showcase, &FIELDS, Some(pdf())).await.leads().replace("?added=1", "/withdraw");
    let page = amy.get(&path).await.page(200);
    assert!(page.contains("A complaint settled") && page.contains("cannot be taken back"), "{page}");
    assert_eq!(world.pieces().await.len(), 1, "looking withdraws nothing");
    assert_eq!(amy.post(&path, &[]).await.leads(), format!("/showcases/{}?withdrawn=1", world.showcase));
    assert!(world.pieces().await.is_empty() && app.stored().await.is_empty());
    // Twice, as an impatient finger does.
    amy.post(&path, &[]).await.page(404);
    amy.add(&world.showcase, &FIELDS, Some(pdf())).await.leads();
}

async fn what_people_write_is_shown_and_never_run(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}";
    let fields = with(&[("title", hostile), ("context", hostile), ("author_name", hostile), ("ai_use", hostile)]);
    let answer = amy.add(&world.showcase, &fields, Some(("<svg onload=alert(1)>.txt", b"text".to_vec()))).await;
    let piece = answer.leads().to_owned();
    let faulty = with(&[("title", hostile), ("context", hostile), ("authentic", "-")]);
    let again = amy.add(&world.showcase, &faulty, Some(pdf())).await;
    let pages = [amy.get(&piece).await.page(200), amy.get("/").await.page(200), again.page(422)];
    for page in pages {
        assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<svg"), "{page}");
        assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"), "{page}");
        assert!(page.contains("{{ 7*7 }}"), "{page}");
    }
}
