//! The life of a session: what its cookie is, what it opens, and everything that ends it.

use chrono::TimeDelta;
use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{Answer, World, both};

both!(
    a_right_password_opens_a_session_for_pages_and_api,
    a_wrong_password_opens_nothing,
    signing_in_again_changes_the_secret,
    signing_out_ends_it_for_whoever_has_it,
    it_ends_unused_and_it_ends_old,
    it_is_listed_and_ended_from_elsewhere,
    it_holds_at_every_replica,
    a_token_that_is_sent_counts_and_no_cookie,
);

async fn a_right_password_opens_a_session_for_pages_and_api(app: TestAppRef) {
    let world = World::new(&app).await;
    Browser::of(&app, "amy@example.org").await;
    let mut amy = Browser::new(&app);
    let answer = amy.sign_in(" AMY@example.org", PASSWORD).await;
    assert_eq!(answer.leads(), "/signed-in?next=/");
    let set = answer.header("set-cookie");
    let (pair, rest) = set.split_once("; ").unwrap();
    assert_eq!(rest, "Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure");
    assert_eq!(pair.strip_prefix("__Host-session=").map(str::len), Some(43), "256 bits");
    assert_eq!(amy.get("/signed-in?next=/account").await.leads(), "/account");
    assert!(amy.get("/").await.page(200).contains("10 areas still need evidence"));
    assert_eq!(amy.get("/sign-in").await.leads(), "/");
    // The API takes it as well, and for the same person.
    let me = amy.get("/api/v1/me").await.json(200);
    assert_eq!(me["email"], "amy@example.org");
    amy.get(&world.path("/pieces")).await.expect(200);
    // What was set aside is not there.
    let kept = pair.to_owned();
    let page = Browser::new(&app).get("/signed-in?next=/").await.page(200);
    assert!(page.contains("did not keep you signed in"), "{page}");
    amy.cookie = Some(kept.replace("__Host-session", "exhibit-session"));
    assert!(!amy.is_signed_in().await, "the name for plain HTTP counts only where that is set");
}

async fn a_wrong_password_opens_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    Browser::of(&app, "amy@example.org").await;
    let mut somebody = Browser::new(&app);
    let mut told = Vec::new();
    for (email, password) in [
        ("amy@example.org", "otter under a teal bridg"),
        ("amy@example.org", ""),
        // Nobody's, one without a password, and what is no address.
        ("ghost@example.org", PASSWORD),
        ("pat@example.org", PASSWORD),
        ("amy", PASSWORD),
    ] {
        let answer = somebody.sign_in(email, password).await;
        let page = answer.page(422);
        assert!(page.contains("do not belong together") && somebody.cookie.is_none(), "{page}");
        assert!(!page.contains(PASSWORD), "a password never comes back");
        told.push(page.replace(email, "somebody"));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "whoever it is, the answer is the same");
    assert!(world.admin.get("/api/v1/me").await.status.is_success());
}

async fn signing_in_again_changes_the_secret(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let before = amy.clone();
    amy.sign_in("amy@example.org", PASSWORD).await.leads();
    assert_ne!(amy.cookie, before.cookie);
    assert!(amy.is_signed_in().await && !before.is_signed_in().await);
}

async fn signing_out_ends_it_for_whoever_has_it(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let stolen = amy.clone();
    let answer = amy.post("/sign-out", &[]).await;
    assert_eq!(answer.leads(), "/sign-in?out=1");
    assert!(amy.cookie.is_none(), "the browser forgets it");
    assert!(!stolen.is_signed_in().await);
    stolen.get("/api/v1/me").await.problem(401, "unauthenticated");
    // Once more, without a session, does no harm.
    amy.post("/sign-out", &[]).await.leads();
}

async fn it_ends_unused_and_it_ends_old(app: TestAppRef) {
    World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    app.clock.advance(TimeDelta::hours(11));
    assert!(amy.is_signed_in().await, "used in time");
    app.clock.advance(TimeDelta::hours(11));
    assert!(amy.is_signed_in().await, "and so it went on");
    app.clock.advance(TimeDelta::hours(12) + TimeDelta::seconds(1));
    assert!(!amy.is_signed_in().await, "unused for half a day");
    let amy = Browser::of(&app, "amy@example.org").await;
    for _ in 0..15 {
        app.clock.advance(TimeDelta::hours(11));
        assert!(amy.is_signed_in().await);
    }
    app.clock.advance(TimeDelta::hours(4));
    assert!(!amy.is_signed_in().await, "a week old");
}

async fn it_is_listed_and_ended_from_elsewhere(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let mut phone = Browser::new(&app);
    phone.sign_in("amy@example.org", PASSWORD).await.leads();
    let bob = Browser::of(&app, "bob@example.org").await;
    let account = amy.get("/account").await.page(200);
    assert_eq!(
        (account.matches("Firefox on Linux</h3>").count(), account.matches("This browser").count()),
        (1, 1),
        "{account}"
    );
    let end = account.split("action=\"").find(|part| part.starts_with("/account/sessions/")).unwrap();
    let end = end.split('"').next().unwrap();
    // Not by anybody else, however they came to know its name.
    bob.clone().post(end, &[]).await.page(404);
    assert!(phone.is_signed_in().await);
    assert_eq!(amy.post(end, &[]).await.leads(), "/account?done=1");
    assert!(!phone.is_signed_in().await && amy.is_signed_in().await);
    amy.post(end, &[]).await.page(404);
    for browser in [&mut phone, &mut amy] {
        browser.sign_in("amy@example.org", PASSWORD).await.leads();
    }
    amy.post("/account/sessions/end-others", &[]).await.leads();
    assert!(!phone.is_signed_in().await && amy.is_signed_in().await && bob.is_signed_in().await);
}

async fn it_holds_at_every_replica(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let replica = app.replica().await;
    let elsewhere = amy.at(&replica);
    assert!(elsewhere.is_signed_in().await);
    amy.post("/sign-out", &[]).await.leads();
    assert!(!elsewhere.is_signed_in().await);
    replica.stop().await;
}

async fn a_token_that_is_sent_counts_and_no_cookie(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let with = |token: String| amy.bare(Method::GET, "/api/v1/me").header(AUTHORIZATION, token);
    let me = Answer::of(with(format!("Bearer {}", world.provider.token()))).await.json(200);
    assert_eq!(me["email"], "pat@example.org");
    for wrong in ["Bearer exhibit_0", "Basic YW15", "Bearer"] {
        Answer::of(with(wrong.to_owned())).await.problem(401, "unauthenticated");
    }
    // A token needs no browser's word for where it comes from.
    let path = world.path("/gateway");
    world.provider.put(&path, json!({"employer_confirmed_on": "2026-11-20"})).await.expect(200);
}
