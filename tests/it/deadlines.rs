//! What is due and for whom: each day appears when it is known and goes when it is done, in JSON and as a calendar.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::world::enrolment;
use crate::support::{Client, World, both};

both!(
    a_deadline_comes_and_goes,
    results_and_fails_are_due,
    everybody_has_the_deadlines_of_their_own_showcases,
    a_calendar_is_read_by_its_secret_alone,
    pages_of_showcases_miss_none,
);

/// Kind, day and whether it is overdue, of all deadlines that this person has.
async fn due(person: &Client) -> Vec<Value> {
    let list = person.get("/api/v1/deadlines").await.json(200);
    assert_eq!(list["next"], Value::Null);
    let items = list["items"].as_array().unwrap().iter();
    items.map(|due| json!([due["kind"], due["on"], due["overdue"]])).collect()
}

async fn a_deadline_comes_and_goes(app: TestAppRef) {
    let world = World::new(&app).await;
    assert!(due(&world.provider).await.is_empty());
    world.ready_gateway().await;
    // Ten working days before Monday 14 December.
    assert_eq!(due(&world.provider).await, [json!(["gateway_form", "2026-11-30", false])]);
    app.clock.advance(TimeDelta::days(8));
    assert_eq!(due(&world.provider).await, [json!(["gateway_form", "2026-11-30", true])]);
    app.clock.advance(-TimeDelta::days(8));
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await.expect(201);
    assert_eq!(due(&world.assessor).await, [json!(["assessment_window", "2027-02-23", false])]);
    world.assessor.post(&world.path("/gateway/attempts/1/return"), json!({"note": "Mend it."})).await.expect(200);
    assert_eq!(due(&world.provider).await, [json!(["gateway_form", "2026-11-30", false])]);
}

async fn results_and_fails_are_due(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    let held = async |component: &str, held_on: &str| {
        let meeting = json!({"held_on": held_on, "minutes": 30, "mode": "remote"});
        world.assessor.put(&world.path(&format!("/assessment/{component}")), meeting).await.expect(200);
    };
    let close = async |component: &str| {
        let path = world.path(&format!("/assessment/{component}/result"));
        world.assessor.post(&path, json!({})).await.expect(200);
    };
    held("showcase", "2026-12-14").await;
    held("observation", "2026-12-15").await;
    assert_eq!(due(&world.apprentice).await, [json!(["assessment_window", "2027-02-23", false])]);
    held("discussion", "2026-12-16").await;
    assert_eq!(due(&world.apprentice).await, [json!(["results", "2027-01-04", false])]);
    for component in ["showcase", "observation", "discussion"] {
        close(component).await;
    }
    let fails = json!(["resit_window", "2027-06-14", false]);
    assert_eq!(due(&world.assessor).await, [json!(["results", "2027-01-04", false]), fails.clone()]);
    world.assessor.post(&world.path("/release"), json!({})).await.expect(200);
    assert_eq!(due(&world.assessor).await, [fails]);
}

async fn everybody_has_the_deadlines_of_their_own_showcases(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    for person in [&world.provider, &world.apprentice, &world.assessor, &world.admin] {
        assert_eq!(due(person).await.len(), 1);
    }
    for person in [&world.other_provider, &world.other_apprentice, &world.other_assessor] {
        assert_eq!(due(person).await.len(), 0);
    }
    world.nobody.get("/api/v1/deadlines").await.problem(401, "unauthenticated");
}

async fn a_calendar_is_read_by_its_secret_alone(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let make = async || {
        let body = world.provider.post("/api/v1/me/calendar", json!({})).await.json(201);
        let url = body["url"].as_str().unwrap().to_owned();
        url[url.find("/api/").unwrap()..].to_owned()
    };
    let path = make().await;
    let answer = world.nobody.get(&path).await;
    answer.expect(200);
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
    // A line that is too long goes on after a line end and a space.
    let text = text.replace("\r\n ", "");
    for line in ["DTSTART;VALUE=DATE:20261130", "SUMMARY:Gateway form due: amy"] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    assert!(text.contains(&format!("UID:{}-gateway_form@exhibit", world.showcase)), "{text}");

    let newer = make().await;
    world.nobody.get(&path).await.problem(404, "not_found");
    world.nobody.get(&newer).await.expect(200);
    world.provider.delete("/api/v1/me/calendar").await.expect(204);
    world.nobody.get(&newer).await.problem(404, "not_found");
    world.nobody.get("/api/v1/calendars/guess").await.problem(404, "not_found");
    world.nobody.post("/api/v1/me/calendar", json!({})).await.problem(401, "unauthenticated");
}

async fn pages_of_showcases_miss_none(app: TestAppRef) {
    let world = World::new(&app).await;
    let plan = json!({"assessment_on": "2026-12-14"});
    world.provider.put(&world.path("/gateway"), plan.clone()).await.expect(200);
    for number in 0..6 {
        let opened =
            world.provider.post("/api/v1/showcases", enrolment(&format!("apprentice{number}"))).await.json(201);
        // Every other one has nothing due.
        if number % 2 == 0 {
            let path = format!("/api/v1/showcases/{}/gateway", opened["id"].as_str().unwrap());
            world.provider.put(&path, plan.clone()).await.expect(200);
        }
    }
    let (mut found, mut path) = (Vec::new(), "/api/v1/deadlines?limit=2".to_owned());
    loop {
        let list = world.provider.get(&path).await.json(200);
        found.extend(list["items"].as_array().unwrap().iter().map(|due| due["showcase_id"].to_string()));
        let Some(next) = list["next"].as_str() else { break };
        path = format!("/api/v1/deadlines?limit=2&cursor={next}");
    }
    assert_eq!(found.len(), 4);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 4);
}
