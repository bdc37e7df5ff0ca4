//! Passkeys: made by a link or a fresh sign-in, good for signing in at any replica, and never the worse for hostile
//! answers, of which each leaves everything as it was.

mod hostile;
mod keeping;

use exhibit::config::Settings;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::Value;

use crate::support::app::TestAppRef;
use crate::support::authenticator::{Authenticator, Claims, ORIGIN};
use crate::support::browser::{Browser, PASSWORD};
use crate::support::rows::rows;
use crate::support::{Answer, TestApp, World, both};

both!(with named: an_invitation_becomes_a_passkey_that_signs_in, a_passkey_is_added_named_and_listed);
both!(without_a_name_there_are_none);

/// Where people reach the service has a name, so that there are passkeys.
fn named(settings: &mut Settings) {
    settings.server.public_url = Some(ORIGIN.to_owned());
}

/// A challenge that a browser was given.
struct Given {
    options: Value,
    /// `name=value` of the cookie that comes with the answer.
    cookie: String,
}

async fn begin(browser: &Browser, path: &str) -> Given {
    let answer = Answer::of(browser.form(path, &[])).await;
    let set = answer.header(SET_COOKIE.as_str()).to_owned();
    assert!(set.contains("; HttpOnly; SameSite=Strict; Max-Age=300; Secure"), "{set}");
    let cookie = set.split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-passkey=") && cookie.len() == 15 + 43, "{cookie}");
    Given { options: answer.json(200), cookie }
}

/// Sends an answer as the page's form does.
async fn answer(browser: &mut Browser, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = Answer::of(browser.form(path, fields).header(COOKIE, cookie)).await;
    if answer.status == 303 {
        browser.take(&answer);
    }
    answer
}

async fn invitation(app: &TestApp, email: &str) -> String {
    let link = app.app.access.invite_by_email(&email.parse().unwrap()).await.unwrap();
    format!("/link/{}", link.secret.expose())
}

/// Somebody known here, who makes a passkey of their invitation.
async fn invited(app: &TestApp, email: &str, number: u8) -> (Browser, Authenticator) {
    let (mut browser, mut authenticator) = (Browser::new(app), Authenticator::new(number));
    let link = invitation(app, email).await;
    let given = begin(&browser, &format!("{link}/passkey/start")).await;
    let made = authenticator.create(&given.options, &Claims::default());
    let path = format!("{link}/passkey");
    let done = answer(&mut browser, &path, &given.cookie, &[("answer", &made)]).await;
    assert_eq!(done.leads(), "/signed-in?next=/");
    (browser, authenticator)
}

/// Signs in with a passkey, whatever comes of it.
async fn sign_in(browser: &mut Browser, authenticator: &mut Authenticator, claims: &Claims) -> Answer {
    let given = begin(browser, "/sign-in/passkey/start").await;
    let proof = authenticator.get(&given.options, claims);
    let fields = [("answer", proof.as_str()), ("next", "/account")];
    answer(browser, "/sign-in/passkey", &given.cookie, &fields).await
}

async fn an_invitation_becomes_a_passkey_that_signs_in(app: TestAppRef) {
    World::new(&app).await;
    let replica = app.replica().await;
    let link = invitation(&app, "amy@example.org").await;
    let page = Browser::new(&app).get(&link).await.page(200);
    assert!(page.contains("Choose how you sign in") && page.contains(&format!("{link}/passkey/start")), "{page}");
    let (mut amy, mut authenticator) = invited(&app, "amy@example.org", 1).await;
    assert_eq!(amy.get("/api/v1/me").await.json(200)["email"], "amy@example.org");
    let account = amy.get("/account").await.page(200);
    assert!(account.contains("Firefox on Linux</h3>") && account.contains("not used to sign in yet"), "{account}");
    assert!(account.contains("You sign in without a password."), "{account}");
    amy.post("/sign-out", &[]).await.leads();
    // Begun at one replica and ended at the other.
    let mut elsewhere = amy.at(&replica);
    let given = begin(&amy, "/sign-in/passkey/start").await;
    assert_eq!(given.options["userVerification"], "required");
    let proof = authenticator.get(&given.options, &Claims::default());
    let fields = [("answer", proof.as_str()), ("next", "/account")];
    let done = answer(&mut elsewhere, "/sign-in/passkey", &given.cookie, &fields).await;
    assert_eq!(done.leads(), "/signed-in?next=/account");
    let account = elsewhere.get("/account").await.page(200);
    assert!(account.contains("last used 23 November 2026"), "{account}");
    // The link is used, and there is no password.
    amy.get(&link).await.page(410);
    amy.sign_in("amy@example.org", PASSWORD).await.page(422);
    // Nobody but an admin makes a link for somebody who has a passkey.
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let fields = [("name", "amy"), ("email", "amy@example.org")];
    assert!(pat.post("/invite", &fields).await.page(422).contains("can sign in already"));
    replica.stop().await;
}

async fn a_passkey_is_added_named_and_listed(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, "amy@example.org").await;
    let mut authenticator = Authenticator::new(1);
    let page = amy.get("/account/passkeys/add").await.page(200);
    assert!(page.contains("value=\"Firefox on Linux\""), "{page}");
    let given = begin(&amy, "/account/passkeys/start").await;
    assert_eq!(given.options["authenticatorSelection"]["residentKey"], "required");
    let made = authenticator.create(&given.options, &Claims::default());
    let path = "/account/passkeys/add";
    // Without a name nothing is done, and the challenge is still there.
    let unnamed = answer(&mut amy, path, &given.cookie, &[("answer", &made), ("name", " ")]).await;
    assert!(unnamed.page(422).contains("Enter a name for the passkey"));
    let fields = [("answer", made.as_str()), ("name", "My <phone>")];
    let done = answer(&mut amy, path, &given.cookie, &fields).await.leads().to_owned();
    assert_eq!(done, "/account?done=passkey-added#passkeys");
    assert!(amy.get("/account").await.page(200).contains("My &#60;phone&#62;"));
    // The authenticator is told of it, so that it makes no second one.
    let again = begin(&amy, "/account/passkeys/start").await;
    assert_eq!(again.options["excludeCredentials"].as_array().map(Vec::len), Some(1));
    let mut phone = Browser::new(&app);
    sign_in(&mut phone, &mut authenticator, &Claims::default()).await.leads();
    assert!(phone.is_signed_in().await && amy.is_signed_in().await);
    // The same credential is not taken a second time, not even from the same person.
    let made = authenticator.create(&again.options, &Claims::default());
    let before = rows(&app).await;
    let twice = answer(&mut amy, path, &again.cookie, &[("answer", &made), ("name", "Twice")]).await;
    assert!(twice.page(422).contains("That passkey is not known here"));
    assert_eq!(rows(&app).await, before);
}

async fn without_a_name_there_are_none(app: TestAppRef) {
    World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let link = invitation(&app, "bob@example.org").await;
    for path in ["/sign-in", &link, "/account"] {
        let browser = if path == "/account" { amy.clone() } else { Browser::new(&app) };
        let page = browser.get(path).await.page(200);
        assert!(!page.to_lowercase().contains("passkey"), "{path}: {page}");
    }
    let before = rows(&app).await;
    for path in
        ["/sign-in/passkey/start", "/sign-in/passkey", "/account/passkeys/start", &format!("{link}/passkey/start")]
    {
        Answer::of(amy.form(path, &[("answer", "{}")])).await.page(404);
    }
    amy.get("/account/passkeys/add").await.page(404);
    assert_eq!(rows(&app).await, before);
}
