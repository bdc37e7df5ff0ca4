//! Opening and migrating: whoever holds a [`Database`] holds one whose schema this program knows.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{Connection, Executor, SqlSafeStr};

use super::{Error, FromRow, Lane, Lanes, Row, Session, Sql, Tx};
use crate::config::DatabaseSettings;

/// An open database. SQLite has one writer, so that writers wait their turn in the pool instead of failing,
/// and readers that cannot write.
#[derive(Clone, Debug)]
pub enum Database {
    Sqlite { writer: SqlitePool, reader: SqlitePool },
    Postgres(Lanes),
}

/// The schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database has schema {found}, which this version does not know; run the version that made it")]
    TooNew { found: i64 },
    #[error("the database's schema could not be brought up to date")]
    Failed(#[source] sqlx::migrate::MigrateError),
}

/// A connection that idled longer than this is tried before it is used: the database may have been restarted.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

macro_rules! migrations {
    ($($version:literal $name:literal;)*) => {
        /// Every schema change: number, name, SQLite's text, PostgreSQL's text.
        const MIGRATIONS: &[(i64, &str, Sql)] = &[$((
            $version,
            $name,
            Sql {
                sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
                postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
            },
        ),)*];
    };
}

migrations! {
    1 "0001_first";
    2 "0002_facts";
    3 "0003_uploads";
    4 "0004_access";
    5 "0005_cohort";
    6 "0006_passkeys";
    7 "0007_assessment";
    10 "0010_feeds";
    11 "0011_open_uploads";
}

struct Version(i64);

impl FromRow for Version {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.get("version").map(Self)
    }
}

impl Database {
    /// Connects; creates a SQLite file that is not there yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, Error> {
        let url = settings.url.expose();
        if url.starts_with("sqlite:") { open_sqlite(url, settings).await } else { open_postgres(url, settings).await }
    }

    /// Brings the schema up to date, one process at a time (PostgreSQL: under an advisory lock).
    ///
    /// # Errors
    /// When the database is unavailable, or was migrated by a newer version of this program.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let migrator = Migrator::with_migrations(self.migrations());
        let outcome = match self {
            Self::Sqlite { writer, .. } => migrator.run(writer).await,
            Self::Postgres(lanes) => migrator.run(lanes.pool()).await,
        };
        outcome.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(found) => MigrateError::TooNew { found },
            other => MigrateError::Failed(other),
        })
    }

    /// What it is called.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The number of the last change that its schema has had.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn schema(&self) -> Result<i64, Error> {
        let mut on = self;
        let query = on.query("SELECT CAST(MAX(version) AS BIGINT) AS version FROM _sqlx_migrations");
        query.fetch_one::<Version>().await.map(|version| version.0)
    }

    fn migrations(&self) -> Vec<Migration> {
        let text = |sql: &Sql| match self {
            Self::Sqlite { .. } => sql.sqlite,
            Self::Postgres(_) => sql.postgres,
        };
        let migration = |(version, name, sql): &(i64, &'static str, Sql)| {
            Migration::new(*version, (*name).into(), MigrationType::Simple, text(sql).into_sql_str(), false)
        };
        MIGRATIONS.iter().map(migration).collect()
    }

    /// Begins a unit of work that only reads. On SQLite it sees one unchanging state; on PostgreSQL each statement
    /// sees what was committed when it began, so whoever must notice a change compares the showcase's revision.
    /// (`BEGIN ISOLATION LEVEL …` was refused now and then on a connection that a dropped transaction had left.)
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Sqlite { reader, .. } => Tx::Sqlite(reader.begin().await?),
            Self::Postgres(lanes) => Tx::Postgres(lanes.begin().await?),
        })
    }

    /// Begins a unit of work that writes. SQLite takes its write lock here, so that it waits its turn now
    /// instead of failing half-way. On PostgreSQL every writer of a showcase locks the showcase's row first:
    /// READ COMMITTED then neither deadlocks nor has to be run again.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(lanes) => Tx::Postgres(lanes.begin().await?),
        })
    }

    /// A connection for a statement that does a whole unit of work, where each round trip counts; SQLite has none.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection could be had in time.
    pub async fn lane(&self) -> Result<Option<Lane>, Error> {
        Ok(match self {
            Self::Sqlite { .. } => None,
            Self::Postgres(lanes) => Some(lanes.lane().await?),
        })
    }

    /// Has the database parse and type-check a statement without running it.
    ///
    /// # Errors
    /// [`Error::Broken`] with the database's own words.
    pub async fn prepare(&self, sql: impl Into<Sql>) -> Result<(), Error> {
        let sql = sql.into();
        match self {
            Self::Sqlite { reader, .. } => reader.prepare(sql.sqlite.into_sql_str()).await.map(drop)?,
            Self::Postgres(lanes) => lanes.pool().prepare(sql.postgres.into_sql_str()).await.map(drop)?,
        }
        Ok(())
    }

    /// Closes every connection; SQLite then folds its log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres(lanes) => lanes.close().await,
        }
    }
}

fn pool<DB: sqlx::Database>(settings: &DatabaseSettings, connections: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(settings.acquire_timeout_s))
        .test_before_acquire(false)
        .before_acquire(|connection: &mut DB::Connection, idle| {
            Box::pin(async move {
                // SQLite ends a transaction itself when the disk is full or fails, and the driver then takes the
                // connection to be inside it for ever: such a connection is given up for a new one.
                let free = !connection.is_in_transaction();
                let sound = free && (idle.idle_for < TRUSTED_IDLE || connection.ping().await.is_ok());
                Ok(sound)
            })
        })
}

async fn open_sqlite(url: &str, settings: &DatabaseSettings) -> Result<Database, Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(settings.acquire_timeout_s))
        .pragma("trusted_schema", "OFF");
    if let Some(folder) = options.get_filename().parent() {
        std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
    }
    let writer = pool(settings, 1).connect_with(options.clone()).await?;
    let reader = pool(settings, settings.max_connections).connect_lazy_with(options.read_only(true));
    Ok(Database::Sqlite { writer, reader })
}

async fn open_postgres(url: &str, settings: &DatabaseSettings) -> Result<Database, Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("exhibit");
    let pool = pool(settings, settings.max_connections).connect_with(options).await?;
    Ok(Database::Postgres(Lanes::new(pool)))
}
