//! What every client meets before any rule of the trade: refusals of the framework as problems, health, the
//! description of the API and its pages.

mod addresses;
mod bodies;
mod description;
mod hostile;
mod proxied;
