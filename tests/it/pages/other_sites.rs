//! Requests that another site makes in the name of somebody who is signed in here: each is refused, and nothing is done.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::client::id;
use crate::support::pages::addresses;
use crate::support::{Answer, World, both};

both!(only_pages_of_ours_change_anything, reading_is_not_held_up, programs_are_not_held_up);

/// What a browser may say of where a request comes from, and whether that is us.
fn says() -> Vec<(Vec<(&'static str, &'static str)>, bool)> {
    vec![
        (vec![], false),
        (vec![("Sec-Fetch-Site", "cross-site")], false),
        (vec![("Sec-Fetch-Site", "same-site")], false),
        (vec![("Sec-Fetch-Site", "cross-site"), ("Origin", "OURS")], false),
        (vec![("Origin", "http://evil.example")], false),
        (vec![("Origin", "null")], false),
        (vec![("Origin", "http://127.0.0.1:1")], false),
        (vec![("Referer", "OURS/account")], false),
        (vec![("Origin", "OURS")], true),
        (vec![("Sec-Fetch-Site", "none")], true),
        (vec![("Sec-Fetch-Site", "same-origin")], true),
    ]
}

fn saying(request: RequestBuilder, headers: &[(&str, &str)], ours: &str) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, value.replace("OURS", ours)))
}

async fn only_pages_of_ours_change_anything(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", "ORG").await);
    let mut amy = Browser::of(&app, "amy@example.org").await;
    for (headers, is_ours) in says() {
        let before = world.everything(&app).await;
        let form = |path: &str, body: &str| {
            let request = amy.bare(Method::POST, path).header("Content-Type", "application/x-www-form-urlencoded");
            saying(request.body(body.to_owned()), &headers, &app.address)
        };
        let sign_in = Answer::of(form("/sign-in", &format!("email=bob%40example.org&password={PASSWORD}"))).await;
        let edit = amy.bare(Method::PATCH, &format!("/api/v1/pieces/{piece}")).json(&json!({"title": "Taken over"}));
        let edit = Answer::of(saying(edit, &headers, &app.address)).await;
        let answers = [Answer::of(form("/forgotten", "email=no")).await.status, sign_in.status, edit.status];
        let answers = answers.map(|status| status.as_u16());
        if is_ours {
            assert_eq!(answers, [422, 422, 200], "{headers:?}");
            continue;
        }
        assert_eq!(answers, [403, 403, 403], "{headers:?}");
        edit.problem(403, "cross_site");
        assert!(sign_in.headers.get("set-cookie").is_none());
        for address in addresses().iter().filter(|address| address.posts) {
            let id = if address.pattern.starts_with("/pieces") { &piece } else { &world.showcase };
            let path = address.with(id);
            let page = Answer::of(form(&path, "")).await;
            assert!(page.page(403).contains("does not come from a page of this service"), "{path}");
        }
        assert!(amy.is_signed_in().await);
        assert_eq!(world.everything(&app).await, before, "{headers:?}");
    }
    amy.post(&format!("/pieces/{piece}/withdraw"), &[]).await.leads();
    assert!(world.pieces().await.is_empty());
}

async fn reading_is_not_held_up(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    for (headers, _) in says() {
        let request = saying(amy.bare(Method::GET, &format!("/showcases/{}", world.showcase)), &headers, &app.address);
        Answer::of(request).await.page(200);
    }
}

async fn programs_are_not_held_up(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = world.everything(&app).await;
    // Without cookie and token: as ever.
    world.nobody.post("/api/v1/showcases", json!({})).await.problem(401, "unauthenticated");
    let patch = world.nobody.request(Method::PATCH, "/api/v1/nothing").header("Origin", "http://evil.example");
    Answer::of(patch).await.problem(404, "not_found");
    assert_eq!(world.everything(&app).await, before);
    let put = world.provider.request(Method::PUT, &world.path("/gateway")).header("Origin", "http://elsewhere.example");
    Answer::of(put.json(&json!({"employer_confirmed_on": "2026-11-20"}))).await.expect(200);
}
