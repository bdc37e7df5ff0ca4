//! `exhibit serve`: one line when it listens, the admin's token once, and an orderly end.

use rustix::process::Signal;
use serde_json::Value;

use super::Place;

/// The token on a line of its own, as a newcomer finds it.
fn token(told: &str) -> Option<&str> {
    told.lines().map(str::trim).find(|line| line.starts_with("exhibit_"))
}

#[tokio::test]
async fn the_first_start_shows_the_admins_token_once() {
    let place = Place::new();
    let service = place.serve().await;
    assert!(service.address.starts_with("http://127.0.0.1:"), "{}", service.address);
    assert!(!service.address.ends_with(":0"), "{}", service.address);
    let told = service.stop(Signal::TERM).await;
    assert!(told.contains("first start") && told.contains("shown this once"), "{told}");
    let token = token(&told).expect("a token").to_owned();
    assert_eq!(told.matches("exhibit_").count(), 1, "{told}");

    let service = place.serve().await;
    let me = service.get("/api/v1/me", &token).await;
    assert_eq!(me.status(), 200);
    let me: Value = me.json().await.unwrap();
    assert_eq!((&me["role"], &me["email"]), (&"admin".into(), &"admin@localhost".into()));
    let told = service.stop(Signal::INT).await;
    assert_eq!(super::serve::token(&told), None, "{told}");
    assert!(place.path().join("data/exhibit.db").is_file());
    assert!(place.path().join("data/objects").is_dir());
}

#[tokio::test]
async fn a_running_service_counts_its_requests() {
    let place = Place::new();
    let service = place.serve().await;
    for _ in 0..3 {
        assert_eq!(service.get("/health/live", "none").await.status(), 200);
    }
    assert_eq!(service.get("/api/v1/showcases/1", "none").await.status(), 401);
    let metrics = service.get("/metrics", "none").await.text().await.unwrap();
    let counted = |line: &&str| line.starts_with("exhibit_requests_total{") && line.contains("route=\"/health/live\"");
    let line = metrics.lines().find(counted).unwrap_or_else(|| panic!("{metrics}"));
    assert!(line.contains("method=\"GET\"") && line.contains("status=\"200\"") && line.ends_with(" 3"), "{line}");
    assert!(metrics.contains("exhibit_request_seconds"), "{metrics}");
    assert!(metrics.contains("route=\"/api/v1/showcases/{id}\",status=\"401\""), "{metrics}");
    assert!(!metrics.contains("showcases/1"), "by pattern, never by value: {metrics}");
    let told = service.stop(Signal::TERM).await;
    assert!(told.contains("stopping"), "{told}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new().with("SERVER__LISTEN", &address);
    let finished = place.run(&["serve"]).await;
    assert_eq!((finished.code, finished.out.as_str()), (Some(1), ""));
    assert!(finished.err.contains(&format!("cannot listen on {address}")), "{}", finished.err);
}
