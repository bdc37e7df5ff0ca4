//! What is remembered: SQL and row types, one file a table (or a table and its shadow). Functions take the
//! session first; whether a statement is part of a unit of work is the caller's choice.

pub mod attempts;
pub mod cohort;
pub mod documents;
pub mod gateways;
pub mod links;
mod many;
pub mod organisations;
pub mod passwords;
pub mod pieces;
pub mod queue;
pub mod sessions;
pub mod showcases;
pub mod tags;
pub mod throttles;
pub mod tokens;
pub mod uploads;
pub mod users;

/// Every statement of the crate by its name: a test has both databases prepare each of them.
pub const STATEMENTS: &[&[(&str, crate::db::Sql)]] = &[
    attempts::STATEMENTS,
    cohort::STATEMENTS,
    documents::STATEMENTS,
    gateways::STATEMENTS,
    links::STATEMENTS,
    organisations::STATEMENTS,
    passwords::STATEMENTS,
    pieces::STATEMENTS,
    queue::STATEMENTS,
    sessions::STATEMENTS,
    showcases::STATEMENTS,
    tags::STATEMENTS,
    throttles::STATEMENTS,
    tokens::STATEMENTS,
    uploads::STATEMENTS,
    users::STATEMENTS,
];

/// A value as the JSON text in which a column keeps it.
fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the columns' own types are JSON")
}
