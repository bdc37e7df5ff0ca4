//! The S3 server fails, slows down, loses answers and lies, at every request of every act: what is acknowledged is
//! there, what is refused leaves no slot and, after a sweep, no object.

use std::time::{Duration, SystemTime};

use exhibit::intake;
use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::client::{Answer, Upload, id};
use crate::support::store::{Fault, Seen};
use crate::support::{World, files, replicated};

replicated!(
    an_upload_of_one_part_meets_every_fault,
    an_upload_of_two_parts_meets_every_fault,
    a_store_that_stays_down_refuses_uploads,
    a_store_that_breaks_in_mid_upload_refuses_it,
    a_document_is_refused_as_a_piece_is,
    content_is_whole_or_cut_off,
    a_withdrawal_does_not_wait_for_the_store,
    nothing_is_accepted_unread,
    readiness_tells_of_the_store,
);

const FAULTS: [Fault; 4] = [Fault::SlowDown, Fault::Broken, Fault::LostAnswer, Fault::ErrorInBody];

/// Sweeps as if everything were old, and makes sure that exactly the pieces and documents have objects.
async fn nothing_is_left_over(app: &TestAppRef, world: &World, documents: usize) {
    let later = SystemTime::now() + Duration::from_secs(60);
    intake::sweep(&app.app.db, &app.app.storage, later).await.unwrap();
    let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
    let pieces = listed["items"].as_array().unwrap();
    let mut ids: Vec<String> = pieces.iter().map(id).collect();
    let stored = app.stored().await;
    let objects = stored.iter().filter_map(|key| key.strip_prefix("pieces/")).map(|rest| rest[3..].to_owned());
    let mut objects: Vec<String> = objects.collect();
    ids.sort();
    objects.sort();
    assert_eq!(objects, ids);
    assert_eq!(stored.len() - objects.len(), documents);
}

/// Makes sure that an upload was either taken, and is there, or refused, and is not.
async fn taken_or_refused(world: &World, answer: Answer, bytes: &[u8], fault: &str) {
    if answer.status == 503 {
        assert_eq!(answer.header("retry-after"), "5", "{fault}");
        let _ = answer.problem(503, "storage_unavailable");
        let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
        assert_eq!(listed["items"], json!([]), "{fault}");
        return;
    }
    let piece = answer.json(201);
    assert_eq!(piece["slot"], 1, "{fault}");
    let path = format!("/api/v1/pieces/{}", id(&piece));
    let content = world.apprentice.get(&format!("{path}/content")).await;
    content.expect(200);
    assert_eq!(files::sha256(&content.body), files::sha256(bytes), "{fault}");
    world.apprentice.delete(&path).await.expect(204);
}

/// Fails each request of an upload once, in every way.
async fn meets_every_fault(app: &TestAppRef, requests: u32, name: &str, file: impl Fn(u64) -> Vec<u8>) {
    let world = World::new(app).await;
    let store = app.store.as_ref().unwrap();
    store.fail(|_| None);
    let piece = world.apprentice.upload(&world.showcase, Upload::new(name, file(0))).await.json(201);
    assert_eq!(store.heal(), requests);
    world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&piece))).await.expect(204);
    let mut marker = 0;
    for fault in FAULTS {
        for number in 0..requests {
            marker += 2;
            let bytes = file(marker);
            store.fail(move |seen| (seen.number == number).then_some(fault));
            let answer = world.apprentice.upload(&world.showcase, Upload::new(name, bytes.clone())).await;
            assert!(store.heal() >= requests.min(number + 1), "the fault was met");
            taken_or_refused(&world, answer, &bytes, &format!("{fault:?} at request {number}")).await;
            nothing_is_left_over(app, &world, 0).await;
        }
    }
}

async fn an_upload_of_one_part_meets_every_fault(app: TestAppRef) {
    meets_every_fault(&app, 1, "letter.pdf", |marker| files::pdf(2, &marker.to_string())).await;
}

async fn an_upload_of_two_parts_meets_every_fault(app: TestAppRef) {
    // Begun, two parts, completed, and read to be looked at.
    meets_every_fault(&app, 5, "call.wav", |marker| files::wav(8_500_001, marker)).await;
}

async fn a_store_that_stays_down_refuses_uploads(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    for (number, fault) in (0..).zip(FAULTS) {
        store.fail(move |_| Some(fault));
        for (name, bytes) in
            [("letter.pdf", files::pdf(2, &number.to_string())), ("call.wav", files::wav(9_000_000, number))]
        {
            let answer = world.apprentice.upload(&world.showcase, Upload::new(name, bytes.clone()).key("again")).await;
            assert_eq!(answer.header("retry-after"), "5", "{fault:?} of {name}");
            let _ = answer.problem(503, "storage_unavailable");
            let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
            assert_eq!(listed["items"], json!([]));
        }
        store.heal();
        nothing_is_left_over(&app, &world, 0).await;
    }
    let upload = Upload::new("letter.pdf", files::pdf(2, "0")).key("again");
    assert_eq!(world.apprentice.upload(&world.showcase, upload).await.json(201)["slot"], 1);
    nothing_is_left_over(&app, &world, 0).await;
}

