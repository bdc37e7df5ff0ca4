//! The rules that the sources keep, as pure functions on texts.

use std::collections::{BTreeMap, BTreeSet};

use super::bare::{bare, is_word};

/// The rooms of `src/` and what each may name. A room sees only rooms above it.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("config", &["domain"]),
    ("db", &["config"]),
    ("storage", &["domain", "config"]),
    ("inspect", &["domain"]),
    ("examine", &["domain", "config", "inspect"]),
    ("records", &["domain", "db"]),
    ("intake", &["domain", "config", "clock", "storage", "records", "db", "inspect", "examine"]),
    ("coverage", &["domain", "records", "db"]),
    ("people", &["domain", "clock", "records", "db"]),
    ("mail", &["domain", "config", "clock"]),
    ("access", &["domain", "config", "clock", "records", "db"]),
    ("gateway", &["domain", "config", "clock", "records", "db", "storage", "coverage"]),
    ("assessment", &["domain", "clock", "records", "db", "gateway"]),
    (
        "web",
        &[
            "domain",
            "clock",
            "config",
            "db",
            "storage",
            "inspect",
            "examine",
            "records",
            "intake",
            "coverage",
            "people",
            "mail",
            "access",
            "gateway",
            "assessment",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "clock",
            "config",
            "db",
            "storage",
            "inspect",
            "examine",
            "records",
            "intake",
            "coverage",
            "people",
            "mail",
            "access",
            "gateway",
            "assessment",
            "web",
        ],
    ),
];

/// Crates that only some places may name: a room, or one file of it.
const CONFINED: &[(&str, &[&str])] = &[
    // The command line starts actix's runtime, and nothing else of it.
    ("actix_web", &["web", "cli/mod.rs"]),
    ("actix_multipart", &["web"]),
    ("sqlx", &["db"]),
    ("aws_", &["storage"]),
    ("lopdf", &["inspect"]),
    ("hayro_syntax", &["inspect"]),
    ("cfb", &["inspect"]),
    ("flate2", &["inspect", "web/compress.rs"]),
    ("infer", &["inspect"]),
    ("zip", &["inspect"]),
    ("quick_xml", &["inspect"]),
    ("landlock", &["examine"]),
    ("seccompiler", &["examine"]),
    ("libc", &["examine"]),
    ("clamav_client", &["examine"]),
    ("argon2", &["access"]),
    ("webauthn_rp", &["access"]),
    ("lettre", &["mail"]),
    ("askama", &["web"]),
    ("icalendar", &["web"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
];

/// Names that say nothing of what is in a file.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "service", "misc"];

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

/// A source file by its path below `src/` (or another root, for the rules of size alone).
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// `lib.rs` and `main.rs` stand outside the rooms.
    fn has_room(&self) -> bool {
        !matches!(self.path.as_str(), "lib.rs" | "main.rs")
    }
}

/// What of size and left-over work is wrong with a file.
pub fn of_size(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE_LINES {
        wrong.push(format!("{}: {lines} lines, more than {FILE_LINES}", source.path));
    }
    for (name, lines) in functions(&bare(&source.text)) {
        if lines > FUNCTION_LINES {
            wrong.push(format!("{}: fn {name} has {lines} lines, more than {FUNCTION_LINES}", source.path));
        }
    }
    for word in [concat!("TO", "DO"), concat!("FIX", "ME")] {
        if source.text.contains(word) {
            wrong.push(format!("{}: {word}; work that is left belongs in an issue", source.path));
        }
    }
    wrong
}

/// Whether a file or folder of `src/` has a name that says nothing.
pub fn of_name(source: &Source) -> Vec<String> {
    let parts = source.path.trim_end_matches(".rs").split('/').filter(|part| EMPTY_NAMES.contains(part));
    parts.map(|part| format!("{}: `{part}` says nothing of what is in there", source.path)).collect()
}

/// What of rooms and crates is wrong with a file of `src/`.
pub fn of_rooms(source: &Source) -> Vec<String> {
    if !source.has_room() {
        return Vec::new();
    }
    let code = bare(&source.text);
    let room = source.room();
    let mut wrong = Vec::new();
    match ROOMS.iter().find(|(name, _)| *name == room) {
        None => wrong.push(format!("{}: there is no room `{room}` in the table", source.path)),
        Some((_, allowed)) => {
            let used = rooms_named(source).into_iter().filter(|used| !allowed.contains(&used.as_str()));
            wrong.extend(used.map(|used| format!("{}: `{room}` may not name `{used}`", source.path)));
        }
    }
    for (name, homes) in CONFINED {
        let at_home = homes.iter().any(|home| *home == room || *home == source.path);
        if !at_home && names_crate(&code, name) {
            wrong.push(format!("{}: `{name}` belongs in {homes:?}", source.path));
        }
    }
    if climbs_out(source, &code) {
        wrong.push(format!("{}: `super` leaves the room; name the other one as `crate::…`", source.path));
    }
    wrong
}

/// The rooms that other rooms name, as the sources are.
pub fn graph(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.has_room()) {
        graph.entry(source.room().to_owned()).or_default().extend(rooms_named(source));
    }
    graph
}

