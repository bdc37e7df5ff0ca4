//! The pages as browsers meet them: sessions, links, passwords, what slows guessers down, requests of other sites,
//! evidence by plain forms, and reports.

mod changing;
mod changing_password;
mod cohort;
mod compressed;
mod evidence;
mod gateway;
mod importing;
mod inviting;
mod links;
mod other_sites;
mod problems;
mod reports;
mod roles;
mod sessions;
mod throttling;
