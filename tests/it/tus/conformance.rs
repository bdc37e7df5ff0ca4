//! The protocol, header by header.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;

use super::{fragments, only_piece, send};
use crate::support::app::TestAppRef;
use crate::support::still::Still;
use crate::support::tus::{UPLOADS, checksum, metadata};
use crate::support::{Answer, World, both, files};

both!(
    an_upload_in_three_requests_is_one_piece,
    an_upload_may_come_with_its_opening,
    the_length_may_be_told_later,
    the_service_says_what_it_can,
    another_version_is_refused,
    only_octets_are_taken,
    the_offset_has_to_be_right,
    a_wrong_checksum_keeps_nothing,
    a_right_checksum_keeps_all,
    a_method_may_stand_in_a_header,
    a_cancelled_upload_is_gone,
    openings_that_cannot_be_read,
);

async fn an_upload_in_three_requests_is_one_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(9_000_001, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    assert!(upload.starts_with("/api/v1/uploads/"), "{upload} is relative");
    let standing = world.apprentice.standing(&upload).await;
    assert_eq!(standing.moved(200), 0);
    assert_eq!(standing.header("upload-length"), bytes.len().to_string());
    assert_eq!(standing.header("upload-metadata"), metadata(&world.showcase, "call.wav", &[]));
    assert!(standing.header("upload-expires").ends_with(" GMT"));
    let last = send(&world.apprentice, &upload, 0, &bytes, &[5, 8_500_000]).await;
    assert_eq!(last.moved(204), bytes.len());
    let piece = only_piece(&app, &world, &bytes).await;
    assert_eq!(world.apprentice.piece_of(&last).await, piece);
    assert_eq!(piece["file_name"], "call.wav");
}

async fn an_upload_may_come_with_its_opening(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(2, "at once");
    let opening = world.apprentice.opening(bytes.len(), &metadata(&world.showcase, "a.pdf", &[("claims", "ORG,TEA")]));
    let opening = opening.header("Content-Type", "application/offset+octet-stream");
    let first = Answer::of(opening.try_clone().unwrap().body(bytes[..100].to_vec())).await;
    assert_eq!(first.moved(201), 100);
    assert_eq!(first.header("piece-location"), "");
    let last = world.apprentice.append(first.header("location"), 100, &bytes[100..]).await;
    assert_eq!(last.moved(204), bytes.len());
    let piece = only_piece(&app, &world, &bytes).await;
    assert_eq!(piece["claims"], serde_json::json!(["ORG", "TEA"]));
    let whole = Answer::of(opening.body(bytes.clone())).await;
    let _ = whole.problem(409, "duplicate_in_showcase");
    only_piece(&app, &world, &bytes).await;
}

