//! The house's rules of structure, read off the sources: which room may name which, which crate is named where,
//! and how long a file and a function may be. The table in `rules.rs` is the diagram of `ARCHITECTURE.md`.

mod bare;
mod rules;

use std::fs;
use std::path::Path;

use rules::{ROOMS, Source, cycles, graph, of_name, of_rooms, of_size};

/// Every Rust file below a folder of the package.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path: path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text });
        }
    }
}

fn planted(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn rooms_name_only_rooms_above_them() {
    let wrong: Vec<String> = sources("src").iter().flat_map(of_rooms).collect();
    none(&wrong);
}

#[test]
fn no_room_reaches_itself() {
    let graph = graph(&sources("src"));
    assert!(graph["intake"].contains("storage") && graph["web"].contains("intake"), "the graph is read: {graph:?}");
    none(&cycles(&graph));
}

#[test]
fn files_and_functions_are_short_and_finished() {
    for folder in ["src", "tests", "benches"] {
        let wrong: Vec<String> = sources(folder).iter().flat_map(of_size).collect();
        none(&wrong);
    }
}

#[test]
fn files_are_named_for_what_is_in_them() {
    let wrong: Vec<String> = sources("src").iter().flat_map(of_name).collect();
    none(&wrong);
}

#[test]
fn the_table_has_every_room_and_turns_one_way() {
    let mut above: Vec<&str> = Vec::new();
    for (room, allowed) in ROOMS {
        let below: Vec<_> = allowed.iter().filter(|name| !above.contains(*name)).collect();
        assert!(below.is_empty(), "`{room}` sees {below:?}, which do not stand above it");
        above.push(room);
    }
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    above.sort_unstable();
    declared.sort_unstable();
    assert_eq!(above, declared);
}

#[test]
fn a_planted_import_is_noticed() {
    for (path, text) in [
        ("domain/piece.rs", "use crate::storage::ObjectKey;"),
        ("domain/piece.rs", "fn f() { crate::db::open() }"),
        ("coverage/table.rs", "use crate::{domain::{area, b}, storage};"),
        ("coverage/table.rs", "use crate::{\n    web::App,\n};"),
        ("storage/key.rs", "use super::super::intake::Error;"),
        ("clock.rs", "use super::db::Error;"),
        ("intake/mod.rs", "use super::web::App;"),
        ("db/row.rs", "mod tests {\n    use super::super::super::domain::Piece;\n}"),
        ("records/pieces.rs", "use sqlx::Row;"),
        ("gateway/mod.rs", "async fn f() { actix_web::rt::spawn(async {}) }"),
        ("cli/serve.rs", "use actix_multipart::Multipart;"),
        ("intake/sweep.rs", "use aws_sdk_s3::Client;"),
        ("web/mod.rs", "use zip::ZipArchive;"),
        ("web/content.rs", "type E = ::anyhow::Error;"),
        ("web/content.rs", "use anyhow;"),
        ("storage/s3.rs", "let kind = infer::get(bytes);"),
        ("helpers2/mod.rs", ""),
    ] {
        assert!(!of_rooms(&planted(path, text)).is_empty(), "{path}: {text}");
    }
}

#[test]
fn what_is_allowed_is_not_noticed() {
    for (path, text) in [
        ("domain/piece.rs", "//! As crate::storage does.\nuse crate::domain::ids::PieceId; // crate::web"),
        ("domain/piece.rs", "const S: &str = \"use crate::web;\"; let x = a.zip(b); use std::iter::zip; zip(a, b);"),
        ("coverage/table.rs", "use crate::{domain::{storage, web}, records};"),
        ("storage/s3/unsealed.rs", "use super::super::staging; mod tests { use super::super::super::staging; }"),
        ("clock.rs", "mod tests { use super::*; }"),
        ("db.rs", "use sqlx::Row;"),
        ("cli/mod.rs", "actix_web::rt::System::new()"),
        ("web/problem/from.rs", "super::super::api::gateway::f()"),
        ("lib.rs", "pub mod web;"),
    ] {
        none(&of_rooms(&planted(path, text)));
    }
}

#[test]
fn a_planted_cycle_is_noticed() {
    let ring = [
        planted("storage/mod.rs", "use crate::intake::Intake;"),
        planted("intake/mod.rs", "use crate::records::pieces;"),
        planted("records/mod.rs", "use crate::{db, storage};"),
        planted("db.rs", ""),
    ];
    assert_eq!(cycles(&graph(&ring)).len(), 3);
    none(&cycles(&graph(&ring[1..])));
}

#[test]
fn what_is_too_long_or_says_nothing_is_noticed() {
    let long = format!("fn f(x: [u8; 3]) {{\n{}}}", "    g();\n".repeat(60));
    let just = format!("fn f(x: [u8; 3]) {{\n{}}}\nfn h();\n", "    g('{');\n".repeat(58));
    assert_eq!(of_size(&planted("domain/x.rs", &long)).len(), 1);
    none(&of_size(&planted("domain/x.rs", &just)));
    assert_eq!(of_size(&planted("domain/x.rs", &"\n".repeat(401))).len(), 1);
    none(&of_size(&planted("domain/x.rs", &"\n".repeat(400))));
    assert_eq!(of_name(&planted("web/utils.rs", "")).len(), 1);
    assert_eq!(of_name(&planted("common/mod.rs", "")).len(), 1);
    assert_eq!(of_size(&planted("domain/x.rs", concat!("// TO", "DO: later"))).len(), 1);
    assert_eq!(of_size(&planted("domain/x.rs", concat!("// FIX", "ME"))).len(), 1);
}
