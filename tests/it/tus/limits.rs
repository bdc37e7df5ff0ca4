//! What an upload may not be: refused before its bytes, as soon as they show it, or at the end, and then for good.

use chrono::TimeDelta;
use exhibit::config::Settings;

use super::{fragments, only_piece};
use crate::support::app::TestAppRef;
use crate::support::still::Still;
use crate::support::tus::metadata;
use crate::support::{Answer, World, both, files};

both!(
    a_full_or_frozen_showcase_is_told_at_once,
    others_do_not_see_an_upload,
    a_file_that_is_too_large_is_told_at_once,
    a_refused_upload_stays_refused,
    a_false_length_is_refused,
    an_empty_upload_is_refused,
    a_promised_digest_is_kept,
    metadata_has_four_kibibytes,
    what_is_not_gone_on_with_expires,
);
both!(with two_open: a_person_has_a_quota, what_was_left_gives_way);

fn two_open(settings: &mut Settings) {
    settings.uploads.max_open = 2;
}

async fn a_full_or_frozen_showcase_is_told_at_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let late = world.apprentice.open(&world.showcase, "a.txt", 10).await;
    world.fill(20).await;
    let before = Still::of(&app, &world).await;
    let opening = || Answer::of(world.apprentice.opening(10, &metadata(&world.showcase, "a.pdf", &[])));
    let _ = opening().await.problem(409, "showcase_full");
    let _ = world.apprentice.append(&late, 0, b"0123456789").await.problem(409, "showcase_full");
    before.holds(&app, &world).await;
    let other = World { showcase: world.another_showcase().await, ..world };
    other.submitted().await;
    let opening = Answer::of(other.apprentice.opening(10, &metadata(&other.showcase, "a.pdf", &[])));
    let _ = opening.await.problem(409, "showcase_frozen");
    assert_eq!(fragments(&app).await, 0);
}

async fn others_do_not_see_an_upload(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = world.apprentice.open(&world.showcase, "a.pdf", 10).await;
    for person in [&world.provider, &world.other_apprentice, &world.other_provider, &world.assessor, &world.admin] {
        assert_eq!(person.standing(&upload).await.status, 404);
        let _ = person.append(&upload, 0, b"1").await.problem(404, "not_found");
        let _ = person.cancel(&upload).await.problem(404, "not_found");
    }
    assert_eq!(world.nobody.standing(&upload).await.status, 401);
    for (person, status, code) in [
        (&world.other_provider, 404, "not_found"),
        (&world.assessor, 403, "forbidden"),
        (&world.nobody, 401, "unauthenticated"),
    ] {
        let opening = Answer::of(person.opening(10, &metadata(&world.showcase, "a.pdf", &[]))).await;
        let _ = opening.problem(status, code);
    }
    assert_eq!(world.apprentice.offset(&upload).await, 0);
}

async fn a_file_that_is_too_large_is_told_at_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    let opening = |length| Answer::of(world.apprentice.opening(length, &metadata(&world.showcase, "a.pdf", &[])));
    let _ = opening(2_000_000_001).await.problem(413, "too_large");
    // Only its first bytes say that it is no recording.
    let opened = opening(100_000_001).await;
    let upload = opened.header("location").to_owned();
    opened.expect(201);
    let pdf = files::pdf(100, "large");
    assert!(pdf.len() > 8192);
    let _ = world.apprentice.append(&upload, 0, &pdf).await.problem(413, "too_large");
    assert_eq!(world.apprentice.standing(&upload).await.status, 413);
    assert_eq!(fragments(&app).await, 0);
    before.holds(&app, &world).await;
}

async fn a_refused_upload_stays_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    let bytes = files::pdf(1, "not a picture");
    let upload = world.apprentice.open(&world.showcase, "photo.png", bytes.len()).await;
    world.apprentice.append(&upload, 0, &bytes[..20]).await.expect(204);
    let problem = world.apprentice.append(&upload, 20, &bytes[20..]).await.problem(415, "type_mismatch");
    assert!(problem["findings"].is_array(), "{problem}");
    assert_eq!(fragments(&app).await, 0);
    for _ in 0..2 {
        let again = world.apprentice.append(&upload, bytes.len(), b"").await.problem(415, "type_mismatch");
        assert_eq!(again["findings"], problem["findings"]);
        assert_eq!(world.apprentice.standing(&upload).await.status, 415);
    }
    before.holds(&app, &world).await;
}

async fn a_false_length_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "false length");
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    let longer = [&bytes[..], b"more"].concat();
    let _ = world.apprentice.append(&upload, 0, &longer).await.problem(413, "length_exceeded");
    let chunks = longer.chunks(64).map(|chunk| Ok::<_, std::convert::Infallible>(chunk.to_vec())).collect::<Vec<_>>();
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let chunked = world.apprentice.appending(&upload, 0, b"").body(body);
    let _ = Answer::of(chunked).await.problem(413, "length_exceeded");
    assert_eq!(world.apprentice.offset(&upload).await, 0);
    assert_eq!(world.apprentice.append(&upload, 0, &bytes).await.moved(204), bytes.len());
    let _ = world.apprentice.append(&upload, bytes.len() + 1, b"1").await.problem(409, "offset_mismatch");
    only_piece(&app, &world, &bytes).await;
}

