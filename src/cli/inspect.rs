//! `exhibit inspect`: the verdict of an upload without uploading, one JSON object a file and line.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::config::Settings;
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding};
use crate::domain::media_type::MediaType;
use crate::inspect::{self, Claim, Rules};
use crate::intake::rules;

#[derive(Debug, Args)]
pub struct Arguments {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What is printed of a file.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a Path,
    media_type: Option<MediaType>,
    bytes: u64,
    sha256: Digest,
    verdict: &'static str,
    findings: Vec<Finding>,
    pages: Option<u32>,
    facts: Facts,
}

pub fn run(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let rules = rules(&settings.uploads, &settings.inspection);
    let mut code = ExitCode::SUCCESS;
    for path in &arguments.files {
        let line = look(path, &rules).with_context(|| format!("{} cannot be read", path.display()))?;
        if line.verdict == "refused" {
            code = ExitCode::FAILURE;
        }
        println!("{}", serde_json::to_string(&line)?);
    }
    Ok(code)
}

fn look<'a>(path: &'a Path, rules: &Rules) -> io::Result<Line<'a>> {
    let mut file = File::open(path)?;
    let (mut hasher, mut bytes, mut block) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            break;
        }
        hasher.update(&block[..count]);
        bytes += count as u64;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let claim = Claim { name: FileName::from_client(&name), declared: None };
    let verdict = inspect::inspect(&Arc::new(file), &claim, rules)?;
    Ok(Line {
        file: path,
        media_type: verdict.media_type,
        bytes,
        sha256: Digest::from_hasher(hasher),
        verdict: if verdict.refusal().is_some() { "refused" } else { "accepted" },
        findings: verdict.findings,
        pages: verdict.facts.pages,
        facts: verdict.facts,
    })
}
