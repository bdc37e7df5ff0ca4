//! How many rows every table has that signing in and administration write to, so that a test can say that a refusal
//! changed nothing.

use exhibit::db::{Error, FromRow, Row, Session};

use super::TestApp;

struct Count(i64);

impl FromRow for Count {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("there").map(Self)
    }
}

const COUNTS: [&str; 9] = [
    "SELECT COUNT(*) AS there FROM users",
    "SELECT COUNT(*) AS there FROM organisations",
    "SELECT COUNT(*) AS there FROM tokens",
    "SELECT COUNT(*) AS there FROM sessions",
    "SELECT COUNT(*) AS there FROM links",
    "SELECT COUNT(*) AS there FROM links WHERE ended_at IS NULL",
    "SELECT COUNT(*) AS there FROM passkeys",
    "SELECT COUNT(*) AS there FROM showcases WHERE assessor_id IS NULL",
    "SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) AS there FROM showcases",
];

/// The counts, table by table.
pub async fn rows(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for count in COUNTS {
        counts.push((&mut &app.app.db).query(count).fetch_one::<Count>().await.unwrap().0);
    }
    counts
}
