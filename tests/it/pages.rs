//! The pages as browsers meet them: sessions, links, passkeys, what slows guessers down, requests of other sites,
//! cohorts and gateways, administration, and evidence by plain forms.

mod addresses;
mod administration;
mod assessing;
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
mod passkeys;
mod problems;
mod reports;
mod roles;
mod sessions;
mod throttling;
