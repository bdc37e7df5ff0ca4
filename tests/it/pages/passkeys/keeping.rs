//! What becomes of passkeys: adding one takes a fresh sign-in, and the last way in is never removed.

use chrono::TimeDelta;

use super::{answer, begin, invited, named, sign_in};
use crate::support::app::TestAppRef;
use crate::support::authenticator::{Authenticator, Claims};
use crate::support::browser::{Browser, PASSWORD};
use crate::support::rows::rows;
use crate::support::{Answer, World, both};

both!(with named: adding_takes_a_fresh_sign_in, the_last_way_in_stays, of_two_removed_at_once_one_stays, there_is_an_end_to_them);

const ADD: &str = "/account/passkeys/add";

/// Adds a passkey to an account.
async fn add(browser: &mut Browser, number: u8, name: &str) -> Authenticator {
    let given = begin(browser, "/account/passkeys/start").await;
    let mut authenticator = Authenticator::new(number);
    let made = authenticator.create(&given.options, &Claims::default());
    answer(browser, ADD, &given.cookie, &[("answer", &made), ("name", name)]).await.leads();
    authenticator
}

/// The addresses at which the passkeys of an account are removed.
async fn removals(browser: &Browser) -> Vec<String> {
    let account = browser.get("/account").await.page(200);
    let links =
        account.split("href=\"").filter(|part| part.starts_with("/account/passkeys/") && part.contains("/remove\""));
    links.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

async fn adding_takes_a_fresh_sign_in(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    app.clock.advance(TimeDelta::minutes(9));
    let given = begin(&amy, "/account/passkeys/start").await;
    let made = Authenticator::new(1).create(&given.options, &Claims::default());
    app.clock.advance(TimeDelta::minutes(1));
    let before = rows(&app).await;
    let start = Answer::of(amy.form("/account/passkeys/start", &[])).await;
    assert!(start.page(403).contains("Sign in again"));
    let late = answer(&mut amy, ADD, &given.cookie, &[("answer", &made), ("name", "Late")]).await;
    assert!(late.page(403).contains("Sign in again"));
    let page = amy.get(ADD).await.page(200);
    assert!(
        page.contains("You signed in some time ago")
            && !page.contains("<form method=\"post\" action=\"/account/passkeys"),
        "{page}"
    );
    assert_eq!(rows(&app).await, before);
    // Signing in again leads back.
    let again = amy.get("/sign-in?again=1&next=/account/passkeys/add").await.page(200);
    assert!(again.contains("value=\"amy@example.org\"") && again.contains("Sign in again, so that we know"), "{again}");
    let fields = [("email", "amy@example.org"), ("password", PASSWORD), ("next", ADD)];
    assert_eq!(amy.post("/sign-in", &fields).await.leads(), "/signed-in?next=/account/passkeys/add");
    add(&mut amy, 1, "In time").await;
    assert_eq!(removals(&amy).await.len(), 1);
}

async fn the_last_way_in_stays(app: TestAppRef) {
    World::new(&app).await;
    let (mut amy, mut first) = invited(&app, "amy@example.org", 1).await;
    let bob = Browser::of(&app, "bob@example.org").await;
    let only = removals(&amy).await.remove(0);
    let before = rows(&app).await;
    assert!(amy.get(&only).await.page(200).contains("your only way to sign in"));
    assert!(amy.post(&only, &[]).await.page(409).contains("your only way to sign in"));
    bob.clone().post(&only, &[]).await.page(404);
    bob.get(&only).await.page(404);
    assert_eq!(rows(&app).await, before);
    let mut second = add(&mut amy, 2, "The second").await;
    assert!(amy.get(&only).await.page(200).contains("Remove it"));
    assert_eq!(amy.post(&only, &[]).await.leads(), "/account?done=passkey-removed#passkeys");
    amy.post(&only, &[]).await.page(404);
    let mut browser = Browser::new(&app);
    sign_in(&mut browser, &mut first, &Claims::default()).await.page(422);
    sign_in(&mut browser, &mut second, &Claims::default()).await.leads();
    // With a password, the last passkey may go.
    let link = super::invitation(&app, "amy@example.org").await;
    amy.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads();
    let last = removals(&amy).await.remove(0);
    amy.post(&last, &[]).await.leads();
    assert!(removals(&amy).await.is_empty());
    sign_in(&mut browser, &mut second, &Claims::default()).await.page(422);
    browser.sign_in("amy@example.org", PASSWORD).await.leads();
}

async fn of_two_removed_at_once_one_stays(app: TestAppRef) {
    World::new(&app).await;
    let (mut amy, _) = invited(&app, "amy@example.org", 1).await;
    add(&mut amy, 2, "The second").await;
    let both = removals(&amy).await;
    let mut other = amy.clone();
    let (one, two) = tokio::join!(amy.post(&both[0], &[]), other.post(&both[1], &[]));
    let mut answers = [one.status.as_u16(), two.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
    assert_eq!(removals(&amy).await.len(), 1);
}

async fn there_is_an_end_to_them(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    for number in 1..=20 {
        add(&mut amy, number, &format!("Number {number}")).await;
    }
    let before = rows(&app).await;
    let start = Answer::of(amy.form("/account/passkeys/start", &[])).await;
    assert_eq!(start.status, 422);
    assert_eq!(rows(&app).await, before);
}
