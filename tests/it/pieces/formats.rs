//! What is accepted, as what, and under which name.

use reqwest::Method;
use serde_json::Value;

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::files::media::{self, FILM, Movie, OPUS, SOUND, VORBIS};
use crate::support::{Answer, World, both, documents, files};

both!(the_media_type_comes_from_the_content, every_text_is_text, file_names_are_made_safe, declarations_may_be_loose);

const OFFICE: &str = "application/vnd.openxmlformats-officedocument";

/// Every accepted format: a file name, the file, and what it is recorded as.
fn formats() -> Vec<(&'static str, Vec<u8>, String)> {
    let office = |kind: &str| files::office(&format!("{OFFICE}.{kind}.main+xml"), "a format");
    let open = |kind: &str| files::open_document(kind, "a format");
    let quicktime = Movie { brand: b"qt  ", ..FILM };
    vec![
        ("a.pdf", files::pdf(1, "a format"), "application/pdf".into()),
        ("a.docx", office("wordprocessingml.document"), format!("{OFFICE}.wordprocessingml.document")),
        ("a.xlsx", office("spreadsheetml.sheet"), format!("{OFFICE}.spreadsheetml.sheet")),
        ("a.pptx", office("presentationml.presentation"), format!("{OFFICE}.presentationml.presentation")),
        ("a.odt", open("text"), "application/vnd.oasis.opendocument.text".into()),
        ("a.ods", open("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet".into()),
        ("a.odp", open("presentation"), "application/vnd.oasis.opendocument.presentation".into()),
        ("a.eml", documents::mail("a format"), "message/rfc822".into()),
        ("a.msg", documents::message(&[]), "application/vnd.ms-outlook".into()),
        ("a.jpg", media::jpeg(8, 8, "a format"), "image/jpeg".into()),
        ("a.png", files::png("a format"), "image/png".into()),
        ("a.webp", media::webp("a format"), "image/webp".into()),
        ("a.heic", media::heic("a format"), "image/heic".into()),
        ("a.gif", media::gif("a format"), "image/gif".into()),
        ("a.tiff", media::tiff("a format"), "image/tiff".into()),
        ("a.mp3", media::mp3("a format"), "audio/mpeg".into()),
        ("a.m4a", media::movie(&SOUND, "a format"), "audio/mp4".into()),
        ("a.wav", files::wav(1000, 1), "audio/wav".into()),
        ("a.ogg", media::ogg(VORBIS, "a format"), "audio/ogg".into()),
        ("a.opus", media::ogg(OPUS, "a format"), "audio/ogg".into()),
        ("a.flac", media::flac("a format"), "audio/flac".into()),
        ("a.mp4", media::movie(&FILM, "a format"), "video/mp4".into()),
        ("a.m4v", media::movie(&Movie { brand: b"M4V ", ..FILM }, "a format"), "video/mp4".into()),
        ("a.mov", media::movie(&quicktime, "a format"), "video/quicktime".into()),
        ("film.mp4", media::movie(&quicktime, "other"), "video/quicktime".into()),
        ("a.webm", media::webm("webm", "a format"), "video/webm".into()),
        ("film.m4a", media::movie(&Movie { brand: b"M4A ", ..FILM }, "a film"), "video/mp4".into()),
    ]
}

async fn the_media_type_comes_from_the_content(app: TestAppRef) {
    let world = World::new(&app).await;
    let showcases = [world.showcase.clone(), world.another_showcase().await];
    for (number, (name, bytes, media_type)) in formats().into_iter().enumerate() {
        let upload = Upload::new(name, bytes.clone());
        let piece = world.apprentice.upload(&showcases[number / 20], upload).await.json(201);
        assert_eq!(piece["media_type"], media_type, "{name}");
        assert_eq!(piece["sha256"], files::sha256(&bytes), "{name}");
        assert_eq!(piece["pages"].is_null(), media_type != "application/pdf", "{name}");
        let content = world.assessor.get(&format!("/api/v1/pieces/{}/content", id(&piece))).await;
        assert_eq!((content.header("content-type"), &content.body), (media_type.as_str(), &bytes), "{name}");
    }
}

async fn take(world: &World, name: &str, bytes: Vec<u8>) -> Value {
    world.apprentice.upload(&world.showcase, Upload::new(name, bytes)).await.json(201)
}

async fn every_text_is_text(app: TestAppRef) {
    let world = World::new(&app).await;
    let wide: Vec<u8> = "\u{feff}Grüße".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, media_type) in [
        ("a.txt", b"Plain words.".to_vec(), "text/plain"),
        ("a.TXT", "Größe, 中文\r\n".as_bytes().to_vec(), "text/plain"),
        ("latin.txt", b"Gr\xf6\xdfe".to_vec(), "text/plain"),
        ("wide.txt", wide, "text/plain"),
        ("a.csv", b"a,b\n1,2\n".to_vec(), "text/csv"),
        ("a.md", b"# A heading\n\n- a <b>word</b>\n".to_vec(), "text/markdown"),
        // Text that begins like a bitmap, a program and a tag that is none.
        ("bm.txt", b"BM is short for benchmark.".to_vec(), "text/plain"),
        ("mz.md", b"MZ are the initials of Mark Zbikowski.".to_vec(), "text/markdown"),
        ("tag.txt", b"<Amy> said hello".to_vec(), "text/plain"),
        ("column.csv", b"one\ntwo\n".to_vec(), "text/plain"),
        // A page in plain text is shown as it stands, with a remark.
        ("page.txt", b"<!DOCTYPE html><html></html>".to_vec(), "text/plain"),
    ] {
        assert_eq!(take(&world, name, bytes).await["media_type"], media_type, "{name}");
    }
}

