//! Links to set a password: once, for a while, and never by accident; and the way back for one who forgot theirs.

use std::fs;

use chrono::TimeDelta;
use exhibit::config::{Secret, Settings};

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{TestApp, World, both, eventually};

both!(
    a_link_works_once,
    of_two_clicks_at_the_same_moment_one_counts,
    a_link_ends,
    a_newer_link_ends_the_one_before,
    a_weak_password_does_not_use_it_up,
    a_new_password_ends_every_session,
    a_forgotten_password_is_told_alike_to_all,
);
both!(with without_mail: without_mail_a_person_helps);

const NEW: &str = "seven kettles on a slow tram";

async fn link(app: &TestApp, email: &str) -> String {
    let link = app.app.access.invite_by_email(&email.parse().unwrap()).await.unwrap();
    format!("/link/{}", link.secret.expose())
}

const BOTH: [(&str, &str); 2] = [("password", NEW), ("again", NEW)];

async fn a_link_works_once(app: TestAppRef) {
    World::new(&app).await;
    let link = link(&app, "amy@example.org").await;
    let mut amy = Browser::new(&app);
    // Looked at as often as mail programs like.
    for _ in 0..3 {
        let page = amy.get(&link).await.page(200);
        assert!(page.contains("Welcome, amy") && page.contains("amy@example.org"), "{page}");
    }
    assert_eq!(amy.post(&link, &BOTH).await.leads(), "/signed-in?next=/");
    assert!(amy.is_signed_in().await);
    let mut second = Browser::new(&app);
    for answer in [second.get(&link).await, second.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await] {
        let page = answer.page(410);
        assert!(page.contains("used already") && page.contains("href=\"/sign-in\""), "{page}");
    }
    assert!(second.cookie.is_none());
    second.sign_in("amy@example.org", PASSWORD).await.page(422);
    second.sign_in("amy@example.org", NEW).await.leads();
    for nothing in ["/link/x", "/link/%00", &format!("{link}A")] {
        assert!(second.get(nothing).await.page(404).contains("leads nowhere"));
    }
}

async fn of_two_clicks_at_the_same_moment_one_counts(app: TestAppRef) {
    World::new(&app).await;
    let link = link(&app, "amy@example.org").await;
    let (mut one, mut other) = (Browser::new(&app), Browser::new(&app));
    let (first, second) = tokio::join!(one.post(&link, &BOTH), other.post(&link, &BOTH));
    let mut answers = [first.status.as_u16(), second.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 410]);
}

async fn a_link_ends(app: TestAppRef) {
    World::new(&app).await;
    let link = link(&app, "amy@example.org").await;
    let mut amy = Browser::new(&app);
    app.clock.advance(TimeDelta::days(7) - TimeDelta::minutes(1));
    amy.get(&link).await.page(200);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(amy.get(&link).await.page(410).contains("too old"));
    assert!(amy.post(&link, &BOTH).await.page(410).contains("I forgot my password"));
    amy.sign_in("amy@example.org", NEW).await.page(422);
}

async fn a_newer_link_ends_the_one_before(app: TestAppRef) {
    World::new(&app).await;
    let (old, new) = (link(&app, "amy@example.org").await, link(&app, "amy@example.org").await);
    let mut amy = Browser::new(&app);
    amy.post(&old, &BOTH).await.page(410);
    amy.post(&new, &BOTH).await.leads();
}

async fn a_weak_password_does_not_use_it_up(app: TestAppRef) {
    World::new(&app).await;
    let link = link(&app, "amy@example.org").await;
    let mut amy = Browser::new(&app);
    for (password, again, told) in [
        ("", "", "Choose a password."),
        ("fourteen chars", "fourteen chars", "has 14 characters"),
        ("passwordpassword1", "passwordpassword1", "guessed first"),
        ("amy@example.org!", "amy@example.org!", "guessed first"),
        (NEW, "seven kettles on a slow train", "differ"),
    ] {
        let page = amy.post(&link, &[("password", password), ("again", again)]).await.page(422);
        assert!(page.contains(told) && page.contains("There is a problem"), "{password}: {page}");
        assert!(!page.contains("kettles") && amy.cookie.is_none());
    }
    amy.post(&link, &BOTH).await.leads();
}

async fn a_new_password_ends_every_session(app: TestAppRef) {
    World::new(&app).await;
    let stolen = Browser::of(&app, "amy@example.org").await;
    let bob = Browser::of(&app, "bob@example.org").await;
    let mut amy = Browser::new(&app);
    let link = link(&app, "amy@example.org").await;
    assert!(stolen.is_signed_in().await, "a link alone ends nothing");
    amy.post(&link, &BOTH).await.leads();
    assert!(amy.is_signed_in().await && bob.is_signed_in().await);
    assert!(!stolen.is_signed_in().await);
    stolen.get("/api/v1/me").await.problem(401, "unauthenticated");
}

/// Every mail that was sent, whole.
fn mails(app: &TestApp) -> Vec<String> {
    let Ok(entries) = fs::read_dir(app.folder.path().join("mail")) else { return Vec::new() };
    entries
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .filter(|mail| mail.ends_with('\n'))
        .collect()
}

async fn a_forgotten_password_is_told_alike_to_all(app: TestAppRef) {
    World::new(&app).await;
    let mut somebody = Browser::new(&app);
    let ghost = somebody.post("/forgotten", &[("email", "ghost@example.org")]).await.page(200);
    let amy = somebody.post("/forgotten", &[("email", "amy@example.org")]).await.page(200);
    assert_eq!(ghost.replace("ghost@", "amy@"), amy);
    eventually("the mail is there", || mails(&app).len() == 1).await;
    let mail = mails(&app).remove(0);
    assert!(mail.contains("To: amy@example.org") && mail.contains("Subject: A new password for Exhibit"), "{mail}");
    let link = mail.lines().find_map(|line| line.strip_prefix(&app.address)).expect("a link on a line of its own");
    // The host of a request, which anybody can make up, is in no link.
    let form = somebody.form("/forgotten", &[("email", "pat@example.org")]).header("Host", "evil.example");
    crate::support::Answer::of(form).await.page(200);
    eventually("the second mail is there", || mails(&app).len() == 2).await;
    assert!(mails(&app).iter().all(|mail| !mail.contains("evil")));
    // An hour, no longer.
    app.clock.advance(TimeDelta::minutes(59));
    somebody.get(link).await.page(200);
    somebody.post(link, &BOTH).await.leads();
    assert!(somebody.is_signed_in().await);
}

fn without_mail(settings: &mut Settings) {
    settings.mail.url = Secret::new("none".to_owned());
}

async fn without_mail_a_person_helps(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::new(&app);
    let page = amy.get("/forgotten").await.page(200);
    assert!(page.contains("sends no e-mail") && !page.contains("<form"), "{page}");
    amy.post("/forgotten", &[("email", "amy@example.org")]).await.page(200);
    assert!(mails(&app).is_empty());
}
