//! Results and grades: computed from what was recorded, once, and told to the apprentice as an act.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{COMPONENTS, assessment, close, criteria, hold, judge, meet};
use crate::support::app::TestAppRef;
use crate::support::{World, both};

both!(
    three_thresholds_make_a_distinction,
    one_criterion_less_in_the_showcase_makes_a_pass,
    one_criterion_less_in_the_discussion_makes_a_pass,
    the_last_word_on_a_criterion_stands,
    what_nobody_judged_is_not_met,
    a_result_is_made_once,
    a_component_without_a_meeting_has_no_result,
    the_apprentice_sees_results_once_they_are_released,
);

async fn three_thresholds_make_a_distinction(app: TestAppRef) {
    graded(app, None, "distinction").await;
}

async fn one_criterion_less_in_the_showcase_makes_a_pass(app: TestAppRef) {
    graded(app, Some("showcase"), "pass").await;
}

async fn one_criterion_less_in_the_discussion_makes_a_pass(app: TestAppRef) {
    graded(app, Some("discussion"), "pass").await;
}

/// Holds all components with as many distinction criteria as each needs, but one less in `short`.
async fn graded(app: TestAppRef, short: Option<&str>, wanted: &str) {
    let world = World::new(&app).await;
    world.accepted().await;
    app.clock.advance(TimeDelta::days(30));
    for (component, needed) in COMPONENTS.into_iter().zip([7, 4, 3]) {
        assert_eq!(assessment(&world).await["grade"], Value::Null);
        assert_eq!(world.state().await, "accepted");
        let (met, own) = if short == Some(component) { (needed - 1, "pass") } else { (needed, "distinction") };
        let result = hold(&world, component, "2026-12-14", &[], met).await;
        assert_eq!(result, json!({"result": own, "attempt": 1, "missing": []}));
    }
    let body = assessment(&world).await;
    assert_eq!((&body["grade"], &body["capped"]), (&json!(wanted), &json!(false)));
    // Ten working days after 14 December 2026, over Christmas; and six months after it.
    assert_eq!(body["results_due_on"], "2026-12-30");
    assert_eq!(body["resit_window_ends_on"], "2027-06-14");
    assert_eq!(world.state().await, "assessed");
}

async fn the_last_word_on_a_criterion_stands(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    judge(&world, "showcase", "ORG-P1", true).await;
    let result = hold(&world, "showcase", "2026-12-14", &["ORG-P1"], 10).await;
    assert_eq!(result, json!({"result": "fail", "attempt": 1, "missing": ["ORG-P1"]}));
    let attempt = &assessment(&world).await["components"][0]["attempts"][0];
    let words = attempt["criteria"].as_array().unwrap();
    let of_it: Vec<&Value> = words.iter().filter(|word| word["code"] == "ORG-P1").collect();
    assert_eq!((of_it.len(), &of_it[0]["met"], &of_it[0]["note"]), (1, &json!(false), &json!("seen")));
    assert_eq!((&attempt["result"], &attempt["missing"]), (&json!("fail"), &json!(["ORG-P1"])));
}

async fn what_nobody_judged_is_not_met(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    meet(&world, "showcase", "2026-12-14", 25).await.expect(200);
    let result = close(&world, "showcase").await.json(200);
    assert_eq!(
        (&result["result"], &result["missing"]),
        (&json!("fail"), &json!(criteria(&world, "showcase", "pass").await))
    );
}

async fn a_result_is_made_once(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    meet(&world, "observation", "2026-12-14", 60).await.expect(200);
    let answers = join_all((0..6).map(|_| close(&world, "observation"))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "component_closed");
    }
    let before = world.everything(&app).await;
    close(&world, "observation").await.problem(409, "component_closed");
    meet(&world, "observation", "2026-12-15", 60).await.problem(409, "component_closed");
    let path = world.path("/assessment/observation/criteria/INT-P1");
    world.assessor.put(&path, json!({"met": true})).await.problem(409, "component_closed");
    assert_eq!(world.everything(&app).await, before);
}

async fn a_component_without_a_meeting_has_no_result(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    judge(&world, "discussion", "CUS-P1", true).await;
    let before = world.everything(&app).await;
    close(&world, "discussion").await.problem(409, "meeting_missing");
    assert_eq!(world.everything(&app).await, before);
    let plan = json!({"planned_on": "2026-12-14"});
    world.assessor.put(&world.path("/assessment/discussion"), plan).await.expect(200);
    close(&world, "discussion").await.problem(409, "meeting_missing");
}

async fn the_apprentice_sees_results_once_they_are_released(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    let release = async || world.assessor.post(&world.path("/release"), json!({})).await;
    release().await.problem(409, "nothing_to_release");
    for component in COMPONENTS {
        hold(&world, component, "2026-12-14", &[], 0).await;
    }
    let told = async || world.apprentice.get(&world.path("/assessment")).await.json(200);
    let before = told().await;
    assert_eq!((&before["grade"], &before["released_at"]), (&Value::Null, &Value::Null));
    for component in before["components"].as_array().unwrap() {
        let attempt = &component["attempts"][0];
        assert_eq!(
            (&component["result"], &attempt["result"], &attempt["closed_at"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!((&attempt["criteria"], &attempt["missing"]), (&json!([]), &json!([])));
        assert_eq!(attempt["held_on"], "2026-12-14");
    }
    assert_eq!(assessment(&world).await["grade"], "pass");
    for person in [&world.provider, &world.apprentice] {
        person.post(&world.path("/release"), json!({})).await.problem(403, "forbidden");
    }
    release().await.expect(200);
    let after = told().await;
    assert_eq!((&after["grade"], &after["components"]), (&json!("pass"), &assessment(&world).await["components"]));
    release().await.problem(409, "nothing_to_release");
}
