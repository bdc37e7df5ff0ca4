//! Acceptance: only with every component accepted and every area tagged, by someone independent, once.

use serde_json::{Value, json};

use super::{accept, accept_as, accepted, decide, gateway, give_back, tag};
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::world::{AREAS, organisation, person};
use crate::support::{World, both, files};
use exhibit::domain::people::{OrganisationKind, Role};

both!(
    every_component_must_be_accepted,
    every_area_must_be_tagged,
    an_accepted_showcase_is_closed,
    the_assessor_is_never_of_the_provider,
    only_the_assigned_assessor_accepts,
);

const COMPONENTS: [&str; 5] = ["maths", "english", "showcase", "form", "dates"];

async fn every_component_must_be_accepted(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    for (done, component) in COMPONENTS.iter().enumerate() {
        let before = world.everything(&app).await;
        let problem = accept(&world, 1).await.problem(409, "component_undecided");
        assert_eq!(problem["components"], json!(COMPONENTS[done..]));
        assert_eq!(world.everything(&app).await, before);
        decide(&world, 1, component, accepted()).await.expect(200);
    }
    for component in ["english", "dates"] {
        decide(&world, 1, component, json!({"decision": "rejected", "reason": "unreadable"})).await.expect(200);
    }
    let before = world.everything(&app).await;
    let problem = accept(&world, 1).await.problem(409, "component_rejected");
    assert_eq!(problem["components"], json!(["english", "dates"]));
    assert_eq!(world.everything(&app).await, before);
    decide(&world, 1, "english", accepted()).await.expect(200);
    decide(&world, 1, "dates", accepted()).await.expect(200);
    accept(&world, 1).await.expect(200);
}

async fn every_area_must_be_tagged(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.accept_components(1).await;
    let refused = async |missing: Value| {
        let before = world.everything(&app).await;
        let problem = accept(&world, 1).await.problem(409, "coverage_incomplete");
        assert_eq!(problem["missing"], missing);
        for code in missing.as_array().unwrap() {
            assert!(problem["detail"].as_str().unwrap().contains(code.as_str().unwrap()), "{problem}");
        }
        assert_eq!(world.everything(&app).await, before);
        assert_eq!(before["coverage"]["missing"], missing);
        assert_eq!(before["showcase"]["state"], "submitted");
    };
    refused(json!(AREAS)).await;
    let mut tags = Vec::new();
    for area in AREAS {
        tags.push(tag(&world, &piece, area).await);
    }
    // Each area left out by itself: claims, which cover all, do not help.
    for (area, first) in AREAS.iter().zip(&tags) {
        world.assessor.delete(&format!("/api/v1/tags/{first}")).await.expect(204);
        refused(json!([area])).await;
        tag(&world, &piece, area).await;
    }
    let accepted = accept(&world, 1).await.json(200);
    assert_eq!(accepted["state"], "accepted");
}

async fn an_accepted_showcase_is_closed(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS[1..]).await;
    let first = tag(&world, &piece, "ORG").await;
    world.accept_components(1).await;
    let body = accept(&world, 1).await.json(200);
    assert_eq!((&body["state"], &body["attempt"]), (&json!("accepted"), &json!(1)));
    assert_eq!(body["dates"]["accepted_on"], "2026-11-23");
    let attempt = &body["attempts"][0];
    assert_eq!(attempt["outcome"], "accepted");
    assert_eq!(attempt["closed_by"], world.assessor.id.as_str());
    assert!(attempt["closed_at"].as_str().unwrap() > attempt["submitted_at"].as_str().unwrap(), "{attempt}");
    assert_eq!(attempt["decisions"].as_array().unwrap().len(), 5);
    assert_eq!(gateway(&world).await, body);

    let before = world.everything(&app).await;
    let tags = format!("/api/v1/pieces/{piece}/tags");
    accept(&world, 1).await.problem(409, "attempt_closed");
    give_back(&world, 1, "On second thoughts").await.problem(409, "attempt_closed");
    decide(&world, 1, "maths", accepted()).await.problem(409, "attempt_closed");
    world.assessor.delete(&format!("/api/v1/tags/{first}")).await.problem(409, "showcase_accepted");
    world.assessor.post(&tags, json!({"area": "ORG"})).await.problem(409, "showcase_accepted");
    let upload = Upload::new("late.pdf", files::pdf(1, "late"));
    world.apprentice.upload(&world.showcase, upload).await.problem(409, "showcase_frozen");
    world
        .apprentice
        .patch(&format!("/api/v1/pieces/{piece}"), json!({"title": "New"}))
        .await
        .problem(409, "showcase_frozen");
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.problem(409, "showcase_frozen");
    world.provider.put(&world.path("/gateway"), json!({})).await.problem(409, "showcase_frozen");
    super::submit(&world).await.problem(409, "showcase_frozen");
    let assign = json!({"user_id": world.other_assessor.id});
    world.admin.put(&world.path("/assessor"), assign).await.problem(409, "showcase_accepted");
    assert_eq!(world.everything(&app).await, before);
}

async fn the_assessor_is_never_of_the_provider(app: TestAppRef) {
    let world = World::new(&app).await;
    let inside = person(&app, "ian", Role::Assessor, Some(&world.organisation)).await;
    let before = world.everything(&app).await;
    let answer = world.admin.put(&world.path("/assessor"), json!({"user_id": inside.id})).await;
    answer.problem(409, "not_independent");
    let answer = world.admin.put(&world.path("/assessor"), json!({"user_id": world.provider.id})).await;
    answer.problem(409, "not_independent");
    assert_eq!(world.everything(&app).await, before);
    world.submitted().await;
    accept_as(&inside, &world, 1).await.problem(404, "not_found");
    assert_eq!(world.state().await, "submitted");
}

async fn only_the_assigned_assessor_accepts(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    world.accept_components(1).await;
    let elsewhere = organisation(&app, OrganisationKind::AssessmentOrganisation, "Other Assessment").await;
    let later = person(&app, "lea", Role::Assessor, Some(&elsewhere)).await;
    let before = world.everything(&app).await;
    for stranger in [&later, &world.other_assessor, &world.other_provider, &world.other_apprentice] {
        accept_as(stranger, &world, 1).await.problem(404, "not_found");
    }
    for own in [&world.admin, &world.provider, &world.apprentice] {
        accept_as(own, &world, 1).await.problem(403, "forbidden");
    }
    accept_as(&world.nobody, &world, 1).await.problem(401, "unauthenticated");
    assert_eq!(world.everything(&app).await, before);
    // The admin hands it over: from then on it is the other's, with all that was decided so far.
    let assigned = world.admin.put(&world.path("/assessor"), json!({"user_id": later.id})).await.json(200);
    assert_eq!(assigned["assessor_id"], later.id.as_str());
    accept(&world, 1).await.problem(404, "not_found");
    let body = accept_as(&later, &world, 1).await.json(200);
    assert_eq!(body["attempts"][0]["closed_by"], later.id.as_str());
}
