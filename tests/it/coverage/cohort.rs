//! The cohort: one row a showcase, one column an area, of the showcases that the reader may see.

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::world::{AREAS, enrolment};
use crate::support::{Client, World, both};

both!(
    a_line_tells_how_far_each_area_has_come,
    readers_see_their_own,
    filters_narrow_the_cohort,
    pages_follow_one_another,
    no_cell_is_a_formula,
);

async fn cohort(person: &Client, query: &str) -> Value {
    person.get(&format!("/api/v1/coverage{query}")).await.json(200)
}

fn ids(cohort: &Value) -> Vec<&str> {
    cohort["items"].as_array().unwrap().iter().map(|line| line["showcase_id"].as_str().unwrap()).collect()
}

async fn a_line_tells_how_far_each_area_has_come(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.piece_of_another_showcase().await;
    world.tag(&piece, &["ORG", "ORG", "CON"]).await;
    let cohort = cohort(&world.provider, "").await;
    let line = &cohort["items"][0];
    let areas: Vec<Value> = AREAS
        .iter()
        .map(|area| json!({"code": area, "claimed": true, "covered": *area == "ORG" || *area == "CON"}))
        .collect();
    assert_eq!(
        *line,
        json!({
            "showcase_id": world.showcase, "apprentice": "amy", "employer": "Corner Shop", "standard": "ST0072",
            "version": "1.1", "state": "submitted", "pieces": 1, "complete": false, "claimed_complete": true,
            "areas": areas,
        })
    );
    assert_eq!((&cohort["items"][1]["state"], &cohort["items"][1]["pieces"]), (&json!("draft"), &json!(1)));
    assert_eq!(cohort["items"][1]["areas"][0], json!({"code": "ORG", "claimed": true, "covered": false}));
    assert_eq!(cohort["items"][1]["areas"][1], json!({"code": "REG", "claimed": false, "covered": false}));
    world.tag(&piece, &AREAS).await;
    let line = world.assessor.get("/api/v1/coverage?limit=1").await.json(200)["items"][0].clone();
    assert_eq!(line["complete"], true);
}

impl World {
    /// Uploads a piece for ORG into a further showcase, and answers the showcase.
    async fn piece_of_another_showcase(&self) -> String {
        let other = self.another_showcase().await;
        let upload = crate::support::client::Upload::new("other.pdf", crate::support::files::pdf(1, "other"));
        self.apprentice.upload(&other, upload.with("claims", "ORG")).await.expect(201);
        other
    }
}

async fn readers_see_their_own(app: TestAppRef) {
    let world = World::new(&app).await;
    let second = id(&world.provider.post("/api/v1/showcases", enrolment("amy")).await.json(201));
    let foreign = id(&world.other_provider.post("/api/v1/showcases", enrolment("bob")).await.json(201));
    let first = world.showcase.as_str();
    for (person, expected) in [
        (&world.admin, vec![first, &second, &foreign]),
        (&world.provider, vec![first, &second]),
        (&world.other_provider, vec![foreign.as_str()]),
        // The second has no assessor yet.
        (&world.assessor, vec![first]),
        (&world.other_assessor, vec![]),
    ] {
        assert_eq!(ids(&cohort(person, "").await), expected);
        let table = person.get_with("/api/v1/coverage", &[("accept", "text/csv")]).await;
        let text = String::from_utf8(table.body).unwrap();
        assert_eq!(text.lines().count(), expected.len() + 1, "{text}");
    }
    for person in [&world.apprentice, &world.other_apprentice] {
        person.get("/api/v1/coverage").await.problem(403, "forbidden");
        person.get_with("/api/v1/coverage", &[("accept", "text/csv")]).await.problem(403, "forbidden");
    }
    world.nobody.get("/api/v1/coverage").await.problem(401, "unauthenticated");
}

