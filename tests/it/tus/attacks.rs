//! Requests that no client of ours makes: cut, lying, empty or out of turn, byte by byte on a socket.

use std::time::SystemTime;

use exhibit::intake;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{fragments, only_piece};
use crate::support::app::TestAppRef;
use crate::support::raw::{answer, eventually, half_open_with, speak};
use crate::support::still::Still;
use crate::support::tus::{UPLOADS, metadata};
use crate::support::{Answer, World, both, files};

both!(
    a_body_that_promises_too_much_is_refused_unread,
    an_opening_that_is_cut_harms_nobody,
    empty_requests_change_nothing,
    a_request_that_waits_to_be_asked_is_asked,
    what_is_cut_with_its_checksum_is_not_counted,
    refusals_speak_the_protocol,
);

async fn a_body_that_promises_too_much_is_refused_unread(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "promises");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let before = Still::of(&app, &world).await;
    for length in [bytes.len() as u64 + 1, 1 << 40, i64::MAX as u64] {
        let head = format!("PATCH {upload} HTTP/1.1\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n");
        let (status, body) = answer(speak(&world.apprentice, &head, b"").await).await;
        assert_eq!(status, 413, "{length}: {body}");
        assert!(body.contains("length_exceeded"), "{body}");
    }
    // More than was promised is another request, and none that can be read.
    let head = format!("PATCH {upload} HTTP/1.1\r\nUpload-Offset: 0\r\nContent-Length: 10\r\n");
    let (status, _) = answer(speak(&world.apprentice, &head, &bytes).await).await;
    assert_eq!(status, 204);
    assert_eq!(world.apprentice.offset(&upload).await, 10);
    before.holds(&app, &world).await;
    assert_eq!(world.apprentice.append(&upload, 10, &bytes[10..]).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}

async fn an_opening_that_is_cut_harms_nobody(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "cut");
    let head = format!(
        "POST {UPLOADS} HTTP/1.1\r\nUpload-Length: {}\r\nUpload-Metadata: {}\r\nContent-Length: {0}\r\n",
        bytes.len(),
        metadata(&world.showcase, "a.pdf", &[]),
    );
    drop(speak(&world.apprentice, &head, &bytes[..100]).await);
    eventually("what arrived is kept", async || fragments(&app).await == 1).await;
    // Its sender never heard of it and begins anew; it is gone once it expires.
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    assert_eq!(world.apprentice.append(&upload, 0, &bytes).await.moved(204), bytes.len());
    assert_eq!((world.pieces().await.len(), app.stored().await.len()), (1, 1));
    let late = SystemTime::now().max(app.app.clock.now().into()) + chrono::TimeDelta::days(10).to_std().unwrap();
    intake::sweep(&app.app.db, &app.app.storage, late).await.unwrap();
    only_piece(&app, &world, &bytes).await;
}

async fn empty_requests_change_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "empty");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let chunked =
        |offset: usize| format!("PATCH {upload} HTTP/1.1\r\nUpload-Offset: {offset}\r\nTransfer-Encoding: chunked\r\n");
    for end in [100, bytes.len()] {
        let start = world.apprentice.offset(&upload).await;
        assert_eq!(world.apprentice.append(&upload, start, b"").await.moved(204), start);
        assert_eq!(answer(speak(&world.apprentice, &chunked(start), b"0\r\n\r\n").await).await.0, 204);
        assert_eq!(world.apprentice.offset(&upload).await, start);
        assert_eq!(world.apprentice.append(&upload, start, &bytes[start..end]).await.moved(204), end);
    }
    // At its end, too, and with no piece but the one.
    assert_eq!(answer(speak(&world.apprentice, &chunked(bytes.len()), b"0\r\n\r\n").await).await.0, 204);
    let (status, _) = answer(speak(&world.apprentice, &chunked(bytes.len()), b"1\r\nx\r\n0\r\n\r\n").await).await;
    assert!([204, 413].contains(&status), "{status}: nothing is taken of what comes behind the end");
    only_piece(&app, &world, &bytes).await;
}

async fn a_request_that_waits_to_be_asked_is_asked(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "asked");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let headers = "Upload-Offset: 0\r\nExpect: 100-continue\r\n";
    let mut socket = half_open_with(&world.apprentice, &upload, headers, &bytes, 0).await;
    let mut asked = [0; 25];
    socket.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(&bytes).await.unwrap();
    assert_eq!(answer(socket).await.0, 204);
    only_piece(&app, &world, &bytes).await;
}

async fn what_is_cut_with_its_checksum_is_not_counted(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(9_000_000, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    let headers = format!("Upload-Offset: 0\r\nUpload-Checksum: {}\r\n", crate::support::tus::checksum(&bytes));
    let cut = half_open_with(&world.apprentice, &upload, &headers, &bytes, 8_900_000).await;
    eventually("a part of it is stored", async || fragments(&app).await > 0).await;
    drop(cut);
    if app.store.is_some() {
        eventually("it is taken back", async || fragments(&app).await == 0).await;
    }
    assert_eq!(world.apprentice.offset(&upload).await, 0);
    assert_eq!(world.apprentice.append(&upload, 0, &bytes).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}

async fn refusals_speak_the_protocol(app: TestAppRef) {
    let world = World::new(&app).await;
    let mine = world.apprentice.open(&world.showcase, "a.pdf", 10).await;
    let nowhere = format!("{UPLOADS}/00000000-0000-7000-8000-000000000000");
    for (person, path, status) in [
        (&world.nobody, &mine, 401),
        (&world.provider, &mine, 404),
        (&world.apprentice, &nowhere, 404),
        (&world.apprentice, &format!("{UPLOADS}/x"), 404),
    ] {
        for method in [Method::HEAD, Method::PATCH, Method::DELETE] {
            let request = person.tus(method.clone(), path).header("Upload-Offset", 0);
            let answer = Answer::of(request.header("Content-Type", "application/offset+octet-stream")).await;
            assert_eq!(answer.status, status, "{method} {path}");
            assert_eq!(answer.header("tus-resumable"), "1.0.0");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("upload-offset"), "", "who may not know it is not told where it stands");
        }
    }
    // A method that is not meant for it stays what it is.
    let request = world.apprentice.tus(Method::GET, &mine).header("X-HTTP-Method-Override", "DELETE");
    let _ = Answer::of(request).await.problem(405, "method_not_allowed");
    assert_eq!(world.apprentice.offset(&mine).await, 0);
}
