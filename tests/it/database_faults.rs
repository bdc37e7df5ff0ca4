//! PostgreSQL goes away and returns, at every message of an upload: what was acknowledged is there, what was not
//! can be sent again with its Idempotency-Key, and nobody restarts anything.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use exhibit::config::Settings;
use exhibit::intake;
use serde_json::Value;

use crate::support::app::{TestAppRef, run};
use crate::support::client::{Answer, Upload, id};
use crate::support::proxy::{Cut, Proxy};
use crate::support::raw::{Raw, eventually};
use crate::support::{Backend, World, files};

fn behind_a_proxy<F: Future<Output = ()>>(test: impl Fn(TestAppRef, Arc<Proxy>) -> F) {
    let proxy = OnceLock::new();
    let change = |settings: &mut Settings| {
        settings.database.acquire_timeout_s = 1;
        settings.database.max_connections = 2;
        assert!(proxy.set(Proxy::before(settings)).is_ok(), "an application is started once");
    };
    run(Backend::Replicated, change, |app| test(app, Arc::clone(proxy.get().expect("the settings were changed"))));
}

#[track_caller]
fn unavailable(answer: Answer) {
    assert_eq!(answer.header("retry-after"), "5");
    let _ = answer.problem(503, "database_unavailable");
}

/// The piece, if the upload was taken; nothing else than that the database is away may have refused it.
#[track_caller]
fn taken_or_unavailable(answer: Answer) -> Option<Value> {
    if answer.status == 201 {
        return Some(answer.json(201));
    }
    unavailable(answer);
    None
}

/// Connections that broke a moment ago may each fail one request more; nothing but that may happen.
async fn well_again(world: &World) {
    eventually("requests work again", async || {
        let answer = world.apprentice.get(&world.path("/pieces")).await;
        if answer.status != 200 {
            unavailable(answer);
            return false;
        }
        true
    })
    .await;
}

/// Sends an upload again and again, as a client does that is told to come back.
async fn sent_until_taken(world: &World, upload: Upload) -> Value {
    let mut taken = None;
    eventually("the upload is taken", async || {
        taken = taken_or_unavailable(world.apprentice.upload(&world.showcase, upload.clone()).await);
        taken.is_some()
    })
    .await;
    taken.expect("it was waited for")
}

async fn pieces(world: &World) -> Vec<Value> {
    let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
    listed["items"].as_array().unwrap().clone()
}

/// Sweeps as if everything were old: then the pieces and the objects are the same.
async fn swept(app: &TestAppRef, world: &World) {
    let later = SystemTime::now() + Duration::from_secs(60);
    intake::sweep(&app.app.db, &app.app.storage, later).await.unwrap();
    let ids: Vec<String> = pieces(world).await.iter().map(id).collect();
    let stored = app.stored().await;
    assert_eq!(stored.len(), ids.len());
    assert!(ids.iter().all(|id| stored.iter().any(|key| key.ends_with(id))), "{ids:?} {stored:?}");
}

#[test]
fn requests_are_refused_while_the_database_is_away() {
    behind_a_proxy(async |app, proxy| {
        let world = World::new(&app).await;
        world.piece("before", "ORG").await;
        for away in [Proxy::cut, Proxy::silence] {
            away(&proxy);
            for path in ["/health/ready", "/api/v1/me", &world.path("/pieces")] {
                let began = Instant::now();
                unavailable(world.apprentice.get(path).await);
                assert!(began.elapsed() < Duration::from_secs(5), "a request waits no longer than it is told");
            }
            let upload = Upload::new("letter.pdf", files::pdf(2, "while away"));
            unavailable(world.apprentice.upload(&world.showcase, upload).await);
            world.nobody.get("/health/live").await.expect(200);
            assert_eq!(app.stored().await.len(), 1);
            assert_eq!(app.unsealed(), 0);
            proxy.restore();
            well_again(&world).await;
        }
        assert_eq!(world.piece("after", "ORG").await["slot"], 2);
        world.nobody.get("/health/ready").await.expect(200);
    });
}

