//! What the sweep takes and what it leaves.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use exhibit::domain::ids::{DocumentId, PieceId};
use exhibit::intake::{self, Swept};
use exhibit::storage::ObjectKey;
use serde_json::json;
use uuid::Uuid;

use crate::support::app::TestAppRef;
use crate::support::{World, both, files, process};

both!(
    what_nobody_recorded_is_removed_once_it_is_old,
    what_is_recorded_is_kept,
    what_is_not_ours_is_left_alone,
    the_command_keeps_the_grace_that_it_is_told,
);

const HOUR: Duration = Duration::from_secs(3600);

fn orphans() -> [ObjectKey; 2] {
    let old = |number: u128| Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number);
    [ObjectKey::Piece(PieceId(old(0x17f))), ObjectKey::Document(DocumentId(old(0x2ff)))]
}

/// An object that no row names, as a crash leaves it.
async fn seal(app: &TestAppRef, key: ObjectKey, bytes: &[u8]) {
    let mut staging = app.app.storage.stage(key, None).await.unwrap();
    staging.write(bytes).await.unwrap();
    staging.finish().await.unwrap().seal().await.unwrap();
}

/// Where the store keeps the file of a name.
fn file_of(app: &TestAppRef, name: &str) -> PathBuf {
    let prefixed = format!("under/a/prefix/{name}");
    app.store.as_ref().map_or_else(|| app.folder.path().join("objects").join(name), |store| store.file_of(&prefixed))
}

fn put(app: &TestAppRef, name: &str) {
    let file = file_of(app, name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, b"a file").unwrap();
}

async fn sweep(app: &TestAppRef, before: SystemTime) -> Swept {
    intake::sweep(&app.app.db, &app.app.storage, before).await.unwrap()
}

async fn what_nobody_recorded_is_removed_once_it_is_old(app: TestAppRef) {
    for key in orphans() {
        seal(&app, key, b"an orphan").await;
    }
    // S3's own leftovers, uploads that were never completed, this S3 server cannot list.
    let leftovers = u64::from(app.store.is_none());
    if app.store.is_none() {
        put(&app, "staging/.tmpAbCdEf");
    }
    let now = SystemTime::now();
    assert_eq!(sweep(&app, now - HOUR).await, Swept::default(), "what is young may be an upload under way");
    assert_eq!(app.stored().await.len(), 2);
    assert_eq!(app.unsealed() as u64, leftovers);
    assert_eq!(sweep(&app, now + HOUR).await, Swept { unsealed: leftovers, objects: 2, ..Swept::default() });
    assert_eq!(app.stored().await, Vec::<String>::new());
    assert_eq!(app.unsealed(), 0);
    assert_eq!(sweep(&app, now + HOUR).await, Swept::default());
}

async fn what_is_recorded_is_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    let frozen = world.submitted().await;
    let note = json!({"note": "Please mend the form, and send it again."});
    world.tag(&frozen, &["ORG"]).await;
    let path = world.path("/gateway/attempts/1/components/form");
    let rejected = json!({"decision": "rejected", "reason": "form_incomplete", "note": "No signature."});
    world.assessor.put(&path, rejected).await.expect(200);
    assert!(world.assessor.post(&world.path("/gateway/attempts/1/return"), note).await.status.is_success());
    // Withdrawn, but part of what was submitted; and one that is live.
    world.apprentice.delete(&format!("/api/v1/pieces/{frozen}")).await.expect(204);
    world.piece("a live one", "ORG").await;
    let before = app.stored().await;
    assert_eq!(before.len(), 5, "two pieces and three documents");
    assert!(before.iter().any(|key| key.ends_with(&frozen)), "{before:?}");
    assert_eq!(sweep(&app, SystemTime::now() + HOUR).await, Swept::default());
    assert_eq!(app.stored().await, before);
}

async fn what_is_not_ours_is_left_alone(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.piece("ours", "ORG").await;
    let foreign = [
        "readme.txt",
        "pieces/readme.txt",
        "pieces/7f/notes.txt",
        // An id in a folder that is not its own.
        "pieces/00/01900000-0000-7000-8000-00000000017f",
        "documents/ff/01900000-0000-7000-8000-0000000002ff.bak",
        "other/7f/01900000-0000-7000-8000-00000000017f",
    ];
    for name in foreign {
        put(&app, name);
    }
    assert_eq!(sweep(&app, SystemTime::now() + HOUR).await, Swept::default());
    for name in foreign {
        assert!(file_of(&app, name).is_file(), "{name}");
    }
    assert_eq!(app.stored().await.len(), 1);
    let path = format!("/api/v1/pieces/{}/content", piece["id"].as_str().unwrap());
    assert_eq!(world.apprentice.get(&path).await.body, files::pdf(3, "ours"));
}

async fn the_command_keeps_the_grace_that_it_is_told(app: TestAppRef) {
    let [orphan, _] = orphans();
    seal(&app, orphan, b"an orphan").await;
    for (arguments, objects) in [
        (&["sweep"][..], 0),
        (&["sweep", "--older-than", "10"], 0),
        (&["sweep", "--older-than", "0"], 1),
        (&["sweep", "--older-than", "0"], 0),
    ] {
        let swept = process::run(&app.settings, app.folder.path(), arguments).await;
        assert_eq!(swept, format!("{{\"unsealed\":0,\"objects\":{objects},\"uploads\":0}}\n"), "{arguments:?}");
    }
    assert_eq!(app.stored().await, Vec::<String>::new());
}
