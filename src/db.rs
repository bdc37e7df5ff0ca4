//! One SQL text, two native drivers: the rest of the crate writes `tx.query(SQL).bind(x).fetch_optional::<T>()`
//! and never learns which database is open. What is written in one `Tx` commits together or not at all.

mod error;
mod lanes;
mod open;
mod row;

pub use error::Error;
pub use lanes::{Lane, Lanes};
pub use open::{Database, MigrateError};
pub use row::{FromRow, Row};

use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool};
use sqlx::{Arguments, Encode, Postgres, SqlSafeStr, Sqlite, Transaction, Type};

/// A statement. The two texts differ only where the two languages do.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

impl Sql {
    /// One text for both.
    pub const fn both(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }

    /// Another text for PostgreSQL.
    #[must_use]
    pub const fn postgres(self, text: &'static str) -> Self {
        Self { postgres: text, ..self }
    }
}

/// Declares a module's statements and, for the test that prepares every one of them, their list. One text serves
/// both databases, unless a second is given for PostgreSQL.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr $(, postgres = $postgres:expr)?;)+) => {
        $(
            $(#[$doc])*
            const $name: $crate::db::Sql = $crate::db::Sql::both($text)$(.postgres($postgres))?;
        )+

        /// Every statement of this module with its name.
        pub const STATEMENTS: &[(&str, $crate::db::Sql)] = &[$((stringify!($name), $name),)+];
    };
}
pub(crate) use statements;

/// A unit of work: everything done through it commits together or not at all.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Lane),
}

/// A statement on its way to the database, collecting its arguments in the driver's own types.
#[must_use = "a query does nothing until it is executed or fetched"]
pub enum Query<'c> {
    SqliteTx(&'c mut SqliteConnection, &'static str, SqliteArguments),
    SqlitePool(&'c SqlitePool, &'static str, SqliteArguments),
    PostgresTx(&'c mut PgConnection, &'static str, PgArguments),
    PostgresLane(&'c Lanes, &'static str, PgArguments),
    Unencodable(sqlx::Error),
}

/// Whatever runs statements: a unit of work, or the database itself for a single read.
pub trait Session {
    fn query(&mut self, sql: impl Into<Sql>) -> Query<'_>;
}

impl Session for Tx {
    fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        let sql = sql.into();
        match self {
            Self::Sqlite(tx) => Query::SqliteTx(tx, sql.sqlite, SqliteArguments::default()),
            Self::Postgres(tx) => Query::PostgresTx(tx, sql.postgres, PgArguments::default()),
        }
    }
}

impl Session for Lane {
    /// A statement that is a unit of work by itself.
    fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        Query::PostgresTx(self, sql.into().postgres, PgArguments::default())
    }
}

impl Tx {
    /// Makes everything done through this unit of work durable.
    ///
    /// # Errors
    /// After an error it is unknown whether the work was kept: the database may have committed before
    /// the connection broke.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(lane) => lane.commit().await?,
        }
        Ok(())
    }
}

/// A single statement that writes is a unit of work by itself.
#[derive(Debug)]
pub struct Alone<'d>(&'d Database);

impl Database {
    /// For a single statement that writes.
    #[must_use]
    pub fn alone(&self) -> Alone<'_> {
        Alone(self)
    }
}

impl Session for Alone<'_> {
    fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        let sql = sql.into();
        match self.0 {
            Database::Sqlite { writer, .. } => Query::SqlitePool(writer, sql.sqlite, SqliteArguments::default()),
            Database::Postgres(lanes) => Query::PostgresLane(lanes, sql.postgres, PgArguments::default()),
        }
    }
}

impl Session for &Database {
    /// A single statement that only reads, outside any unit of work.
    fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        let sql = sql.into();
        match self {
            Database::Sqlite { reader, .. } => Query::SqlitePool(reader, sql.sqlite, SqliteArguments::default()),
            Database::Postgres(lanes) => Query::PostgresLane(lanes, sql.postgres, PgArguments::default()),
        }
    }
}

/// Runs one expression on whichever driver and executor the query has.
macro_rules! run {
    ($query:expr, |$executor:ident, $statement:ident| $run:expr) => {
        match $query {
            Query::SqliteTx($executor, text, args) => {
                let $statement = sqlx::query_with(text.into_sql_str(), args);
                $run
            }
            Query::SqlitePool($executor, text, args) => {
                let $statement = sqlx::query_with(text.into_sql_str(), args);
                $run
            }
            Query::PostgresTx($executor, text, args) => {
                let $statement = sqlx::query_with(text.into_sql_str(), args);
                $run
            }
            Query::PostgresLane(lanes, text, args) => {
                let mut lane = lanes.lane().await?;
                let $executor = &mut *lane;
                let $statement = sqlx::query_with(text.into_sql_str(), args);
                let done = $run;
                // After an error the pool makes sure of the connection.
                if done.is_ok() {
                    lane.keep();
                }
                done
            }
            Query::Unencodable(error) => Err(error),
        }
    };
}

impl Query<'_> {
    /// Binds the next of `$1`, `$2`, …
    pub fn bind<'q, T>(mut self, value: T) -> Self
    where
        T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>,
    {
        let bound = match &mut self {
            Self::SqliteTx(_, _, args) | Self::SqlitePool(_, _, args) => args.add(value),
            Self::PostgresTx(_, _, args) | Self::PostgresLane(_, _, args) => args.add(value),
            Self::Unencodable(_) => return self,
        };
        bound.map_or_else(|error| Self::Unencodable(sqlx::Error::Encode(error)), |()| self)
    }

    /// Runs the statement and counts the rows it changed.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn execute(self) -> Result<u64, Error> {
        Ok(run!(self, |executor, statement| statement.execute(executor).await.map(|done| done.rows_affected()))?)
    }

    /// # Errors
    /// See [`Error`].
    pub async fn fetch_optional<T: FromRow>(self) -> Result<Option<T>, Error> {
        let row = run!(self, |executor, statement| {
            statement.fetch_optional(executor).await.map(|row| row.map(Row::from))
        })?;
        row.as_ref().map(T::from_row).transpose()
    }

    /// The row of a statement that always has one.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn fetch_one<T: FromRow>(self) -> Result<T, Error> {
        let row = run!(self, |executor, statement| statement.fetch_one(executor).await.map(Row::from))?;
        T::from_row(&row)
    }

    /// # Errors
    /// See [`Error`].
    pub async fn fetch_all<T: FromRow>(self) -> Result<Vec<T>, Error> {
        let rows: Vec<Row> = run!(self, |executor, statement| {
            statement.fetch_all(executor).await.map(|rows| rows.into_iter().map(Row::from).collect())
        })?;
        rows.iter().map(T::from_row).collect()
    }
}
