//! Files of the operator: the official wording is shown where it is given, and a wrong file stops the start with a
//! message that names the setting.

use std::fs;
use std::path::{Path, PathBuf};

use exhibit::cli::assemble;
use exhibit::config::{Settings, SettingsError};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};

use crate::support::app::{TestAppRef, embed};
use crate::support::clock::TestClock;
use crate::support::{World, both};

both!(with worded: the_official_wording_is_shown);

const WORDING: &str = "[wording]\nORG-P1 = 'The official words.'\nK4 = 'What it is for'\nREG-D1 = ' '\n";

/// A file with a content of its own, made once and left to the temporary folder of this run.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("standards").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn worded(settings: &mut Settings) {
    let name = format!("wording-{:?}.toml", std::thread::current().id());
    settings.standards.wording = Some(file(&name, WORDING));
}

async fn the_official_wording_is_shown(app: TestAppRef) {
    let world = World::new(&app).await;
    let standard = world.apprentice.get("/api/v1/standards/ST0072/1.1").await.json(200);
    assert_eq!(standard["areas"][0]["criteria"][0]["wording"], "The official words.");
    assert_eq!(standard["components"][0]["areas"][0]["criteria"][0]["wording"], "The official words.");
    assert_eq!(standard["areas"][0]["criteria"][1]["wording"], Value::Null);
    let distinction =
        standard["areas"][1]["criteria"].as_array().unwrap().iter().find(|c| c["code"] == "REG-D1").unwrap();
    assert_eq!(distinction["wording"], Value::Null, "blank is not given");
    let ksb = standard["ksbs"].as_array().unwrap().iter().find(|ksb| ksb["code"] == "K4").unwrap();
    assert_eq!(ksb["wording"], json!("What it is for"));
    assert!(!ksb["summary"].as_str().unwrap().is_empty());
}

/// What the service says of settings with which it does not start.
async fn refused(change: impl Fn(&mut Settings)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::defaults();
    embed(&mut settings, folder.path());
    change(&mut settings);
    let metrics = PrometheusBuilder::new().build_recorder();
    let Err(error) = assemble::app(&settings, TestClock::new().clock(), metrics.handle()).await else {
        panic!("it started");
    };
    assert!(error.is::<SettingsError>(), "{error:?}");
    assert!(!folder.path().join("exhibit.db").exists(), "a wrong setting is found before anything is made");
    format!("{error:#}")
}

#[tokio::test]
async fn a_wrong_wording_is_refused() {
    for (name, text, word) in [
        ("unknown.toml", "[wording]\nORG-P9 = 'x'\nORG = 'y'\n", "ORG, ORG-P9"),
        ("shape.toml", "wording = 1\n", "cannot be read"),
        ("broken.toml", "[wording\n", "cannot be read"),
    ] {
        let path = file(name, text);
        let told = refused(|settings| settings.standards.wording = Some(path.clone())).await;
        assert!(told.contains("standards.wording") && told.contains(name) && told.contains(word), "{told}");
    }
    let told = refused(|settings| settings.standards.wording = Some("/nowhere/wording.toml".into())).await;
    assert!(told.contains("standards.wording") && told.contains("/nowhere/wording.toml"), "{told}");
}

#[tokio::test]
async fn a_wrong_standard_is_refused() {
    let made_up = include_str!("../../data/standards/made-up.toml");
    for (name, text, word) in [
        ("no-limits", made_up.replace("pieces = 3", ""), "pieces"),
        ("other-calendar", made_up.replace("england-and-wales", "scotland"), "scotland"),
        ("st0072-again", include_str!("../../../config/standards/st0072-1.1.toml").to_owned(), "twice"),
        ("look-alike", made_up.replace("code = \"SEA\"", "code = \"S\u{415}A\""), "English alphabet"),
    ] {
        let path = file(&format!("{name}/standard.toml"), "");
        fs::write(&path, text).unwrap();
        let folder = path.parent().unwrap();
        let told = refused(|settings| settings.standards.folder = Some(folder.to_owned())).await;
        assert!(told.contains("standards.folder") && told.contains(word), "{name}: {told}");
    }
    let told = refused(|settings| settings.standards.folder = Some("/nowhere/standards".into())).await;
    assert!(told.contains("standards.folder") && told.contains("/nowhere/standards"), "{told}");
}
