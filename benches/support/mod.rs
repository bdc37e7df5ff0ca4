//! What both benchmarks need: a thin client, the service as a child process, what processes cost,
//! and the arithmetic of the report.

pub mod figures;
pub mod http;
pub mod place;
pub mod process;
pub mod scatter;
pub mod service;
