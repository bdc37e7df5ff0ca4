//! Taking something again: after a fail, capped at a pass, inside one period, or the whole.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{COMPONENTS, assessment, hold, meet, sit_again};
use crate::support::app::TestAppRef;
use crate::support::{World, both};

both!(
    a_fail_is_mended_to_a_pass_at_most,
    a_pass_is_never_taken_again,
    after_the_period_the_whole_is_taken_again,
    two_who_ask_at_once
);

async fn a_fail_is_mended_to_a_pass_at_most(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    app.clock.advance(TimeDelta::days(30));
    hold(&world, "showcase", "2026-12-14", &[], 10).await;
    hold(&world, "observation", "2026-12-14", &["INT-P1"], 5).await;
    hold(&world, "discussion", "2026-12-15", &[], 4).await;
    let body = assessment(&world).await;
    assert_eq!((&body["grade"], &body["capped"]), (&json!("fail"), &json!(false)));
    assert_eq!(world.state().await, "assessed");

    let opened = sit_again(&world, "observation", "retake").await.json(201);
    assert_eq!((&opened["attempt"], &opened["kind"], &opened["result"]), (&json!(2), &json!("retake"), &Value::Null));
    let body = assessment(&world).await;
    assert_eq!((&body["grade"], &body["capped"], &body["results_due_on"]), (&Value::Null, &json!(true), &Value::Null));
    assert_eq!(world.state().await, "accepted");

    // Six months from the first component, whatever the gateway's own three months.
    meet(&world, "observation", "2027-06-15", 60).await.problem(409, "resit_window_over");
    let result = hold(&world, "observation", "2027-06-14", &[], 5).await;
    assert_eq!(result, json!({"result": "distinction", "attempt": 2, "missing": []}));
    let body = assessment(&world).await;
    assert_eq!((&body["grade"], &body["capped"]), (&json!("pass"), &json!(true)));
    assert_eq!(body["components"][1]["attempts"][0]["result"], "fail");
    assert_eq!(world.state().await, "assessed");
}

async fn a_pass_is_never_taken_again(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    let refused = async |component: &str| {
        let before = world.everything(&app).await;
        sit_again(&world, component, "resit").await.problem(409, "not_failed");
        world.provider.post(&world.path("/assessment"), json!({"kind": "resit"})).await.problem(409, "not_failed");
        assert_eq!(world.everything(&app).await, before);
    };
    refused("showcase").await;
    meet(&world, "showcase", "2026-12-14", 25).await.expect(200);
    refused("showcase").await;
    for (component, distinctions) in COMPONENTS.into_iter().zip([0, 5, 0]) {
        hold(&world, component, "2026-12-14", &[], distinctions).await;
        refused(component).await;
    }
    sit_again(&world, "showcase", "first").await.problem(422, "invalid");
    sit_again(&world, "interview", "resit").await.problem(404, "not_found");
}

async fn after_the_period_the_whole_is_taken_again(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    hold(&world, "showcase", "2026-12-14", &["ORG-P1"], 10).await;
    hold(&world, "observation", "2026-12-15", &[], 5).await;
    // On 15 June 2027 the six months from 14 December are over.
    app.clock.advance(TimeDelta::days(203));
    sit_again(&world, "showcase", "resit").await.expect(201);
    app.clock.advance(TimeDelta::days(1));
    hold(&world, "showcase", "2027-06-01", &["ORG-P1"], 10).await;
    let before = world.everything(&app).await;
    let problem = sit_again(&world, "showcase", "resit").await.problem(409, "resit_window_over");
    assert_eq!(problem["resit_window_ends_on"], "2027-06-14");
    assert_eq!(world.everything(&app).await, before);

    let body = world.provider.post(&world.path("/assessment"), json!({"kind": "retake"})).await.json(201);
    assert_eq!(
        (&body["round"], &body["grade"], &body["resit_window_ends_on"]),
        (&json!(2), &Value::Null, &Value::Null)
    );
    let numbers: Vec<&Value> = body["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| &component["attempts"].as_array().unwrap().last().unwrap()["attempt"])
        .collect();
    assert_eq!(numbers, [&json!(3), &json!(2), &json!(1)]);
    for component in COMPONENTS {
        hold(&world, component, "2027-09-01", &[], 4).await;
    }
    let body = assessment(&world).await;
    assert_eq!((&body["grade"], &body["capped"]), (&json!("pass"), &json!(true)));
    assert_eq!(body["resit_window_ends_on"], "2028-03-01");
}

async fn two_who_ask_at_once(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    hold(&world, "showcase", "2026-12-14", &["ORG-P1"], 0).await;
    let answers = join_all((0..4).map(|_| sit_again(&world, "showcase", "resit"))).await;
    let opened = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(opened, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "not_failed");
    }
    assert_eq!(assessment(&world).await["components"][0]["attempts"].as_array().unwrap().len(), 2);
}
