//! What the pages of health, standards and settings say: what is, and no secret.

use exhibit::config::{ClamdAddress, MailRoute, Secret, Settings};

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::{World, both};

both!(health_tells_what_is, standards_are_told_with_their_parts);
both!(with full_of_secrets: no_secret_is_on_any_page);
both!(with without_scanner: a_scanner_that_is_away_is_told);

async fn health_tells_what_is(app: TestAppRef) {
    World::new(&app).await;
    let admin = Browser::of(&app, "admin@example.org").await;
    let page = admin.get("/admin/health").await.page(200);
    let embedded = app.store.is_none();
    for told in [
        if embedded { "SQLite" } else { "PostgreSQL" },
        if embedded { "disk (disk:" } else { "S3 (s3:" },
        "Schema version",
        "24 MB of 24 MB free",
        "Resumable uploads open",
        "None is set up, so files are not scanned",
        "This version keeps none yet",
        "Off. They need the setting server.public_url",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("Not working"), "{page}");
}

fn without_scanner(settings: &mut Settings) {
    settings.scanner.clamd = Some(ClamdAddress::Unix("/nowhere/clamd.ctl".into()));
}

async fn a_scanner_that_is_away_is_told(app: TestAppRef) {
    World::new(&app).await;
    let page = Browser::of(&app, "admin@example.org").await.get("/admin/health").await.page(200);
    assert!(
        page.contains("Does not answer. No file is taken in until it does.") && page.contains("Not working"),
        "{page}"
    );
}

async fn standards_are_told_with_their_parts(app: TestAppRef) {
    World::new(&app).await;
    let page = Browser::of(&app, "admin@example.org").await.get("/admin/standards").await.page(200);
    for told in [
        "ST0072 version 1.1, level 2",
        "At most 20 pieces",
        "35 knowledge, skills and behaviours",
        "30 pass criteria, 10 distinction criteria, of which 7 make a distinction.",
        "ORG: Understanding the organisation",
        "own short words",
        "bank holidays of 2026 to 2028",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

const SECRET: &str = "hunter2hunter2";

fn full_of_secrets(settings: &mut Settings) {
    if settings.storage.secret_access_key.is_none() {
        settings.storage.secret_access_key = Some(Secret::new(SECRET.to_owned()));
    }
    settings.mail.url = Secret::new(format!("smtp://user:{SECRET}@127.0.0.1:1"));
}

async fn no_secret_is_on_any_page(app: TestAppRef) {
    World::new(&app).await;
    assert!(matches!(app.settings.mail.route(), Some(MailRoute::Smtp(_))));
    let admin = Browser::of(&app, "admin@example.org").await;
    let secrets = [&app.settings.mail.url, &app.settings.database.url];
    let secrets = secrets.into_iter().chain(&app.settings.storage.secret_access_key);
    let secrets: Vec<&str> = secrets.map(Secret::expose).chain([SECRET]).collect();
    assert_eq!(secrets.len(), 4);
    for path in ["/admin/settings", "/admin/health", "/admin"] {
        let page = admin.get(path).await.page(200);
        for secret in &secrets {
            assert!(!page.contains(secret), "{path} has {secret}");
        }
    }
    let page = admin.get("/admin/settings").await.page(200);
    for told in
        ["database.url", "set, and not shown", "uploads.budget_mib", "sign_in.idle_h", "server.public_url", "not set"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(page.matches("set, and not shown").count(), 3, "{page}");
}
