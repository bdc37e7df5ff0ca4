//! Wrong settings: exit 2, a message that names the key, and nothing made.

use super::Place;

/// Runs a command that needs every setting, and makes sure that it is refused as a wrong setting.
async fn wrong(place: Place, words: &[&str]) {
    place.run(&["serve"]).await.refused(2, words);
    assert!(!place.path().join("data").exists(), "nothing was made");
}

#[tokio::test]
async fn unknown_keys_and_wrong_values_in_the_file() {
    for (text, words) in [
        ("[server]\nlistn = '127.0.0.1:0'\n", vec!["listn"]),
        ("[servers]\nlisten = '127.0.0.1:0'\n", vec!["servers"]),
        ("listen = '127.0.0.1:0'\n", vec!["listen"]),
        ("[server]\nlisten = 'everywhere'\n", vec!["server.listen"]),
        ("[server]\nlisten = 8080\n", vec!["server.listen"]),
        ("[uploads]\nmax_bytes = -1\n", vec!["uploads.max_bytes"]),
        ("[uploads]\nbudget_mib = 3\n", vec!["uploads.budget_mib", "4"]),
        ("[database]\nmax_connections = 0\n", vec!["database.max_connections", "at least one"]),
        ("[database]\nurl = 'mysql://localhost/x'\n", vec!["database.url", "sqlite://"]),
        ("[storage]\nurl = 'ftp://host'\n", vec!["storage.url", "disk:PATH"]),
        ("[storage]\nurl = 'disk:'\n", vec!["storage.url", "disk:PATH"]),
        ("[storage]\nurl = 's3://'\n", vec!["storage.url", "s3://BUCKET"]),
        ("[storage]\nurl = 's3://bucket'\n", vec!["storage.access_key_id", "missing"]),
        ("[storage]\nurl = 's3://bucket'\naccess_key_id = 'x'\n", vec!["storage.secret_access_key", "missing"]),
        ("[inspection]\ntimeout_s = 0\n", vec!["inspection.timeout_s", "takes time"]),
        ("[scanner]\nclamd = 'localhost:3310'\n", vec!["scanner.clamd", "unix:PATH", "tcp:HOST:PORT"]),
        ("[scanner]\ntimeout_s = 0\n", vec!["scanner.timeout_s", "takes time"]),
        ("[gateway]\nwindow_from = 'never'\n", vec!["gateway.window_from"]),
        ("[gateway]\nroutes = ['luck']\n", vec!["gateway.routes", "luck", "ldd_assessment"]),
        ("[inspection]\naccept = ['text/html']\n", vec!["inspection.accept", "text/html"]),
        ("[inspection]\nmax_pages = -1\n", vec!["inspection.max_pages"]),
        ("[inspection.severity]\nlynx = 'warns'\n", vec!["lynx", "inspection.severity"]),
        ("[inspection.severity]\nlinks = 'ignores'\n", vec!["severity", "ignores"]),
        ("[inspection.package]\nmax_entrees = 1\n", vec!["max_entrees"]),
        ("[standards]\nfolder = 'nowhere'\n", vec!["standards.folder", "nowhere"]),
        ("[log]\nformat = 'xml'\n", vec!["log.format"]),
        ("[log]\nfilter = 'a=b=c'\n", vec!["log.filter"]),
        ("[server\n", vec!["settings"]),
    ] {
        let place = Place::new();
        place.file("settings.toml", text);
        let finished = place.run(&["serve", "--config", "settings.toml"]).await;
        finished.refused(2, &words);
        assert!(!place.path().join("data").exists(), "nothing was made: {text}");
    }
    Place::new().run(&["serve", "--config", "nowhere.toml"]).await.refused(2, &["nowhere.toml"]);
}

#[tokio::test]
async fn unknown_and_wrong_variables() {
    for (key, value, words) in [
        ("SERVER__LISTN", "127.0.0.1:0", vec!["listn"]),
        ("SERVER", "127.0.0.1:0", vec!["server"]),
        ("SERVERS__LISTEN", "127.0.0.1:0", vec!["servers"]),
        ("SERVER__LISTEN", "localhost", vec!["server.listen"]),
        ("SERVER__SHUTDOWN_S", "soon", vec!["server.shutdown_s"]),
        ("UPLOADS__BUDGET_MIB", "2", vec!["uploads.budget_mib"]),
        ("DATABASE__URL", "exhibit.db", vec!["database.url"]),
        ("STORAGE__URL", "objects", vec!["storage.url"]),
        ("SCANNER__CLAMD", "/run/clamd", vec!["scanner.clamd"]),
        ("INSPECTION__ACCEPT", "text/plain,text/html", vec!["inspection.accept", "text/html"]),
        ("INSPECTION__SEVERITY__LINKS", "maybe", vec!["severity", "maybe"]),
        ("GATEWAY__ROUTES", "ldd_assessment, luck", vec!["gateway.routes", "luck", "ldd_assessment"]),
    ] {
        wrong(Place::new().with(key, value), &words).await;
    }
}

#[tokio::test]
async fn the_environment_stands_before_the_file_and_the_file_before_the_defaults() {
    let place = Place::new()
        .with("DATABASE__URL", "sqlite://there/exhibit.db")
        .with("GATEWAY__ROUTES", "ldd_assessment,not_required_19_plus");
    place.file("settings.toml", "[database]\nurl = 'sqlite://here/exhibit.db'\n[server]\nshutdown_s = 1\n");
    let finished = place.run(&["migrate", "--config", "settings.toml"]).await;
    assert_eq!((finished.code, finished.out.as_str()), (Some(0), ""), "{}", finished.err);
    assert!(place.path().join("there/exhibit.db").is_file() && !place.path().join("here").exists());
}

#[tokio::test]
async fn what_does_not_answer_is_no_wrong_setting() {
    // A port that was free a moment ago, and on which nothing listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let database = format!("postgres://exhibit:hunter2@{free}/exhibit");
    let place = Place::new().with("DATABASE__URL", &database).with("DATABASE__ACQUIRE_TIMEOUT_S", "1");
    let finished = place.run(&["serve"]).await;
    assert!(!finished.err.contains("hunter2"), "{}", finished.err);
    finished.refused(1, &["the database cannot be opened"]);
    let place = Place::new()
        .with("STORAGE__URL", "s3://bucket")
        .with("STORAGE__ENDPOINT", &format!("http://{free}"))
        .with("STORAGE__ACCESS_KEY_ID", "key")
        .with("STORAGE__SECRET_ACCESS_KEY", "hunter2");
    let finished = place.run(&["serve"]).await;
    assert!(!finished.err.contains("hunter2"), "{}", finished.err);
    finished.refused(1, &["the store s3://bucket cannot be opened"]);
    let place = Place::new();
    place.file("data", "no folder");
    place.run(&["serve"]).await.refused(1, &["cannot be opened"]);
}
