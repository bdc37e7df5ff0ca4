//! A row of either database, read by column name into types that both can decode.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};
use uuid::Uuid;

use super::Error;

/// One row of an answer.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that is read from a row.
pub trait FromRow: Sized {
    /// # Errors
    /// [`Error::Inconsistent`] when the row holds what this type cannot be.
    fn from_row(row: &Row) -> Result<Self, Error>;
}

impl Row {
    /// # Errors
    /// When there is no such column, or it holds another type.
    pub fn get<'r, T>(&'r self, column: &'static str) -> Result<T, Error>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A typed id.
    ///
    /// # Errors
    /// See [`Row::get`].
    pub fn id<T: From<Uuid>>(&self, column: &'static str) -> Result<T, Error> {
        Ok(T::from(self.get::<Uuid>(column)?))
    }

    /// A typed id, or none.
    ///
    /// # Errors
    /// See [`Row::get`].
    pub fn id_or_none<T: From<Uuid>>(&self, column: &'static str) -> Result<Option<T>, Error> {
        Ok(self.get::<Option<Uuid>>(column)?.map(T::from))
    }

    /// A word or code kept as text.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when the text is not of that type.
    pub fn parse<T: FromStr>(&self, column: &'static str) -> Result<T, Error> {
        self.get::<&str>(column)?.parse().map_err(|_| Error::Inconsistent(column))
    }

    /// A value kept as JSON text.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when the text is not of that type.
    pub fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        serde_json::from_str(self.get::<&str>(column)?).map_err(|_| Error::Inconsistent(column))
    }

    /// A number that is never negative, kept as a signed one.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when it does not fit.
    pub fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, Error> {
        T::try_from(self.get::<i64>(column)?).map_err(|_| Error::Inconsistent(column))
    }

    /// A SHA-256 or another value kept as raw bytes.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when the bytes are not of that type.
    pub fn bytes<T: for<'b> TryFrom<&'b [u8]>>(&self, column: &'static str) -> Result<T, Error> {
        T::try_from(self.get::<&[u8]>(column)?).map_err(|_| Error::Inconsistent(column))
    }
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}
