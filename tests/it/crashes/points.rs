//! One test a point. The numbers say what `exhibit sweep` finds after a small and a large upload died there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::app::{TestAppRef, run};
use crate::support::client::{Upload, id};
use crate::support::process::{self, Program, Start};
use crate::support::{Backend, Client, World, both, files};

both!(
    killed_when_received,
    killed_when_examined,
    killed_when_sealed,
    killed_when_recorded,
    killed_when_committed,
    killed_when_withdrawn,
);

async fn killed_when_received(app: TestAppRef) {
    killed_at("received", Left { unsealed: 2, ..Left::default() }, &app).await;
}

async fn killed_when_examined(app: TestAppRef) {
    killed_at("examined", Left { unsealed: 2, ..Left::default() }, &app).await;
}

async fn killed_when_sealed(app: TestAppRef) {
    killed_at("sealed", Left { objects: 2, ..Left::default() }, &app).await;
}

async fn killed_when_recorded(app: TestAppRef) {
    // Where it is one statement, nobody can die in it but the database.
    killed_at("recorded-in-steps=return;recorded", Left { objects: 2, ..Left::default() }, &app).await;
}

async fn killed_when_committed(app: TestAppRef) {
    killed_at("committed", Left { pieces: 2, ..Left::default() }, &app).await;
}

#[test]
fn killed_when_disk_synced() {
    let left = Left { unsealed: 2, ..Left::default() };
    run(Backend::Embedded, |_| {}, |app| async move { killed_at("disk-synced", left, &app).await });
}

#[test]
fn killed_when_disk_renamed() {
    let left = Left { objects: 2, ..Left::default() };
    run(Backend::Embedded, |_| {}, |app| async move { killed_at("disk-renamed", left, &app).await });
}

/// What two uploads that died leave.
#[derive(Clone, Copy, Default)]
struct Left {
    unsealed: usize,
    objects: usize,
    /// Recorded before anybody was told.
    pieces: usize,
}

/// A program over the test's database and store. The test's own application only made the people, and has closed
/// the database, so that the program recovers it alone.
struct Victim {
    app: TestAppRef,
    world: World,
}

impl Victim {
    async fn new(app: &TestAppRef) -> Self {
        let world = World::new(app).await;
        app.app.db.close().await;
        Self { app: TestAppRef::clone(app), world }
    }

    async fn serve(&self, failpoints: &str) -> (Program, Client) {
        let start = Start { failpoints, ..Start::default() };
        let program = Program::serve(&self.app.settings, self.app.folder.path(), start).await;
        let client = self.world.apprentice.through(&program.address);
        (program, client)
    }

    /// Makes sure that nobody is told of a taken piece, and that the program is dead.
    async fn dies_of(&self, program: Program, client: &Client, upload: &Upload) {
        let answer = client.try_upload(&self.world.showcase, upload.clone()).await;
        assert!(answer.is_err(), "{answer:?}");
        program.killed().await;
    }

    async fn sweep(&self) -> Value {
        let swept = process::run(&self.app.settings, self.app.folder.path(), &["sweep", "--older-than", "0"]).await;
        serde_json::from_str(&swept).unwrap()
    }

    /// The pieces that there are: in slots without a gap, each with its bytes, and no object beside theirs.
    async fn pieces(&self, client: &Client) -> Vec<Value> {
        let listed = client.get(&self.world.path("/pieces")).await.json(200);
        let pieces = listed["items"].as_array().unwrap().clone();
        for (slot, piece) in (1..).zip(&pieces) {
            assert_eq!(piece["slot"], slot, "{listed}");
            let content = client.get(&format!("/api/v1/pieces/{}/content", id(piece))).await;
            content.expect(200);
            assert_eq!(piece["sha256"], files::sha256(&content.body));
        }
        let ids: BTreeSet<String> = pieces.iter().map(id).collect();
        let stored = self.app.stored().await;
        let objects: BTreeSet<String> = stored.iter().map(|key| key.rsplit('/').next().unwrap().to_owned()).collect();
        assert_eq!(objects, ids);
        pieces
    }
}