/// Rooms that reach themselves through others.
pub fn cycles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for start in graph.keys() {
        let (mut reached, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(room) = next.pop() {
            for other in graph.get(room).into_iter().flatten() {
                if reached.insert(other) {
                    next.push(other);
                }
            }
        }
        if reached.contains(start) {
            wrong.push(format!("`{start}` reaches itself through other rooms"));
        }
    }
    wrong
}

/// Every other room that a file names: `crate::x`, and each head of `crate::{x::…, y}`.
fn rooms_named(source: &Source) -> BTreeSet<String> {
    let code = bare(&source.text);
    let mut named = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        if code[..at].ends_with(is_word) {
            continue;
        }
        match rest.strip_prefix('{') {
            Some(group) => named.extend(heads(group)),
            None => named.extend(word(rest)),
        }
    }
    named.remove(source.room());
    named
}

/// The first names of the items of a group whose opening brace was just read.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut item, mut heads) = (0, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.extend(word(std::mem::take(&mut item).trim_start())),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    heads.extend(word(item.trim_start()));
    heads
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| is_word(*c)).collect();
    (!word.is_empty()).then_some(word)
}

/// Whether the code names this crate, by a path or a `use`. A name that ends in `_` stands for a family.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let inside_path = before.ends_with("::") && !before.ends_with(" ::");
        let starts = !before.ends_with(is_word) && !before.ends_with('.') && !inside_path;
        let after = if name.ends_with('_') { after.trim_start_matches(is_word) } else { after };
        starts && (after.starts_with("::") || (before.ends_with("use ") && after.starts_with([';', ' '])))
    })
}

/// Whether a chain of `super` reaches the root, and so another room behind the table's back.
fn climbs_out(source: &Source, code: &str) -> bool {
    let path = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = path.split('/').count();
    let inline = inline_modules(code);
    code.match_indices("super::").any(|(at, _)| {
        if code[..at].ends_with("super::") {
            return false;
        }
        let chain = code[at..].split("::").take_while(|part| *part == "super").count();
        let inside = inline.iter().filter(|span| span.contains(&at)).count();
        chain >= depth + inside
    })
}

fn inline_modules(code: &str) -> Vec<std::ops::Range<usize>> {
    let starts = code.match_indices("mod ").filter(|(at, _)| !code[..*at].ends_with(is_word));
    let opened = starts.filter_map(|(at, _)| {
        let rest = &code[at + 4..];
        let open = rest.find(['{', ';'])?;
        rest[open..].starts_with('{').then_some(at + 4 + open)
    });
    opened.map(|open| open..closing(code, open)).collect()
}

/// Every function with a body, and its lines from `fn` to the closing brace.
fn functions(code: &str) -> Vec<(String, usize)> {
    let starts = code.match_indices("fn ").filter(|(at, _)| !code[..*at].ends_with(is_word));
    let measured = starts.filter_map(|(at, _)| {
        let name = word(&code[at + 3..])?;
        let open = body(code, at)?;
        let lines = code[at..closing(code, open)].lines().count();
        Some((name, lines))
    });
    measured.collect()
}

/// Where the body of the function at `at` opens; `None` for a declaration without one.
fn body(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' if depth == 0 => return None,
            '{' if depth == 0 => return Some(at + offset),
            _ => {}
        }
    }
    None
}

/// Just behind the brace that closes the one at `open`.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return open + offset + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}
