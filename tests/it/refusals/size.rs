//! Files that are too large for what they are, however their length is told.

use exhibit::config::Settings;

use super::{each_is_refused, refusal};
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::{World, both, files};

const DOCUMENT: usize = 1_000_000;
/// Beyond the first part of an object on S3, so that a refusal has a multipart upload to abort.
const RECORDING: usize = 18_000_000;

both!(with small: files_that_are_too_large);

fn small(settings: &mut Settings) {
    settings.uploads.max_bytes = DOCUMENT as u64;
    settings.uploads.max_recording_bytes = RECORDING as u64;
}

/// A PDF of at least so many bytes: readers look for its end from behind, so trailing space belongs to it.
fn pdf(bytes: usize) -> Vec<u8> {
    let mut file = files::pdf(1, "large");
    file.resize(file.len().max(bytes), b'\n');
    file
}

async fn files_that_are_too_large(app: TestAppRef) {
    let world = World::new(&app).await;
    let large = refusal(413, "too_large", "Upload a shorter or compressed version");
    let text = vec![b'a'; DOCUMENT + 1];
    let cases = vec![
        ("a document", Upload::new("a.pdf", pdf(DOCUMENT + 1)), large),
        ("a document in chunks", Upload::new("a.pdf", pdf(DOCUMENT + 1)).chunked(), large),
        ("a text", Upload::new("a.txt", text), large),
        ("a document called a recording", Upload::new("a.wav", pdf(DOCUMENT + 1)), large),
        ("a recording", Upload::new("a.wav", files::wav(RECORDING + 1, 1)), large),
        ("a recording in chunks", Upload::new("a.wav", files::wav(RECORDING + 1, 1)).chunked(), large),
    ];
    each_is_refused(&app, &world, cases).await;
    let fits = [
        Upload::new("a.txt", vec![b'a'; DOCUMENT]),
        Upload::new("a.wav", files::wav(DOCUMENT + 1, 2)),
        Upload::new("a.wav", files::wav(DOCUMENT + 1, 5)).chunked(),
    ];
    for upload in fits {
        let bytes = upload.file.as_ref().expect("a file").1.len();
        assert_eq!(world.apprentice.upload(&world.showcase, upload).await.json(201)["bytes"], bytes);
    }
}
