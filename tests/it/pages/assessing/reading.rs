//! What the workbench shows: files on their own, flags of the same file elsewhere, earlier attempts, and what others wrote.

use serde_json::json;

use crate::support::app::TestAppRef;
use crate::support::browser::Browser;
use crate::support::client::{Upload, id};
use crate::support::{World, both, files};

both!(
    a_file_on_its_own_is_shown_only_where_nothing_runs,
    the_workbench_may_play_and_start_its_worker_and_no_more,
    the_same_file_elsewhere_is_a_flag,
    earlier_attempts_stay_readable,
    what_people_write_is_shown_and_never_run,
    the_viewer_is_served_with_its_own_policy,
);

async fn a_file_on_its_own_is_shown_only_where_nothing_runs(app: TestAppRef) {
    let world = World::new(&app).await;
    let ada = Browser::of(&app, "ada@example.org").await;
    let amy = &world.apprentice;
    for (name, bytes, kind, policy) in [
        ("a.pdf", files::pdf(1, "open"), "inline", "default-src 'none'; object-src 'self'"),
        ("a.png", files::png("open"), "inline", "default-src 'none'; sandbox"),
        ("a.wav", files::wav(400, 3), "inline", "default-src 'none'; sandbox"),
        ("a.txt", b"<script>alert(1)</script> words".to_vec(), "inline", "default-src 'none'; sandbox"),
        ("a.docx", files::docx("open"), "attachment", "default-src 'none'; sandbox"),
        ("a.md", b"# words".to_vec(), "attachment", "default-src 'none'; sandbox"),
        (
            "a.eml",
            b"From: a@example.org\r\nSubject: x\r\n\r\nx\r\n".to_vec(),
            "attachment",
            "default-src 'none'; sandbox",
        ),
    ] {
        let piece = id(&amy.upload(&world.showcase, Upload::new(name, bytes.clone())).await.json(201));
        let answer = ada.get(&format!("/pieces/{piece}/open")).await;
        answer.expect(200);
        assert_eq!(answer.body, bytes);
        assert_eq!(answer.header("content-disposition"), format!("{kind}; filename*=UTF-8''{name}"));
        assert!(answer.header("content-security-policy").starts_with(policy), "{name}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let kept = ada.get(&format!("/api/v1/pieces/{piece}/content")).await;
        assert!(kept.header("content-disposition").starts_with("attachment"), "the API's is kept as it was");
        let abe = Browser::of(&app, "abe@example.org").await;
        abe.get(&format!("/pieces/{piece}/open")).await.page(404);
    }
}

async fn the_workbench_may_play_and_start_its_worker_and_no_more(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let ada = Browser::of(&app, "ada@example.org").await;
    let answer = ada.get(&format!("/showcases/{}/workbench/{piece}", world.showcase)).await;
    let page = answer.page(200);
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         media-src 'self'; font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    assert!(page.contains("data-viewer=\"pdf\"") && page.contains("Open the document"), "{page}");
    let answer = ada.get(&format!("/showcases/{}/decide", world.showcase)).await;
    assert!(!answer.header("content-security-policy").contains("worker-src"), "on the workbench alone");
}

async fn the_same_file_elsewhere_is_a_flag(app: TestAppRef) {
    let world = World::new(&app).await;
    let shared = files::pdf(2, "the same");
    let send = async |showcase: &str| {
        id(&world.apprentice.upload(showcase, Upload::new("same.pdf", shared.clone())).await.json(201))
    };
    let piece = send(&world.showcase).await;
    let own = world.another_showcase().await;
    let twin = send(&own).await;
    let hidden = world.another_showcase().await;
    let other = json!({"user_id": world.other_assessor.id});
    world.admin.put(&format!("/api/v1/showcases/{hidden}/assessor"), other).await.expect(200);
    let secret = send(&hidden).await;
    let ada = Browser::of(&app, "ada@example.org").await;
    let page = ada.get(&format!("/showcases/{}/workbench/{piece}", world.showcase)).await.page(200);
    assert!(page.contains(&format!("href=\"/pieces/{twin}\">In the showcase of amy")), "{page}");
    assert!(page.contains("In a showcase that is not yours to see") && page.contains("not a verdict"), "{page}");
    assert!(!page.contains(&secret) && !page.contains(&hidden), "nothing of the other is told: {page}");
}

async fn earlier_attempts_stay_readable(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let path = world.path("/gateway/attempts/1/components/maths");
    let rejection = json!({"decision": "rejected", "reason": "my_own_code", "note": "Grey."});
    world.assessor.put(&path, rejection).await.expect(200);
    world.give_back(1).await;
    world.apprentice.delete(&format!("/api/v1/pieces/{piece}")).await.expect(204);
    let attempt = format!("/showcases/{}/attempts/1", world.showcase);
    for email in ["ada@example.org", "pat@example.org", "amy@example.org", "admin@example.org"] {
        let person = Browser::of(&app, email).await;
        let page = person.get(&attempt).await.page(200);
        for told in
            ["Returned", "Mend the dates.", "Rejected. my_own_code. Grey.", "Evidence 1: A piece", "Gateway form"]
        {
            assert!(page.contains(told), "{told}: {page}");
        }
        // The evidence of the attempt is there, though it was withdrawn since.
        assert_eq!(person.get(&format!("/pieces/{piece}/open")).await.status, 200);
    }
    for email in ["abe@example.org", "sue@example.org", "bob@example.org"] {
        Browser::of(&app, email).await.get(&attempt).await.page(404);
    }
    let ada = Browser::of(&app, "ada@example.org").await;
    ada.get(&attempt.replace("/1", "/2")).await.page(404);
    assert!(
        ada.get(&format!("/showcases/{}/decide", world.showcase)).await.page(200).contains("Attempt 1 was returned")
    );
}

async fn what_people_write_is_shown_and_never_run(app: TestAppRef) {
    let world = World::new(&app).await;
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}";
    let upload = Upload::new("<svg onload=alert(1)>.txt", hostile.as_bytes().to_vec());
    let upload = upload.titled(hostile).with("context", hostile).with("author_name", hostile);
    let piece = id(&world.apprentice.upload(&world.showcase, upload).await.json(201));
    world.submitted().await;
    let note = json!({"area": "ORG", "note": hostile});
    world.assessor.post(&format!("/api/v1/pieces/{piece}/tags"), note).await.expect(201);
    let decision = json!({"decision": "rejected", "reason": "other", "note": hostile});
    world.assessor.put(&world.path("/gateway/attempts/1/components/maths"), decision).await.expect(200);
    let ada = Browser::of(&app, "ada@example.org").await;
    let showcase = format!("/showcases/{}", world.showcase);
    for path in [
        format!("{showcase}/workbench/{piece}"),
        format!("{showcase}/decide/maths"),
        format!("{showcase}/attempts/1"),
        format!("/pieces/{piece}/history"),
    ] {
        let page = ada.get(&path).await.page(200);
        assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<svg"), "{path}: {page}");
        assert!(page.contains("&#60;script&#62;") && page.contains("{{ 7*7 }}"), "{path}: {page}");
    }
}

