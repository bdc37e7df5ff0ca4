//! The versions of what was measured and of what ran beside it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Map, Value};

use super::database::psql;
use super::place;

/// Where a peer's packages are installed, by its language.
pub fn peers(language: &str) -> anyhow::Result<PathBuf> {
    Ok(place::results()?.join("peers").join(language))
}

/// Names and versions; of peers those in the languages that took part. What cannot be told is left out.
pub fn beside(languages: &[&str]) -> Map<String, Value> {
    let mut found = Map::new();
    let mut add = |name: &str, version: Option<String>| {
        if let Some(version) = version {
            found.insert(name.to_owned(), Value::String(version));
        }
    };
    add("Rust", first_line("rustc", &["--version"]));
    add("PostgreSQL", psql("SHOW server_version").ok());
    add("garage", place::setting("BENCH_GARAGE_VERSION").ok());
    if languages.contains(&"node") {
        add("Node", first_line("node", &["--version"]));
        add("npm packages", npm());
    }
    if languages.contains(&"python") {
        add("Python", first_line("python3", &["--version"]));
        add("Python packages", python());
    }
    found
}

/// As a Markdown list.
pub fn list(found: &Map<String, Value>) -> String {
    found.iter().map(|(name, version)| format!("- {name}: {}\n", version.as_str().unwrap_or_default())).collect()
}

fn npm() -> Option<String> {
    let text = fs::read_to_string(peers("node").ok()?.join("package.json")).ok()?;
    let package: Value = serde_json::from_str(&text).ok()?;
    let versions = package["dependencies"].as_object()?.iter();
    let versions = versions.map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or_default()));
    Some(versions.collect::<Vec<String>>().join(", "))
}

fn python() -> Option<String> {
    let text = fs::read_to_string(peers("python").ok()?.join("installed")).ok()?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Some(lines.map(|line| line.replace("==", " ")).collect::<Vec<String>>().join(", "))
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    printed.lines().next().map(str::to_owned)
}
