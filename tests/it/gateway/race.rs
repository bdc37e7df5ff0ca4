//! An acceptance and another act at the same time: one of them wins wholly, and nothing is ever accepted with an
//! area that has no tag.

use std::sync::Mutex;
use std::sync::mpsc;

use serde_json::{Value, json};

use super::{accept, submit, tag};
use crate::support::app::{TestAppRef, run};
use crate::support::client::{Upload, id};
use crate::support::world::AREAS;
use crate::support::{Answer, Backend, World, both, files};

both!(acceptance_against_untag, two_acceptances, two_submissions, submission_against_withdrawal);

/// A submitted showcase that would be accepted; the id of one tag.
async fn acceptable(world: &World, piece: &str) -> String {
    world.tag(piece, &AREAS[1..]).await;
    let first = tag(world, piece, "ORG").await;
    world.accept_components(1).await;
    first
}

/// The code of a refusal, or the status of a success.
fn told(answer: &Answer) -> String {
    if answer.status.is_success() {
        return answer.status.as_u16().to_string();
    }
    let problem: Value = serde_json::from_slice(&answer.body).expect("a problem");
    problem["code"].as_str().unwrap().to_owned()
}

async fn acceptance_against_untag(app: TestAppRef) {
    let world = World::new(&app).await;
    // Several megabytes, so that reading them back takes long enough to be overtaken.
    let bytes = files::wav(6_000_000, 3);
    let upload = Upload::new("call.wav", bytes).with("claims", &AREAS.join(","));
    world.apprentice.upload(&world.showcase, upload).await.expect(201);
    let piece = world.submitted().await;
    let first = acceptable(&world, &piece).await;
    let path = format!("/api/v1/tags/{first}");
    let (accepting, untagging) = tokio::join!(accept(&world, 1), world.assessor.delete(&path));
    let coverage = world.assessor.get(&world.path("/coverage")).await.json(200);
    match (told(&accepting).as_str(), told(&untagging).as_str()) {
        ("200", "showcase_accepted") => {
            assert_eq!((world.state().await.as_str(), &coverage["complete"]), ("accepted", &json!(true)));
        }
        ("changed_meanwhile" | "coverage_incomplete", "204") => {
            assert_eq!((world.state().await.as_str(), &coverage["missing"]), ("submitted", &json!(["ORG"])));
        }
        other => panic!("neither won: {other:?}"),
    }
}

/// The untag arrives while the objects are read, after everything in the database was checked.
#[test]
fn an_untag_between_check_and_commit() {
    run(
        Backend::Replicated,
        |_| {},
        |app| async move {
            let world = World::new(&app).await;
            let piece = world.submitted().await;
            let first = acceptable(&world, &piece).await;
            let (arrived, arrival) = mpsc::channel();
            let (release, released) = mpsc::channel::<()>();
            let released = Mutex::new(released);
            let held = piece.clone();
            app.store.as_ref().unwrap().fail(move |seen| {
                if seen.method == hyper::Method::GET && seen.target.contains(&held) {
                    arrived.send(()).unwrap();
                    // In place: this thread may be the one that would have served the other requests.
                    tokio::task::block_in_place(|| released.lock().unwrap().recv().ok());
                }
                None
            });
            let assessor = world.assessor.clone();
            let path = world.path("/gateway/attempts/1/acceptance");
            let accepting = tokio::spawn(async move { assessor.post(&path, json!({})).await });
            tokio::task::spawn_blocking(move || arrival.recv().unwrap()).await.unwrap();
            let untagging = world.assessor.delete(&format!("/api/v1/tags/{first}")).await;
            release.send(()).unwrap();
            let accepting = accepting.await.unwrap();
            app.store.as_ref().unwrap().heal();
            untagging.expect(204);
            accepting.problem(409, "changed_meanwhile");
            assert_eq!(world.state().await, "submitted");
            assert_eq!(accept(&world, 1).await.problem(409, "coverage_incomplete")["missing"], json!(["ORG"]));
            tag(&world, &piece, "ORG").await;
            accept(&world, 1).await.expect(200);
        },
    );
}

async fn two_acceptances(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    acceptable(&world, &piece).await;
    let (one, other) = tokio::join!(accept(&world, 1), accept(&world, 1));
    let mut told = [told(&one), told(&other)];
    told.sort();
    assert!(told == ["200", "attempt_closed"] || told == ["200", "changed_meanwhile"], "{told:?}");
    assert_eq!(world.state().await, "accepted");
}

async fn two_submissions(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let (one, other) = tokio::join!(submit(&world), submit(&world));
    let mut told = [told(&one), told(&other)];
    told.sort();
    assert_eq!(told, ["201", "showcase_frozen"]);
    assert_eq!(super::gateway(&world).await["attempts"].as_array().unwrap().len(), 1);
}

async fn submission_against_withdrawal(app: TestAppRef) {
    let world = World::new(&app).await;
    world.ready_gateway().await;
    let spare = id(&world.piece("a spare piece", "").await);
    let path = format!("/api/v1/pieces/{spare}");
    let (submitting, withdrawing) = tokio::join!(submit(&world), world.apprentice.delete(&path));
    let attempt = submitting.json(201);
    let snapshot: Value = serde_json::from_str(attempt["snapshot"].as_str().unwrap()).unwrap();
    let live = world.provider.get(&world.path("/pieces")).await.json(200);
    let count = match told(&withdrawing).as_str() {
        "204" => 1,
        "showcase_frozen" => 2,
        other => panic!("{other}"),
    };
    assert_eq!(snapshot["pieces"].as_array().unwrap().len(), count);
    assert_eq!(live["items"].as_array().unwrap().len(), count);
}
