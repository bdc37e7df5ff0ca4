//! `exhibit organisation`, `user` and `token`: each prints what it made, alone, so that a script can take it.

use rustix::process::Signal;
use serde_json::Value;
use uuid::Uuid;

use super::Place;

#[tokio::test]
async fn ids_and_tokens_are_printed_alone() {
    let place = Place::new();
    let provider = place
        .run(&["organisation", "add", "--kind", "provider", "--name", "North College", "--ukprn", "10000001"])
        .await
        .line();
    let judges =
        ["organisation", "add", "--kind", "assessment-organisation", "--name", "Judges", "--epao-id", "EPA0001"];
    let judges = place.run(&judges).await.line();
    let user = [
        "user",
        "add",
        "--email",
        "Pat@Example.org",
        "--name",
        "Pat",
        "--role",
        "provider",
        "--organisation",
        &provider,
    ];
    let pat = place.run(&user).await.line();
    let assessor =
        ["user", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "assessor", "--organisation", &judges];
    let ada = place.run(&assessor).await.line();
    for id in [&provider, &judges, &pat, &ada] {
        assert_eq!(Uuid::parse_str(id).unwrap().get_version_num(), 7, "{id}");
    }
    let token = place.run(&["token", "issue", "--email", "pat@example.org", "--expires-in", "7"]).await.line();
    assert!(token.starts_with("exhibit_") && token.len() == 72, "{token}");

    let service = place.serve().await;
    let me: Value = service.get("/api/v1/me", &token).await.json().await.unwrap();
    assert_eq!((&me["id"], &me["organisation_id"]), (&pat.as_str().into(), &provider.as_str().into()));
    // While the service runs, too.
    let second = place.run(&["token", "issue", "--email", "ada@example.org"]).await.line();
    let me: Value = service.get("/api/v1/me", &second).await.json().await.unwrap();
    assert_eq!((&me["id"], &me["role"]), (&ada.as_str().into(), &"assessor".into()));
    let told = service.stop(Signal::TERM).await;
    assert!(!told.contains("exhibit_"), "somebody is here already, so no admin is made: {told}");
}

#[tokio::test]
async fn a_token_is_listed_without_its_secret_and_revoked() {
    let place = Place::new();
    place.run(&["user", "add", "--email", "amy@example.org", "--name", "Amy", "--role", "apprentice"]).await.line();
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokens.push(place.run(&["token", "issue", "--email", "amy@example.org", "--expires-in", "7"]).await.line());
    }
    let service = place.serve().await;
    for token in &tokens {
        assert_eq!(service.get("/api/v1/me", token).await.status(), 200);
    }
    let listed = place.run(&["token", "list", "--email", "amy@example.org"]).await;
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    let list = listed.out;
    let ids: Vec<&str> = list.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(ids.len() == 2 && !list.contains("exhibit_") && !list.contains("never"), "{list}");
    let revoked = place.run(&["token", "revoke", ids[0]]).await;
    assert_eq!((revoked.code, revoked.out.as_str()), (Some(0), ""), "{}", revoked.err);
    assert_eq!(service.get("/api/v1/me", &tokens[0]).await.status(), 401, "while the service runs");
    assert_eq!(service.get("/api/v1/me", &tokens[1]).await.status(), 200);
    place.run(&["token", "revoke", ids[0]]).await.refused(1, &["no token"]);
    place.run(&["token", "revoke", "first"]).await.refused(2, &["ID"]);
    place.run(&["token", "list", "--email", "nobody@example.org"]).await.refused(1, &["no person"]);
    service.stop(Signal::TERM).await;
}

#[tokio::test]
async fn what_cannot_be_added_is_refused() {
    let place = Place::new();
    let add = ["organisation", "add", "--kind", "provider", "--name", "North College", "--ukprn", "10000001"];
    place.run(&add).await.line();
    place.run(&add).await.refused(1, &["UKPRN"]);
    let user =
        |email: &'static str, role: &'static str| ["user", "add", "--email", email, "--name", "Amy", "--role", role];
    place.run(&user("amy@example.org", "apprentice")).await.line();
    place.run(&user("AMY@example.org", "apprentice")).await.refused(1, &["e-mail address"]);
    place.run(&user("pat@example.org", "provider")).await.refused(1, &["kind provider"]);
    let nowhere =
        [user("zoe@example.org", "apprentice").as_slice(), &["--organisation", "01a20938-0000-7000-8000-000000000000"]]
            .concat();
    place.run(&nowhere).await.refused(1, &["no organisation"]);
    place.run(&["token", "issue", "--email", "nobody@example.org"]).await.refused(1, &["no person"]);
    for days in ["0", "3651"] {
        place
            .run(&["token", "issue", "--email", "amy@example.org", "--expires-in", days])
            .await
            .refused(1, &["1 to 3650"]);
    }
}

#[tokio::test]
async fn a_wrong_command_says_what_is_wrong() {
    let place = Place::new();
    for (arguments, words) in [
        (
            vec!["organisation", "add", "--kind", "school", "--name", "N"],
            vec!["--kind", "provider", "assessment-organisation"],
        ),
        (
            vec!["organisation", "add", "--kind", "provider", "--name", "N", "--ukprn", "123"],
            vec!["--ukprn", "8 digits"],
        ),
        (vec!["organisation", "add", "--kind", "provider", "--name", " "], vec!["--name", "empty"]),
        (vec!["organisation", "add", "--kind", "provider"], vec!["--name"]),
        (vec!["user", "add", "--email", "amy", "--name", "Amy", "--role", "apprentice"], vec!["--email", "@"]),
        (
            vec!["user", "add", "--email", "amy@example.org", "--name", "Amy", "--role", "teacher"],
            vec!["--role", "apprentice, provider"],
        ),
        (vec!["token", "issue", "--email", "amy@example.org", "--expires-in", "soon"], vec!["--expires-in"]),
        (vec!["serve", "--port", "1"], vec!["--port"]),
        (vec!["inspect"], vec!["FILE"]),
        (vec!["frobnicate"], vec!["frobnicate"]),
        (vec![], vec!["Usage"]),
    ] {
        place.run(&arguments).await.refused(2, &words);
    }
    assert!(!place.path().join("data").exists(), "nothing was made");
    let version = place.run(&["--version"]).await.line();
    assert_eq!(version, format!("exhibit {}", env!("CARGO_PKG_VERSION")));
}
