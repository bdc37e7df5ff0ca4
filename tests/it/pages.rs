//! The pages as browsers meet them: sessions, links, what slows guessers down, requests of other sites, and evidence by
//! plain forms.

mod assessing;
mod evidence;
mod inviting;
mod links;
mod other_sites;
mod problems;
mod roles;
mod sessions;
mod throttling;
