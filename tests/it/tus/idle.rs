//! Connections that stand still: however many there are, they hold no share of the budget, no lock and no file, so that
//! everybody else is served, and each goes on where it stood.

use std::time::Duration;

use exhibit::config::Settings;
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::held::Held;
use crate::support::raw::{answer, eventually, half_open_with};
use crate::support::tus::checksum;
use crate::support::{Client, World, both, files};

both!(with endures_silence: quiet_senders_keep_nobody_waiting, slow_uploads_keep_nobody_waiting);

/// Many more than the budget lets receive at the same time.
const QUIET: usize = 240;

/// Nobody is given up while the test runs, so whoever waits for a quiet one to end waits for ever.
fn endures_silence(settings: &mut Settings) {
    settings.uploads.stall_s = 3600;
    settings.uploads.max_open = 1000;
    settings.uploads.budget_mib = 4;
}

/// An upload of which a connection has sent some bytes and is silent.
struct Quiet {
    upload: String,
    socket: TcpStream,
    sent: usize,
    /// How many of them are counted.
    counted: usize,
}

impl Quiet {
    /// By turns one that has sent nothing, one that has sent a little, and one whose checksum is still to be compared.
    async fn begin(client: &Client, showcase: &str, bytes: &[u8], number: usize) -> Self {
        let upload = client.open(showcase, "a.pdf", bytes.len()).await;
        let (sent, counted) = [(0, 0), (10, 10), (10, 0)][number % 3];
        let checksum =
            if number % 3 == 2 { format!("Upload-Checksum: {}\r\n", checksum(bytes)) } else { String::new() };
        let headers = format!("Upload-Offset: 0\r\n{checksum}");
        let socket = half_open_with(client, &upload, &headers, bytes, sent).await;
        Self { upload, socket, sent, counted }
    }
}

/// How many files of uploads that are not whole this process has open, where they have names.
fn open_files(app: &TestAppRef) -> usize {
    let folder = app.folder.path().join("objects/uploads");
    let open = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| entry.unwrap().path().read_link().ok());
    open.filter(|file| file.starts_with(&folder)).count()
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("nobody has to wait for those who are quiet")
}

async fn quiet_senders_keep_nobody_waiting(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(2, "quiet");
    let (client, showcase) = (&world.apprentice, &world.showcase);
    let quiet = stream::iter(0..QUIET).map(|number| Quiet::begin(client, showcase, &bytes, number));
    let mut quiet: Vec<Quiet> = soon(quiet.buffered(16).collect()).await;
    for one in &quiet {
        eventually("what it sent is kept", async || client.offset(&one.upload).await == one.counted).await;
    }
    eventually("no file of theirs is open", async || open_files(&app) == 0).await;
    let other = soon(world.provider.upload(showcase, Upload::new("call.wav", files::wav(2_000_000, 1)))).await;
    let other = other.json(201)["id"].as_str().unwrap().to_owned();
    world.provider.delete(&format!("/api/v1/pieces/{other}")).await.expect(204);
    // A new connection takes over from a quiet one, and those that were quiet go on, one of each kind.
    let taken = quiet.remove(4);
    let last = soon(client.append(&taken.upload, taken.counted, &bytes[taken.counted..])).await;
    assert_eq!(last.moved(204), bytes.len());
    only_this(&app, &world, &bytes).await;
    for mut one in quiet.drain(..3) {
        one.socket.write_all(&bytes[one.sent..]).await.unwrap();
        assert_eq!(answer(one.socket).await.0, 204, "{} of {} bytes were counted", one.counted, one.sent);
        only_this(&app, &world, &bytes).await;
    }
    let cancelled = join_all(quiet.iter().map(|one| client.cancel(&one.upload))).await;
    assert!(cancelled.iter().all(|answer| answer.status == 204));
    // They go without another word.
    drop(quiet);
    eventually("no fragment is left", async || super::fragments(&app).await == 0).await;
}

/// Makes sure that these bytes are the showcase's one piece, and withdraws it.
async fn only_this(app: &TestAppRef, world: &World, bytes: &[u8]) {
    let pieces = world.pieces().await;
    assert_eq!((pieces.len(), app.stored().await.len()), (1, 1));
    assert_eq!(pieces[0]["sha256"], files::sha256(bytes));
    world.apprentice.delete(&format!("/api/v1/pieces/{}", pieces[0]["id"].as_str().unwrap())).await.expect(204);
}

async fn slow_uploads_keep_nobody_waiting(app: TestAppRef) {
    let world = World::new(&app).await;
    let showcases = join_all((0..3).map(|_| world.another_showcase())).await;
    // More than there are blocks of memory, in the midst of their files.
    let holding = stream::iter(0..42).then(|number: usize| {
        let upload = Upload::new("letter.pdf", files::pdf(2, &number.to_string()));
        Held::begin(&app, &world.apprentice, &showcases[number % 3], upload)
    });
    let holding: Vec<Held> = holding.collect().await;
    let bytes = files::pdf(2, "next");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    assert_eq!(soon(world.apprentice.append(&upload, 0, &bytes)).await.moved(204), bytes.len());
    let pieces = world.pieces().await;
    assert_eq!((pieces.len(), pieces[0]["sha256"].as_str()), (1, Some(files::sha256(&bytes).as_str())));
    for held in holding {
        held.finish().await.expect(201);
    }
}
