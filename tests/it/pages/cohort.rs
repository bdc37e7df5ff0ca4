//! The cohort: what the matrix tells, what narrows it, page after page, and whose it is.

use std::collections::BTreeSet;

use exhibit::coverage::{Roster, RosterLine, Wanted, of_provider};
use exhibit::domain::gateway::ShowcaseState;
use exhibit::domain::people::OrganisationKind;
use exhibit::domain::standing::Holdup;
use exhibit::records::roster::{Assessor, Held, Narrowed, Order, Place};
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::{Upload, id};
use crate::support::world::{AREAS, enrolment, organisation};
use crate::support::{Client, TestApp, World, both, files};

both!(
    what_is_asked_of_the_database_is_what_the_lines_say,
    the_matrix_has_a_sign_and_a_word_for_each_area,
    search_and_filters_narrow_it,
    pages_follow_one_another_in_every_order,
    another_providers_are_never_seen,
    an_admin_chooses_whose,
);

/// A list of this many made-up apprentices, two of whom share each name.
pub fn list(count: usize) -> String {
    let line = |at: usize| {
        format!(
            "Émile Learner {:03},learner{at}@list.example.org,\"Moss, Reed & Co\",2025-09-01,Applied for\n",
            (count - at) / 2
        )
    };
    let lines: String = (0..count).map(line).collect();
    format!("name,email,employer,started_on,uln_reason\n{lines}")
}

impl World {
    async fn roster(&self, app: &TestApp, narrowed: Narrowed) -> Vec<RosterLine> {
        let standard = app.app.standards.iter().next().unwrap();
        let wanted = Wanted {
            provider: self.organisation.parse().unwrap(),
            narrowed,
            order: Order::Oldest,
            place: Place::Start,
            limit: 100,
            count_up_to: 100,
        };
        let Roster { lines, matching, has_more, .. } =
            of_provider(&mut app.app.db.read().await.unwrap(), standard, &wanted).await.unwrap();
        assert_eq!((matching, has_more), (lines.len() as u64, false), "{wanted:?}");
        lines
    }
}

/// Imports a list.
pub async fn import(provider: &mut Browser, text: &str) {
    let answer = provider.post("/cohort/import/confirm", &[("text", text)]).await;
    assert!(answer.leads().starts_with("/cohort/invitations?opened="));
}

/// Showcases at every stage, beside the world's own, which is submitted.
async fn stages(world: &World) {
    world.submitted().await;
    // Nothing; one area; all areas; all areas and details; a returned one; one that nobody assesses.
    world.another_showcase().await;
    for claims in ["ORG".to_owned(), AREAS.join(",")] {
        let showcase = world.another_showcase().await;
        let upload = Upload::new("a.pdf", files::pdf(1, &showcase)).with("claims", &claims);
        world.apprentice.upload(&showcase, upload).await.expect(201);
        let details = json!({"maths": {"basis": "achieved"}, "english": {"basis": "achieved"}, "employer_confirmed_on": "2026-11-20", "assessment_on": null});
        world.provider.put(&format!("/api/v1/showcases/{showcase}/gateway"), details).await.expect(200);
        for kind in ["gateway_form", "plan_or_statement"] {
            let bytes = files::pdf(1, &format!("{kind} {showcase}"));
            world.provider.upload_document(&showcase, kind, "a.pdf", bytes).await.expect(201);
        }
    }
    let alone = id(&world.provider.post("/api/v1/showcases", enrolment("zoe")).await.json(201));
    about(world, alone, &world.provider).submitted().await;
    let returned = about(world, world.another_showcase().await, &world.apprentice);
    returned.submitted().await;
    returned.give_back(1).await;
}

/// The same people, about another showcase; whoever uploads in it.
fn about(world: &World, showcase: String, uploads: &Client) -> World {
    World {
        admin: world.admin.clone(),
        provider: world.provider.clone(),
        apprentice: uploads.clone(),
        assessor: world.assessor.clone(),
        other_provider: world.other_provider.clone(),
        other_assessor: world.other_assessor.clone(),
        other_apprentice: world.other_apprentice.clone(),
        nobody: world.nobody.clone(),
        organisation: world.organisation.clone(),
        showcase,
    }
}

fn ids(lines: &[RosterLine]) -> BTreeSet<String> {
    lines.iter().map(|line| line.showcase.to_string()).collect()
}

