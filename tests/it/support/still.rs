//! "Nothing of it is stored and no slot is taken": everything that an upload could leave behind, before and after.

use exhibit::db::{Error, FromRow, Row, Session};
use serde_json::Value;

use super::{TestApp, World, eventually};

/// What a showcase and the stores around it look like; equal before and after whatever was refused.
#[derive(Debug, PartialEq)]
pub struct Still {
    /// Every object, also those that no row names.
    objects: Vec<String>,
    /// Rows of each table that an upload writes to, tombstones among them.
    rows: Vec<i64>,
    /// The live pieces with all that is told of them.
    pieces: Vec<Value>,
}

struct Count(i64);

impl FromRow for Count {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("rows_there").map(Self)
    }
}

const COUNTS: [&str; 3] = [
    "SELECT COUNT(*) AS rows_there FROM pieces",
    "SELECT COUNT(*) AS rows_there FROM claims",
    "SELECT COUNT(*) AS rows_there FROM idempotency_keys",
];

impl Still {
    pub async fn of(app: &TestApp, world: &World) -> Self {
        let mut rows = Vec::new();
        for count in COUNTS {
            rows.push((&mut &app.app.db).query(count).fetch_one::<Count>().await.unwrap().0);
        }
        Self { objects: app.stored().await, rows, pieces: world.pieces().await }
    }

    /// Makes sure that nothing came of what was done since, sealed or unsealed.
    pub async fn holds(&self, app: &TestApp, world: &World) {
        // An abandoned multipart upload is aborted beside the answer, not before it.
        eventually("nothing unsealed is left", || app.unsealed() == 0).await;
        assert_eq!(&Self::of(app, world).await, self);
    }
}
