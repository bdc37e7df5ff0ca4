//! What went wrong with the database, named for what the caller can do about it.

use std::io;

/// SQLite's primary result codes `SQLITE_BUSY` and `SQLITE_FULL`.
const SQLITE_BUSY: &str = "5";
const SQLITE_FULL: &str = "13";

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with the same unique value is there already. Nothing was changed.
    #[error("a row with the same unique value exists")]
    Conflict,
    /// A row that this one refers to is not there, or a check constraint refuses it. Nothing was changed.
    #[error("a constraint refuses the row")]
    Constraint(#[source] sqlx::Error),
    /// The disk under the database is full. Nothing was changed.
    #[error("the database has no room left")]
    Full(#[source] sqlx::Error),
    /// The database cannot be reached, or not in time: worth trying again.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// A row holds what this program cannot have written.
    #[error("the row is inconsistent in column `{0}`")]
    Inconsistent(&'static str),
    /// The statement or the program is wrong.
    #[error("the database refused a statement")]
    Broken(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) if refusal.is_unique_violation() => Self::Conflict,
            sqlx::Error::Database(refusal) if refusal.is_foreign_key_violation() || refusal.is_check_violation() => {
                Self::Constraint(error)
            }
            sqlx::Error::Database(refusal) => match refusal.code().as_deref() {
                Some(SQLITE_FULL | "53100") => Self::Full(error),
                // 08 connection, 40 rolled back, 53 resources, 57 shut down, 58 system: PostgreSQL, appendix A.
                Some(code) if code == SQLITE_BUSY || is_passing(code) => Self::Unavailable(error),
                _ => Self::Broken(error),
            },
            sqlx::Error::Io(cause) if cause.kind() == io::ErrorKind::StorageFull => Self::Full(error),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(error),
            _ => Self::Broken(error),
        }
    }
}

fn is_passing(code: &str) -> bool {
    code.len() == 5 && ["08", "40", "53", "57", "58"].contains(&&code[..2])
}