#[test]
fn an_upload_whose_database_goes_in_mid_body_leaves_nothing() {
    behind_a_proxy(async |app, proxy| {
        let world = World::new(&app).await;
        let raw = Raw::new(&world.apprentice, &world.showcase, &Upload::new("call.wav", files::wav(9_000_000, 1)));
        let most = raw.file.start + 8_900_000;
        let socket = raw.begin(most).await;
        eventually("bytes have arrived", async || app.unsealed() > 0).await;
        proxy.cut();
        let (status, body) = raw.end(socket, most).await;
        assert_eq!(status, 503, "{body}");
        assert_eq!(app.unsealed(), 0);
        proxy.restore();
        well_again(&world).await;
        assert_eq!(pieces(&world).await, Vec::<Value>::new());
        // Whether the statement got through nobody here knew, so its object waited for the sweep.
        swept(&app, &world).await;
        assert_eq!(world.piece("after", "ORG").await["slot"], 1);
    });
}

/// Cuts the line at the statement that takes a piece and commits it, which alone names the file; and answers what a repetition with the same key finds.
async fn cut_at_commit(app: &TestAppRef, proxy: &Proxy, cut: Cut) -> usize {
    let world = World::new(app).await;
    world.apprentice.get("/api/v1/me").await.expect(200);
    let upload = Upload::new("letter.pdf", files::pdf(2, "one")).key("once");
    proxy.trap(move |_, message| message.windows(10).any(|word| word == b"letter.pdf").then_some(cut));
    unavailable(world.apprentice.upload(&world.showcase, upload.clone()).await);
    assert!(proxy.is_cut(), "the commit was caught");
    assert_eq!(app.stored().await.len(), 1, "the row may be there, so the object stays");
    proxy.restore();
    well_again(&world).await;
    let recorded = pieces(&world).await.len();
    let first = world.apprentice.upload(&world.showcase, upload.clone()).await.json(201);
    let second = world.apprentice.upload(&world.showcase, upload).await.json(201);
    assert_eq!(first["id"], second["id"]);
    assert_eq!(first["slot"], 1);
    assert_eq!(pieces(&world).await.len(), 1);
    swept(app, &world).await;
    recorded
}

#[test]
fn a_commit_whose_answer_is_lost_was_a_commit() {
    behind_a_proxy(async |app, proxy| assert_eq!(cut_at_commit(&app, &proxy, Cut::After).await, 1));
}

#[test]
fn a_commit_that_is_lost_was_none() {
    behind_a_proxy(async |app, proxy| assert_eq!(cut_at_commit(&app, &proxy, Cut::Before).await, 0));
}

#[test]
fn the_database_may_go_at_every_message_of_an_upload() {
    behind_a_proxy(async |app, proxy| {
        let world = World::new(&app).await;
        let upload =
            |marker: String| Upload::new("letter.pdf", files::pdf(1, &marker)).with("claims", "ORG").key(&marker);
        let withdraw = async |piece: Value| {
            world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&piece))).await.expect(204);
        };
        withdraw(world.apprentice.upload(&world.showcase, upload("first".into())).await.json(201)).await;
        let mut interrupted = 0;
        for cut in [Cut::Before, Cut::After] {
            for number in 0.. {
                let upload = upload(format!("{cut:?} {number}").replace(' ', "-"));
                proxy.trap(move |at, _| (at == number).then_some(cut));
                let answer = world.apprentice.upload(&world.showcase, upload.clone()).await;
                let is_caught = proxy.restore() > number;
                interrupted += u32::from(is_caught);
                // A connection is tried once more when its upload is done: losing it then harms nobody.
                let acknowledged = taken_or_unavailable(answer);
                let again = sent_until_taken(&world, upload).await;
                if let Some(first) = acknowledged {
                    assert_eq!(again["id"], first["id"], "{cut:?} {number}");
                }
                assert_eq!(again["slot"], 1, "{cut:?} {number}");
                assert_eq!(pieces(&world).await.len(), 1, "{cut:?} {number}");
                swept(&app, &world).await;
                withdraw(again).await;
                if !is_caught {
                    break;
                }
            }
        }
        // Who it is and where to; the key; the piece: each the first time on a connection, or again.
        assert!(interrupted >= 6, "{interrupted} messages");
    });
}
