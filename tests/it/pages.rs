//! The pages as browsers meet them: sessions, links, what slows guessers down, requests of other sites, and evidence by
//! plain forms.

mod cohort;
mod compressed;
mod evidence;
mod gateway;
mod importing;
mod inviting;
mod links;
mod other_sites;
mod problems;
mod roles;
mod sessions;
mod throttling;
