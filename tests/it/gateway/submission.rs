//! A submission freezes the showcase, and its digest is that of exactly what froze.

use serde_json::{Value, json};

use super::{gateway, submit};
use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::world::AREAS;
use crate::support::{World, both, files};

both!(a_submission_records_what_froze, a_submitted_showcase_does_not_change);

async fn a_submission_records_what_froze(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = world.ready_gateway().await;
    let second = world.piece("a second piece", "TEA,ORG").await;
    let before = gateway(&world).await;
    let attempt = submit(&world).await.json(201);
    assert_eq!(attempt["attempt"], 1);
    assert_eq!(attempt["submitted_by"], world.provider.id.as_str());
    assert!(attempt["submitted_at"].as_str().unwrap().starts_with("2026-11-23T10:00:"), "{attempt}");
    for field in ["outcome", "closed_by", "closed_at", "note"] {
        assert_eq!(attempt[field], Value::Null, "{field}");
    }
    assert_eq!(attempt["decisions"], json!([]));

    let text = attempt["snapshot"].as_str().unwrap();
    assert_eq!(attempt["snapshot_sha256"], files::sha256(text.as_bytes()));
    let snapshot: Value = serde_json::from_str(text).unwrap();
    assert_eq!(snapshot["showcase_id"], world.showcase.as_str());
    assert_eq!((&snapshot["standard"], &snapshot["version"]), (&json!("ST0072"), &json!("1.1")));
    let pieces = snapshot["pieces"].as_array().unwrap();
    let ids: Vec<&Value> = pieces.iter().map(|piece| &piece["id"]).collect();
    assert_eq!(ids, [&json!(first), &json!(id(&second))]);
    assert_eq!(pieces[0]["claims"], json!(AREAS));
    for field in ["slot", "title", "media_type", "bytes", "sha256"] {
        assert_eq!(pieces[1][field], second[field], "{field}");
    }
    assert_eq!(pieces[1]["claims"], json!(["ORG", "TEA"]));
    let documents = snapshot["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 3);
    for (frozen, shown) in documents.iter().zip(before["documents"].as_array().unwrap()) {
        for field in ["id", "kind", "bytes", "sha256"] {
            assert_eq!(frozen[field], shown[field], "{field}");
        }
    }
    for field in ["maths", "english", "employer_confirmed_on", "assessment_on"] {
        assert_eq!(snapshot["details"][field], before[field], "{field}");
    }

    let showcase = world.apprentice.get(&world.path("")).await.json(200);
    assert_eq!((&showcase["state"], &showcase["attempt"]), (&json!("submitted"), &json!(1)));
    let after = gateway(&world).await;
    assert_eq!((&after["state"], &after["attempt"]), (&json!("submitted"), &json!(1)));
    assert_eq!(after["attempts"], json!([attempt]));
}

async fn a_submitted_showcase_does_not_change(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = format!("/api/v1/pieces/{}", world.submitted().await);
    let before = world.everything(&app).await;
    let frozen = |problem: Value| assert!(problem["detail"].as_str().unwrap().contains("return"), "{problem}");
    for person in [&world.apprentice, &world.provider, &world.admin] {
        let upload = Upload::new("late.pdf", files::pdf(1, "too late"));
        frozen(person.upload(&world.showcase, upload).await.problem(409, "showcase_frozen"));
        frozen(person.patch(&piece, json!({"title": "Another title"})).await.problem(409, "showcase_frozen"));
        frozen(person.patch(&piece, json!({"claims": ["ORG"]})).await.problem(409, "showcase_frozen"));
        frozen(person.delete(&piece).await.problem(409, "showcase_frozen"));
    }
    for person in [&world.provider, &world.admin] {
        frozen(person.put(&world.path("/gateway"), json!({})).await.problem(409, "showcase_frozen"));
        let late = person.upload_document(&world.showcase, "gateway_form", "form.pdf", files::pdf(1, "late")).await;
        frozen(late.problem(409, "showcase_frozen"));
        let again = person.post(&world.path("/gateway/submissions"), json!({})).await;
        frozen(again.problem(409, "showcase_frozen"));
    }
    assert_eq!(world.everything(&app).await, before);
    assert_eq!(app.unsealed(), 0);
}
