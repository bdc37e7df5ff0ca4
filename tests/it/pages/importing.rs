//! Importing apprentices: what a list has to be, what a look at it tells, that all or nobody is added, and who is invited.

use exhibit::config::{Secret, Settings};
use exhibit::db::{Error, FromRow, Row, Session};
use reqwest::Method;
use reqwest::multipart::{Form, Part};

use super::cohort::{import, list};
use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{Answer, TestApp, World, both};

both!(
    a_list_is_looked_at_and_then_imported,
    bad_lists_are_told_line_by_line_and_nothing_is_stored,
    what_the_preview_carries_is_not_trusted,
    those_who_have_a_showcase_are_left_out_only_if_that_is_wanted,
    one_apprentice_by_hand,
    two_at_the_same_moment_add_nobody_twice,
    everybody_is_invited_once_by_mail,
);

mod without_mail {
    use super::{Secret, Settings, both, links_are_shown_once};

    fn no_mail(settings: &mut Settings) {
        settings.mail.url = Secret::new("none".to_owned());
    }

    both!(with no_mail: links_without_mail);

    async fn links_without_mail(app: crate::support::app::TestAppRef) {
        links_are_shown_once(app).await;
    }
}

struct Count(i64);

impl FromRow for Count {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("there").map(Self)
    }
}

/// People, showcases, gateways and links.
async fn counted(app: &TestApp) -> [i64; 4] {
    let mut counts = [0; 4];
    for (count, sql) in counts.iter_mut().zip([
        "SELECT COUNT(*) AS there FROM users",
        "SELECT COUNT(*) AS there FROM showcases",
        "SELECT COUNT(*) AS there FROM gateways",
        "SELECT COUNT(*) AS there FROM links",
    ]) {
        *count = (&mut &app.app.db).query(sql).fetch_one::<Count>().await.unwrap().0;
    }
    counts
}

/// Sends the form with a file, as browsers do, or with pasted lines.
async fn look(browser: &Browser, file: Option<(&str, &[u8])>, text: &str) -> Answer {
    let (name, bytes) = file.unwrap_or(("", b""));
    let form =
        Form::new().text("text", text.to_owned()).part("file", Part::bytes(bytes.to_vec()).file_name(name.to_owned()));
    Answer::of(browser.request(Method::POST, "/cohort/import").multipart(form)).await
}

