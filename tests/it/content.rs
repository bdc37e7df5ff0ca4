//! The bytes of a piece as they are served: whole, in ranges, under conditions, and harmless to a browser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::header::HeaderMap;
use serde_json::json;
use tokio::runtime::Handle;

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::{World, both, files};

both!(
    headers_of_a_piece,
    a_known_piece_is_not_sent_again,
    ranges,
    ranges_under_a_condition,
    every_range_is_the_slice,
    names_are_encoded_for_the_header,
    content_is_hidden_from_strangers,
);

/// More than one block of a disk read, and no multiple of anything.
const LEN: usize = 300_007;

/// A recording of the showcase: its bytes, its address and its `ETag`.
async fn recording(world: &World) -> (Vec<u8>, String, String) {
    let bytes = files::wav(LEN, 11);
    let piece = world.apprentice.upload(&world.showcase, Upload::new("call.wav", bytes.clone())).await.json(201);
    let etag = format!("\"{}\"", files::sha256(&bytes));
    (bytes, format!("/api/v1/pieces/{}/content", id(&piece)), etag)
}

/// The headers without those that differ from answer to answer.
fn lasting(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.remove("date");
    headers.remove("x-request-id");
    headers
}

async fn headers_of_a_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let (bytes, path, etag) = recording(&world).await;
    let digest = BASE64.encode(hex::decode(files::sha256(&bytes)).expect("hexadecimal"));
    for client in [&world.apprentice, &world.provider, &world.assessor, &world.admin] {
        let answer = client.get(&path).await;
        answer.expect(200);
        assert_eq!(answer.body, bytes);
        for (name, value) in [
            ("content-type", "audio/wav"),
            ("content-length", &LEN.to_string()),
            ("etag", &etag),
            ("accept-ranges", "bytes"),
            ("cache-control", "private, no-cache"),
            ("content-disposition", "attachment; filename*=UTF-8''call.wav"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("repr-digest", &format!("sha-256=:{digest}:")),
            ("digest", &format!("SHA-256={digest}")),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
        let head = client.head(&path).await;
        head.expect(200);
        assert!(head.body.is_empty());
        assert_eq!(lasting(&head.headers), lasting(&answer.headers));
    }
}

async fn a_known_piece_is_not_sent_again(app: TestAppRef) {
    let world = World::new(&app).await;
    let (bytes, path, etag) = recording(&world).await;
    let weak = format!("W/{etag}");
    let among = format!("\"other\", {etag}");
    for condition in [etag.as_str(), &weak, &among, "*"] {
        for range in [&[][..], &[("range", "bytes=0-9")]] {
            let headers = [&[("if-none-match", condition)], range].concat();
            let answer = world.apprentice.get_with(&path, &headers).await;
            answer.expect(304);
            assert!(answer.body.is_empty());
            assert_eq!((answer.header("etag"), answer.header("cache-control")), (etag.as_str(), "private, no-cache"));
        }
    }
    for condition in ["\"other\"", "nonsense", ""] {
        let answer = world.apprentice.get_with(&path, &[("if-none-match", condition)]).await;
        answer.expect(200);
        assert_eq!(answer.body, bytes);
    }
}

async fn ranges(app: TestAppRef) {
    let world = World::new(&app).await;
    let (bytes, path, etag) = recording(&world).await;
    let last = LEN - 1;
    for (range, start, end) in [
        ("bytes=0-0".to_owned(), 0, 1),
        ("bytes=0-99".to_owned(), 0, 100),
        ("bytes=262143-262145".to_owned(), 262_143, 262_146),
        (format!("bytes={last}-{last}"), last, LEN),
        (format!("bytes={last}-"), last, LEN),
        ("bytes=0-".to_owned(), 0, LEN),
        ("bytes=-1".to_owned(), last, LEN),
        ("bytes=-1000".to_owned(), LEN - 1000, LEN),
        (format!("bytes=-{}", LEN * 2), 0, LEN),
        (format!("bytes=300000-{}", u64::MAX), 300_000, LEN),
    ] {
        let answer = world.apprentice.get_with(&path, &[("range", &range)]).await;
        answer.expect(206);
        assert_eq!(answer.header("content-range"), format!("bytes {start}-{}/{LEN}", end - 1), "{range}");
        assert_eq!(answer.header("content-length"), (end - start).to_string(), "{range}");
        assert_eq!(answer.header("etag"), etag);
        assert!(answer.body == bytes[start..end], "{range}");
    }
    for range in ["bytes=0-1,5-6", "bytes=5-1", "bytes=a-b", "bytes=", "lines=1-2", "bytes=-", "0-1"] {
        let answer = world.apprentice.get_with(&path, &[("range", range)]).await;
        answer.expect(200);
        assert!(answer.body == bytes, "{range} is answered with the whole");
    }
    for range in [format!("bytes={LEN}-"), format!("bytes={LEN}-{}", LEN + 5), "bytes=-0".to_owned()] {
        let answer = world.apprentice.get_with(&path, &[("range", &range)]).await;
        assert_eq!(answer.header("content-range"), format!("bytes */{LEN}"), "{range}");
        answer.problem(416, "range_not_satisfiable");
    }
}

async fn ranges_under_a_condition(app: TestAppRef) {
    let world = World::new(&app).await;
    let (bytes, path, etag) = recording(&world).await;
    let answer = world.apprentice.get_with(&path, &[("range", "bytes=5-9"), ("if-range", &etag)]).await;
    answer.expect(206);
    assert_eq!(answer.body, bytes[5..10]);
    // Weak tags, other tags and dates do not prove that the client's part is of these bytes.
    let weak = format!("W/{etag}");
    for condition in [weak.as_str(), "\"other\"", "Mon, 23 Nov 2026 10:00:00 GMT"] {
        for range in ["bytes=5-9", "bytes=999999-"] {
            let answer = world.apprentice.get_with(&path, &[("range", range), ("if-range", condition)]).await;
            answer.expect(200);
            assert!(answer.body == bytes, "{condition}");
        }
    }
}

/// A range as a client asks for it.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Between(usize, usize),
    From(usize),
    Last(usize),
}

