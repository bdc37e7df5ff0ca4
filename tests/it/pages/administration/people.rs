//! Organisations and people: found whatever is typed, page by page; and what an admin does for a person.

use exhibit::domain::people::Role;
use reqwest::Method;

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::rows::rows;
use crate::support::world::person;
use crate::support::{Answer, Client, World, both};

both!(
    organisations_are_added_and_found,
    people_are_found_page_by_page,
    a_person_is_signed_out_everywhere,
    a_new_link_is_shown_once,
    tokens_are_issued_and_revoked,
);

async fn organisations_are_added_and_found(app: TestAppRef) {
    World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let add = "/admin/organisations/add";
    let before = rows(&app).await;
    for (fields, told) in [
        (vec![], "Choose what the organisation does"),
        (vec![("kind", "provider"), ("name", " ")], "Enter the organisation&#39;s name"),
        (vec![("kind", "provider"), ("name", "N"), ("ukprn", "123")], "A UKPRN has 8 digits"),
        (vec![("kind", "provider"), ("name", "N"), ("epao_id", "EPA1")], "is EPA and four digits"),
    ] {
        let page = admin.post(add, &fields).await.page(422);
        assert!(page.contains(told) && page.contains("<title>Error:"), "{fields:?}: {page}");
    }
    assert_eq!(rows(&app).await, before);
    let new = [("kind", "provider"), ("name", "Élan 100% <b>"), ("ukprn", "10012345"), ("epao_id", "")];
    let list = admin.post(add, &new).await.leads().to_owned();
    let page = admin.get(&list).await.page(200);
    assert!(page.contains("Élan 100% &#60;b&#62; is added.") && page.contains("UKPRN 10012345"), "{page}");
    assert!(admin.post(add, &new).await.page(422).contains("Another organisation has this number"));
    for (typed, found) in
        [("lan", true), ("Élan", true), ("100%25", true), ("0%251", false), ("_", false), ("10012345", true)]
    {
        let page = admin.get(&format!("/admin/organisations?q={typed}")).await.page(200);
        assert_eq!(page.contains("Élan 100%"), found, "{typed}: {page}");
    }
    let page = admin.get("/admin/organisations?q=college").await.page(200);
    assert!(
        page.contains("North College") && page.contains("South College") && !page.contains("Fair Assessment"),
        "{page}"
    );
    assert!(admin.get("/admin/organisations?q=zzz").await.page(200).contains("No organisation has that"));
}

