//! `exhibit seed`: the same service each time, whole by the service's own rules, and only where nobody works yet.

use std::collections::BTreeMap;

use rustix::process::Signal;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Place, Service};

/// What a seeding printed at its end.
async fn seeded(place: &Place, arguments: &[&str]) -> Value {
    let line = place.run(&[&["seed"], arguments].concat()).await.line();
    serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"))
}

async fn json(service: &Service, path: &str, token: &Value) -> Value {
    let answer = service.get(path, token.as_str().unwrap()).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

async fn showcases(service: &Service, admin: &Value) -> Vec<Value> {
    json(service, "/api/v1/showcases?limit=100", admin).await["items"].as_array().unwrap().clone()
}

/// Everything that a service tells of its showcases, without the showcases' pages.
async fn told(service: &Service, admin: &Value) -> BTreeMap<String, Value> {
    let mut told = BTreeMap::new();
    for showcase in showcases(service, admin).await {
        let id = showcase["id"].as_str().unwrap();
        for part in ["", "/pieces", "/coverage", "/gateway"] {
            let path = format!("/api/v1/showcases/{id}{part}");
            told.insert(path.clone(), json(service, &path, admin).await);
        }
    }
    told
}

#[tokio::test]
async fn the_same_number_makes_the_same_service() {
    let (one, other) = (Place::new(), Place::new());
    let arguments = ["--showcases", "6", "--pieces", "12"];
    let (first, second) = (seeded(&one, &arguments).await, seeded(&other, &arguments).await);
    assert_eq!((&first["showcases"], &first["pieces"]), (&6.into(), &72.into()));
    assert_ne!(first["admin_token"], second["admin_token"], "secrets are never made up beforehand");
    let (here, there) = (one.serve().await, other.serve().await);
    let same = told(&here, &first["admin_token"]).await;
    assert_eq!(same.len(), 24);
    assert_eq!(same, told(&there, &second["admin_token"]).await);
    here.stop(Signal::TERM).await;
    there.stop(Signal::TERM).await;
}

#[tokio::test]
async fn what_is_seeded_holds_by_the_services_own_rules() {
    let place = Place::new();
    let seeded = seeded(&place, &["--showcases", "6"]).await;
    let service = place.serve().await;
    for role in ["admin", "provider", "assessor", "apprentice"] {
        let me = json(&service, "/api/v1/me", &seeded[format!("{role}_token")]).await;
        assert_eq!(me["role"], role);
    }
    let admin = &seeded["admin_token"];
    let mut states = Vec::new();
    for showcase in showcases(&service, admin).await {
        states.push(showcase["state"].as_str().unwrap().to_owned());
        let pieces =
            json(&service, &format!("/api/v1/showcases/{}/pieces", showcase["id"].as_str().unwrap()), admin).await;
        assert_eq!(pieces["items"].as_array().unwrap().len(), 20);
        for piece in pieces["items"].as_array().unwrap().iter().take(4) {
            let path = format!("/api/v1/pieces/{}/content", piece["id"].as_str().unwrap());
            let content = service.get(&path, admin.as_str().unwrap()).await.bytes().await.unwrap();
            assert_eq!(hex::encode(Sha256::digest(&content)), piece["sha256"], "{path}");
            assert_eq!(content.len(), piece["bytes"], "{path}");
        }
    }
    states.sort();
    assert_eq!(states, ["accepted", "draft", "draft", "draft", "submitted", "submitted"]);
    service.stop(Signal::TERM).await;
    let swept = place.run(&["sweep"]).await;
    assert_eq!(swept.code, Some(0), "{}", swept.err);
    let left = std::fs::read_dir(place.path().join("data/objects/pieces")).unwrap();
    let left: usize = left.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum();
    assert_eq!(left, 120, "every object belongs to a row: {}", swept.out);
}

/// The stages are what they say: one is one act away from acceptance, one lacks an area.
#[tokio::test]
async fn a_seeded_assessor_can_accept_what_is_ready_and_not_what_lacks_an_area() {
    let place = Place::new();
    let seeded = seeded(&place, &["--showcases", "6"]).await;
    let service = place.serve().await;
    let mut answers = Vec::new();
    for showcase in showcases(&service, &seeded["assessor_token"]).await {
        if showcase["state"] == "submitted" {
            let id = showcase["id"].as_str().unwrap();
            let path = format!("{}/api/v1/showcases/{id}/gateway/attempts/1/acceptance", service.address);
            let post = service.http.post(path).bearer_auth(seeded["assessor_token"].as_str().unwrap());
            let answer: Value = post.send().await.unwrap().json().await.unwrap();
            let coverage = json(&service, &format!("/api/v1/showcases/{id}/coverage"), &seeded["assessor_token"]).await;
            let missing = coverage["missing"].as_array().unwrap().len();
            answers.push((answer["code"].as_str().unwrap_or("accepted").to_owned(), missing));
        }
    }
    answers.sort();
    assert_eq!(answers, [("accepted".to_owned(), 0), ("component_undecided".to_owned(), 1)]);
    service.stop(Signal::TERM).await;
}

#[tokio::test]
async fn seeding_mixes_with_nobodys_work() {
    let place = Place::new();
    seeded(&place, &["--showcases", "1", "--pieces", "2"]).await;
    let again = place.run(&["seed", "--showcases", "1"]).await;
    again.refused(1, &["has people already"]);
    Place::new().run(&["seed", "--showcases", "1", "--pieces", "21"]).await.refused(2, &["at most 20"]);
    Place::new().run(&["seed", "--showcases", "0"]).await.refused(2, &["--showcases"]);
}

#[tokio::test]
async fn rows_alone_have_no_content_to_open() {
    let place = Place::new();
    let seeded = seeded(&place, &["--showcases", "2", "--pieces", "3", "--rows-only"]).await;
    assert_eq!(seeded["pieces"], 6);
    assert!(!place.path().join("data/objects/pieces").exists());
    let service = place.serve().await;
    let coverage = showcases(&service, &seeded["admin_token"]).await;
    assert_eq!(coverage.len(), 2);
    service.stop(Signal::TERM).await;
}
