//! What slows a guesser down: by account and by network address, shared by all replicas, and over after a while.

use chrono::TimeDelta;
use exhibit::config::Settings;
use futures_util::future::join_all;

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{Answer, World, both};

both!(
    ten_attempts_for_an_account_are_enough,
    attempts_at_the_same_moment_are_counted_too,
    a_success_is_not_counted,
    links_are_not_asked_for_without_end,
);
both!(with few_an_address: an_address_has_its_own_count);
both!(with behind_a_proxy: the_proxy_says_where_one_comes_from);

const EMAIL: &str = "amy@example.org";

fn few_an_address(settings: &mut Settings) {
    settings.sign_in.address_attempts = 3;
}

fn behind_a_proxy(settings: &mut Settings) {
    settings.sign_in.address_attempts = 3;
    settings.server.forwarded = true;
}

async fn ten_attempts_for_an_account_are_enough(app: TestAppRef) {
    World::new(&app).await;
    Browser::of(&app, EMAIL).await;
    Browser::of(&app, "bob@example.org").await;
    let replica = app.replica().await;
    let (mut here, mut there) = (Browser::new(&app), Browser::new(&replica));
    for _ in 0..5 {
        here.sign_in(EMAIL, "wrong").await.page(422);
        there.sign_in("Amy@Example.ORG ", "wrong").await.page(422);
    }
    // Not even the right one, wherever it is tried.
    for browser in [&mut here, &mut there] {
        let page = browser.sign_in(EMAIL, PASSWORD).await.page(429);
        assert!(
            page.contains("too many attempts for this account") && page.contains("23 November 2026, 10:15"),
            "{page}"
        );
        assert!(browser.cookie.is_none());
    }
    // Others are not held up, and somebody who is in stays in.
    Browser::new(&app).sign_in("bob@example.org", PASSWORD).await.leads();
    app.clock.advance(TimeDelta::minutes(15));
    here.sign_in(EMAIL, PASSWORD).await.leads();
    replica.stop().await;
}

async fn attempts_at_the_same_moment_are_counted_too(app: TestAppRef) {
    World::new(&app).await;
    Browser::of(&app, EMAIL).await;
    let somebody = Browser::new(&app);
    let guesses = (0..25).map(|guess| {
        let somebody = somebody.clone();
        async move {
            let password = format!("guess {guess}");
            Answer::of(somebody.form("/sign-in", &[("email", EMAIL), ("password", &password)])).await.status.as_u16()
        }
    });
    let answers = join_all(guesses).await;
    assert_eq!(answers.iter().filter(|&&status| status == 422).count(), 10, "{answers:?}");
    assert_eq!(answers.iter().filter(|&&status| status == 429).count(), 15, "{answers:?}");
}

async fn a_success_is_not_counted(app: TestAppRef) {
    World::new(&app).await;
    Browser::of(&app, EMAIL).await;
    let mut amy = Browser::new(&app);
    for _ in 0..3 {
        for _ in 0..9 {
            amy.sign_in(EMAIL, "wrong").await.page(422);
        }
        amy.sign_in(EMAIL, PASSWORD).await.leads();
    }
}

async fn links_are_not_asked_for_without_end(app: TestAppRef) {
    World::new(&app).await;
    let mut somebody = Browser::new(&app);
    for _ in 0..10 {
        somebody.post("/forgotten", &[("email", "ghost@example.org")]).await.page(200);
    }
    let page = somebody.post("/forgotten", &[("email", "ghost@example.org")]).await.page(429);
    assert!(page.contains("asked for too often"), "{page}");
    // Asking for a link takes no attempt at a password away.
    Browser::of(&app, EMAIL).await;
    Browser::new(&app).sign_in(EMAIL, PASSWORD).await.leads();
}

async fn an_address_has_its_own_count(app: TestAppRef) {
    World::new(&app).await;
    Browser::of(&app, EMAIL).await;
    let mut guesser = Browser::new(&app);
    for email in ["a@example.org", "b@example.org", "c@example.org"] {
        guesser.sign_in(email, "wrong").await.page(422);
    }
    let page = guesser.sign_in(EMAIL, PASSWORD).await.page(429);
    assert!(page.contains("too many attempts from your network"), "{page}");
    // What anybody can write into a header changes nothing.
    let form = guesser.form("/sign-in", &[("email", EMAIL), ("password", PASSWORD)]);
    Answer::of(form.header("X-Forwarded-For", "192.0.2.7")).await.page(429);
    app.clock.advance(TimeDelta::minutes(15));
    guesser.sign_in(EMAIL, PASSWORD).await.leads();
}

async fn the_proxy_says_where_one_comes_from(app: TestAppRef) {
    World::new(&app).await;
    Browser::of(&app, EMAIL).await;
    let somebody = Browser::new(&app);
    let from = async |address: &str, password: &str| {
        let form = somebody.form("/sign-in", &[("email", EMAIL), ("password", password)]);
        Answer::of(form.header("X-Forwarded-For", address)).await.status.as_u16()
    };
    for _ in 0..3 {
        assert_eq!(from("192.0.2.7", "wrong").await, 422);
    }
    assert_eq!(from("192.0.2.7", PASSWORD).await, 429);
    // The entries before the last are the client's own invention.
    assert_eq!(from("192.0.2.9, 192.0.2.7", PASSWORD).await, 429);
    assert_eq!(from("192.0.2.7, 192.0.2.9", PASSWORD).await, 303);
}