async fn people_are_found_page_by_page(app: TestAppRef) {
    let world = World::new(&app).await;
    for number in 0..120 {
        person(&app, &format!("learner-{number:03}"), Role::Apprentice, Some(&world.organisation)).await;
    }
    let admin = Browser::of(&app, "admin@example.org").await;
    let (mut path, mut seen, mut pages) = ("/admin/people?q=learner".to_owned(), Vec::new(), 0);
    loop {
        let page = admin.get(&path).await.page(200);
        pages += 1;
        seen.extend(
            page.split("@example.org")
                .filter_map(|part| part.rsplit('>').next())
                .map(str::to_owned)
                .filter(|name| name.starts_with("learner-")),
        );
        match page.split("href=\"").find(|part| part.contains("rel=\"next\"")) {
            Some(next) => path = next.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..120).map(|number| format!("learner-{number:03}")).collect();
    assert_eq!((pages, seen), (3, expected));
    for (query, there, absent) in [
        ("q=AMY", "amy@example.org", "pat@example.org"),
        ("q=pat%40example", "pat@example.org", "amy@example.org"),
        ("role=assessor", "ada@example.org", "amy@example.org"),
        ("role=nonsense&q=ada", "ada@example.org", "amy@example.org"),
        (&format!("organisation={}&role=provider", world.organisation), "pat@example.org", "sue@example.org"),
    ] {
        let page = admin.get(&format!("/admin/people?{query}")).await.page(200);
        assert!(page.contains(there) && !page.contains(absent), "{query}: {page}");
    }
    assert!(admin.get("/admin/people?q=%25").await.page(200).contains("Nobody fits this search"));
    for wrong in ["after=x", "organisation=x"] {
        admin.get(&format!("/admin/people?{wrong}")).await.page(400);
    }
}

async fn a_person_is_signed_out_everywhere(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let mut phone = Browser::new(&app);
    phone.sign_in("amy@example.org", PASSWORD).await.leads();
    let path = format!("/admin/people/{}", world.apprentice.id);
    let page = admin.get(&path).await.page(200);
    assert_eq!(page.matches("Firefox on Linux.").count(), 2, "{page}");
    assert!(page.contains("North College") && page.contains("A password") && page.contains(&world.showcase), "{page}");
    let done = admin.post(&format!("{path}/sessions/end"), &[]).await.leads().to_owned();
    assert!(admin.get(&done).await.page(200).contains("signed out everywhere"));
    assert!(!amy.is_signed_in().await && !phone.is_signed_in().await && admin.is_signed_in().await);
}

async fn a_new_link_is_shown_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let person = format!("/admin/people/{}", world.apprentice.id);
    let page = admin.post(&format!("{person}/link"), &[]).await.page(200);
    let link = page.split("/link/").nth(1).unwrap();
    let link = format!("/link/{}", link.split('<').next().unwrap());
    assert!(!admin.get(&person).await.page(200).contains("/link/01") && page.contains("amy@example.org"));
    let mut amy = Browser::new(&app);
    amy.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads();
    assert!(amy.is_signed_in().await);
}

async fn tokens_are_issued_and_revoked(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut admin = Browser::of(&app, "admin@example.org").await;
    let person = format!("/admin/people/{}", world.apprentice.id);
    let before = rows(&app).await;
    for days in ["0", "3651", "-1", "soon", "99999999999"] {
        let page = admin.post(&format!("{person}/tokens"), &[("expires_in", days)]).await.page(422);
        assert!(
            page.contains("Enter a number of days from 1 to 3650") && page.contains(&format!("value=\"{days}\"")),
            "{page}"
        );
    }
    assert_eq!(rows(&app).await, before);
    let page = admin.post(&format!("{person}/tokens"), &[("expires_in", "7")]).await.page(200);
    let secret = page.split("exhibit_").nth(1).map(|rest| format!("exhibit_{}", &rest[..64])).unwrap();
    let program = Client::new(&app, String::new(), Some(secret.clone()));
    assert_eq!(program.get("/api/v1/me").await.json(200)["email"], "amy@example.org");
    let page = admin.get(&person).await.page(200);
    assert!(
        !page.contains("exhibit_") && page.contains("Last used") && page.contains("Expires 30 November 2026"),
        "{page}"
    );
    let revoke = page.split("href=\"").filter(|part| part.contains("/revoke\"")).last().unwrap();
    let revoke = revoke.split('"').next().unwrap().to_owned();
    assert!(admin.get(&revoke).await.page(200).contains("Revoke this token?"));
    program.get("/api/v1/me").await.expect(200);
    // Not as another person's.
    let elsewhere = revoke.replace(&world.apprentice.id, &world.provider.id);
    admin.post(&elsewhere, &[]).await.page(404);
    let replica = app.replica().await;
    let done = admin.post(&revoke, &[]).await.leads().to_owned();
    assert!(admin.get(&done).await.page(200).contains("The token is revoked."));
    program.get("/api/v1/me").await.problem(401, "unauthenticated");
    program.at(&replica).get("/api/v1/me").await.problem(401, "unauthenticated");
    world.apprentice.get("/api/v1/me").await.expect(200);
    admin.post(&revoke, &[]).await.page(404);
    let read = Answer::of(admin.request(Method::GET, &revoke)).await;
    read.page(404);
    replica.stop().await;
}
