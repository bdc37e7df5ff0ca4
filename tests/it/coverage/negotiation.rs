//! Which representation a client gets for its `Accept` (RFC 9110, 12.5.1).

use serde_json::Value;

use crate::support::app::TestAppRef;
use crate::support::{World, both};

both!(the_clients_choice_is_kept);

const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8; header=present";

async fn the_clients_choice_is_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    for (accept, expected) in [
        ("application/json", Some(JSON)),
        ("text/csv", Some(CSV)),
        ("TEXT/CSV", Some(CSV)),
        ("text/csv; header=present", Some(CSV)),
        ("*/*", Some(JSON)),
        ("application/*", Some(JSON)),
        ("text/*", Some(CSV)),
        ("text/html, */*;q=0.1", Some(JSON)),
        ("text/csv;q=0.4, application/json;q=0.5", Some(JSON)),
        ("application/json;q=0.4, text/csv;q=0.5", Some(CSV)),
        ("text/csv, application/json", Some(CSV)),
        ("*/*, text/csv", Some(CSV)),
        ("text/csv;q=0.2, */*;q=0.1", Some(CSV)),
        // The range that fits best says how much a type is liked, and 0 is not at all.
        ("text/csv;q=0, */*", Some(JSON)),
        ("application/json;q=0, */*", Some(CSV)),
        ("application/json;q=0.1, */*;q=0.5", Some(CSV)),
        ("text/*;q=0.5, text/csv;q=0.1, application/json;q=0.3", Some(JSON)),
        ("text/csv;q=0", None),
        ("*/*;q=0", None),
        ("text/html", None),
        ("application/xml, image/*", None),
        ("text/csv;q=0, text/html", None),
    ] {
        for path in [world.path("/coverage"), "/api/v1/coverage".to_owned()] {
            let answer = world.provider.get_with(&path, &[("accept", accept)]).await;
            if let Some(kind) = expected {
                assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind), "{accept}");
                assert!(
                    answer.header("vary").to_lowercase().contains("accept"),
                    "a cache must tell them apart: {accept}"
                );
            } else {
                let problem: Value = answer.problem(406, "not_acceptable");
                assert!(problem["detail"].as_str().unwrap().contains("text/csv"), "{accept}: {problem}");
            }
        }
    }
    let answer = world.provider.get(&world.path("/coverage")).await;
    assert_eq!(answer.header("content-type"), JSON, "without an Accept");
}