fn asked() -> impl Strategy<Value = Asked> {
    let near = prop_oneof![0..LEN, 0..2 * LEN, LEN - 3..LEN + 3];
    prop_oneof![
        (near.clone(), 0..LEN).prop_map(|(start, len)| Asked::Between(start, start + len)),
        near.clone().prop_map(Asked::From),
        near.prop_map(Asked::Last),
    ]
}

async fn every_range_is_the_slice(app: TestAppRef) {
    let world = World::new(&app).await;
    let (bytes, path, _) = recording(&world).await;
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&asked(), |asked| {
        let (range, slice) = match asked {
            Asked::Between(first, last) => (format!("bytes={first}-{last}"), bytes.get(first..LEN.min(last + 1))),
            Asked::From(first) => (format!("bytes={first}-"), bytes.get(first..)),
            Asked::Last(count) => (format!("bytes=-{count}"), bytes.get(LEN.saturating_sub(count)..)),
        };
        let slice = slice.filter(|slice| !slice.is_empty());
        let headers = [("range", range.as_str())];
        let get = world.apprentice.get_with(&path, &headers);
        let answer = tokio::task::block_in_place(|| Handle::current().block_on(get));
        if let Some(slice) = slice {
            prop_assert_eq!(answer.status.as_u16(), 206);
            prop_assert!(answer.body == slice);
        } else {
            prop_assert_eq!(answer.status.as_u16(), 416);
        }
        Ok(())
    });
    outcome.expect("every range answers its slice");
}

async fn names_are_encoded_for_the_header(app: TestAppRef) {
    let world = World::new(&app).await;
    for (name, encoded) in [
        ("plain.txt", "plain.txt"),
        ("Größe \u{1f600}.txt", "Gr%C3%B6%C3%9Fe%20%F0%9F%98%80.txt"),
        ("a;b=c,d%41'e.txt", "a%3Bb%3Dc%2Cd%2541%27e.txt"),
        ("x\u{202e}txt.exe.txt", "xtxt.exe.txt"),
        ("(1) & $HOME `id`.txt", "%281%29%20%26%20%24HOME%20%60id%60.txt"),
    ] {
        let piece =
            world.apprentice.upload(&world.showcase, Upload::new(name, name.as_bytes().to_vec())).await.json(201);
        let answer = world.apprentice.head(&format!("/api/v1/pieces/{}/content", id(&piece))).await;
        let disposition = answer.headers["content-disposition"].to_str().expect("visible ASCII");
        assert_eq!(disposition, format!("attachment; filename*=UTF-8''{encoded}"));
    }
}

async fn content_is_hidden_from_strangers(app: TestAppRef) {
    let world = World::new(&app).await;
    let (_, path, etag) = recording(&world).await;
    for client in [&world.other_apprentice, &world.other_provider, &world.other_assessor] {
        // The content's digest is not confirmed to whoever only knows it, either.
        for headers in [&[][..], &[("if-none-match", etag.as_str())], &[("range", "bytes=0-0")]] {
            let answer = client.get_with(&path, headers).await;
            assert!(!answer.headers.contains_key("etag"));
            answer.problem(404, "not_found");
        }
        client.head(&path).await.expect(404);
    }
    world.nobody.get(&path).await.problem(401, "unauthenticated");
    let unknown = world.admin.get("/api/v1/pieces/018f3c00-0000-7000-8000-00000000007f/content").await;
    unknown.problem(404, "not_found");
    // A new assessor sees it, the one before does not any longer.
    let assigned = world.admin.put(&world.path("/assessor"), json!({"user_id": world.other_assessor.id})).await;
    assigned.expect(200);
    world.other_assessor.get(&path).await.expect(200);
    world.assessor.get(&path).await.problem(404, "not_found");
}
