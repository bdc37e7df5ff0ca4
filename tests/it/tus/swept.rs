//! The sweep takes what expired and what nobody counts, and never what is under way.

use std::time::{Duration, SystemTime};

use exhibit::intake::{self, Swept};
use exhibit::storage::FragmentKey;

use super::{fragments, only_piece};
use crate::support::app::TestAppRef;
use crate::support::{World, both, files};

both!(an_upload_under_way_is_kept, an_expired_upload_is_swept, what_nobody_counts_is_swept);

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn sweep(app: &TestAppRef, before: SystemTime) -> Swept {
    intake::sweep(&app.app.db, &app.app.storage, before).await.unwrap()
}

async fn an_upload_under_way_is_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "under way");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    world.apprentice.append(&upload, 0, &bytes[..10]).await.expect(204);
    let soon = SystemTime::now().max(SystemTime::from(app.app.clock.now())) + DAY;
    assert_eq!(sweep(&app, soon).await, Swept::default());
    assert_eq!(world.apprentice.append(&upload, 10, &bytes[10..]).await.moved(204), bytes.len());
    assert_eq!(sweep(&app, soon).await, Swept::default());
    only_piece(&app, &world, &bytes).await;
}

async fn an_expired_upload_is_swept(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = world.apprentice.open(&world.showcase, "a.txt", 20).await;
    world.apprentice.append(&upload, 0, b"0123456789").await.expect(204);
    let taken = world.apprentice.open(&world.showcase, "a.txt", 5).await;
    world.apprentice.append(&taken, 0, b"01234").await.expect(204);
    let late = SystemTime::now().max(SystemTime::from(app.app.clock.now())) + 10 * DAY;
    assert_eq!(sweep(&app, late).await, Swept { uploads: 2, ..Swept::default() });
    assert_eq!(world.apprentice.standing(&upload).await.status, 404);
    assert_eq!(world.apprentice.standing(&taken).await.status, 404);
    only_piece(&app, &world, b"01234").await;
}

async fn what_nobody_counts_is_swept(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "counted");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    world.apprentice.append(&upload, 0, &bytes[..10]).await.expect(204);
    let id = upload.rsplit('/').next().unwrap().parse().unwrap();
    // Of an upload that nobody knows, and what a writer left who was replaced.
    let foreign = exhibit::domain::ids::UploadId(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_017f));
    let segment = |start, fence| app.store.is_some().then_some((start, fence));
    let mut orphans = vec![FragmentKey { upload: foreign, segment: segment(0, 1) }];
    if app.store.is_some() {
        orphans.push(FragmentKey { upload: id, segment: Some((10, 1)) });
        orphans.push(FragmentKey { upload: id, segment: Some((0, 99)) });
    }
    for key in &orphans {
        let file = crate::support::everything::file_of(&app, &key.to_string());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, b"left").unwrap();
    }
    let (now, count) = (SystemTime::now(), orphans.len());
    assert_eq!(fragments(&app).await, count + 1);
    assert_eq!(sweep(&app, now - DAY).await, Swept::default());
    assert_eq!(sweep(&app, now + DAY / 24).await, Swept { uploads: count as u64, ..Swept::default() });
    assert_eq!(world.apprentice.append(&upload, 10, &bytes[10..]).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}
