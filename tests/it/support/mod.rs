//! What the tests stand on: a started application, a client whose answers must be looked at, files and people.

pub mod app;
pub mod authenticator;
pub mod browser;
pub mod clamd;
pub mod client;
pub mod clock;
pub mod documents;
pub mod everything;
pub mod faulty;
pub mod files;
pub mod held;
pub mod hostile;
pub mod nginx;
pub mod pages;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod raw;
pub mod rows;
pub mod served;
pub mod still;
pub mod store;
pub mod tus;
pub mod world;

pub use app::{Backend, TestApp};
pub use client::{Answer, Client};
pub use world::World;

/// Waits until something that happens on its own has happened; a test that waits for ever has failed.
pub async fn eventually(what: &str, mut has_happened: impl FnMut() -> bool) {
    let mut glances = tokio::time::interval(std::time::Duration::from_millis(2));
    for _ in 0..5000 {
        if has_happened() {
            return;
        }
        glances.tick().await;
    }
    panic!("waited in vain until {what}");
}

/// Makes each named `async fn(TestApp)` a test on both backends.
macro_rules! both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn embedded() {
                crate::support::app::run(crate::support::Backend::Embedded, |_| {}, super::$name);
            }

            #[test]
            fn replicated() {
                crate::support::app::run(crate::support::Backend::Replicated, |_| {}, super::$name);
            }
        }
    )+};
    // The same with changed settings: a `fn(&mut Settings)`.
    (with $change:ident: $($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn embedded() {
                crate::support::app::run(crate::support::Backend::Embedded, super::$change, super::$name);
            }

            #[test]
            fn replicated() {
                crate::support::app::run(crate::support::Backend::Replicated, super::$change, super::$name);
            }
        }
    )+};
}
pub(crate) use both;

/// As [`both`], for what only the replicated backend can meet.
macro_rules! replicated {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn replicated() {
                crate::support::app::run(crate::support::Backend::Replicated, |_| {}, super::$name);
            }
        }
    )+};
}
pub(crate) use replicated;
