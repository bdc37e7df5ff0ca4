//! Requests that no honest client sends, byte by byte: cut, lying, endless, smuggled. Each is answered soon, and nothing
//! comes of it; and names of files that are meant to mislead.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use exhibit::config::Settings;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::app::TestAppRef;
use crate::support::raw::answer;
use crate::support::still::Still;
use crate::support::{TestApp, World, both, files};

both!(with small_and_impatient:
    forms_that_are_attacks,
    lengths_that_are_lies,
    bodies_without_an_end,
    digests_that_are_promised,
    names_that_mislead,
);

fn small_and_impatient(settings: &mut Settings) {
    settings.uploads.max_bytes = 2_000_000;
    settings.uploads.stall_s = 1;
}

/// The part with the file, as it stands in a form.
fn part(disposition: &str, headers: &str, marker: &str) -> Vec<u8> {
    let head = format!("--XbX\r\nContent-Disposition: form-data; name=\"file\"; {disposition}\r\n{headers}\r\n");
    [head.into_bytes(), files::pdf(1, marker), b"\r\n".to_vec()].concat()
}

fn fields() -> Vec<u8> {
    let field = |(name, value)| {
        format!("--XbX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let fields =
        [("title", "A piece"), ("kind", "work_product"), ("confidentiality", "consent"), ("authentic", "true")];
    fields.map(field).concat()
}

fn form(disposition: &str, headers: &str) -> Vec<u8> {
    [fields(), part(disposition, headers, disposition), b"--XbX--\r\n".to_vec()].concat()
}

fn sound() -> Vec<u8> {
    form("filename=\"a.pdf\"", "")
}

/// A sender of raw requests to the pieces of a showcase.
struct Sender<'a> {
    app: &'a TestApp,
    world: &'a World,
}

impl Sender<'_> {
    fn head(&self, headers: &str) -> Vec<u8> {
        let (path, token) = (self.world.path("/pieces"), self.world.apprentice.token());
        format!("POST {path} HTTP/1.1\r\nHost: exhibit\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{headers}\r\n")
            .into_bytes()
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut socket = TcpStream::connect(self.app.address.trim_start_matches("http://")).await.unwrap();
        // The service may refuse before it has read all of it.
        socket.write_all(bytes).await.ok();
        socket
    }

    /// Sends a request with these headers and this body, and answers status and body.
    async fn request(&self, headers: &str, body: &[u8]) -> (u16, String) {
        answer(self.send(&[self.head(headers), body.to_vec()].concat()).await).await
    }

    async fn post(&self, headers: &str, body: &[u8]) -> (u16, String) {
        let headers =
            format!("Content-Type: multipart/form-data; boundary=XbX\r\nContent-Length: {}\r\n{headers}", body.len());
        self.request(&headers, body).await
    }
}

fn code(body: &str) -> String {
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no problem: {body}"));
    problem["code"].as_str().unwrap().to_owned()
}

async fn forms_that_are_attacks(app: TestAppRef) {
    let world = World::new(&app).await;
    let (before, sender) = (Still::of(&app, &world).await, Sender { app: &app, world: &world });
    let plain = "filename=\"a.pdf\"";
    let many = "X-A: 1\r\n".repeat(10_000);
    let parts = "--XbX\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n".repeat(50_000);
    let crlf = "filename=\"a\r\nX-Evil: 1.pdf\"";
    for (case, body) in [
        ("a huge header of a part", form(plain, &format!("X-A: {}\r\n", "A".repeat(1 << 20)))),
        ("ten thousand headers of a part", form(plain, &many)),
        ("fifty thousand parts", format!("{parts}--XbX--\r\n").into_bytes()),
        ("no last boundary", [fields(), part(plain, "", "cut")].concat()),
        ("a header in a name", form(crlf, "")),
        ("two names that differ", form("filename=\"a.pdf\"; filename*=UTF-8''..%2f..%2fevil.html", "")),
    ] {
        let (status, body) = sender.post("", &body).await;
        assert_eq!(status, 400, "{case}: {body}");
        before.holds(&app, &world).await;
    }
    let long = format!("Content-Type: multipart/form-data; boundary={}\r\nContent-Length: 3\r\n", "X".repeat(70_000));
    let (status, body) = sender.request(&long, b"abc").await;
    assert!([400, 431].contains(&status), "a boundary without end: {status} {body}");
    let (status, _) = sender.request(&"X-A: 1\r\n".repeat(1000), b"").await;
    assert_eq!(status, 431, "a thousand headers");
    before.holds(&app, &world).await;
    let two =
        form("filename=\"Grosse.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf", "Content-Type: application/pdf\r\n");
    let (status, body) = sender.post("", &two).await;
    assert_eq!(status, 201, "{body}");
    assert!(body.contains("Größe.pdf"), "{body}");
}