async fn the_length_may_be_told_later(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(2, "later");
    let opening = world.apprentice.tus(Method::POST, UPLOADS).header("Upload-Defer-Length", "1");
    let opening = opening.header("Upload-Metadata", metadata(&world.showcase, "a.pdf", &[]));
    let opened = Answer::of(opening).await;
    let upload = opened.header("location").to_owned();
    assert_eq!(opened.moved(201), 0);
    assert_eq!(world.apprentice.append(&upload, 0, &bytes[..50]).await.moved(204), 50);
    let standing = world.apprentice.standing(&upload).await;
    assert_eq!((standing.header("upload-defer-length"), standing.header("upload-length")), ("1", ""));
    let told = |offset: usize, length: usize, bytes: &[u8]| {
        Answer::of(world.apprentice.appending(&upload, offset, bytes).header("Upload-Length", length))
    };
    let _ = told(50, 49, b"").await.problem(400, "bad_request");
    assert_eq!(told(50, bytes.len(), &bytes[50..60]).await.moved(204), 60);
    let _ = told(60, bytes.len() + 1, b"").await.problem(400, "bad_request");
    assert_eq!(world.apprentice.standing(&upload).await.header("upload-length"), bytes.len().to_string());
    assert_eq!(told(60, bytes.len(), &bytes[60..]).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}

async fn the_service_says_what_it_can(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = world.apprentice.open(&world.showcase, "a.pdf", 10).await;
    // Whether somebody is signed in, whatever version they speak, and whether or not the upload is theirs.
    for path in [UPLOADS, &upload, "/api/v1/uploads/00000000-0000-7000-8000-000000000000"] {
        for person in [&world.nobody, &world.apprentice, &world.assessor] {
            let request = person.request(Method::OPTIONS, path).header("Tus-Resumable", "0.2.2");
            assert_eq!(Answer::of(request).await.status, 204, "{path}");
        }
    }
    let answer = Answer::of(world.nobody.request(Method::OPTIONS, UPLOADS)).await;
    answer.expect(204);
    assert_eq!(answer.header("tus-version"), "1.0.0");
    assert_eq!(answer.header("tus-max-size"), "2000000000");
    assert_eq!(answer.header("tus-checksum-algorithm"), "sha256,sha1");
    let extensions = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum";
    assert_eq!(answer.header("tus-extension"), extensions);
}

async fn another_version_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = world.apprentice.open(&world.showcase, "a.pdf", 10).await;
    for method in [Method::HEAD, Method::PATCH, Method::DELETE] {
        for version in [None, Some("0.2.2")] {
            let mut request = world.apprentice.request(method.clone(), &upload).header("Upload-Offset", "0");
            if let Some(version) = version {
                request = request.header("Tus-Resumable", version);
            }
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 412, "{method} {version:?}");
            assert_eq!(answer.header("tus-version"), "1.0.0");
        }
    }
    let opening = world.apprentice.request(Method::POST, UPLOADS).header("Upload-Length", "1");
    let _ = Answer::of(opening).await.problem(412, "protocol_version");
    assert_eq!(world.apprentice.offset(&upload).await, 0);
}

async fn only_octets_are_taken(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = world.apprentice.open(&world.showcase, "a.pdf", 10).await;
    let request = world.apprentice.tus(Method::PATCH, &upload).header("Upload-Offset", 0).body("12345");
    let _ = Answer::of(request).await.problem(415, "unsupported_media_type");
    let opening = world.apprentice.opening(10, &metadata(&world.showcase, "a.pdf", &[])).body("12345");
    let _ = Answer::of(opening).await.problem(415, "unsupported_media_type");
    assert_eq!((world.apprentice.offset(&upload).await, fragments(&app).await), (0, 0));
}

async fn the_offset_has_to_be_right(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "offset");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    world.apprentice.append(&upload, 0, &bytes[..100]).await.expect(204);
    for offset in [0, 99, 101, bytes.len()] {
        let problem = world.apprentice.append(&upload, offset, &bytes[..1]).await.problem(409, "offset_mismatch");
        assert_eq!(problem["offset"], 100);
    }
    let request =
        world.apprentice.tus(Method::PATCH, &upload).header("Content-Type", "application/offset+octet-stream");
    let _ = Answer::of(request.body("1")).await.problem(400, "bad_request");
    assert_eq!(world.apprentice.append(&upload, 100, &bytes[100..]).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
    world.apprentice.append(&upload, 100, &bytes[100..]).await.problem(409, "offset_mismatch");
}