async fn the_viewer_is_served_with_its_own_policy(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    let ada = Browser::of(&app, "ada@example.org").await;
    let page = ada.get(&format!("/showcases/{}/workbench/{piece}", world.showcase)).await.page(200);
    let named = |name: &str| -> String {
        let (_, rest) = page.split_once(&format!("{name}=\"")).expect("the front end is built: make web");
        rest.split('"').next().unwrap().to_owned()
    };
    let worker = ada.get(&named("data-worker")).await;
    worker.expect(200);
    let policy = worker.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"),
        "{policy}"
    );
    let script = ada.get(&named("data-script")).await;
    assert_eq!((script.status.as_u16(), script.header("content-security-policy")), (200, ""));
    let kit = named("data-kit");
    for (name, media_type) in [
        ("openjpeg.wasm", "application/wasm"),
        ("jbig2.wasm", "application/wasm"),
        ("UniJIS-UTF16-H.bcmap", "application/octet-stream"),
        ("FoxitSymbol.pfb", "application/octet-stream"),
        ("LICENSE_PDFJS", "application/octet-stream"),
    ] {
        let file = ada.get(&format!("{kit}{name}")).await;
        file.expect(200);
        assert_eq!((file.header("content-type"), file.body.is_empty()), (media_type, false), "{name}");
    }
    for nothing in ["nothing.wasm", "", "../app.css", "%2e%2e/app.css"] {
        let status = ada.get(&format!("{kit}{nothing}")).await.status.as_u16();
        assert_eq!(status, 404, "{nothing}");
    }
}
