//! What is remembered: SQL and row types, one file a table (or a table and its shadow). Functions take the
//! session first; whether a statement is part of a unit of work is the caller's choice.

pub mod arrivals;
pub mod attempts;
pub mod ceremonies;
pub mod cohort;
pub mod documents;
pub mod due;
pub mod feeds;
pub mod gateways;
pub mod judgements;
pub mod links;
mod many;
pub mod mocks;
pub mod organisations;
pub mod passkeys;
pub mod passwords;
pub mod pieces;
pub mod queue;
pub mod releases;
pub mod roster;
mod search;
pub mod sessions;
pub mod showcases;
pub mod sittings;
pub mod tags;
pub mod throttles;
pub mod tokens;
pub mod uploads;
pub mod users;

/// Every statement of the crate by its name: a test has both databases prepare each of them.
pub const STATEMENTS: &[&[(&str, crate::db::Sql)]] = &[
    arrivals::STATEMENTS,
    attempts::STATEMENTS,
    ceremonies::STATEMENTS,
    cohort::STATEMENTS,
    documents::STATEMENTS,
    due::STATEMENTS,
    feeds::STATEMENTS,
    gateways::STATEMENTS,
    judgements::STATEMENTS,
    links::STATEMENTS,
    mocks::STATEMENTS,
    organisations::STATEMENTS,
    passkeys::STATEMENTS,
    passwords::STATEMENTS,
    pieces::STATEMENTS,
    queue::STATEMENTS,
    releases::STATEMENTS,
    roster::STATEMENTS,
    sessions::STATEMENTS,
    showcases::STATEMENTS,
    sittings::STATEMENTS,
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
