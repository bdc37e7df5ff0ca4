//! What holds for every address of the pages, read off the table of routes: without a session, or with one that is over,
//! no page but those that are open to all shows or does anything.

use reqwest::Method;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::id;
use crate::support::pages::{Address, addresses};
use crate::support::rows::rows;
use crate::support::{Answer, World, both};

both!(a_session_that_is_over_opens_nothing);

/// Open to whoever comes; a new page is not, unless it is named here.
const OPEN: [&str; 12] = [
    "/favicon.ico",
    "/accessibility",
    "/assets/{name:.+}",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/passkey/start",
    "/signed-in",
    "/sign-out",
    "/forgotten",
    "/link/{secret}",
    "/link/{secret}/passkey",
    "/link/{secret}/passkey/start",
];

fn closed() -> Vec<Address> {
    let mut all = addresses();
    assert!(OPEN.iter().all(|open| all.iter().any(|address| address.pattern == *open)), "each open page is there");
    all.retain(|address| !OPEN.contains(&address.pattern.as_str()));
    all
}

async fn a_session_that_is_over_opens_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", "ORG").await);
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let stolen = admin.clone();
    admin.post("/sign-out", &[]).await.leads();
    let before = (world.everything(&app).await, rows(&app).await);
    for browser in [stolen, Browser::new(&app)] {
        for address in closed() {
            let id = if address.pattern.starts_with("/pieces") { &piece } else { &world.showcase };
            let path = address.with(id);
            if address.gets {
                let to = browser.get(&path).await.leads().to_owned();
                assert!(to.starts_with("/sign-in"), "{path} leads to {to}");
            }
            if address.posts {
                let answer = Answer::of(browser.form(&path, &[])).await;
                assert!(answer.page(401).contains("not signed in any more"), "{path}");
            }
            // By another method it is nothing either.
            let other = Answer::of(browser.request(Method::DELETE, &path)).await;
            assert_eq!(other.status, 405, "{path}");
        }
    }
    assert_eq!((world.everything(&app).await, rows(&app).await), before);
}
