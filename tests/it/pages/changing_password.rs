//! Another password for somebody who is signed in: with the current one, counted as at signing in, and everybody else
//! who was signed in as them is out.

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{World, both};

both!(the_new_one_counts_and_other_sessions_end, what_is_wrong_changes_nothing, guesses_are_counted_as_at_signing_in);

const EMAIL: &str = "amy@example.org";
const NEW: &str = "seven kettles on a slow tram";
const PATH: &str = "/account/password";

fn fields<'a>(current: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("current", current), ("password", password), ("again", password)]
}

async fn the_new_one_counts_and_other_sessions_end(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, EMAIL).await;
    let mut phone = Browser::new(&app);
    phone.sign_in(EMAIL, PASSWORD).await.leads();
    let bob = Browser::of(&app, "bob@example.org").await;
    let stolen = amy.clone();
    let link = app.app.access.invite_by_email(&EMAIL.parse().unwrap()).await.unwrap();
    let link = format!("/link/{}", link.secret.expose());
    let leads = amy.post(PATH, &fields(PASSWORD, NEW)).await.leads().to_owned();
    assert_eq!(amy.get(&leads).await.leads(), "/account?done=password");
    assert!(amy.get("/account?done=password").await.page(200).contains("Your password is changed"));
    assert!(amy.is_signed_in().await && bob.is_signed_in().await);
    assert!(!phone.is_signed_in().await, "signed out elsewhere");
    assert!(!stolen.is_signed_in().await, "and whoever has the old cookie");
    phone.sign_in(EMAIL, PASSWORD).await.page(422);
    phone.sign_in(EMAIL, NEW).await.leads();
    // A link that somebody asked for before is not good any more.
    assert!(phone.get(&link).await.page(410).contains("used already"));
}

async fn what_is_wrong_changes_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut amy = Browser::of(&app, EMAIL).await;
    let phone = amy.clone();
    for (fields, told) in [
        (fields("not the one", NEW), "not your current password"),
        (fields("", NEW), "not your current password"),
        (fields(PASSWORD, ""), "Choose a password."),
        (fields(PASSWORD, "fourteen chars"), "has 14 characters"),
        (fields(PASSWORD, "passwordpassword1"), "guessed first"),
        ([("current", PASSWORD), ("password", NEW), ("again", "another")], "differ"),
    ] {
        let page = amy.post(PATH, &fields).await.page(422);
        assert!(page.contains(told) && page.contains("There is a problem"), "{told}: {page}");
        assert!(!page.contains("kettles") && !page.contains("teal"), "no password is told back");
    }
    assert!(phone.is_signed_in().await);
    Browser::new(&app).sign_in(EMAIL, PASSWORD).await.leads();
    assert_eq!(Browser::new(&app).get(PATH).await.leads(), "/sign-in?next=/account/password");
    Browser::new(&app).post(PATH, &fields(PASSWORD, NEW)).await.page(401);
    // A token is no session, and has no password to change.
    let request = world.apprentice.request(reqwest::Method::POST, PATH);
    let request =
        request.header("Content-Type", "application/x-www-form-urlencoded").body("current=a&password=b&again=b");
    crate::support::Answer::of(request).await.problem(404, "not_found");
}

async fn guesses_are_counted_as_at_signing_in(app: TestAppRef) {
    World::new(&app).await;
    let mut amy = Browser::of(&app, EMAIL).await;
    for _ in 0..5 {
        amy.post(PATH, &fields("wrong", NEW)).await.page(422);
        Browser::new(&app).sign_in(EMAIL, "wrong").await.page(422);
    }
    let page = amy.post(PATH, &fields(PASSWORD, NEW)).await.page(429);
    assert!(page.contains("too many attempts") && page.contains("23 November 2026, 10:15"), "{page}");
    Browser::new(&app).sign_in(EMAIL, PASSWORD).await.page(429);
    app.clock.advance(chrono::TimeDelta::minutes(15));
    amy.post(PATH, &fields(PASSWORD, NEW)).await.leads();
    Browser::new(&app).sign_in(EMAIL, NEW).await.leads();
}
