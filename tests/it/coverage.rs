//! Coverage: of one showcase, field by field, as JSON and CSV, and of the cohort that a reader may see.

mod cohort;
mod negotiation;

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::world::AREAS;
use crate::support::{World, both, files};

both!(
    an_empty_showcase_lacks_every_area,
    coverage_follows_claims_and_tags,
    a_withdrawn_piece_covers_nothing,
    coverage_as_a_table
);

async fn coverage(world: &World) -> Value {
    world.apprentice.get(&world.path("/coverage")).await.json(200)
}

async fn an_empty_showcase_lacks_every_area(app: TestAppRef) {
    let world = World::new(&app).await;
    let coverage = coverage(&world).await;
    let fields: Vec<&String> = coverage.as_object().unwrap().keys().collect();
    let mut expected = [
        "showcase_id",
        "standard",
        "version",
        "pieces",
        "limit",
        "complete",
        "missing",
        "claimed_complete",
        "claimed_missing",
        "unmapped",
        "areas",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
    assert_eq!(coverage["showcase_id"], world.showcase.as_str());
    assert_eq!((&coverage["standard"], &coverage["version"]), (&json!("ST0072"), &json!("1.1")));
    assert_eq!((&coverage["pieces"], &coverage["limit"]), (&json!(0), &json!(20)));
    assert_eq!((&coverage["complete"], &coverage["claimed_complete"]), (&json!(false), &json!(false)));
    assert_eq!((&coverage["missing"], &coverage["claimed_missing"]), (&json!(AREAS), &json!(AREAS)));
    assert_eq!(coverage["unmapped"], json!([]));
    let standard = world.apprentice.get("/api/v1/standards/ST0072/1.1").await.json(200);
    for (area, known) in coverage["areas"].as_array().unwrap().iter().zip(standard["areas"].as_array().unwrap()) {
        for field in ["code", "title", "ksbs"] {
            assert_eq!(area[field], known[field]);
        }
        assert_eq!((&area["covered"], &area["claimed"], &area["tagged"]), (&json!(false), &json!([]), &json!([])));
        let criteria: Vec<Value> = known["criteria"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| json!({"code": c["code"], "grade": c["grade"], "covered": false}))
            .collect();
        assert_eq!(area["criteria"], json!(criteria));
    }
}

async fn coverage_follows_claims_and_tags(app: TestAppRef) {
    let world = World::new(&app).await;
    let unmapped = id(&world.piece("unmapped", "").await);
    let second = id(&world.piece("for two", "ORG,DEV").await);
    let first = world.submitted().await;
    let claimed = coverage(&world).await;
    assert_eq!((&claimed["complete"], &claimed["claimed_complete"]), (&json!(false), &json!(true)));
    assert_eq!((&claimed["missing"], &claimed["claimed_missing"]), (&json!(AREAS), &json!([])));
    assert_eq!(claimed["unmapped"], json!([unmapped]));
    assert_eq!(claimed["areas"][0]["claimed"], json!([second, first]));
    assert_eq!(claimed["areas"][1]["claimed"], json!([first]));

    let tag = async |piece: &str, body: Value| {
        id(&world.assessor.post(&format!("/api/v1/pieces/{piece}/tags"), body).await.json(201))
    };
    let one = tag(&unmapped, json!({"area": "REG", "criteria": ["REG-P1", "REG-D2"], "locator": {"page": 2}})).await;
    let two = tag(&first, json!({"area": "REG", "criteria": ["REG-P1"]})).await;
    let tagged = coverage(&world).await;
    assert_eq!(tagged["unmapped"], json!([]));
    let missing: Vec<&str> = AREAS.iter().copied().filter(|&area| area != "REG").collect();
    assert_eq!(tagged["missing"], json!(missing));
    let area = &tagged["areas"][1];
    assert_eq!(area["covered"], true);
    assert_eq!(
        area["tagged"],
        json!([
            {"piece_id": unmapped, "tag_id": one, "criteria": ["REG-P1", "REG-D2"], "locator": {"page": 2}},
            {"piece_id": first, "tag_id": two, "criteria": ["REG-P1"], "locator": null},
        ])
    );
    let covered: Vec<&Value> =
        area["criteria"].as_array().unwrap().iter().filter(|c| c["covered"] == true).map(|c| &c["code"]).collect();
    assert_eq!(covered, [&json!("REG-P1"), &json!("REG-D2")]);
    assert_eq!(area["claimed"], json!([first]), "a tag is no claim");
    world.tag(&first, &missing).await;
    let complete = coverage(&world).await;
    assert_eq!((&complete["complete"], &complete["missing"]), (&json!(true), &json!([])));
    for person in [&world.provider, &world.assessor, &world.admin] {
        assert_eq!(person.get(&world.path("/coverage")).await.json(200), complete);
    }
}

async fn a_withdrawn_piece_covers_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("a piece", &AREAS.join(",")).await);
    assert_eq!(coverage(&world).await["claimed_complete"], true);
    world
        .apprentice
        .patch(&format!("/api/v1/pieces/{piece}"), json!({"claims": ["TEA", "ORG", "TEA"]}))
        .await
        .expect(200);
    assert_eq!(coverage(&world).await["claimed_missing"], json!(AREAS[1..9]));
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.expect(204);
    let coverage = coverage(&world).await;
    assert_eq!((&coverage["pieces"], &coverage["claimed_missing"]), (&json!(0), &json!(AREAS)));
}

async fn coverage_as_a_table(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = Upload::new("second.pdf", files::pdf(1, "second")).with("claims", "ORG");
    world.apprentice.upload(&world.showcase, upload).await.expect(201);
    let piece = world.submitted().await;
    let path = format!("/api/v1/pieces/{piece}/tags");
    for criteria in [json!(["ORG-P1", "ORG-D1"]), json!(["ORG-P1", "ORG-P2"])] {
        world.assessor.post(&path, json!({"area": "ORG", "criteria": criteria})).await.expect(201);
    }
    let answer = world.assessor.get_with(&world.path("/coverage"), &[("accept", "text/csv")]).await;
    answer.expect(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    let name = format!("attachment; filename=\"coverage-{}.csv\"", world.showcase);
    assert_eq!(answer.header("content-disposition"), name);
    let text = String::from_utf8(answer.body).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 12, "a header, ten areas, and a last line end: {text}");
    assert_eq!(lines[0], "code,title,covered,claimed_pieces,tagged_pieces,criteria_covered,criteria");
    assert_eq!(lines[1], "ORG,Understanding the organisation,yes,2,1,3,6");
    assert_eq!(lines[2], "REG,Meeting regulations and legislation,no,1,0,0,5");
    assert_eq!(lines[10], "TEA,Team working,no,1,0,0,5");
}