async fn what_is_asked_of_the_database_is_what_the_lines_say(app: TestAppRef) {
    let world = World::new(&app).await;
    stages(&world).await;
    let all = world.roster(&app, Narrowed::default()).await;
    assert_eq!(all.len(), 6);
    let fits = |fit: &dyn Fn(&RosterLine) -> bool| -> BTreeSet<String> {
        all.iter().filter(|line| fit(line)).map(|line| line.showcase.to_string()).collect()
    };
    for holdup in Holdup::ALL {
        let held = world.roster(&app, Narrowed { held: Some(Held::By(*holdup)), ..Narrowed::default() }).await;
        let expected = fits(&|line| line.holdups.contains(holdup));
        assert!(!expected.is_empty(), "somebody is held up by {holdup}");
        assert_eq!(ids(&held), expected, "{holdup}");
    }
    let held = world.roster(&app, Narrowed { held: Some(Held::ByAnything), ..Narrowed::default() }).await;
    assert_eq!(ids(&held), fits(&|line| line.holdups.iter().any(|holdup| *holdup != Holdup::Decision)));
    let held = world.roster(&app, Narrowed { held: Some(Held::ByNothing), ..Narrowed::default() }).await;
    let nothing = [Holdup::Area, Holdup::Detail, Holdup::Document];
    let expected =
        fits(&|line| line.state == ShowcaseState::Draft && nothing.iter().all(|one| !line.holdups.contains(one)));
    assert_eq!((ids(&held), expected.len()), (expected, 1), "the returned one lacks nothing that can be told");
    for (assessor, count) in [(Assessor::Nobody, 1), (Assessor::Somebody, 5)] {
        let named = world.roster(&app, Narrowed { assessor: Some(assessor), ..Narrowed::default() }).await;
        assert_eq!(named.len(), count, "{assessor:?}");
    }
    for (name, count) in [("AD", 5), ("abe", 0)] {
        let named = Narrowed { assessor_name: Some(name.into()), ..Narrowed::default() };
        assert_eq!(world.roster(&app, named).await.len(), count, "{name}");
    }
    let area = Narrowed { area: Some("TEA".into()), ..Narrowed::default() };
    assert_eq!(world.roster(&app, area).await.len(), 2);
    let state = Narrowed { state: Some(ShowcaseState::Submitted), ..Narrowed::default() };
    assert_eq!(world.roster(&app, state).await.len(), 2);
}

async fn the_matrix_has_a_sign_and_a_word_for_each_area(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &["ORG"]).await;
    world.another_showcase().await;
    let pat = Browser::of(&app, "pat@example.org").await;
    let page = pat.get("/").await.page(200);
    assert!(page.contains("Showcases of North College") && page.contains("1 to 2 of 2."), "{page}");
    assert!(page.contains("2 in all: 1 in preparation, 1 submitted, 0 accepted or assessed."), "{page}");
    let row = |nth: usize| page.split("<th scope=\"row\"").nth(nth).unwrap().split("</tr>").next().unwrap().to_owned();
    let count = |row: &str, word: &str| row.matches(&format!("visually-hidden\">{word}<")).count();
    let (submitted, draft) = if row(1).contains("Submitted") { (row(1), row(2)) } else { (row(2), row(1)) };
    assert_eq!((count(&submitted, "Covered"), count(&submitted, "Claimed")), (1, 9), "{submitted}");
    assert_eq!((count(&draft, "No evidence"), draft.matches("–</span>").count()), (10, 10), "{draft}");
    assert!(submitted.contains(&format!("href=\"/showcases/{}\"", world.showcase)), "{submitted}");
    assert!(draft.contains("Evidence for 10 areas") && draft.contains("Gateway details"), "{draft}");
    assert_eq!(pat.get("/cohort").await.page(200).matches("<th scope=\"row\"").count(), 2);
}

async fn search_and_filters_narrow_it(app: TestAppRef) {
    World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    import(&mut pat, &list(10)).await;
    import(
        &mut pat,
        "name,email,employer,started_on,uln_reason\n100% Sure_y,sure@example.org,Back\\slash,2025-09-01,Applied for\n",
    )
    .await;
    for (query, told) in [
        ("q=learner", "1 to 10 of 10."),
        ("q=LEARNER%20003", "1 to 2 of 2."),
        ("q=%C3%89mile", "1 to 10 of 10."),
        ("q=learner7%40list", "1 to 1 of 1."),
        ("q=100%25", "1 to 1 of 1."),
        ("q=_", "1 to 1 of 1."),
        ("q=%25", "1 to 1 of 1."),
        ("q=%27%3B+DROP+TABLE+users", "Nobody fits that."),
        ("employer=moss,", "1 to 10 of 10."),
        ("employer=%5C", "1 to 1 of 1."),
        ("employer=moss&q=amy", "Nobody fits that."),
        ("state=draft&assessor=nobody", "1 to 11 of 11."),
        ("assessor=somebody", "1 to 1 of 1."),
        ("area=TEA&held=area", "1 to 12 of 12."),
        ("held=decision", "Nobody fits that."),
        // What means nothing narrows nothing.
        ("state=x&held=y&order=z&after=w&from=-1&assessor=v&standard=u&surprise=1", "1 to 12 of 12."),
        ("after=01a20938-0000-7000-8000-000000000000&from=51", "51 to 62 of 12."),
    ] {
        let page = pat.get(&format!("/?{query}")).await.page(200);
        assert!(page.contains(told), "{query}: {page}");
    }
    let page = pat.get("/?q=%22%3E%3Cscript%3E").await.page(200);
    assert!(!page.contains("<script>") && page.contains("&#34;&#62;&#60;script&#62;"), "{page}");
}

