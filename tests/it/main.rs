//! The behaviour suite: the production application over real sockets, each test on SQLite with disk storage and
//! on PostgreSQL with an S3 server. PostgreSQL is expected under `EXHIBIT_TEST_POSTGRES` and a malware scanner
//! under `EXHIBIT_TEST_CLAMD`, nginx under `EXHIBIT_TEST_NGINX` and the tus clients under `EXHIBIT_TEST_TUS_CLIENTS`,
//! which `make test` sets; without them the tests fail rather than skip.

mod support;

mod assessment;
mod command_line;
mod concurrency;
mod confinement;
mod content;
mod coverage;
mod crashes;
mod database_faults;
mod deadlines;
mod duplicates;
mod full_disk;
mod gateway;
mod http;
mod idempotency;
mod malware;
mod pages;
mod people;
mod pieces;
mod refusals;
mod schema;
mod slow_clients;
mod standards;
mod store_faults;
mod structure;
mod sweep;
mod tags;
mod tour;
mod tus;
