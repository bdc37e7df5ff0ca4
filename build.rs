//! Puts `web/dist` into the program. It is built by `make web`; without it everything still compiles, and the program
//! says on every page and at its start what is missing, so that a clean clone can be tested, linted and fuzzed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=web");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is"));
    let dist = root.join("web/dist");
    let files = built(&dist);
    if files.is_empty() {
        println!(
            "cargo::warning=the front end is not built: the pages will have no style. Run `make web`, then build again"
        );
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write")).join("front_end.rs");
    fs::write(out, listed(&dist, &files)).expect("the list of the front end's files can be written");
}

/// The files of the front end and of its folders, in the order of their names, without their compressed forms.
fn built(dist: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dist) else { return Vec::new() };
    let entries = entries.map(|entry| entry.expect("web/dist can be read").path());
    let mut files: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { built(&path) } else { vec![path] }).collect();
    files.retain(|path| path.extension().is_none_or(|extension| extension != "br" && extension != "gz"));
    files.sort();
    files
}

fn listed(dist: &Path, files: &[PathBuf]) -> String {
    let mut list = String::from("&[\n");
    for path in files {
        let name = path.strip_prefix(dist).ok().and_then(Path::to_str).expect("web/dist has plain names");
        let path = path.to_str().expect("the package's path is text");
        let _ = writeln!(
            list,
            "    File {{ name: {name:?}, plain: include_bytes!({path:?}), brotli: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            format!("{path}.br"),
            format!("{path}.gz"),
        );
    }
    list.push(']');
    list
}
