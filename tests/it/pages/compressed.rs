//! Pages leave compressed for those who take that; nothing else does.

use std::io::Read;
use std::process::{Command, Stdio};

use reqwest::Method;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::{Answer, World, both};

both!(pages_are_compressed_and_nothing_else);

/// What gzip, the program, makes of it.
fn unpacked(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let input = std::fs::File::open(file.path()).unwrap();
    let mut gzip = Command::new("gzip").arg("-dc").stdin(input).stdout(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    gzip.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(gzip.wait().unwrap().success());
    text
}

async fn pages_are_compressed_and_nothing_else(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.piece("a piece", "ORG").await;
    let pat = Browser::of(&app, "pat@example.org").await;
    let get = |path: String, accepted: &'static str| {
        Answer::of(pat.request(Method::GET, &path).header("Accept-Encoding", accepted))
    };
    let plain = pat.get("/").await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
    for (path, status) in [("/", 200), ("/nowhere", 404)] {
        for (accepted, coding) in [("br, GZIP;q=0.5", "gzip"), ("gzip;q=0", ""), ("br", "")] {
            let answer = get(path.to_owned(), accepted).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (status, coding), "{accepted}");
        }
    }
    let packed = get("/".to_owned(), "gzip").await;
    assert!(packed.body.len() * 2 < plain.body.len(), "{} of {}", packed.body.len(), plain.body.len());
    assert_eq!(unpacked(&packed.body), String::from_utf8(plain.body).unwrap());
    let content = format!("/api/v1/pieces/{}/content", piece["id"].as_str().unwrap());
    for path in [content, "/api/v1/showcases".to_owned(), "/cohort/import/template".to_owned()] {
        let answer = get(path, "gzip").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, ""));
    }
}
