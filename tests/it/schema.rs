//! The two databases: both migration folders yield the same tables, both take every statement, and both refuse
//! by themselves what would break a promise.

use std::collections::BTreeMap;

use exhibit::config::{Secret, Settings};
use exhibit::db::{Database, Error, Session};
use exhibit::domain::digest::Digest;
use exhibit::domain::ids::PieceId;
use exhibit::records::pieces::{self, Piece};
use exhibit::records::{self};
use sqlx::{PgPool, SqlitePool};
use uuid::Uuid;

use crate::support::app::TestAppRef;
use crate::support::client::id;
use crate::support::{World, both, postgres};

both!(
    every_statement_is_understood,
    a_wrong_statement_is_refused,
    a_showcase_has_twenty_slots_and_no_other,
    a_digest_is_live_once_in_a_showcase,
);

/// A column: what kind of value it holds, and whether it may hold none.
type Columns = BTreeMap<(String, String), (&'static str, bool)>;

/// Tables, columns, and what is unique together.
type Schema = (Columns, Vec<String>);

const SQLITE_COLUMNS: &str = "SELECT m.name, p.name, p.type, p.\"notnull\" = 1 OR p.pk > 0 \
    FROM sqlite_schema m JOIN pragma_table_info(m.name) p \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx%'";
const SQLITE_UNIQUE: &str = "SELECT m.name || '(' || (SELECT group_concat(name, ',') FROM \
    (SELECT name FROM pragma_index_info(l.name) ORDER BY name)) || ')' || iif(l.partial, ' for some', '') \
    FROM sqlite_schema m JOIN pragma_index_list(m.name) l \
    WHERE m.type = 'table' AND l.\"unique\" AND m.name NOT LIKE '_sqlx%'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO' \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
const POSTGRES_UNIQUE: &str = "SELECT t.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY a.attname COLLATE \"C\") \
    FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey)) || ')' \
    || CASE WHEN i.indpred IS NULL THEN '' ELSE ' for some' END \
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
    WHERE i.indisunique AND n.nspname = 'public' AND t.relname NOT LIKE '\\_sqlx%'";

/// What a column's type means in both languages.
fn kind(declared: &str) -> &'static str {
    match declared {
        "BLOB" | "uuid" | "bytea" => "bytes",
        "INTEGER" | "bigint" | "boolean" => "number",
        "TEXT" | "text" | "timestamp with time zone" | "date" => "text",
        other => panic!("a column of the type {other}, which the other database may not have"),
    }
}

fn schema(columns: Vec<(String, String, String, bool)>, mut unique: Vec<String>) -> Schema {
    unique.sort();
    let columns = columns.into_iter();
    (columns.map(|(table, name, declared, filled)| ((table, name), (kind(&declared), filled))).collect(), unique)
}

async fn of_sqlite(pool: &SqlitePool) -> Schema {
    let columns = sqlx::query_as(SQLITE_COLUMNS).fetch_all(pool).await.unwrap();
    schema(columns, sqlx::query_scalar(SQLITE_UNIQUE).fetch_all(pool).await.unwrap())
}

async fn of_postgres(pool: &PgPool) -> Schema {
    let columns = sqlx::query_as(POSTGRES_COLUMNS).fetch_all(pool).await.unwrap();
    schema(columns, sqlx::query_scalar(POSTGRES_UNIQUE).fetch_all(pool).await.unwrap())
}

async fn migrated(url: String) -> Database {
    let mut settings = Settings::defaults();
    settings.database.url = Secret::new(url);
    let db = Database::open(&settings.database).await.unwrap();
    db.migrate().await.unwrap();
    db.migrate().await.expect("migrating twice changes nothing");
    db
}

#[tokio::test]
async fn both_migration_folders_yield_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = migrated(format!("sqlite://{}", folder.path().join("x.db").display())).await;
    let (name, url) = postgres::create().await;
    let postgres = migrated(url).await;
    let (Database::Sqlite { reader, .. }, Database::Postgres(lanes)) = (&sqlite, &postgres) else {
        panic!("the URLs name one database of each kind");
    };
    let (here, there) = (of_sqlite(reader).await, of_postgres(lanes.pool()).await);
    sqlite.close().await;
    postgres.close().await;
    postgres::drop(&name).await;
    assert_eq!(here, there);
    assert!(here.0.len() > 80 && here.1.contains(&"pieces(showcase_id,slot)".to_owned()), "{here:?}");
}

