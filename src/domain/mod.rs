//! The words of the trade, pure: no I/O, no framework, and no rule of the standard anywhere else.

pub mod assessment;
pub mod calendar;
pub mod coverage;
pub mod deadline;
pub mod digest;
pub mod file_name;
pub mod finding;
pub mod gateway;
pub mod identifiers;
pub mod ids;
pub mod limits;
pub mod media_type;
pub mod password;
pub mod people;
pub mod permission;
pub mod piece;
pub mod qualification;
pub mod segment;
pub mod standard;
pub mod standing;
pub mod text;
pub mod words;