/// The list that a preview carries.
fn carried(page: &str) -> String {
    let from = page.split("name=\"text\" value=\"").nth(1).expect("the list is carried");
    let text = from.split("\">").next().unwrap();
    [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

async fn a_list_is_looked_at_and_then_imported(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let template = pat.get("/cohort/import/template").await;
    assert_eq!(
        String::from_utf8(template.body.clone()).unwrap(),
        "name,email,employer,started_on,standard,version,uln,uln_reason,assessment_on\r\n"
    );
    let before = counted(&app).await;
    let text = "\u{FEFF}Name;E-mail;Employer;Start date;ULN;Reason without ULN;Assessment date\r\n\
                =1+1;Formula@Example.org;\"Moss; Reed <b>&\";01/09/2025;1000000019;;04/01/2027\r\n\r\n\
                Zoë Lane;zoe@example.org;Café;2025-09-01;;Applied for;\r\n";
    let page = look(&pat, Some(("list.csv", text.as_bytes())), "ignored").await.page(200);
    assert!(page.contains("This list opens 2 showcases.") && page.contains("=1+1"), "{page}");
    assert!(page.contains("Moss; Reed &#60;b&#62;&#38;") && page.contains("<td>4</td>"), "{page}");
    assert_eq!(counted(&app).await, before, "looking changes nothing");
    let done = pat.post("/cohort/import/confirm", &[("text", &carried(&page))]).await;
    assert_eq!(done.leads(), "/cohort/invitations?opened=2&skipped=0");
    let page = pat.get(done.leads()).await.page(200);
    assert!(page.contains("2 showcases were opened."), "{page}");
    let after = counted(&app).await;
    assert_eq!([after[0] - before[0], after[1] - before[1], after[2] - before[2]], [2, 2, 1]);
    let mine = world.provider.get("/api/v1/showcases?limit=10").await.json(200);
    let formula = &mine["items"].as_array().unwrap()[1];
    assert_eq!((&formula["apprentice"]["name"], &formula["employer"]), (&"=1+1".into(), &"Moss; Reed <b>&".into()));
    assert_eq!((&formula["apprentice"]["uln"], &formula["started_on"]), (&"1000000019".into(), &"2025-09-01".into()));
    let path = format!("/api/v1/showcases/{}/gateway", formula["id"].as_str().unwrap());
    assert_eq!(world.provider.get(&path).await.json(200)["assessment_on"], "2027-01-04");
    // Where it leaves as a list again, it is no formula.
    let csv = pat.post("/cohort/invitations", &[("how", "csv")]).await;
    assert!(String::from_utf8(csv.body).unwrap().contains("\r\n'=1+1,formula@example.org,http"));
}

/// The lines below a header that is right, and what has to be told of them.
const BAD: [(&str, &[&str]); 11] = [
    (
        "A,a@x.org,E,2025-09-01,1000000019\n,b@x.org,E,2025-09-01,1000000019",
        &["<th scope=\"row\">3</th>", "This is empty"],
    ),
    ("A,nobody,E,2025-02-30,1", &["Enter an e-mail address", "Give a day that exists", "10 digits"]),
    ("A,a@x.org,E,2025-09-01,", &["neither a ULN nor a reason"]),
    ("A,a@x.org,E,2025-09-01,9999999999", &["temporary ULN"]),
    ("A,a@x.org,E, Ltd,2025-09-01,1000000019", &["more cells than columns"]),
    ("\"A,a@x.org,E,2025-09-01,1000000019\nB,b@x.org,E,2025-09-01,1000000019", &["quotation mark is not closed"]),
    ("A,a@x.org,E,2025-09-01,1000000019\nB,A@X.org,E,2025-09-01,1000000019", &["same person as in line 2"]),
    ("Ada,ada@example.org,E,2025-09-01,1000000019", &["Somebody else has this e-mail address"]),
    ("Bob,bob@example.org,E,2025-09-01,1000000019", &["Somebody else has this e-mail address"]),
    ("Pat,pat@example.org,E,2025-09-01,1000000019", &["Somebody else has this e-mail address"]),
    ("<script>,x,E,2025-09-01,1000000019", &["Enter an e-mail address", "&#60;script&#62;"]),
];

async fn bad_lists_are_told_line_by_line_and_nothing_is_stored(app: TestAppRef) {
    World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let before = counted(&app).await;
    for (lines, told) in BAD {
        let text = format!("name,email,employer,started_on,uln\n{lines}\n");
        let page = look(&pat, None, &text).await.page(422);
        for told in told {
            assert!(page.contains(told) && page.contains("Nobody was imported"), "{lines}: {told}: {page}");
        }
        // Whoever sends it to be imported at once is told the same.
        let page = pat.post("/cohort/import/confirm", &[("text", &text)]).await.page(422);
        assert!(page.contains(told[0]), "{lines}: {page}");
    }
    let large = vec![b'x'; 1_100_000];
    let unreadable: [(&[u8], u16, &str); 8] = [
        (b"", 422, "There is no apprentice in the list"),
        (b"name,email,employer,started_on\n", 422, "There is no apprentice in the list"),
        (b"Ada Field,ada@x.org\n", 422, "These are missing: name, email, employer, started_on."),
        (b"name,full name,email\na,b,c\n", 422, "Two columns mean name"),
        (b"PK\x03\x04...", 422, "own file"),
        (b"\xFF\xFEn\0a\0", 422, "UTF-16"),
        (b"\x7FELF\0\0\0\0", 422, "no list but a file of another kind"),
        (&large, 422, "larger than 1024 KB"),
    ];
    for (bytes, status, told) in unreadable {
        let page = look(&pat, Some(("list.csv", bytes)), "").await.page(status);
        assert!(page.contains(told), "{told}: {page}");
    }
    let page = look(&pat, Some(("list.csv", list(2001).as_bytes())), "").await.page(422);
    assert!(page.contains("The list has 2001 apprentices, and at most 2000"), "{page}");
    look(&pat, Some(("list.csv", &vec![b'x'; 4_000_000])), "").await.page(413);
    let many: String = "A,nobody,E,2025-09-01,1000000019\n".repeat(300);
    let page = look(&pat, None, &format!("name,email,employer,started_on,uln\n{many}")).await.page(422);
    assert!(page.contains("300 lines have to be mended") && page.contains("And 200 more"), "{page}");
    assert_eq!(counted(&app).await, before);
}

async fn what_the_preview_carries_is_not_trusted(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let page = look(&pat, None, &list(2)).await.page(200);
    let before = counted(&app).await;
    let changed = carried(&page).replace("learner1@list.example.org", "ada@example.org");
    let page = pat.post("/cohort/import/confirm", &[("text", &changed)]).await.page(422);
    assert!(page.contains("Somebody else has this e-mail address"), "{page}");
    let south = world.other_provider.get("/api/v1/me").await.json(200)["organisation_id"].as_str().unwrap().to_owned();
    pat.post("/cohort/import/confirm", &[("text", &list(2)), ("provider", &south)]).await.page(404);
    for email in ["amy@example.org", "ada@example.org"] {
        let mut person = Browser::of(&app, email).await;
        person.post("/cohort/import/confirm", &[("text", &list(2))]).await.page(403);
        look(&person, None, &list(2)).await.page(403);
        person.post("/cohort/invitations", &[("how", "csv")]).await.page(403);
        person.post("/cohort/add", &[]).await.page(403);
    }
    pat.post("/cohort/import/confirm", &[("text", "")]).await.page(422);
    let after = counted(&app).await;
    assert_eq!(after[..3], before[..3]);
}

async fn those_who_have_a_showcase_are_left_out_only_if_that_is_wanted(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let text = format!("{}Amy,amy@example.org,Shop,2025-09-01,Applied for\n", list(2));
    let page = look(&pat, None, &text).await.page(200);
    assert!(page.contains("One person on the list has a showcase of this standard already"), "{page}");
    assert!(page.contains(&format!("/showcases/{}", world.showcase)) && page.contains("opens 2 showcases"), "{page}");
    let before = counted(&app).await;
    let page = pat.post("/cohort/import/confirm", &[("text", &text)]).await.page(422);
    assert!(page.contains("Tick the box to leave out") && page.contains("href=\"#skip\""), "{page}");
    assert_eq!(counted(&app).await, before);
    let done = pat.post("/cohort/import/confirm", &[("text", &text), ("skip", "true")]).await;
    assert_eq!(done.leads(), "/cohort/invitations?opened=2&skipped=1");
    // A second click finds nothing left to do, and does nothing.
    let done = pat.post("/cohort/import/confirm", &[("text", &text), ("skip", "true")]).await;
    assert_eq!(done.leads(), "/cohort/invitations?opened=0&skipped=3");
    let after = counted(&app).await;
    assert_eq!([after[0] - before[0], after[1] - before[1]], [2, 2]);
}

async fn one_apprentice_by_hand(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    let before = counted(&app).await;
    let page = pat.post("/cohort/add", &[("name", "Zoë"), ("started_on", "yesterday")]).await.page(422);
    for (field, told) in
        [("email", "‘E-mail address’ is empty"), ("started_on", "Give a day"), ("uln", "neither a ULN nor")]
    {
        assert!(page.contains(&format!("href=\"#{field}\"")) && page.contains(told), "{field}: {page}");
    }
    assert!(page.contains("value=\"Zoë\""), "{page}");
    let amy = [
        ("name", "Amy"),
        ("email", "amy@example.org"),
        ("employer", "Shop"),
        ("started_on", "2025-09-01"),
        ("uln", "1000000019"),
    ];
    let page = pat.post("/cohort/add", &amy).await.page(422);
    assert!(page.contains("has a showcase of this standard already") && page.contains(&world.showcase), "{page}");
    let mut ada = amy;
    ada[1].1 = "ada@example.org";
    assert!(pat.post("/cohort/add", &ada).await.page(422).contains("Somebody else has this e-mail address"));
    assert_eq!(counted(&app).await, before);
    let again: Vec<_> = amy.iter().copied().chain([("again", "true")]).collect();
    assert_eq!(pat.post("/cohort/add", &again).await.leads(), "/cohort/invitations?opened=1");
    let mut zoe = amy;
    zoe[1].1 = "zoe@example.org";
    assert_eq!(pat.post("/cohort/add", &zoe).await.leads(), "/cohort/invitations?opened=1");
    let after = counted(&app).await;
    assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 2]);
}

