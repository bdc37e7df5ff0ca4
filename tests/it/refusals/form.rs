//! Uploads whose form is refused: declarations, fields, and the multipart around them.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};

use super::{each_is_refused, refusal};
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::still::Still;
use crate::support::{Answer, World, both, files};

both!(declarations_that_are_missing, fields_that_are_wrong, bodies_that_are_no_form, keys_that_are_no_keys);

fn upload() -> Upload {
    Upload::new("a.pdf", files::pdf(1, "a form"))
}

async fn declarations_that_are_missing(app: TestAppRef) {
    let world = World::new(&app).await;
    let authentic = refusal(422, "declaration_missing", "sending `authentic` as `true`");
    let reason = refusal(422, "declaration_missing", "consent, anonymised or not_applicable");
    let cases = vec![
        ("authentic missing", upload().without("authentic"), authentic),
        ("authentic false", upload().with("authentic", "false"), authentic),
        ("authentic empty", upload().with("authentic", ""), authentic),
        ("authentic something else", upload().with("authentic", "yes"), authentic),
        ("confidentiality missing", upload().without("confidentiality"), reason),
        ("confidentiality empty", upload().with("confidentiality", " "), reason),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn fields_that_are_wrong(app: TestAppRef) {
    let world = World::new(&app).await;
    let area = refusal(422, "unknown_area", "GET the standard for its areas");
    let fill = refusal(422, "invalid", "Fill it in");
    let wrong = |field| refusal(422, "invalid", field);
    let twice = refusal(400, "bad_request", "Send each field once");
    let mut two_titles = upload();
    two_titles.fields.push(("title", "another".to_owned()));
    let mut many = upload();
    many.fields.extend((0..40).map(|n| (&*format!("field_{n}").leak(), String::new())));
    let cases = vec![
        ("an area that is none", upload().with("claims", "ORG,ABC"), area),
        ("an area in the wrong case", upload().with("claims", "org"), area),
        ("an area of another component only", upload().with("claims", "ORG REG"), area),
        ("no title", upload().without("title"), fill),
        ("a title of blanks", upload().with("title", "  "), fill),
        ("a title that is too long", upload().with("title", &"x".repeat(201)), wrong("longer than 200")),
        ("a title of two lines", upload().with("title", "a\nb"), wrong("`title`")),
        ("no kind", upload().without("kind"), fill),
        ("a kind that is none", upload().with("kind", "essay"), wrong("`kind`")),
        ("a reason that is none", upload().with("confidentiality", "maybe"), wrong("`confidentiality`")),
        ("a day that is none", upload().with("activity_on", "2026-02-30"), wrong("`activity_on`")),
        ("a day in words", upload().with("signed_on", "yesterday"), wrong("`signed_on`")),
        ("a field that is unknown", upload().with("colour", "red"), wrong("Leave them out")),
        ("a field twice", two_titles, twice),
        ("too many fields", many, twice),
        ("no file", Upload { file: None, ..upload() }, wrong("Choose a file")),
        ("a context that is too long", upload().with("context", &"x".repeat(4001)), wrong("longer than 4000")),
    ];
    each_is_refused(&app, &world, cases).await;
    let long = upload().with("context", &"x".repeat(20_000));
    each_is_refused(&app, &world, vec![("an endless field", long, refusal(413, "too_large", "Shorten it"))]).await;
}

async fn bodies_that_are_no_form(app: TestAppRef) {
    let world = World::new(&app).await;
    let post = || world.apprentice.request(Method::POST, &world.path("/pieces"));
    let typed = |content_type: &str, body: &'static str| post().header("content-type", content_type).body(body);
    let form = "multipart/form-data; boundary=edge";
    let file = || Part::bytes(files::pdf(1, "two")).file_name("a.pdf");
    let as_form = refusal(415, "unsupported_media_type", "multipart/form-data");
    let unreadable = refusal(400, "bad_request", "as browsers and curl -F do");
    let cut = refusal(400, "upload_incomplete", "Send it again");
    let untyped = refusal(400, "bad_request", "multipart/form-data");
    let cases: Vec<(&str, RequestBuilder, _)> = vec![
        ("JSON", post().json(&serde_json::json!({"title": "A piece"})), as_form),
        ("no type", post().body("something"), untyped),
        ("a type that is none", typed("nonsense", "x"), as_form),
        ("no boundary", typed("multipart/form-data", "--edge--\r\n"), as_form),
        ("headers that are none", typed(form, "--edge\r\n\u{1}\u{2}\r\n\r\nx\r\n--edge--\r\n"), unreadable),
        ("a part without a name", typed(form, "--edge\r\nX-Other: 1\r\n\r\nx\r\n--edge--\r\n"), unreadable),
        ("an empty body", typed(form, ""), cut),
        ("another boundary", typed(form, "--other\r\n\r\nx\r\n--other--\r\n"), cut),
        (
            "a field that does not end",
            typed(form, "--edge\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx"),
            cut,
        ),
        (
            "a file that does not end",
            typed(form, "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx"),
            cut,
        ),
        (
            "two files",
            post().multipart(Form::new().part("file", file()).part("file", file())),
            refusal(422, "invalid", "one file at a time"),
        ),
        (
            "a field that is no text",
            post().multipart(Form::new().part("title", Part::bytes(b"\xff\xfe".to_vec()))),
            refusal(422, "invalid", "UTF-8"),
        ),
    ];
    let before = Still::of(&app, &world).await;
    for (case, request, refusal) in cases {
        refusal.is(case, Answer::of(request).await);
        before.holds(&app, &world).await;
    }
}

async fn keys_that_are_no_keys(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    let long = "k".repeat(256);
    for key in [b"".as_slice(), b"two words", "schlüssel".as_bytes(), b"\xff\xfe", long.as_bytes()] {
        let request = world.apprentice.upload_request(&world.showcase, upload()).header("Idempotency-Key", key);
        let refusal = refusal(400, "bad_request", "1 to 255 visible ASCII characters");
        refusal.is(&String::from_utf8_lossy(key), Answer::of(request).await);
        before.holds(&app, &world).await;
    }
    let longest = upload().key(&"k".repeat(255));
    world.apprentice.upload(&world.showcase, longest).await.expect(201);
}
