//! `exhibit inspect`: the verdict of an upload, one JSON object a file and line, without a database or store.

use serde_json::{Value, json};

use super::Place;
use crate::support::files;

#[tokio::test]
async fn each_file_has_its_line() {
    let place = Place::new();
    let pdf = files::pdf(3, "a letter");
    place.file("Letter of thanks.pdf", &pdf);
    place.file("call.wav", files::wav(4000, 1));
    place.file("empty.pdf", "");
    place.file("picture.pdf", files::png("a picture"));
    let finished = place.run(&["inspect", "Letter of thanks.pdf", "call.wav", "empty.pdf", "picture.pdf"]).await;
    assert_eq!(finished.code, Some(1), "{}", finished.err);
    let lines: Vec<Value> = finished.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        json!({
            "file": "Letter of thanks.pdf", "media_type": "application/pdf", "bytes": pdf.len(),
            "sha256": files::sha256(&pdf), "verdict": "accepted", "findings": [], "pages": 3,
            "facts": {
                "pages": 3, "signature_field": false, "words": null, "author": null, "software": null,
                "captured_at": null, "duration_ms": null, "width": null, "height": null, "codecs": [],
            },
        })
    );
    assert_eq!(
        (&lines[1]["media_type"], &lines[1]["verdict"], &lines[1]["pages"]),
        (&json!("audio/wav"), &json!("accepted"), &Value::Null)
    );
    for (line, code) in [(&lines[2], "empty_file"), (&lines[3], "type_mismatch")] {
        assert_eq!(line["verdict"], "refused");
        let finding = &line["findings"][0];
        assert_eq!((&finding["code"], &finding["severity"]), (&json!(code), &json!("refuses")), "{line}");
        assert!(finding["detail"].as_str().unwrap().len() > 20, "{line}");
    }
    assert!(!place.path().join("data").exists(), "nothing but the files is needed");
}

#[tokio::test]
async fn accepted_files_exit_0_and_missing_ones_1() {
    let place = Place::new();
    place.file("a.pdf", files::pdf(1, "a"));
    let line: Value = serde_json::from_str(&place.run(&["inspect", "a.pdf"]).await.line()).unwrap();
    assert_eq!(line["verdict"], "accepted");
    place.run(&["inspect", "nowhere.pdf"]).await.refused(1, &["nowhere.pdf"]);
    place.run(&["inspect", "."]).await.refused(1, &["."]);
    let small = Place::new().with("UPLOADS__MAX_BYTES", "100");
    small.file("a.pdf", files::pdf(1, "a"));
    let finished = small.run(&["inspect", "a.pdf"]).await;
    assert!(finished.out.contains("too_large"), "{}", finished.out);
    assert_eq!(finished.code, Some(1));
}
