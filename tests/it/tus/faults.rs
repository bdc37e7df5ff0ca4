//! Store and database fail at any request of an upload: the offset that is told is never more than what is kept, and
//! the sender ends with one piece.

use std::sync::{Arc, OnceLock};

use exhibit::config::Settings;
use reqwest::StatusCode;

use super::fragments;
use crate::support::app::{TestAppRef, run};
use crate::support::proxy::{Cut, Proxy};
use crate::support::store::Fault;
use crate::support::{Answer, Backend, Client, World, files, replicated};

replicated!(the_store_may_fail_at_every_request, a_store_that_stays_down_keeps_what_it_has);

const FAULTS: [Fault; 4] = [Fault::SlowDown, Fault::Broken, Fault::LostAnswer, Fault::ErrorInBody];

/// Goes on with an upload as a client does, until it has its piece.
async fn sent_until_taken(client: &Client, upload: &str, bytes: &[u8]) -> Answer {
    for _ in 0..50 {
        let standing = client.standing(upload).await;
        if !standing.header("piece-location").is_empty() {
            return standing;
        }
        if standing.status == StatusCode::OK {
            let offset = standing.moved(200);
            let answer = client.append(upload, offset, &bytes[offset..]).await;
            if !answer.header("piece-location").is_empty() {
                return answer;
            }
            assert!([204, 409, 423, 503].contains(&answer.status.as_u16()), "{answer:?}");
        } else {
            assert!([423, 503].contains(&standing.status.as_u16()), "{standing:?}");
        }
    }
    panic!("the upload never became a piece");
}

/// Makes sure that the one piece is these bytes, and that nothing else is left after a sweep; withdraws it.
async fn withdraw(app: &TestAppRef, world: &World, bytes: &[u8]) {
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    exhibit::intake::sweep(&app.app.db, &app.app.storage, later).await.unwrap();
    let pieces = world.pieces().await;
    assert_eq!(pieces.len(), 1, "{pieces:?}");
    assert_eq!(pieces[0]["sha256"], files::sha256(bytes));
    let path = format!("/api/v1/pieces/{}", pieces[0]["id"].as_str().unwrap());
    assert_eq!(world.provider.get(&format!("{path}/content")).await.body, bytes);
    // What the S3 server keeps of multipart uploads that were never completed, it cannot list.
    assert_eq!((app.stored().await.len(), fragments(app).await), (1, 0));
    world.apprentice.delete(&path).await.expect(204);
}

async fn the_store_may_fail_at_every_request(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    let mut marker = 0;
    for fault in FAULTS {
        for number in 0.. {
            marker += 1;
            let bytes = files::wav(8_500_001, marker * 2);
            let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
            store.fail(move |seen| (seen.number == number).then_some(fault));
            let _ = sent_until_taken(&world.apprentice, &upload, &bytes).await;
            let is_met = store.heal() > number;
            withdraw(&app, &world, &bytes).await;
            if !is_met {
                assert!(number > 5, "{fault:?} after {number} requests");
                break;
            }
        }
    }
}

async fn a_store_that_stays_down_keeps_what_it_has(app: TestAppRef) {
    let world = World::new(&app).await;
    let store = app.store.as_ref().unwrap();
    let bytes = files::wav(17_000_001, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    // Begun, and a part sent.
    store.fail(|seen| (seen.number > 1).then_some(Fault::Broken));
    let answer = world.apprentice.append(&upload, 0, &bytes).await;
    assert_eq!(answer.header("retry-after"), "5");
    let _ = answer.problem(503, "storage_unavailable");
    assert_eq!(world.apprentice.offset(&upload).await, 8 << 20);
    store.heal();
    let _ = sent_until_taken(&world.apprentice, &upload, &bytes).await;
    withdraw(&app, &world, &bytes).await;
}

#[test]
fn the_database_may_go_at_every_message() {
    let proxy = OnceLock::new();
    let change = |settings: &mut Settings| {
        settings.database.acquire_timeout_s = 1;
        settings.database.max_connections = 2;
        assert!(proxy.set(Proxy::before(settings)).is_ok(), "an application is started once");
    };
    run(Backend::Replicated, change, |app| {
        let proxy: Arc<Proxy> = Arc::clone(proxy.get().expect("the settings were changed"));
        async move {
            let world = World::new(&app).await;
            let mut interrupted = 0;
            // Whole in one request, and by the last of two, which composes what both brought.
            for (cut, before) in [(Cut::Before, 0), (Cut::After, 0), (Cut::Before, 100), (Cut::After, 100)] {
                for number in 0.. {
                    let bytes = files::pdf(1, &format!("{cut:?} {before} {number}"));
                    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
                    if before > 0 {
                        world.apprentice.append(&upload, 0, &bytes[..before]).await.expect(204);
                    }
                    proxy.trap(move |at, _| (at == number).then_some(cut));
                    let answer = world.apprentice.append(&upload, before, &bytes[before..]).await;
                    let is_caught = proxy.restore() > number;
                    interrupted += u32::from(is_caught);
                    assert!([204, 503].contains(&answer.status.as_u16()), "{cut:?} {number}: {answer:?}");
                    // The clock of the tests stands still, and so would a lock that could not be let go of.
                    app.clock.advance(chrono::TimeDelta::seconds(5));
                    let _ = sent_until_taken(&world.apprentice, &upload, &bytes).await;
                    withdraw(&app, &world, &bytes).await;
                    if !is_caught {
                        break;
                    }
                }
            }
            assert!(interrupted > 20, "{interrupted} messages");
        }
    });
}