async fn a_wrong_checksum_keeps_nothing(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::wav(17_000_000, 1);
    let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
    let before = Still::of(&app, &world).await;
    let wrong = world.apprentice.appending(&upload, 0, &bytes).header("Upload-Checksum", checksum(b"other"));
    let _ = Answer::of(wrong).await.problem(460, "checksum_mismatch");
    assert_eq!(world.apprentice.offset(&upload).await, 0);
    before.holds(&app, &world).await;
    if app.store.is_some() {
        assert_eq!(fragments(&app).await, 0);
    }
    assert_eq!(world.apprentice.append(&upload, 0, &bytes).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}

async fn a_right_checksum_keeps_all(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = b"a".repeat(100);
    let upload = world.apprentice.open(&world.showcase, "a.txt", bytes.len()).await;
    // The digest of one `a`.
    let sha1 =
        format!("sha1 {}", BASE64_STANDARD.encode(hex::decode("86f7e437faa5a7fce15d1ddcb9eaeaea377667b8").unwrap()));
    let first = world.apprentice.appending(&upload, 0, b"a").header("Upload-Checksum", sha1);
    assert_eq!(Answer::of(first).await.moved(204), 1);
    let second = world.apprentice.appending(&upload, 1, &bytes[1..]);
    let second = second.header("Upload-Checksum", checksum(&bytes[1..]));
    assert_eq!(Answer::of(second).await.moved(204), 100);
    only_piece(&app, &world, &bytes).await;
}

async fn a_method_may_stand_in_a_header(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "override");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let posted =
        |method: &'static str| world.apprentice.tus(Method::POST, &upload).header("X-HTTP-Method-Override", method);
    let octets = |method| posted(method).header("Content-Type", "application/offset+octet-stream");
    let first = octets("PATCH").header("Upload-Offset", 0).body(bytes[..10].to_vec());
    assert_eq!(Answer::of(first).await.moved(204), 10);
    assert_eq!(Answer::of(posted("HEAD")).await.moved(200), 10);
    Answer::of(posted("DELETE")).await.expect(204);
    let _ = world.apprentice.append(&upload, 10, &bytes[10..]).await.problem(410, "upload_over");
    // Nowhere else.
    let piece = world.apprentice.request(Method::POST, &world.path("")).header("X-HTTP-Method-Override", "DELETE");
    let _ = Answer::of(piece).await.problem(405, "method_not_allowed");
}

async fn a_cancelled_upload_is_gone(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "cancelled");
    let before = Still::of(&app, &world).await;
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    world.apprentice.append(&upload, 0, &bytes[..100]).await.expect(204);
    assert_eq!(fragments(&app).await, 1);
    world.apprentice.cancel(&upload).await.expect(204);
    assert_eq!(fragments(&app).await, 0);
    assert_eq!(world.apprentice.standing(&upload).await.status, 410);
    let _ = world.apprentice.append(&upload, 100, &bytes[100..]).await.problem(410, "upload_over");
    let _ = world.apprentice.cancel(&upload).await.problem(410, "upload_over");
    before.holds(&app, &world).await;
}

async fn openings_that_cannot_be_read(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    let good = metadata(&world.showcase, "a.pdf", &[]);
    let open = |headers: &[(&'static str, String)]| {
        let mut request = world.apprentice.tus(Method::POST, UPLOADS);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        Answer::of(request)
    };
    let length = || ("Upload-Length", "10".to_owned());
    let said = |metadata: &str| ("Upload-Metadata", metadata.to_owned());
    let _ = open(&[said(&good)]).await.problem(400, "bad_request");
    let both = [length(), ("Upload-Defer-Length", "1".to_owned()), said(&good)];
    let _ = open(&both).await.problem(400, "bad_request");
    let _ = open(&[("Upload-Length", "-1".to_owned()), said(&good)]).await.problem(400, "bad_request");
    // Before anything else is looked at.
    let _ = open(&[("Upload-Length", "99999999999999".to_owned())]).await.problem(413, "too_large");
    let _ = open(&[length(), said("filename !!!")]).await.problem(400, "bad_request");
    let _ = open(&[length()]).await.problem(422, "invalid");
    let without = |name: &str| good.split(',').filter(|pair| !pair.starts_with(name)).collect::<Vec<_>>().join(",");
    let _ = open(&[length(), said(&without("title"))]).await.problem(422, "invalid");
    let _ = open(&[length(), said(&without("authentic"))]).await.problem(422, "declaration_missing");
    let _ = open(&[length(), said(&without("confidentiality"))]).await.problem(422, "declaration_missing");
    let more = |name, value| metadata(&world.showcase, "a.pdf", &[(name, value)]);
    let _ = open(&[length(), said(&more("claims", "XYZ"))]).await.problem(422, "unknown_area");
    let _ = open(&[length(), said(&more("sha256", "abc"))]).await.problem(422, "invalid");
    let _ = open(&[length(), said(&more("colour", "red"))]).await.problem(422, "invalid");
    let _ = open(&[length(), said(&more("filename", "con.pdf"))]).await.problem(422, "invalid");
    before.holds(&app, &world).await;
}
