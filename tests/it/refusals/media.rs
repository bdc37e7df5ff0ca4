//! Pictures and recordings that are refused for what is in them, or missing.

use exhibit::config::Settings;

use super::{each_is_refused, refusal};
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::files::media::{self, FILM, Movie, OPUS, SOUND};
use crate::support::{World, both, files, hostile};

both!(cut_pictures_and_recordings, recordings_that_need_what_is_not_in_them, two_files_in_one, what_is_only_remarked);
both!(with at_most_ten_thousand_pixels: too_many_pixels);

fn at_most_ten_thousand_pixels(settings: &mut Settings) {
    settings.inspection.max_pixels = 10_000;
}

fn half(file: Vec<u8>) -> Vec<u8> {
    file[..file.len() / 2].to_vec()
}

async fn cut_pictures_and_recordings(app: TestAppRef) {
    let world = World::new(&app).await;
    let save = refusal(422, "damaged", "save it anew");
    let copy = refusal(422, "damaged", "copy it from there again");
    let cases = vec![
        ("a JPEG", Upload::new("a.jpg", half(media::jpeg(8, 8, "half"))), save),
        ("a PNG", Upload::new("a.png", half(files::png("half"))), save),
        ("a GIF", Upload::new("a.gif", half(media::gif("half"))), save),
        ("a WebP", Upload::new("a.webp", half(media::webp("half"))), save),
        ("a HEIC", Upload::new("a.heic", half(media::heic("half"))), save),
        ("a TIFF", Upload::new("a.tiff", half(media::tiff("half"))), save),
        ("the tag of an MP3", Upload::new("a.mp3", media::mp3("half")[..200].to_vec()), copy),
        ("an M4A", Upload::new("a.m4a", half(media::movie(&SOUND, "half"))), copy),
        ("an MP4", Upload::new("a.mp4", half(media::movie(&FILM, "half"))), copy),
        ("the head of a WAV", Upload::new("a.wav", files::wav(1000, 1)[..40].to_vec()), copy),
        ("the head of an Ogg", Upload::new("a.opus", half(media::ogg(OPUS, "half of it"))), copy),
        ("the head of a FLAC", Upload::new("a.flac", half(media::flac("half"))), copy),
        ("a WebM", Upload::new("a.webm", half(media::webm("webm", "half"))), copy),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn too_many_pixels(app: TestAppRef) {
    let world = World::new(&app).await;
    let smaller = refusal(422, "too_complex", "Save it smaller");
    let absurd = refusal(422, "bomb", "Save it smaller");
    let cases = vec![
        ("a pixel too many", Upload::new("a.jpg", media::jpeg(73, 137, "large")), smaller),
        ("pixels beyond all measure", Upload::new("a.jpg", media::jpeg(65_500, 65_500, "large")), absurd),
    ];
    each_is_refused(&app, &world, cases).await;
    let right = Upload::new("a.jpg", media::jpeg(100, 100, "just right"));
    world.apprentice.upload(&world.showcase, right).await.expect(201);
}

async fn recordings_that_need_what_is_not_in_them(app: TestAppRef) {
    let world = World::new(&app).await;
    let whole = refusal(422, "external_reference", "one whole file");
    let open = refusal(422, "encrypted", "without protection");
    let matroska = refusal(415, "type_mismatch", "export it again");
    let elsewhere = Movie { elsewhere: b"file:///etc/passwd\0", ..FILM };
    let cases = vec![
        ("samples in another file", Upload::new("a.mp4", media::movie(&elsewhere, "elsewhere")), whole),
        ("a bought song", Upload::new("a.m4a", media::movie(&Movie { codec: b"drms", ..SOUND }, "locked")), open),
        ("a Matroska", Upload::new("a.webm", media::webm("matroska", &"other".repeat(99))), matroska),
        ("a playlist", Upload::new("a.mp4", b"#EXTM3U\nfile:///etc/passwd\n".to_vec()), matroska),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn two_files_in_one(app: TestAppRef) {
    let world = World::new(&app).await;
    let apart = refusal(422, "polyglot", "as files of their own");
    let malware = refusal(422, "active_content", "malware");
    let with = |first: Vec<u8>, second: Vec<u8>| [first, second].concat();
    let jpeg = media::jpeg(8, 8, "two");
    let cases = vec![
        ("a PDF behind a JPEG", Upload::new("a.jpg", with(jpeg.clone(), files::pdf(1, "two"))), apart),
        ("a PDF behind a WAV", Upload::new("a.wav", with(files::wav(1000, 1), files::pdf(1, "two"))), apart),
        ("a program behind a JPEG", Upload::new("a.jpg", with(jpeg, b"\x7FELF\x02\x01\x01".to_vec())), malware),
    ];
    each_is_refused(&app, &world, cases).await;
}

/// Honest files have these, so that they are taken, and the assessor sees the remark.
async fn what_is_only_remarked(app: TestAppRef) {
    let world = World::new(&app).await;
    let cut = |file: Vec<u8>| file[..file.len() - 3].to_vec();
    for (name, file, code) in [
        ("zip.jpg", [media::jpeg(8, 8, "remark"), hostile::zip()].concat(), "trailing_data"),
        ("early.jpg", media::jpeg(8, 8, "%PDF-1.7"), "unverifiable"),
        ("cut.mp4", cut(media::movie(&FILM, "remarkable")), "repaired"),
        ("cut.wav", cut(files::wav(1000, 3)), "repaired"),
        ("cut.gif", media::gif("remark").strip_suffix(b";").unwrap().to_vec(), "repaired"),
    ] {
        let piece = world.apprentice.upload(&world.showcase, Upload::new(name, file)).await.json(201);
        assert_eq!(piece["findings"][0]["code"], code, "{piece}");
        assert_eq!(piece["findings"][0]["severity"], "warns", "{piece}");
    }
}
