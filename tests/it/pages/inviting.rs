//! Invitations: who may make one, for whom, and that its link is shown and sent.

use exhibit::db::{Error, FromRow, Row, Session};

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{TestApp, World, both};

both!(
    a_provider_invites_an_apprentice_of_its_own,
    an_admin_invites_anybody,
    nobody_is_invited_in_anothers_place,
    mail_that_fails_is_no_lost_invitation,
);

struct Count(i64);

impl FromRow for Count {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("there").map(Self)
    }
}

/// People and links.
async fn counted(app: &TestApp) -> (i64, i64) {
    let mut counts = Vec::new();
    for count in ["SELECT COUNT(*) AS there FROM users", "SELECT COUNT(*) AS there FROM links"] {
        counts.push((&mut &app.app.db).query(count).fetch_one::<Count>().await.unwrap().0);
    }
    (counts[0], counts[1])
}

/// The link on the page that shows it.
fn link(app: &TestApp, page: &str) -> String {
    let from = page.split(&format!("{}/link/", app.address)).nth(1).expect("a link");
    format!("/link/{}", from.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).next().unwrap())
}

async fn a_provider_invites_an_apprentice_of_its_own(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let before = counted(&app).await;
    let new = [("name", "Zoë Moss"), ("email", "Zoe@example.org")];
    let page = pat.post("/invite", &new).await.page(200);
    assert!(page.contains("We sent it to Zoë Moss at zoe@example.org"), "{page}");
    assert_eq!(counted(&app).await, (before.0 + 1, before.1 + 1));
    let mail = std::fs::read_dir(app.folder.path().join("mail")).unwrap().next().unwrap().unwrap();
    assert!(std::fs::read_to_string(mail.path()).unwrap().contains("To: zoe@example.org"));
    // Again, for one who lost it: the first link ends, and nobody is added.
    let first = link(&app, &page);
    let second = link(&app, &pat.post("/invite", &new).await.page(200));
    let mut zoe = Browser::new(&app);
    zoe.get(&first).await.page(410);
    zoe.post(&second, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads();
    let me = zoe.get("/api/v1/me").await.json(200);
    assert_eq!((&me["role"], &me["organisation_id"]), (&"apprentice".into(), &world.organisation.as_str().into()));
    assert!(zoe.get("/").await.page(200).contains("There is no showcase for you yet"));
    // Now that she signs in by herself, nobody but an admin makes a link to her account.
    let page = pat.post("/invite", &new).await.page(422);
    assert!(page.contains("can sign in already") && !page.contains("/link/"), "{page}");
    assert_eq!(counted(&app).await, (before.0 + 1, before.1 + 2));
    assert!(zoe.is_signed_in().await);
}

async fn an_admin_invites_anybody(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let page = admin.get("/invite").await.page(200);
    assert!(page.contains("North College") && page.contains("value=\"assessor\""), "{page}");
    let organisation = world.organisation.as_str();
    let new = [("name", "Paul"), ("email", "paul@example.org"), ("role", "provider"), ("organisation", organisation)];
    let page = admin.post("/invite", &new).await.page(200);
    let mut paul = Browser::new(&app);
    paul.post(&link(&app, &page), &[("password", PASSWORD), ("again", PASSWORD)]).await.leads();
    // A new link for one who has a password: an admin may.
    let page = admin.post("/invite", &new).await.page(200);
    paul.get(&link(&app, &page)).await.page(200);
    let before = counted(&app).await;
    for (fields, told) in [
        (vec![], "Enter the person&#39;s name"),
        (vec![("name", "Pia"), ("email", "pia"), ("role", "admin")], "Enter an e-mail address"),
        (vec![("name", "Pia"), ("email", "pia@example.org")], "Choose what the person does here"),
        (vec![("name", "Pia"), ("email", "pia@example.org"), ("role", "teacher")], "Choose what the person does here"),
        (vec![("name", "Pia"), ("email", "pia@example.org"), ("role", "provider")], "Choose the organisation"),
        (
            vec![("name", "Paul"), ("email", "paul@example.org"), ("role", "admin")],
            "Somebody else has this e-mail address",
        ),
    ] {
        let page = admin.post("/invite", &fields).await.page(422);
        assert!(page.contains(told), "{fields:?}: {page}");
    }
    assert_eq!(counted(&app).await, before);
}

async fn nobody_is_invited_in_anothers_place(app: TestAppRef) {
    World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let before = counted(&app).await;
    // Of another provider, an assessor, a colleague, the admin.
    for name in ["bob", "ada", "pat", "admin"] {
        let email = format!("{name}@example.org");
        // What a provider's form does not have is not read.
        let fields = [("name", name), ("email", email.as_str()), ("role", "admin"), ("organisation", "")];
        let page = pat.post("/invite", &fields).await.page(422);
        assert!(page.contains("Somebody else has this e-mail address") && !page.contains("/link/"), "{page}");
    }
    for name in ["amy", "ada"] {
        let mut person = Browser::of(&app, &format!("{name}@example.org")).await;
        person.post("/invite", &[("name", "Zac"), ("email", "zac@example.org")]).await.page(403);
    }
    assert_eq!(counted(&app).await, (before.0, before.1 + 2), "those two were invited to be here at all");
}

async fn mail_that_fails_is_no_lost_invitation(app: TestAppRef) {
    World::new(&app).await;
    // A file stands where the folder for mail would be.
    std::fs::write(app.folder.path().join("mail"), "").unwrap();
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let page = pat.post("/invite", &[("name", "Zoë"), ("email", "zoe@example.org")]).await.page(200);
    assert!(page.contains("could not be sent"), "{page}");
    Browser::new(&app).get(&link(&app, &page)).await.page(200);
}
