//! Refusals as browsers and programs get them, the front end's files, and the way back after signing in.

use reqwest::Method;

use crate::support::app::TestAppRef;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::{Answer, World, both};

both!(
    a_browser_gets_a_page_and_a_program_a_document,
    methods_that_no_page_takes,
    one_comes_back_to_where_one_wanted_to_go,
    forms_that_cannot_be_read,
    the_front_end_is_kept_for_ever,
);

async fn a_browser_gets_a_page_and_a_program_a_document(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let page = amy.get("/nowhere").await.page(404);
    assert!(page.contains("There is no such thing here") && page.contains("href=\"/\""), "{page}");
    world.nobody.get("/nowhere").await.problem(404, "not_found");
    world.nobody.get("/account").await.problem(401, "unauthenticated");
    // An address of the API answers a document, also with a browser's `Accept`, unless somebody goes there.
    let nothing = "/api/v1/pieces/01a20938-0000-7000-8000-000000000000/content";
    amy.get(nothing).await.problem(404, "not_found");
    let gone = Answer::of(amy.request(Method::GET, nothing).header("Sec-Fetch-Mode", "navigate")).await;
    assert!(gone.page(404).contains("There is no such thing here"));
}

async fn methods_that_no_page_takes(app: TestAppRef) {
    let world = World::new(&app).await;
    for (path, method, allowed) in [
        ("/", Method::POST, "GET"),
        ("/sign-in", Method::DELETE, "GET, POST"),
        ("/sign-out", Method::GET, "POST"),
        ("/account/sessions/end-others", Method::GET, "POST"),
    ] {
        let answer = Answer::of(world.admin.request(method, path)).await;
        let told = answer.header("allow").to_owned();
        answer.problem(405, "method_not_allowed");
        assert_eq!(told, allowed, "{path}");
    }
}

async fn one_comes_back_to_where_one_wanted_to_go(app: TestAppRef) {
    let world = World::new(&app).await;
    Browser::of(&app, "amy@example.org").await;
    let mut amy = Browser::new(&app);
    let wanted = format!("/showcases/{}/add?area=TEA", world.showcase);
    let sign_in = amy.get(&wanted).await.leads().to_owned();
    assert_eq!(sign_in, format!("/sign-in?next=/showcases/{}/add%3Farea%3DTEA", world.showcase));
    let page = amy.get(&sign_in).await.page(200);
    assert!(page.contains(&format!("name=\"next\" value=\"{wanted}\"")), "{page}");
    let fields = [("email", "amy@example.org"), ("password", PASSWORD), ("next", wanted.as_str())];
    let on = amy.post("/sign-in", &fields).await.leads().to_owned();
    assert_eq!(amy.get(&on).await.leads(), wanted);
    // Never to anywhere else.
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let fields = [("email", "amy@example.org"), ("password", PASSWORD), ("next", elsewhere)];
        assert_eq!(amy.post("/sign-in", &fields).await.leads(), "/signed-in?next=/", "{elsewhere}");
        assert_eq!(amy.get(&format!("/signed-in?next={elsewhere}")).await.leads(), "/", "{elsewhere}");
    }
}

async fn forms_that_cannot_be_read(app: TestAppRef) {
    let world = World::new(&app).await;
    let amy = Browser::of(&app, "amy@example.org").await;
    let before = world.everything(&app).await;
    let send =
        |body: Vec<u8>, kind: &str| amy.request(Method::POST, "/sign-in").header("Content-Type", kind).body(body);
    for (body, kind) in [
        (b"email=%FF%FE".to_vec(), "application/x-www-form-urlencoded"),
        (b"email=a&email=b".to_vec(), "application/x-www-form-urlencoded"),
        (b"{}".to_vec(), "application/json"),
        (vec![b'a'; 100_000], "application/x-www-form-urlencoded"),
    ] {
        let answer = Answer::of(send(body, kind)).await;
        assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
        answer.page(answer.status.as_u16());
    }
    let wrong = amy.form(&format!("/showcases/{}/add", world.showcase), &[("title", "No multipart")]);
    assert!(Answer::of(wrong).await.page(415).contains("There is a problem"));
    assert_eq!(world.everything(&app).await, before);
}

async fn the_front_end_is_kept_for_ever(app: TestAppRef) {
    World::new(&app).await;
    let amy = Browser::new(&app);
    let page = amy.get("/sign-in").await.page(200);
    assert!(exhibit::web::has_front_end(), "the front end is not built: run `make web`");
    let css = page.split("href=\"/assets/").nth(2).map(|rest| rest.split('"').next().unwrap()).unwrap();
    let path = format!("/assets/{css}");
    let plain = amy.get(&path).await;
    plain.expect(200);
    assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    for (accepted, coding) in [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("x", "")] {
        let answer = Answer::of(amy.request(Method::GET, &path).header("Accept-Encoding", accepted)).await;
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), (coding, "Accept-Encoding"));
        assert_eq!(answer.body.len() < plain.body.len() / 4, !coding.is_empty(), "{accepted}");
    }
    let text = String::from_utf8(plain.body).unwrap().to_lowercase();
    for brand in ["gds", "transport\"", "crest", "@font-face", "crown"] {
        assert!(!text.contains(brand), "{brand} belongs to GOV.UK");
    }
}