async fn an_empty_upload_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    let opening = Answer::of(world.apprentice.opening(0, &metadata(&world.showcase, "a.pdf", &[]))).await;
    let _ = opening.problem(422, "empty_file");
    assert_eq!(fragments(&app).await, 0);
    before.holds(&app, &world).await;
}

async fn a_promised_digest_is_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "promised");
    let open = async |digest: String| {
        let said = metadata(&world.showcase, "a.pdf", &[("sha256", &digest)]);
        let answer = Answer::of(world.apprentice.opening(bytes.len(), &said)).await;
        answer.expect(201);
        answer.header("location").to_owned()
    };
    let wrong = open(files::sha256(b"other")).await;
    let _ = world.apprentice.append(&wrong, 0, &bytes).await.problem(422, "digest_mismatch");
    assert_eq!((world.pieces().await.len(), fragments(&app).await), (0, 0));
    let right = open(files::sha256(&bytes)).await;
    assert_eq!(world.apprentice.append(&right, 0, &bytes).await.moved(204), bytes.len());
    only_piece(&app, &world, &bytes).await;
}

async fn metadata_has_four_kibibytes(app: TestAppRef) {
    let world = World::new(&app).await;
    let said = |bytes: usize| metadata(&world.showcase, "a.pdf", &[("context", &"x".repeat(bytes))]);
    let most = (0..4096).rev().find(|bytes| said(*bytes).len() <= 4096).unwrap();
    assert!(said(most + 1).len() > 4096);
    Answer::of(world.apprentice.opening(10, &said(most))).await.expect(201);
    let _ = Answer::of(world.apprentice.opening(10, &said(most + 1))).await.problem(413, "too_large");
}

async fn what_is_not_gone_on_with_expires(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "expired");
    let before = Still::of(&app, &world).await;
    let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
    app.clock.advance(TimeDelta::hours(167));
    world.apprentice.append(&upload, 0, &bytes[..10]).await.expect(204);
    // What is gone on with lives on.
    app.clock.advance(TimeDelta::hours(167));
    assert_eq!(world.apprentice.offset(&upload).await, 10);
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(world.apprentice.standing(&upload).await.status, 410);
    let _ = world.apprentice.append(&upload, 10, &bytes[10..]).await.problem(410, "upload_over");
    let _ = world.apprentice.cancel(&upload).await.problem(410, "upload_over");
    before.holds(&app, &world).await;
}

async fn a_person_has_a_quota(app: TestAppRef) {
    let world = World::new(&app).await;
    let opening =
        |client: &crate::support::Client| Answer::of(client.opening(10, &metadata(&world.showcase, "a.txt", &[])));
    let many = futures_util::future::join_all((0..6).map(|_| opening(&world.apprentice))).await;
    let (opened, refused): (Vec<_>, Vec<_>) = many.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((opened.len(), refused.len()), (2, 4));
    for answer in refused {
        answer.problem(429, "too_many_uploads");
    }
    opening(&world.provider).await.expect(201);
    // A finished one, a cancelled one and an expired one make room.
    world.apprentice.append(opened[0].header("location"), 0, b"0123456789").await.expect(204);
    opening(&world.apprentice).await.expect(201);
    world.apprentice.cancel(opened[1].header("location")).await.expect(204);
    opening(&world.apprentice).await.expect(201);
    let _ = opening(&world.apprentice).await.problem(429, "too_many_uploads");
    app.clock.advance(TimeDelta::hours(169));
    opening(&world.apprentice).await.expect(201);
}

async fn what_was_left_gives_way(app: TestAppRef) {
    let world = World::new(&app).await;
    let opening = || Answer::of(world.apprentice.opening(10, &metadata(&world.showcase, "a.txt", &[])));
    let open = async || {
        let answer = opening().await;
        answer.expect(201);
        answer.header("location").to_owned()
    };
    let (begun, unheard) = (open().await, open().await);
    world.apprentice.append(&begun, 0, b"01234").await.expect(204);
    app.clock.advance(TimeDelta::minutes(59));
    let _ = opening().await.problem(429, "too_many_uploads");
    app.clock.advance(TimeDelta::minutes(1));
    // First the one without bytes, which nobody may know of.
    let fresh = open().await;
    assert_eq!(world.apprentice.standing(&unheard).await.status, 410);
    assert_eq!(world.apprentice.offset(&begun).await, 5);
    // Then the other, with its bytes; what is gone on with does not give way.
    world.apprentice.append(&fresh, 0, b"012").await.expect(204);
    assert_eq!(fragments(&app).await, 2);
    open().await;
    assert_eq!(world.apprentice.standing(&begun).await.status, 410);
    assert_eq!((world.apprentice.offset(&fresh).await, fragments(&app).await), (3, 1));
    let _ = opening().await.problem(429, "too_many_uploads");
    assert_eq!(world.apprentice.append(&fresh, 3, b"3456789").await.moved(204), 10);
}
