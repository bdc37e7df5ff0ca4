//! What the benchmarks share: a thin client, files to send, the service and other programs as child processes, what
//! processes cost, and the arithmetic of the report.

pub mod child;
pub mod database;
pub mod exhibit;
pub mod figures;
pub mod http;
pub mod noise;
pub mod pace;
pub mod payload;
pub mod pdf;
pub mod place;
pub mod process;
pub mod s3;
pub mod scatter;
pub mod service;
pub mod tus;
pub mod versions;