async fn every_statement_is_understood(app: TestAppRef) {
    let mut count = 0;
    for (name, text) in records::STATEMENTS.iter().copied().flatten() {
        app.app.db.prepare(*text).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        count += 1;
    }
    assert!(count > 40, "{count} statements");
}

async fn a_wrong_statement_is_refused(app: TestAppRef) {
    for wrong in ["SELECT no_such_column FROM pieces", "SELECT 1 FROM no_such_table", "DELETE pieces"] {
        let refused = app.app.db.prepare(wrong).await;
        assert!(matches!(refused, Err(Error::Broken(_))), "{wrong}: {refused:?}");
    }
}

#[tokio::test]
async fn sqlite_is_opened_durable_and_its_readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let db = migrated(format!("sqlite://{}", folder.path().join("below/x.db").display())).await;
    let Database::Sqlite { writer, reader } = &db else { panic!("the URL names SQLite") };
    for pool in [writer, reader] {
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        assert_eq!(journal, "wal");
        for (pragma, expected) in [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA trusted_schema", 0)]
        {
            let value: i64 = sqlx::query_scalar(pragma).fetch_one(pool).await.unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
    }
    assert_eq!(writer.options().get_max_connections(), 1, "writers wait in the pool");
    let refused = sqlx::query("DELETE FROM pieces").execute(reader).await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
    let refused = (&db).query("UPDATE pieces SET slot = 1").execute().await.unwrap_err();
    assert!(matches!(refused, Error::Broken(_)), "{refused:?}");
    db.close().await;
}

/// The recorded piece in the showcase's first slot.
async fn first_piece(app: &TestAppRef, world: &World) -> Piece {
    let piece = id(&world.piece("the first", "ORG").await);
    pieces::find(&mut &app.app.db, piece.parse().unwrap()).await.unwrap().expect("it was recorded")
}

/// The same with other content, in a slot.
fn in_slot(piece: &Piece, slot: u32) -> Piece {
    let other = Uuid::from_u128(0x7000_8000_0000_0000_0000 + u128::from(slot));
    Piece { id: PieceId(other), slot, sha256: Digest::of(&slot.to_be_bytes()), ..piece.clone() }
}

async fn insert(db: &Database, piece: &Piece, limit: i64) -> Result<(), Error> {
    let mut tx = db.write().await?;
    pieces::insert(&mut tx, piece, limit).await?;
    tx.commit().await
}

async fn a_showcase_has_twenty_slots_and_no_other(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = first_piece(&app, &world).await;
    let db = &app.app.db;
    for slot in [0, 21, 22, u32::MAX] {
        let refused = insert(db, &in_slot(&first, slot), 20).await;
        assert!(matches!(refused, Err(Error::Constraint(_))), "slot {slot}: {refused:?}");
    }
    for slot in 2..=20 {
        insert(db, &in_slot(&first, slot), 20).await.unwrap();
    }
    for slot in 1..=20 {
        let rival = Piece { id: PieceId(Uuid::from_u128(slot.into())), ..in_slot(&first, slot) };
        let rival = Piece { sha256: Digest::of(b"another"), ..rival };
        let refused = insert(db, &rival, 20).await;
        assert!(matches!(refused, Err(Error::Conflict)), "a second row in slot {slot}: {refused:?}");
    }
    let with_own_limit = insert(db, &in_slot(&first, 21), 21).await;
    assert!(matches!(with_own_limit, Err(Error::Constraint(_))), "the limit is the showcase's: {with_own_limit:?}");
    for change in [
        "UPDATE pieces SET slot = NULL WHERE id = $1",
        "UPDATE pieces SET slot = 21 WHERE id = $1",
        "UPDATE pieces SET slot = 0 WHERE id = $1",
        "UPDATE pieces SET withdrawn_at = created_at WHERE id = $1",
    ] {
        let mut tx = db.write().await.unwrap();
        let refused = tx.query(change).bind(first.id.0).execute().await;
        assert!(matches!(refused, Err(Error::Constraint(_))), "{change}: {refused:?}");
    }
    assert_eq!(pieces::list(&mut &app.app.db, first.showcase_id).await.unwrap().len(), 20);
}

async fn a_digest_is_live_once_in_a_showcase(app: TestAppRef) {
    let world = World::new(&app).await;
    let first = first_piece(&app, &world).await;
    let same = Piece { sha256: first.sha256, ..in_slot(&first, 2) };
    let refused = insert(&app.app.db, &same, 20).await;
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    world.apprentice.delete(&format!("/api/v1/pieces/{}", first.id)).await.expect(204);
    insert(&app.app.db, &same, 20).await.expect("a withdrawn piece holds neither slot nor digest");
}