async fn lengths_that_are_lies(app: TestAppRef) {
    let world = World::new(&app).await;
    let (before, sender) = (Still::of(&app, &world).await, Sender { app: &app, world: &world });
    let multipart = "Content-Type: multipart/form-data; boundary=XbX\r\n";
    for (case, headers, body, statuses) in [
        ("negative", "Content-Length: -1\r\n", "", [400, 400]),
        ("said twice", "Content-Length: 3\r\nContent-Length: 4\r\n", "abcd", [400, 400]),
        ("beside chunks", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n", [400, 400]),
        ("in no known coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", [400, 501]),
        ("larger than anything", "Content-Length: 9223372036854775807\r\n", "x", [413, 413]),
        ("an overflowing chunk", "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\nx", [400, 408]),
        ("none at all", "Content-Length: 0\r\n", "", [400, 400]),
    ] {
        for kind in [multipart, "Content-Type: application/pdf\r\n"] {
            let (status, body) = sender.request(&format!("{kind}{headers}"), body.as_bytes()).await;
            assert!(statuses.contains(&status), "{case}: {status} {body}");
        }
        before.holds(&app, &world).await;
    }
    // The form is whole, and more was promised.
    let sound = sound();
    let (status, body) = sender.request(&format!("{multipart}Content-Length: 9{}\r\n", sound.len()), &sound).await;
    assert_eq!((status, code(&body).as_str()), (408, "upload_stalled"), "{body}");
    let mut socket =
        sender.send(&[sender.head(&format!("{multipart}Content-Length: 9{}\r\n", sound.len())), sound].concat()).await;
    socket.shutdown().await.unwrap();
    assert_eq!(answer(socket).await.0, 400);
    before.holds(&app, &world).await;
}

async fn bodies_without_an_end(app: TestAppRef) {
    let world = World::new(&app).await;
    let (before, sender) = (Still::of(&app, &world).await, Sender { app: &app, world: &world });
    for kind in ["application/pdf", "multipart/form-data; boundary=XbX"] {
        let head = sender.head(&format!("Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n"));
        let extension = [head.clone(), format!("1;{}\r\nx\r\n0\r\n\r\n", "a".repeat(1 << 20)).into_bytes()].concat();
        // Read over; what is left is one byte, which is no form.
        assert!([400, 415].contains(&answer(sender.send(&extension).await).await.0), "a chunk's extension");
        let mut cut = sender.send(&[head, b"5\r\nab".to_vec()].concat()).await;
        cut.shutdown().await.unwrap();
        assert_eq!(answer(cut).await.0, 400, "cut in a chunk");
    }
    for path in ["/api/v1/nowhere", "/api/v1/showcases", "/health/live"] {
        let head = format!("POST {path} HTTP/1.1\r\nHost: exhibit\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
        let (status, body) = answer(sender.send(head.as_bytes()).await).await;
        assert!((400..500).contains(&status), "{path}, to its end: {status} {body}");
    }
    let mut socket = sender.send(&sender.head("Content-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n")).await;
    let chunk = [b"10000\r\n".to_vec(), vec![b'A'; 0x10000], b"\r\n".to_vec()].concat();
    for _ in 0..64 {
        if socket.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let (status, body) = answer(socket).await;
    assert_eq!((status, code(&body).as_str()), (413, "too_large"), "{body}");
    before.holds(&app, &world).await;
}

async fn digests_that_are_promised(app: TestAppRef) {
    let world = World::new(&app).await;
    let (before, sender) = (Still::of(&app, &world).await, Sender { app: &app, world: &world });
    let digest = |bytes: &[u8]| BASE64_STANDARD.encode(hex::decode(files::sha256(bytes)).unwrap());
    let of_nothing = format!("Repr-Digest: sha-256=:{}:\r\n", digest(b""));
    for (header, status, word) in [
        (of_nothing.as_str(), 422, "digest_mismatch"),
        ("Repr-Digest: sha-256=:AAAA:\r\n", 400, "bad_request"),
        ("Repr-Digest: sha-256=abc\r\n", 400, "bad_request"),
    ] {
        let (told, body) = sender.post(header, &sound()).await;
        assert_eq!((told, code(&body).as_str()), (status, word), "{header}{body}");
        before.holds(&app, &world).await;
    }
    let of_file = format!("Repr-Digest: sha-512=:AA:, sha-256=:{}:\r\n", digest(&files::pdf(1, "filename=\"a.pdf\"")));
    let (status, body) = sender.post(&of_file, &sound()).await;
    assert_eq!(status, 201, "{body}");
    let other = form("filename=\"b.pdf\"", "");
    let (status, body) = sender.post(&format!("Repr-Digest: sha-256=:{}:\r\n", digest(&other)), &other).await;
    assert_eq!(status, 201, "{body}");
}

async fn names_that_mislead(app: TestAppRef) {
    let world = World::new(&app).await;
    let (before, sender) = (Still::of(&app, &world).await, Sender { app: &app, world: &world });
    for name in [
        "report.pdf.exe",
        "evidence\u{202e}fdp.exe",
        r"\\\\127.0.0.1\\s\\x.pdf",
        "a.pdf. . .",
        "CON.pdf",
        "aux",
        "a.pdf::$DATA",
        ".htaccess",
        "",
        "   ",
        "..",
        "report",
        "a\u{7}\u{1b}[2J.pdf",
        "ok.pdf\0.exe",
        "a.pdf\r\nSet-Cookie: x=1",
    ] {
        let (status, body) = sender.post("", &form(&format!("filename=\"{name}\""), "")).await;
        assert!([400, 415, 422].contains(&status), "{name:?}: {status} {body}");
        before.holds(&app, &world).await;
    }
    let text = String::from_utf8(part("filename=\"bad?.pdf\"", "", "no text")).unwrap();
    let (before_name, after) = text.split_once('?').unwrap();
    let surrogate = [&fields(), before_name.as_bytes(), b"\xed\xa0\x80", after.as_bytes(), b"--XbX--\r\n"].concat();
    assert!([400, 422].contains(&sender.post("", &surrogate).await.0));
    before.holds(&app, &world).await;
    for (name, kept) in [
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        (r"..\\..\\windows\\x.pdf", "x.pdf"),
        (r"C:\\x.pdf", "x.pdf"),
        ("..%2f..%2fx.pdf", "%2f..%2fx.pdf"),
        ("shell.php.pdf", "shell.php.pdf"),
        ("evi\u{200b}dence.pdf", "evidence.pdf"),
        (r"a\.pdf\; filename*=UTF-8''b.html", "a.pdf"),
        ("-rf.pdf", "-rf.pdf"),
        ("U\u{308}bung.pdf", "U\u{308}bung.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1).pdf"),
        ("=HYPERLINK(1).pdf", "=HYPERLINK(1).pdf"),
        ("REPORT.PDF", "REPORT.PDF"),
        ("証拠 📄.pdf", "証拠 📄.pdf"),
    ] {
        let name = name.replace(r"\.pdf\;", "\\\".pdf\\\";");
        let (status, body) = sender.post("", &form(&format!("filename=\"{name}\""), "")).await;
        assert_eq!(status, 201, "{name:?}: {body}");
        let piece: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(piece["file_name"], kept, "{name:?}");
    }
}
