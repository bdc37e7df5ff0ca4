//! Every address of the pages, read off the table of routes: what a test says of all of them holds for a new one too.

use std::fs;
use std::path::Path;

/// An address with the methods that it takes.
#[derive(Clone, Debug)]
pub struct Address {
    /// As in the table, with `{id}` for what stands for anything.
    pub pattern: String,
    pub gets: bool,
    pub posts: bool,
}

/// An id that nothing has.
pub const NOTHING: &str = "01a20938-0000-7000-8000-000000000000";

impl Address {
    /// The address with an id for everything that stands for something, and the first of what is numbered.
    pub fn with(&self, id: &str) -> String {
        let segment = |segment: &str| match segment {
            "{n}" => "1".to_owned(),
            "{component}" => "maths".to_owned(),
            _ if segment.starts_with('{') => id.to_owned(),
            _ => segment.to_owned(),
        };
        self.pattern.split('/').map(segment).collect::<Vec<_>>().join("/")
    }
}

/// All of them.
pub fn addresses() -> Vec<Address> {
    let routes = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/routes.rs");
    let text = fs::read_to_string(routes).unwrap();
    let address = |part: &str| {
        let (pattern, rest) = part.split_once('"').unwrap();
        let rest = rest.split(';').next().unwrap();
        Address { pattern: pattern.to_owned(), gets: rest.contains(".get("), posts: rest.contains(".post(") }
    };
    let found: Vec<Address> = text.split("page(\"").skip(1).map(address).collect();
    assert!(found.len() > 30 && found.iter().all(|address| address.gets || address.posts), "{found:?}");
    found
}