fn digests(pieces: &[Value]) -> BTreeSet<String> {
    pieces.iter().map(|piece| piece["sha256"].as_str().unwrap().to_owned()).collect()
}

async fn killed_at(point: &str, left: Left, app: &TestAppRef) {
    let victim = Victim::new(app).await;
    let showcase = &victim.world.showcase;
    // Two parts on S3.
    let large = |marker| Upload::new("call.wav", files::wav(8_500_000, marker));
    let mut acknowledged = BTreeSet::new();
    let mut taken = |answer: Value| acknowledged.insert(answer["sha256"].as_str().unwrap().to_owned());

    let (program, client) = victim.serve(&format!("{point}=2*off->return")).await;
    for marker in ["one", "two"] {
        let upload = Upload::new("kept.pdf", files::pdf(2, marker)).with("claims", "ORG");
        assert!(taken(client.upload(showcase, upload).await.json(201)));
    }
    let small_lost = Upload::new("lost.pdf", files::pdf(2, "lost")).with("claims", "ORG").key("small");
    victim.dies_of(program, &client, &small_lost).await;

    let (program, client) = victim.serve(&format!("{point}=1*off->return")).await;
    assert!(taken(client.upload(showcase, large(1)).await.json(201)));
    let large_lost = large(2).key("large");
    victim.dies_of(program, &client, &large_lost).await;

    let swept = victim.sweep().await;
    // What an S3 server keeps of uploads that were never completed, ours cannot list.
    let unsealed = if app.store.is_some() { 0 } else { left.unsealed };
    // There the large one is composed of its parts before it is looked at.
    let objects = left.objects + usize::from(app.store.is_some() && point == "examined");
    assert_eq!(swept, json!({"unsealed": unsealed, "objects": objects, "uploads": 0}));

    let (program, client) = victim.serve("").await;
    let found = victim.pieces(&client).await;
    assert_eq!(found.len(), 3 + left.pieces);
    assert!(digests(&found).is_superset(&acknowledged));
    // The large one is sent again once, to save time; what decides is the same for both.
    let mut again = Vec::new();
    for lost in [&small_lost, &large_lost, &small_lost] {
        again.push(client.upload(showcase, lost.clone()).await.json(201));
    }
    assert_eq!(again[0]["id"], again[2]["id"]);
    acknowledged.extend(digests(&again));
    let pieces = victim.pieces(&client).await;
    assert_eq!(pieces.len(), 5);
    assert_eq!(digests(&pieces), acknowledged);
    if app.store.is_none() {
        assert_eq!(app.unsealed(), 0);
    }
    program.stop().await;
}

async fn killed_when_withdrawn(app: TestAppRef) {
    let victim = Victim::new(&app).await;
    let (program, client) = victim.serve("withdrawn=1*off->return").await;
    let mut taken = Vec::new();
    for marker in ["one", "two", "three"] {
        let upload = Upload::new("kept.pdf", files::pdf(2, marker));
        taken.push(id(&client.upload(&victim.world.showcase, upload).await.json(201)));
    }
    let path = |piece: &String| format!("/api/v1/pieces/{piece}");
    client.delete(&path(&taken[2])).await.expect(204);
    assert_eq!(app.stored().await.len(), 2);
    let unanswered = client.try_delete(&path(&taken[1])).await;
    assert!(unanswered.is_err(), "{unanswered:?}");
    program.killed().await;
    assert_eq!(app.stored().await.len(), 2, "the object of the withdrawn piece was left behind");

    assert_eq!(victim.sweep().await, json!({"unsealed": 0, "objects": 1, "uploads": 0}));
    let (program, client) = victim.serve("").await;
    let pieces = victim.pieces(&client).await;
    assert_eq!(pieces.iter().map(id).collect::<Vec<_>>(), taken[..1]);
    let _ = client.delete(&path(&taken[1])).await.problem(404, "not_found");
    let upload = Upload::new("kept.pdf", files::pdf(2, "two"));
    assert_eq!(client.upload(&victim.world.showcase, upload).await.json(201)["slot"], 2);
    victim.pieces(&client).await;
    program.stop().await;
}
