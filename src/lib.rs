//! `exhibit` takes, proves, keeps and maps the evidence of an apprenticeship's end-point assessment.
//!
//! Evidence flows one way through the rooms below; `ARCHITECTURE.md` is their map and a test keeps it true.

pub mod access;
pub mod assessment;
pub mod cli;
pub mod clock;
pub mod config;
pub mod coverage;
pub mod db;
pub mod domain;
pub mod examine;
pub mod gateway;
pub mod inspect;
pub mod intake;
pub mod mail;
pub mod people;
pub mod records;
pub mod storage;
pub mod web;
