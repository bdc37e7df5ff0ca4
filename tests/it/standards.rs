//! The standards that are loaded: shown as the contract says, reckoned with as the rules say, and nothing of
//! ST0072 taken for granted where another one is meant.

mod made_up;
mod wording;

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::world::AREAS;
use crate::support::{World, both};

both!(
    the_standard_is_shown_as_the_contract_says,
    the_table_of_invariants_holds,
    deadlines_follow_the_vectors,
    days_outside_the_table_are_refused,
    unknown_standards,
);

const ST0072: &str = "/api/v1/standards/ST0072/1.1";

async fn the_standard_is_shown_as_the_contract_says(app: TestAppRef) {
    let world = World::new(&app).await;
    let list = world.apprentice.get("/api/v1/standards").await.json(200);
    let line = json!({"code": "ST0072", "version": "1.1", "title": "Customer Service Practitioner", "level": 2});
    assert_eq!(list, json!({"items": [line], "next": null}));
    let standard = world.apprentice.get(ST0072).await.json(200);
    for field in ["code", "version", "title", "level"] {
        assert_eq!(standard[field], line[field]);
    }
    assert_eq!(
        standard["limits"],
        json!({
            "pieces": 20, "form_notice_working_days": 10, "assessment_window_months": 3, "results_working_days": 10,
            "resit_window_months": 6, "typical_months_on_programme": 12,
        })
    );
    let components = standard["components"].as_array().unwrap();
    let codes: Vec<&Value> = components.iter().map(|component| &component["code"]).collect();
    assert_eq!(codes, ["showcase", "observation", "discussion"]);
    assert_eq!(components[0]["areas"], standard["areas"]);
    let area = &standard["areas"][0];
    assert_eq!((&area["code"], &area["title"]), (&json!("ORG"), &json!("Understanding the organisation")));
    assert_eq!(area["ksbs"], json!(["K4", "K5", "K6"]));
    let criterion = &area["criteria"][0];
    assert_eq!((&criterion["code"], &criterion["grade"]), (&json!("ORG-P1"), &json!("pass")));
    assert_eq!(criterion["wording"], Value::Null, "the operator supplied none");
    assert!(!criterion["summary"].as_str().unwrap().contains('\n'));
}

async fn the_table_of_invariants_holds(app: TestAppRef) {
    let world = World::new(&app).await;
    let standard = world.apprentice.get(ST0072).await.json(200);
    // rules.md: KSBs, pass criteria and distinction criteria of each area.
    let table = [
        ("ORG", "K4 K5 K6", 5, 1),
        ("REG", "K7 K8", 3, 2),
        ("SYS", "K9 K10", 2, 0),
        ("PRO", "K15", 2, 1),
        ("INF", "S5", 3, 1),
        ("PER", "S6", 2, 1),
        ("CON", "S7 S8 S9 S10", 6, 1),
        ("DEV", "B1 B2", 2, 1),
        ("FBK", "B3", 2, 0),
        ("TEA", "B4 B5", 3, 2),
    ];
    let areas = standard["areas"].as_array().unwrap();
    assert_eq!(areas.len(), table.len());
    for (area, (code, ksbs, pass, distinction)) in areas.iter().zip(table) {
        assert_eq!(area["code"], code);
        assert_eq!(area["ksbs"], json!(ksbs.split(' ').collect::<Vec<_>>()));
        let criteria = area["criteria"].as_array().unwrap();
        for (grade, letter, count) in [("pass", 'P', pass), ("distinction", 'D', distinction)] {
            let codes: Vec<&Value> = criteria.iter().filter(|c| c["grade"] == grade).map(|c| &c["code"]).collect();
            let expected: Vec<String> = (1..=count).map(|number| format!("{code}-{letter}{number}")).collect();
            assert_eq!(json!(codes), json!(expected));
        }
    }
    assert_eq!(standard["ksbs"].as_array().unwrap().len(), 35);
    let thresholds: Vec<&Value> =
        standard["components"].as_array().unwrap().iter().map(|c| &c["distinction_threshold"]).collect();
    assert_eq!(thresholds, [7, 4, 3]);
    let codes: Vec<&Value> = areas.iter().map(|area| &area["code"]).collect();
    assert_eq!(codes, AREAS);
}

async fn deadlines_follow_the_vectors(app: TestAppRef) {
    let world = World::new(&app).await;
    let dates = async |query: String| world.apprentice.get(&format!("{ST0072}/dates?{query}")).await.json(200);
    for (received, earliest) in [
        ("2026-11-23", "2026-12-07"),
        ("2026-12-14", "2026-12-30"),
        ("2027-03-19", "2027-04-06"),
        ("2027-12-17", "2028-01-05"),
    ] {
        let answer = dates(format!("form_received_on={received}")).await;
        assert_eq!(answer["earliest_assessment_on"], earliest, "{received}");
        assert_eq!((&answer["latest_assessment_on"], &answer["results_due_on"]), (&Value::Null, &Value::Null));
        // Results are due after as many working days.
        assert_eq!(dates(format!("final_component_on={received}")).await["results_due_on"], earliest);
    }
    for (gateway, latest) in [("2026-11-30", "2027-02-28"), ("2027-05-31", "2027-08-31"), ("2027-11-30", "2028-02-29")]
    {
        assert_eq!(dates(format!("gateway_on={gateway}")).await["latest_assessment_on"], latest, "{gateway}");
    }
    let all = dates("form_received_on=2026-11-23&gateway_on=2026-11-23&final_component_on=2027-01-04".to_owned()).await;
    let calendar = json!({"name": "england-and-wales", "version": "2026-2028", "first_year": 2026, "last_year": 2028});
    assert_eq!(
        all,
        json!({
            "earliest_assessment_on": "2026-12-07", "latest_assessment_on": "2027-02-23", "results_due_on": "2027-01-18",
            "calendar": calendar,
        })
    );
    let none = dates(String::new()).await;
    let nothing = json!({"earliest_assessment_on": null, "latest_assessment_on": null, "results_due_on": null, "calendar": calendar});
    assert_eq!(none, nothing);
}

async fn days_outside_the_table_are_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    for query in [
        "form_received_on=2025-12-31",
        "form_received_on=2028-12-18",
        "final_component_on=2029-01-02",
        "gateway_on=2026-11-23&form_received_on=1999-01-01",
    ] {
        let problem = world.apprentice.get(&format!("{ST0072}/dates?{query}")).await.problem(422, "outside_calendar");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("2026 to 2028") && detail.contains("Use a day inside"), "{detail}");
    }
    // The last day from which ten working days can be counted, and calendar months, which need no table.
    let answer =
        world.apprentice.get(&format!("{ST0072}/dates?form_received_on=2028-12-13&gateway_on=2031-01-31")).await;
    let answer = answer.json(200);
    assert_eq!(
        (&answer["earliest_assessment_on"], &answer["latest_assessment_on"]),
        (&json!("2028-12-29"), &json!("2031-04-30"))
    );
}

async fn unknown_standards(app: TestAppRef) {
    let world = World::new(&app).await;
    for name in ["ST0072/1.0", "ST0073/1.1", "st0072/1.1", "ST0072/1.1%00", "%53T0072/1,1"] {
        world.apprentice.get(&format!("/api/v1/standards/{name}")).await.problem(404, "not_found");
        world.apprentice.get(&format!("/api/v1/standards/{name}/dates")).await.problem(404, "not_found");
    }
}
