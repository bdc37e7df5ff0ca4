//! The clients that people use, tus-js-client and tuspy, over a line that breaks while the service is killed and
//! started again, straight and through nginx: the file that arrives is the file that was sent, once.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use exhibit::intake;
use serde_json::{Value, json};
use tokio::process::Command;

use super::fragments;
use crate::support::app::TestAppRef;
use crate::support::faulty::{Dice, Faulty, seed};
use crate::support::nginx::Nginx;
use crate::support::raw::eventually;
use crate::support::served::Served;
use crate::support::still::Still;
use crate::support::tus::UPLOADS;
use crate::support::{World, both, files, process};

both!(
    a_browsers_client_in_one_request,
    a_browsers_client_in_many_requests,
    a_browsers_client_that_cannot_patch,
    a_browsers_client_that_tells_the_length_later,
    a_browsers_client_that_sends_bytes_at_once,
    pythons_client,
    pythons_client_with_checksums,
    a_browsers_client_behind_nginx,
    pythons_client_behind_nginx,
    a_promised_digest_that_is_wrong,
);

const LEN: usize = 9_000_001;
/// Bytes of a request, where a client makes several.
const CHUNK: u64 = 1 << 20;

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    JavaScript,
    Python,
}

/// How its bytes reach the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Straight,
    ThroughNginx,
}

async fn a_browsers_client_in_one_request(app: TestAppRef) {
    arrives(&app, Kind::JavaScript, Way::Straight, json!({})).await;
}

async fn a_browsers_client_in_many_requests(app: TestAppRef) {
    arrives(&app, Kind::JavaScript, Way::Straight, json!({"chunk": CHUNK})).await;
}

async fn a_browsers_client_that_cannot_patch(app: TestAppRef) {
    arrives(&app, Kind::JavaScript, Way::Straight, json!({"chunk": CHUNK, "overridden": true})).await;
}

async fn a_browsers_client_that_tells_the_length_later(app: TestAppRef) {
    arrives(&app, Kind::JavaScript, Way::Straight, json!({"chunk": CHUNK, "deferred": true})).await;
}

async fn a_browsers_client_that_sends_bytes_at_once(app: TestAppRef) {
    arrives(&app, Kind::JavaScript, Way::Straight, json!({"chunk": CHUNK, "withCreation": true})).await;
}

async fn pythons_client(app: TestAppRef) {
    arrives(&app, Kind::Python, Way::Straight, json!({"chunk": CHUNK})).await;
}

async fn pythons_client_with_checksums(app: TestAppRef) {
    arrives(&app, Kind::Python, Way::Straight, json!({"chunk": CHUNK, "checksum": true})).await;
}

async fn a_browsers_client_behind_nginx(app: TestAppRef) {
    arrives(&app, Kind::JavaScript, Way::ThroughNginx, json!({})).await;
}

async fn pythons_client_behind_nginx(app: TestAppRef) {
    arrives(&app, Kind::Python, Way::ThroughNginx, json!({"chunk": CHUNK, "checksum": true})).await;
}

/// Has a client upload a file through a bad network to two replicas, both of which are killed on the way.
async fn arrives(app: &TestAppRef, kind: Kind, way: Way, options: Value) {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let world = World::new(app).await;
    let mut served = Served::start(app, 2, &mut dice).await;
    let nginx = (way == Way::ThroughNginx).then(|| Nginx::before(&served.addresses()));
    let before = nginx.as_ref().map_or_else(|| served.addresses(), |nginx| vec![nginx.host().to_owned()]);
    let line = Faulty::before(before, seed, 6, CHUNK).await;
    let (mut sending, bytes) = Sending::new(app, &world, &line.address, options);
    sending.promise(&files::sha256(&bytes));
    let mut kills = [dice.below(LEN as u64), dice.below(LEN as u64)];
    kills.sort_unstable();
    let killing = async {
        for (number, at) in kills.into_iter().enumerate() {
            line.carried(at).await;
            served.kill(number).await;
        }
        std::future::pending().await
    };
    let said = tokio::select! {
        said = sending.send(kind) => said,
        never = killing => never,
    };
    assert!(said["piece"].is_string(), "{said}");
    let pieces = world.pieces().await;
    assert_eq!(said, json!({"piece": format!("/api/v1/pieces/{}", pieces[0]["id"].as_str().unwrap())}));
    line.is_spent();
    drop(line);
    served.stop().await;
    arrived_once(app, &world, &bytes).await;
}

