//! `exhibit inspect`: the verdict of an upload, one JSON object a file and line, without a database or store.

use std::fs;

use serde_json::{Value, json};

use super::{Finished, Place};
use crate::support::{clamd, files};

fn lines(finished: &Finished) -> Vec<Value> {
    finished.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

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
    let lines = lines(&finished);
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
async fn accepted_files_exit_0_and_refused_ones_1() {
    let place = Place::new();
    place.file("a.pdf", files::pdf(1, "a"));
    let line: Value = serde_json::from_str(&place.run(&["inspect", "a.pdf"]).await.line()).unwrap();
    assert_eq!(line["verdict"], "accepted");
    let small = Place::new().with("UPLOADS__MAX_BYTES", "100");
    small.file("a.pdf", files::pdf(1, "a"));
    let finished = small.run(&["inspect", "a.pdf"]).await;
    assert!(finished.out.contains("too_large"), "{}", finished.out);
    assert_eq!(finished.code, Some(1));
}

#[tokio::test]
async fn one_that_cannot_be_read_stops_no_other() {
    let place = Place::new();
    place.run(&["inspect", "nowhere.pdf"]).await.refused(1, &["nowhere.pdf", "cannot be inspected"]);
    place.file("a.pdf", files::pdf(1, "a"));
    place.file("b.pdf", files::pdf(1, "b"));
    let finished = place.run(&["inspect", "a.pdf", "nowhere.pdf", "/dev/null", "b.pdf"]).await;
    assert_eq!(finished.code, Some(1));
    let files: Vec<_> = lines(&finished).iter().map(|line| line["file"].clone()).collect();
    assert_eq!(files, ["a.pdf", "b.pdf"]);
    assert!(finished.err.contains("nowhere.pdf cannot be inspected"), "{}", finished.err);
    assert!(finished.err.contains("/dev/null cannot be inspected"), "{}", finished.err);
}

#[tokio::test]
async fn a_folder_means_all_that_is_in_it_in_order() {
    let place = Place::new();
    fs::create_dir_all(place.path().join("evidence/later")).unwrap();
    let mut names: Vec<String> = (0..9).map(|number| format!("evidence/{number}.pdf")).collect();
    names.extend((0..9).map(|number| format!("evidence/later/{number}.pdf")));
    for name in &names {
        place.file(name, files::pdf(1, name));
    }
    for jobs in ["1", "5"] {
        let finished = place.run(&["inspect", "--jobs", jobs, "evidence"]).await;
        assert_eq!(finished.code, Some(0), "{}", finished.err);
        let found: Vec<_> = lines(&finished).iter().map(|line| line["file"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, names, "{jobs} jobs");
        assert_eq!(finished.err, "", "no bar where nobody watches");
    }
}

#[tokio::test]
async fn a_table_is_for_people() {
    let place = Place::new();
    place.file("letter.pdf", files::pdf(3, "a letter"));
    place.file("picture.pdf", files::png("a picture"));
    let finished = place.run(&["inspect", "--table", "letter.pdf", "picture.pdf", "nowhere.pdf"]).await;
    assert_eq!(finished.code, Some(1));
    let rows: Vec<&str> = finished.out.lines().collect();
    let words = |row: &str| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(rows[0]), ["VERDICT", "TYPE", "SIZE", "PAGES", "FILE"]);
    assert_eq!(words(rows[1])[..2], ["accepted", "pdf"]);
    assert_eq!(words(rows[1])[4..], ["3", "letter.pdf"]);
    assert!(rows[2].starts_with("refused") && rows[2].ends_with("picture.pdf"), "{}", rows[2]);
    assert!(rows[3].contains("refused: ") && rows[3].ends_with("(type_mismatch)"), "{}", rows[3]);
    assert_eq!(rows[4], "1 accepted (0 of them with remarks), 1 refused, 1 could not be inspected");
}

#[tokio::test]
async fn wrong_commands_exit_2() {
    let place = Place::new();
    place.file("a.pdf", files::pdf(1, "a"));
    for arguments in
        [vec!["inspect"], vec!["inspect", "--jobs", "0", "a.pdf"], vec!["inspect", "--json", "--table", "a.pdf"]]
    {
        place.run(&arguments).await.refused(2, &["error: ", "--help"]);
    }
    place.run(&["inspect-worker"]).await.refused(2, &["for the service itself"]);
}

#[tokio::test]
async fn a_file_that_kills_the_process_which_looks_at_it_is_refused() {
    let place = Place::new();
    for name in ["a.txt", "fail-abort.txt", "fail-swell.txt", "z.txt"] {
        place.file(name, format!("this is {name}"));
    }
    let finished = place.run(&["inspect", "."]).await;
    assert_eq!(finished.code, Some(1));
    let verdicts: Vec<_> = lines(&finished).iter().map(|line| line["verdict"].clone()).collect();
    assert_eq!(verdicts, ["accepted", "refused", "refused", "accepted"]);
    assert_eq!(lines(&finished)[1]["findings"][0]["code"], "too_complex");
}

#[tokio::test]
async fn a_configured_scanner_is_asked() {
    let place = Place::new().with("SCANNER__CLAMD", &clamd::by_socket().to_string());
    place.file("a.txt", clamd::eicar());
    place.file("b.txt", "harmless");
    let finished = place.run(&["inspect", "a.txt", "b.txt"]).await;
    assert_eq!(finished.code, Some(1));
    let lines = lines(&finished);
    assert_eq!((&lines[0]["verdict"], &lines[1]["verdict"]), (&json!("refused"), &json!("accepted")));
    assert_eq!(lines[0]["findings"][0]["code"], "malware");
    let place = Place::new().with("SCANNER__CLAMD", "unix:/nowhere/clamd.socket");
    place.file("b.txt", "harmless");
    place.run(&["inspect", "b.txt"]).await.refused(1, &["b.txt", "the malware scanner does not answer"]);
}

#[tokio::test]
async fn without_a_process_to_look_there_is_no_verdict() {
    let place = Place::new().with("INSPECTION__PROGRAM", "/nowhere/exhibit");
    place.file("a.pdf", files::pdf(1, "a"));
    place.run(&["inspect", "a.pdf"]).await.refused(1, &["a.pdf", "cannot be started"]);
    place.run(&["serve"]).await.refused(1, &["a process that inspects files cannot be started"]);
}
