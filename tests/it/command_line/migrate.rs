//! `exhibit migrate`: as often as one likes, and never on a database of a newer version.

use exhibit::config::{Secret, Settings};
use exhibit::db::{Database, Session};

use super::Place;
use crate::support::postgres;

/// Marks a database as migrated by a version that does not exist yet.
async fn from_the_future(url: &str) {
    let mut settings = Settings::defaults();
    settings.database.url = Secret::new(url.to_owned());
    let db = Database::open(&settings.database).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let sql = exhibit::db::Sql {
        sqlite: "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (999, 'later', TRUE, x'00', 0)",
        postgres: "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (999, 'later', TRUE, '\\x00', 0)",
    };
    assert_eq!(tx.query(sql).execute().await.unwrap(), 1);
    tx.commit().await.unwrap();
    db.close().await;
}

async fn migrates_once_and_never_back(place: &Place, url: &str) {
    for _ in 0..2 {
        let finished = place.run(&["migrate"]).await;
        assert_eq!((finished.code, finished.out.as_str()), (Some(0), ""), "{}", finished.err);
    }
    let add = ["organisation", "add", "--kind", "provider", "--name", "North College"];
    place.run(&add).await.line();
    from_the_future(url).await;
    for arguments in [["migrate"].as_slice(), &["serve"], &["sweep"], &add] {
        place.run(arguments).await.refused(1, &["schema 999", "run the version that made it"]);
    }
}

#[tokio::test]
async fn sqlite() {
    let place = Place::new();
    let url = format!("sqlite://{}", place.path().join("data/exhibit.db").display());
    migrates_once_and_never_back(&place, &url).await;
}

#[tokio::test]
async fn postgresql() {
    let (name, url) = postgres::create().await;
    let place = Place::new().with("DATABASE__URL", &url);
    migrates_once_and_never_back(&place, &url).await;
    postgres::drop(&name).await;
}