/// Makes sure that there is one piece, these bytes, and after a sweep nothing else.
async fn arrived_once(app: &TestAppRef, world: &World, bytes: &[u8]) {
    let pieces = world.pieces().await;
    assert_eq!(pieces.len(), 1, "{pieces:?}");
    let content = format!("/api/v1/pieces/{}/content", pieces[0]["id"].as_str().unwrap());
    assert!(world.provider.get(&content).await.body == bytes, "it is another file");
    process::run(&app.settings, app.folder.path(), &["sweep", "--older-than", "0"]).await;
    assert_eq!(app.stored().await.len(), 1);
    // An opening whose answer was lost with its first bytes is nobody's, until it expires.
    let late = chrono::TimeDelta::days(30).to_std().unwrap() + Duration::from_secs(1);
    let late = std::time::SystemTime::now().max(app.app.clock.now().into()) + late;
    intake::sweep(&app.app.db, &app.app.storage, late).await.unwrap();
    assert_eq!(fragments(app).await, 0);
    if app.store.is_none() {
        // What an S3 server keeps of an upload that was never completed, ours cannot list.
        assert_eq!(app.unsealed(), 0);
    }
}

async fn a_promised_digest_that_is_wrong(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    for kind in [Kind::JavaScript, Kind::Python] {
        let (mut sending, _) = Sending::new(&app, &world, &app.address, json!({"chunk": CHUNK}));
        sending.promise(&files::sha256(b"another file"));
        let said = sending.send(kind).await;
        assert_eq!(said["status"], 422, "{kind:?}: {said}");
        // tuspy asks again where the upload stands, and the answer to HEAD has no body.
        assert!(kind == Kind::Python || said["problem"]["code"] == "digest_mismatch", "{said}");
        before.holds(&app, &world).await;
        eventually("its bytes are gone", async || fragments(&app).await == 0).await;
    }
}

/// A file that a client is to send, and how.
struct Sending {
    order: Value,
}

impl Sending {
    fn new(app: &TestAppRef, world: &World, address: &str, options: Value) -> (Self, Vec<u8>) {
        let bytes = files::wav(LEN, 3);
        let file = app.folder.path().join("call.wav");
        std::fs::write(&file, &bytes).unwrap();
        let mut order = json!({
            "endpoint": format!("{address}{UPLOADS}"),
            "token": world.apprentice.token(),
            "file": file,
            "chunk": null,
            "metadata": {
                "showcase": world.showcase, "filename": "call.wav", "title": "A call", "kind": "recording",
                "confidentiality": "not_applicable", "authentic": "true",
            },
        });
        order.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        (Self { order }, bytes)
    }

    fn promise(&mut self, digest: &str) {
        self.order["metadata"]["sha256"] = digest.into();
    }

    /// Runs the client to its end, and answers what it says.
    async fn send(&self, kind: Kind) -> Value {
        let (folder, scripts) = (prepared(), Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients"));
        let mut command = match kind {
            Kind::JavaScript => Command::new("node"),
            Kind::Python => Command::new(folder.join("python/bin/python")),
        };
        match kind {
            Kind::JavaScript => command.arg(scripts.join("upload.mjs")).arg(folder),
            Kind::Python => command.args(["-B".as_ref(), scripts.join("upload.py").as_os_str()]),
        };
        command.arg(self.order.to_string()).env("no_proxy", "*").stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(Duration::from_secs(120), command.output()).await;
        let output = output.expect("the client comes to an end").expect("the client starts");
        assert!(output.status.success(), "{kind:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the client says what became of it")
    }
}

/// Where the clients are installed.
fn prepared() -> PathBuf {
    let folder = std::env::var_os("EXHIBIT_TEST_TUS_CLIENTS").map(PathBuf::from).expect(
        "EXHIBIT_TEST_TUS_CLIENTS names no folder: run the tests with `make test`, or set it to what `tests/clients/prepare` prints",
    );
    assert!(folder.join("pins").exists(), "{} has no clients: run `tests/clients/prepare`", folder.display());
    folder
}