/// A file part with exactly this disposition.
async fn disposed(world: &World, disposition: &[u8], marker: &str) -> Answer {
    let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; ".to_vec();
    body.extend(disposition);
    body.extend(b"\r\n\r\n");
    body.extend(files::pdf(1, marker));
    for (name, value) in [("title", marker), ("kind", "other"), ("confidentiality", "consent"), ("authentic", "true")] {
        body.extend(format!("\r\n--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}").bytes());
    }
    body.extend(b"\r\n--edge--\r\n");
    let request = world.apprentice.request(Method::POST, &world.path("/pieces"));
    Answer::of(request.header("content-type", "multipart/form-data; boundary=edge").body(body)).await
}

async fn file_names_are_made_safe(app: TestAppRef) {
    let world = World::new(&app).await;
    let long = format!("filename=\"{}.pdf\"", "n".repeat(300));
    let kept = format!("{}.pdf", "n".repeat(196));
    for (number, (disposition, name)) in [
        ("filename=\"../../etc/passwd.pdf\"", "passwd.pdf"),
        (r#"filename="C:\\Users\\amy\\call.pdf""#, "call.pdf"),
        ("filename=\"Größe und Café.PDF\"", "Größe und Café.PDF"),
        ("filename=\"a\u{202e}fdp.exe.pdf\"", "afdp.exe.pdf"),
        (r#"filename="say \"hi\".pdf""#, "say hi.pdf"),
        ("filename=\"<img src=x>.pdf\"", "img src=x.pdf"),
        ("filename=\".htaccess.pdf\"", "htaccess.pdf"),
        // What Python's requests and others send for a name outside ASCII (RFC 8187).
        ("filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
        ("filename*=UTF-8''..%2F..%2Fetc%2Fpasswd.pdf", "passwd.pdf"),
        ("filename=\"plain.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        (long.as_str(), kept.as_str()),
    ]
    .into_iter()
    .enumerate()
    {
        let piece = disposed(&world, disposition.as_bytes(), &format!("named {number}")).await.json(201);
        assert_eq!(piece["file_name"], name, "{disposition}");
    }
    for nameless in ["x=y", "filename=\"\"", "filename=\"report\""] {
        let problem = disposed(&world, nameless.as_bytes(), nameless).await.problem(415, "type_mismatch");
        assert!(problem["detail"].as_str().unwrap().contains("Give it the ending .pdf"), "{problem}");
    }
}

async fn declarations_may_be_loose(app: TestAppRef) {
    let world = World::new(&app).await;
    for (name, bytes, declared) in [
        ("a.pdf", files::pdf(1, "x"), "application/octet-stream"),
        ("b.pdf", files::pdf(1, "y"), "application/x-pdf"),
        ("a.csv", b"a,b".to_vec(), "application/vnd.ms-excel"),
        ("a.md", b"# a".to_vec(), "text/plain; charset=utf-8"),
        ("a.wav", files::wav(100, 1), "audio/x-wav"),
        ("a.png", files::png("x"), "image/PNG"),
    ] {
        let upload = Upload::new(name, bytes).declared(declared);
        world.apprentice.upload(&world.showcase, upload).await.expect(201);
    }
}
