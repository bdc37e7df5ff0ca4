//! The pages of admins: for everybody else they are not there; and what each of them does.

mod assigning;
mod looking;
mod people;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::pages::{Address, NOTHING, addresses};
use crate::support::rows::rows;
use crate::support::{Answer, World, both};

both!(for_everybody_else_there_is_nothing);

fn administrative() -> Vec<Address> {
    let mut all = addresses();
    all.retain(|address| address.pattern.starts_with("/admin"));
    assert!(all.len() >= 14, "{all:?}");
    all
}

/// An address of something that is there, so that a refusal hides it and not the lack of it.
fn real(address: &Address, world: &World) -> String {
    let id = if address.pattern.contains("assignments") { &world.organisation } else { &world.apprentice.id };
    address.pattern.replace("{id}", id).replace("{token}", NOTHING)
}

async fn for_everybody_else_there_is_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let others = ["pat", "sue", "amy", "bob", "ada", "abe"];
    let mut browsers = Vec::new();
    for name in others {
        browsers.push(Browser::of(&app, &format!("{name}@example.org")).await);
    }
    let admin = Browser::of(&app, "admin@example.org").await;
    let nowhere = browsers[0].get("/nowhere").await.page(404);
    let before = (world.everything(&app).await, rows(&app).await);
    for address in administrative() {
        let path = real(&address, &world);
        for (browser, name) in browsers.iter().zip(others) {
            if address.gets {
                assert_eq!(browser.get(&path).await.page(404), nowhere, "{path} by {name}");
            }
            if address.posts {
                let form = browser.form(&path, &[("kind", "provider"), ("name", "Mine"), ("expires_in", "1")]);
                assert_eq!(Answer::of(form).await.page(404), nowhere, "{path} by {name}");
            }
        }
        if address.gets && !address.pattern.contains("{token}") {
            admin.get(&path).await.page(200);
        }
    }
    // Nor for programs with another person's token, while an admin's opens them.
    world.provider.get("/admin/settings").await.problem(404, "not_found");
    world.nobody.get("/admin/settings").await.problem(401, "unauthenticated");
    world.admin.get("/admin/settings").await.expect(200);
    for name in others {
        let page = Browser::of(&app, &format!("{name}@example.org")).await.get("/").await.page(200);
        assert!(!page.contains("/admin"), "{name}: {page}");
    }
    assert!(admin.get("/").await.page(200).contains("href=\"/admin\""));
    let after = rows(&app).await;
    assert_eq!(world.everything(&app).await, before.0);
    // Signing in once more ended and opened sessions and links of those six; nothing else moved.
    for at in [0, 1, 2, 6, 7, 8] {
        assert_eq!(after[at], before.1[at], "table {at}");
    }
}
