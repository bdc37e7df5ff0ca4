//! Meetings: on a day that the gateway leaves, with remarks on what is unusual and refusals that store nothing.

use serde_json::{Value, json};

use super::{assessment, judge_as, meet};
use crate::support::app::TestAppRef;
use crate::support::{World, both};

both!(
    nothing_is_assessed_before_the_gateway_is_accepted,
    a_day_outside_the_window_is_refused,
    a_meeting_is_whole,
    what_is_unusual_is_said
);

async fn nothing_is_assessed_before_the_gateway_is_accepted(app: TestAppRef) {
    let world = World::new(&app).await;
    let refused = async || {
        let before = world.everything(&app).await;
        meet(&world, "showcase", "2026-12-14", 25).await.problem(409, "gateway_not_accepted");
        judge_as(&world.assessor, &world, "showcase", "ORG-P1", true).await.problem(409, "gateway_not_accepted");
        super::close(&world, "showcase").await.problem(409, "gateway_not_accepted");
        super::sit_again(&world, "showcase", "resit").await.problem(409, "gateway_not_accepted");
        world
            .provider
            .post(&world.path("/assessment"), json!({"kind": "resit"}))
            .await
            .problem(409, "gateway_not_accepted");
        world.assessor.post(&world.path("/release"), json!({})).await.problem(409, "gateway_not_accepted");
        assert_eq!(world.everything(&app).await, before);
        assert_eq!(before["assessment"]["components"][0]["attempts"], json!([]));
    };
    refused().await;
    world.submitted().await;
    refused().await;
}

/// The form came on 23 November 2026 and the gateway with it: from 7 December to 23 February.
async fn a_day_outside_the_window_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    let before = world.everything(&app).await;
    for day in ["2026-11-23", "2026-12-06", "2027-02-24"] {
        let problem = meet(&world, "showcase", day, 25).await.problem(422, "outside_assessment_window");
        assert_eq!(problem["earliest_assessment_on"], "2026-12-07");
        assert_eq!(problem["latest_assessment_on"], "2027-02-23");
        let plan = json!({"planned_on": day});
        let answer = world.assessor.put(&world.path("/assessment/showcase"), plan).await;
        answer.problem(422, "outside_assessment_window");
    }
    meet(&world, "showcase", "2031-01-01", 25).await.problem(422, "outside_calendar");
    assert_eq!(world.everything(&app).await, before);
    for day in ["2026-12-07", "2027-02-23"] {
        let body = meet(&world, "showcase", day, 25).await.json(200);
        assert_eq!(body["components"][0]["attempts"][0]["held_on"], day);
    }
}

async fn a_meeting_is_whole(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    let before = world.everything(&app).await;
    let path = world.path("/assessment/observation");
    for body in [
        json!({}),
        json!({"held_on": "2026-12-14"}),
        json!({"held_on": "2026-12-14", "minutes": 60}),
        json!({"minutes": 60, "mode": "remote"}),
        json!({"held_on": "2026-12-14", "minutes": 0, "mode": "remote"}),
        json!({"held_on": "2026-12-14", "minutes": 1441, "mode": "remote"}),
    ] {
        world.assessor.put(&path, body).await.problem(422, "invalid");
    }
    world
        .assessor
        .put(&world.path("/assessment/interview"), json!({"planned_on": "2026-12-14"}))
        .await
        .problem(404, "not_found");
    judge_as(&world.assessor, &world, "observation", "ORG-P1", true).await.problem(422, "unknown_criterion");
    judge_as(&world.assessor, &world, "interview", "ORG-P1", true).await.problem(404, "not_found");
    assert_eq!(world.everything(&app).await, before);
    let planned = world.assessor.put(&path, json!({"planned_on": "2026-12-14"})).await.json(200);
    let attempt = &planned["components"][1]["attempts"][0];
    assert_eq!(
        (&attempt["planned_on"], &attempt["held_on"], &attempt["kind"]),
        (&json!("2026-12-14"), &Value::Null, &json!("first"))
    );
}

async fn what_is_unusual_is_said(app: TestAppRef) {
    let world = World::new(&app).await;
    world.accepted().await;
    let remarks = async |component: usize| -> Vec<String> {
        let body = assessment(&world).await;
        let remarks = body["components"][component]["attempts"][0]["remarks"].as_array().unwrap().clone();
        remarks.iter().map(|remark| remark["code"].as_str().unwrap().to_owned()).collect()
    };
    app.clock.advance(chrono::TimeDelta::days(40));
    meet(&world, "discussion", "2026-12-14", 61).await.expect(200);
    assert_eq!(remarks(2).await, ["meeting_long", "out_of_order"]);
    meet(&world, "observation", "2026-12-14", 59).await.expect(200);
    assert_eq!(
        (remarks(1).await, remarks(2).await),
        (vec!["meeting_short".to_owned()], vec!["meeting_long".to_owned()])
    );
    meet(&world, "showcase", "2027-02-23", 19).await.expect(200);
    assert_eq!(remarks(0).await, ["meeting_short", "in_future"]);
}
