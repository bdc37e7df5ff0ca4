//! A database of its own for each test, copied from a migrated template.

use std::sync::atomic::{AtomicU32, Ordering};

use exhibit::config::{Secret, Settings};
use exhibit::db::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The server that the tests may use.
#[expect(clippy::disallowed_methods, reason = "the one place where the tests learn of their server")]
pub fn server() -> String {
    std::env::var("EXHIBIT_TEST_POSTGRES").expect(
        "EXHIBIT_TEST_POSTGRES names no PostgreSQL server: run the tests with `make test`, or start one with `tests/postgres start DIR`",
    )
}

/// The URL of another database on the same server.
fn sibling(name: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{base}/{name}")
}

async fn run(statement: String) {
    let mut connection = PgConnection::connect(&server()).await.expect("the test server answers");
    connection.execute(AssertSqlSafe(statement)).await.expect("the test server does as told");
    connection.close().await.ok();
}

async fn template() -> &'static String {
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("exhibit_template_{}", std::process::id());
            run(format!("CREATE DATABASE {name}")).await;
            let mut settings = Settings::defaults();
            settings.database.url = Secret::new(sibling(&name));
            let db = Database::open(&settings.database).await.expect("the template opens");
            db.migrate().await.expect("the template migrates");
            db.close().await;
            name
        })
        .await
}

/// A fresh database's name and URL.
pub async fn create() -> (String, String) {
    let template = template().await;
    let name = format!("exhibit_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    run(format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let url = sibling(&name);
    (name, url)
}

pub async fn drop(name: &str) {
    run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
