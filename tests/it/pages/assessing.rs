//! An assessor's pages by plain forms: whose they are, what they refuse, and that a refusal changes nothing.

mod deciding;
mod queue;
mod reading;
mod tagging;
