//! The pages as browsers meet them: sessions, links, passkeys, what slows guessers down, requests of other sites,
//! administration, and evidence by plain forms.

mod addresses;
mod administration;
mod evidence;
mod inviting;
mod links;
mod other_sites;
mod passkeys;
mod problems;
mod roles;
mod sessions;
mod throttling;