/// Where a page leads on to, by the relation of the link.
fn way(page: &str, rel: &str) -> Option<String> {
    let before = page.split(&format!("\" rel=\"{rel}\"")).next().filter(|before| before.len() < page.len())?;
    Some(before.rsplit("href=\"").next().unwrap().replace("&#38;", "&"))
}

fn showcases(page: &str) -> Vec<String> {
    let rows = page.split("app-matrix__name\"><a class=\"govuk-link app-break\" href=\"/showcases/").skip(1);
    rows.map(|row| row.split('"').next().unwrap().to_owned()).collect()
}

async fn pages_follow_one_another_in_every_order(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut pat = Browser::of(&app, "pat@example.org").await;
    import(&mut pat, &list(124)).await;
    let mut orders = Vec::new();
    for start in ["/", "/?order=newest&q=learner", "/cohort?order=oldest&held=anything"] {
        let mut pages = vec![pat.get(start).await.page(200)];
        assert_eq!(way(&pages[0], "prev"), None);
        while let Some(next) = way(&pages[pages.len() - 1], "next") {
            pages.push(pat.get(&next).await.page(200));
        }
        let found: Vec<Vec<String>> = pages.iter().map(|page| showcases(page)).collect();
        let all: Vec<String> = found.concat();
        let expected = if start.contains("learner") { 124 } else { 125 };
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, expected - 100], "{start}");
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), expected, "{start}: none twice, none left out");
        assert!(pages[2].contains(&format!("101 to {expected} of {expected}.")), "{}", pages[2]);
        // And back again, to the very same pages.
        let middle = pat.get(&way(&pages[2], "prev").unwrap()).await.page(200);
        assert_eq!(showcases(&middle), found[1], "{start}");
        let first = pat.get(&way(&middle, "prev").unwrap()).await.page(200);
        assert_eq!((showcases(&first), way(&first, "prev")), (found[0].clone(), None), "{start}");
        assert!(middle.contains("51 to 100 of") && first.contains("1 to 50 of"), "{middle}");
        orders.push(all);
    }
    let mut oldest = orders[2].clone();
    oldest.retain(|one| *one != world.showcase);
    oldest.reverse();
    assert_eq!(orders[1], oldest, "the newest first are the oldest last");
    assert!(orders[0] != orders[2]);
}

async fn another_providers_are_never_seen(app: TestAppRef) {
    let world = World::new(&app).await;
    import(&mut Browser::of(&app, "pat@example.org").await, &list(3)).await;
    let sue = Browser::of(&app, "sue@example.org").await;
    for path in ["/", "/cohort", "/?q=learner", "/?held=anything", "/?employer=moss"] {
        let page = sue.get(path).await.page(200);
        assert!(!page.contains("Learner") && !page.contains("amy"), "{path}: {page}");
    }
    // Neither by naming the provider, nor by a place in its list.
    let theirs = format!("provider={}", world.organisation);
    for page in ["/cohort", "/cohort/add", "/cohort/import", "/cohort/invitations", "/"] {
        sue.get(&format!("{page}?{theirs}")).await.page(404);
    }
    let page = sue.get(&format!("/?after={}&from=51", world.showcase)).await.page(200);
    assert!(page.contains("There is no apprentice here yet."), "{page}");
    let before = world.everything(&app).await;
    let mut sue = sue;
    let named = [("provider", world.organisation.as_str()), ("text", &list(1)), ("how", "csv")];
    for path in ["/cohort/import/confirm", "/cohort/invitations", "/cohort/add"] {
        sue.post(path, &named).await.page(404);
    }
    assert_eq!(world.everything(&app).await, before);
}

async fn an_admin_chooses_whose(app: TestAppRef) {
    let world = World::new(&app).await;
    let admin = Browser::of(&app, "admin@example.org").await;
    let page = admin.get("/cohort").await.page(200);
    assert!(page.contains("North College") && page.contains("South College") && !page.contains("Fair"), "{page}");
    let page = admin.get(&format!("/cohort?provider={}", world.organisation)).await.page(200);
    assert!(page.contains("1 to 1 of 1.") && page.contains("amy@example.org"), "{page}");
    assert!(page.contains(&format!("/cohort/import?provider={}", world.organisation)), "{page}");
    let nothing = "01a20938-0000-7000-8000-000000000000";
    admin.get(&format!("/cohort?provider={nothing}")).await.page(404);
    admin.get("/cohort?provider=x").await.page(404);
    let assessing = organisation(&app, OrganisationKind::AssessmentOrganisation, "Just").await;
    admin.get(&format!("/cohort?provider={assessing}")).await.page(404);
}