async fn a_store_that_breaks_in_mid_upload_refuses_it(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    for number in 0..4 {
        store.fail(move |seen| (seen.number > number).then_some(Fault::Broken));
        let upload = Upload::new("call.wav", files::wav(17_000_001, u64::from(number) * 2));
        let _ = world.apprentice.upload(&world.showcase, upload).await.problem(503, "storage_unavailable");
        store.heal();
        nothing_is_left_over(&app, &world, 0).await;
        let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
        assert_eq!(listed["items"], json!([]));
    }
}

async fn a_document_is_refused_as_a_piece_is(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    for (recorded, fault) in FAULTS.into_iter().enumerate() {
        let bytes = files::pdf(1, &format!("{fault:?}"));
        let send = || world.provider.upload_document(&world.showcase, "gateway_form", "form.pdf", bytes.clone());
        store.fail(move |_| Some(fault));
        let _ = send().await.problem(503, "storage_unavailable");
        store.heal();
        let gateway = world.provider.get(&world.path("/gateway")).await.json(200);
        assert_eq!(gateway["documents"].as_array().unwrap().len(), recorded);
        nothing_is_left_over(&app, &world, recorded).await;
        send().await.expect(201);
    }
    nothing_is_left_over(&app, &world, FAULTS.len()).await;
}

/// Whether a request reads an object.
fn reads(seen: &Seen<'_>) -> bool {
    seen.method == "GET" && !seen.target.contains("list-type")
}

async fn content_is_whole_or_cut_off(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    let bytes = files::wav(3_000_000, 1);
    let piece = id(&world.apprentice.upload(&world.showcase, Upload::new("call.wav", bytes.clone())).await.json(201));
    let path = format!("/api/v1/pieces/{piece}/content");
    for fault in FAULTS {
        store.fail(move |seen| reads(seen).then_some(fault));
        let answer = world.assessor.get(&path).await;
        assert_eq!(answer.header("retry-after"), "5", "{fault:?}");
        let _ = answer.problem(503, "storage_unavailable");
        let part = world.assessor.get_with(&path, &[("range", "bytes=0-9")]).await;
        let _ = part.problem(503, "storage_unavailable");
    }
    store.fail(|seen| (seen.number == 0).then_some(Fault::Broken));
    let answer = world.assessor.get(&path).await;
    answer.expect(200);
    assert_eq!(answer.body, bytes, "one failure is repeated and never told");
    // The connection to the store breaks in the middle of the object, and the object itself is too short.
    store.fail(|seen| reads(seen).then_some(Fault::CutShort));
    assert!(world.assessor.try_get(&path).await.is_err(), "a cut object is not called whole");
    assert!(store.heal() > 0);
    let object = store.file_of(&format!("under/a/prefix/{}", app.stored().await[0]));
    std::fs::OpenOptions::new().write(true).open(&object).unwrap().set_len(1_000_000).unwrap();
    assert!(world.assessor.try_get(&path).await.is_err(), "a short object is not called whole");
    std::fs::write(&object, &bytes).unwrap();
    world.assessor.get(&path).await.expect(200);
}

async fn a_withdrawal_does_not_wait_for_the_store(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    for fault in FAULTS {
        let piece = id(&world.piece("withdrawn", "ORG").await);
        store.fail(move |_| Some(fault));
        let path = format!("/api/v1/pieces/{piece}");
        world.apprentice.delete(&path).await.expect(204);
        store.heal();
        let _ = world.apprentice.get(&path).await.problem(404, "not_found");
        let left = app.stored().await.len();
        assert_eq!(left, usize::from(!matches!(fault, Fault::LostAnswer)), "{fault:?}");
        nothing_is_left_over(&app, &world, 0).await;
        assert_eq!(app.stored().await, Vec::<String>::new());
    }
}

async fn nothing_is_accepted_unread(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    let piece = world.submitted().await;
    world.tag(&piece, &crate::support::world::AREAS).await;
    world.accept_components(1).await;
    let path = world.path("/gateway/attempts/1/acceptance");
    for fault in [Fault::SlowDown, Fault::Broken, Fault::LostAnswer, Fault::ErrorInBody, Fault::CutShort] {
        // One of the four objects: the others are read in vain.
        store.fail(move |seen| (reads(seen) && seen.number >= 2).then_some(fault));
        let answer = world.assessor.post(&path, json!({})).await;
        assert_eq!(answer.header("retry-after"), "5", "{fault:?}");
        let _ = answer.problem(503, "storage_unavailable");
        store.heal();
        let showcase = world.assessor.get(&world.path("")).await.json(200);
        assert_eq!(showcase["state"], "submitted", "{fault:?}");
    }
    assert!(world.assessor.post(&path, json!({})).await.status.is_success());
    assert_eq!(world.assessor.get(&world.path("")).await.json(200)["state"], "accepted");
}

async fn readiness_tells_of_the_store(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    world.nobody.get("/health/ready").await.expect(200);
    for fault in [Fault::SlowDown, Fault::Broken, Fault::LostAnswer] {
        store.fail(move |_| Some(fault));
        let answer = world.nobody.get("/health/ready").await;
        assert_eq!(answer.header("retry-after"), "5", "{fault:?}");
        let _ = answer.problem(503, "storage_unavailable");
        world.nobody.get("/health/live").await.expect(200);
        store.heal();
        world.nobody.get("/health/ready").await.expect(200);
    }
}