async fn two_at_the_same_moment_add_nobody_twice(app: TestAppRef) {
    World::new(&app).await;
    let pat = Browser::of(&app, "pat@example.org").await;
    let before = counted(&app).await;
    let text = list(20);
    let fields = [("text", text.as_str()), ("skip", "true")];
    let (mut one, mut two, mut three) = (pat.clone(), pat.clone(), pat);
    let path = "/cohort/import/confirm";
    let answers = tokio::join!(one.post(path, &fields), two.post(path, &fields), three.post(path, &fields));
    let opened = [answers.0, answers.1, answers.2].map(|answer| answer.leads().contains("opened=20"));
    assert_eq!(opened.iter().filter(|opened| **opened).count(), 1);
    let after = counted(&app).await;
    assert_eq!([after[0] - before[0], after[1] - before[1]], [20, 20]);
}

async fn everybody_is_invited_once_by_mail(app: TestAppRef) {
    World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    import(&mut pat, &list(3)).await;
    let page = pat.get("/cohort/invitations").await.page(200);
    // Amy, too, was never invited.
    assert!(page.contains("4 apprentices have a showcase and no way in yet"), "{page}");
    let page = pat.post("/cohort/invitations", &[("how", "mail")]).await.page(200);
    assert!(page.contains("4 invitations were sent") && !page.contains("/link/"), "{page}");
    let mails = std::fs::read_dir(app.folder.path().join("mail")).unwrap().count();
    assert_eq!(mails, 4);
    let page = pat.post("/cohort/invitations", &[("how", "mail")]).await.page(200);
    assert!(page.contains("No invitation was sent"), "{page}");
    assert_eq!(std::fs::read_dir(app.folder.path().join("mail")).unwrap().count(), 4);
    // Those whose mail goes nowhere are shown with their links.
    import(&mut pat, "name,email,employer,started_on,uln_reason\nNew,new@example.org,Shop,2025-09-01,Applied for\n")
        .await;
    std::fs::rename(app.folder.path().join("mail"), app.folder.path().join("sent")).unwrap();
    std::fs::write(app.folder.path().join("mail"), "").unwrap();
    let page = pat.post("/cohort/invitations", &[("how", "mail")]).await.page(200);
    assert!(page.contains("One could not be sent") && page.contains("/link/"), "{page}");
}

async fn links_are_shown_once(app: TestAppRef) {
    World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    import(&mut pat, &list(2)).await;
    let page = pat.get("/cohort/invitations").await.page(200);
    assert!(page.contains("Show the links") && !page.contains("by e-mail"), "{page}");
    let page = pat.post("/cohort/invitations", &[("how", "show")]).await.page(200);
    assert!(page.contains("3 links, one for each apprentice"), "{page}");
    let link = page.split("learner0@list.example.org").nth(1).unwrap().split("/link/").nth(1).unwrap();
    let secret: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let mut learner = Browser::new(&app);
    learner.post(&format!("/link/{secret}"), &[("password", PASSWORD), ("again", PASSWORD)]).await.leads();
    assert!(learner.get("/").await.page(200).contains("10 areas still need evidence"));
    let page = pat.post("/cohort/invitations", &[("how", "show")]).await.page(200);
    assert!(page.contains("Everybody is invited already") && !page.contains("/link/"), "{page}");
}
