//! `exhibit inspect`: the verdict of an upload without uploading, on the code that judges uploads. Every file gets its
//! line, in the order in which they were named; one that cannot be read is reported and stops no other.

mod table;
mod walk;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use futures_util::StreamExt;
use futures_util::stream;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::assemble;
use crate::config::Settings;
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::{Facts, Finding};
use crate::domain::media_type::MediaType;
use crate::examine::{Content, Examiner};
use crate::inspect::Claim;

/// Runs that are longer show how far they are.
const LONG: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, and folders with all that is in them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Files to look at at the same time [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// One JSON object a line, also on a terminal
    #[arg(long, conflicts_with = "table")]
    json: bool,
    /// A table, also where it is not read on a terminal
    #[arg(long)]
    table: bool,
}

/// What is told of a file.
#[derive(Debug, Serialize)]
struct Line {
    file: String,
    media_type: Option<MediaType>,
    bytes: u64,
    sha256: Digest,
    verdict: &'static str,
    findings: Vec<Finding>,
    pages: Option<u32>,
    facts: Facts,
}

impl Line {
    fn is_refused(&self) -> bool {
        self.verdict == "refused"
    }
}

pub async fn run(arguments: Arguments, mut settings: Settings) -> anyhow::Result<ExitCode> {
    let as_table = arguments.table || (!arguments.json && io::stdout().is_terminal());
    let found: Vec<_> = arguments.files.iter().flat_map(|path| walk::files(path)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = arguments.jobs.map_or(cores, usize::from).min(found.len()).max(1);
    settings.inspection.workers = jobs;
    let examiner = assemble::examiner(&settings)?;
    let mut page = Page::new(as_table, found.len());
    let mut lines = stream::iter(found.into_iter().enumerate())
        .map(|(number, found)| {
            let examiner = examiner.clone();
            async move {
                let path = found?;
                let shown = path.display().to_string();
                look(path, &examiner, number + 1).await.with_context(|| format!("{shown} cannot be inspected"))
            }
        })
        .buffered(jobs);
    while let Some(line) = lines.next().await {
        page.add(line)?;
    }
    page.end()
}

async fn look(path: PathBuf, examiner: &Examiner, number: usize) -> anyhow::Result<Line> {
    let shown = path.to_string_lossy().into_owned();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (file, sha256, bytes) = tokio::task::spawn_blocking(move || read(&path)).await??;
    let claim = Claim { name: FileName::from_client(&name), declared: None };
    let verdict = examiner.examine(file, claim, &format!("file {number}")).await?;
    Ok(Line {
        file: shown,
        media_type: verdict.media_type,
        bytes,
        sha256,
        verdict: if verdict.refusal().is_some() { "refused" } else { "accepted" },
        findings: verdict.findings,
        pages: verdict.facts.pages,
        facts: verdict.facts,
    })
}

fn read(path: &std::path::Path) -> io::Result<(Content, Digest, u64)> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let (mut hasher, mut bytes, mut block) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            return Ok((Content::of_file(file)?, Digest::from_hasher(hasher), bytes));
        }
        hasher.update(&block[..count]);
        bytes += count as u64;
    }
}

/// What is printed, and how far it is.
struct Page {
    as_table: bool,
    begun: Instant,
    bar: ProgressBar,
    count: table::Count,
}

impl Page {
    fn new(as_table: bool, files: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos} of {len} files, {eta} left") {
            bar.set_style(style);
        }
        Self { as_table, begun: Instant::now(), bar, count: table::Count::default() }
    }

    fn add(&mut self, line: anyhow::Result<Line>) -> io::Result<()> {
        if self.bar.is_hidden() && self.begun.elapsed() > LONG {
            // It draws nothing where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.count.add(line.as_ref().ok());
        let (as_table, is_first) = (self.as_table, self.count.is_first());
        self.bar.suspend(|| match line {
            Err(error) => writeln!(io::stderr(), "exhibit: {error:#}"),
            Ok(line) if as_table => table::write(&mut io::stdout().lock(), &line, is_first),
            Ok(line) => writeln!(io::stdout(), "{}", serde_json::to_string(&line)?),
        })?;
        self.bar.inc(1);
        Ok(())
    }

    fn end(self) -> anyhow::Result<ExitCode> {
        self.bar.finish_and_clear();
        if self.as_table {
            writeln!(io::stdout(), "{}", self.count)?;
        }
        Ok(if self.count.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