async fn filters_narrow_the_cohort(app: TestAppRef) {
    let world = World::new(&app).await;
    let draft = world.piece_of_another_showcase().await;
    let piece = world.submitted().await;
    world.tag(&piece, &["ORG"]).await;
    let submitted = world.showcase.as_str();
    for (query, expected) in [
        ("?state=draft", vec![draft.as_str()]),
        ("?state=submitted", vec![submitted]),
        ("?state=accepted", vec![]),
        ("?missing=ORG", vec![draft.as_str()]),
        ("?missing=TEA", vec![submitted, &draft]),
        ("?missing=TEA&state=submitted", vec![submitted]),
        ("?missing=ORG&state=submitted", vec![]),
    ] {
        assert_eq!(ids(&cohort(&world.provider, query).await), expected, "{query}");
    }
    // A tag that was taken back is missing again.
    let tags = world.assessor.get(&format!("/api/v1/pieces/{piece}/tags")).await.json(200);
    world.assessor.delete(&format!("/api/v1/tags/{}", id(&tags["items"][0]))).await.expect(204);
    let lines = cohort(&world.provider, "?missing=ORG").await;
    assert_eq!(ids(&lines), [submitted, &draft]);
    assert_eq!(lines["items"][0]["areas"][0], json!({"code": "ORG", "claimed": true, "covered": false}));
}

async fn pages_follow_one_another(app: TestAppRef) {
    let world = World::new(&app).await;
    let mut all = vec![world.showcase.clone()];
    for _ in 0..4 {
        all.push(world.another_showcase().await);
    }
    // JSON: by the cursor of the body.
    let (mut seen, mut query) = (Vec::new(), "?limit=2&state=draft".to_owned());
    loop {
        let page = cohort(&world.provider, &query).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        assert!(ids(&page).len() <= 2);
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=2&state=draft&cursor={next}");
    }
    assert_eq!(seen, all);
    // CSV: by the Link header alone, which must keep everything that was asked for.
    let (mut seen, mut path) = (Vec::new(), "/api/v1/coverage?limit=2&state=draft&missing=ORG".to_owned());
    loop {
        let page = world.provider.get_with(&path, &[("accept", "text/csv")]).await;
        page.expect(200);
        let text = String::from_utf8(page.body.clone()).unwrap();
        seen.extend(text.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()));
        let link = page.header("link");
        if link.is_empty() {
            break;
        }
        let (target, relation) = link.split_once('>').unwrap();
        assert_eq!(relation, "; rel=\"next\"");
        target.trim_start_matches('<').clone_into(&mut path);
        assert!(path.contains("state=draft") && path.contains("missing=ORG") && path.contains("limit=2"), "{path}");
    }
    assert_eq!(seen, all);
    let last = cohort(&world.provider, &format!("?cursor={}", all[4])).await;
    assert_eq!((ids(&last), &last["next"]), (vec![], &Value::Null));
}

/// What people wrote is never run by a spreadsheet (OWASP, CSV injection), and never breaks the table.
async fn no_cell_is_a_formula(app: TestAppRef) {
    let world = World::new(&app).await;
    let hostile = [
        ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ("+44 1234", "'+44 1234"),
        ("-1+1|cmd", "'-1+1|cmd"),
        ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
        ("Smith, \"Sons\" & Co", "\"Smith, \"\"Sons\"\" & Co\""),
        ("O'Neil", "O'Neil"),
    ];
    for (number, (name, _)) in hostile.iter().enumerate() {
        let mut body = enrolment(&format!("learner{number}"));
        body["apprentice"]["name"] = json!(name);
        body["employer"] = json!(name);
        world.provider.post("/api/v1/showcases", body).await.expect(201);
    }
    let table = world.provider.get_with("/api/v1/coverage", &[("accept", "text/csv")]).await;
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"coverage.csv\"");
    let text = String::from_utf8(table.body).unwrap();
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    let header = format!("showcase_id,apprentice,employer,standard,version,state,pieces,complete,{}", AREAS.join(","));
    assert_eq!(lines[0], header);
    assert_eq!(lines[1], format!("{},amy,Corner Shop,ST0072,1.1,draft,0,no,,,,,,,,,,", world.showcase));
    for ((_, cell), line) in hostile.iter().zip(&lines[2..]) {
        assert!(line.contains(&format!(",{cell},{cell},ST0072,1.1,draft,0,no,")), "{line}");
    }
    let piece = world.submitted().await;
    world.tag(&piece, &["REG"]).await;
    let table = world.provider.get_with("/api/v1/coverage?limit=1", &[("accept", "text/csv")]).await;
    let text = String::from_utf8(table.body).unwrap();
    assert!(text.contains("submitted,1,no,claimed,covered,claimed,claimed,"), "{text}");
}
