//! Programs that take the same uploads into the same store and database: the bare relay, and what people build today
//! with the usual libraries. Each hashes, stores, inserts one row and answers the digest.

use std::path::{Path as FilePath, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::options::Path;
use crate::support::child::Child;
use crate::support::database::psql;
use crate::support::place;
use crate::support::s3::Bucket;
use crate::support::versions;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_uploads \
    (id text PRIMARY KEY, bytes bigint NOT NULL, sha256 text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())";

/// Starts one of them, after installing what it needs.
pub fn start(path: Path) -> anyhow::Result<Child> {
    psql(TABLE)?;
    let folder = place::scratch()?.join(path.name());
    std::fs::create_dir_all(&folder)?;
    let mut program = match path {
        Path::TusNode => node("tus.mjs")?,
        Path::Express => node("express.mjs")?,
        Path::Fastapi => python("fastapi_boto3.py")?,
        _ => relay()?,
    };
    let bucket = Bucket::from_environment()?;
    program
        // Settings of the person who runs this must not change what is measured, and temporary files lie on the
        // same disk as everything else.
        .env("HOME", &folder)
        .env("TMPDIR", &folder)
        .env("NODE_ENV", "production")
        .env("DATABASE_URL", place::setting("BENCH_POSTGRES_URL")?)
        .env("S3_ENDPOINT", &bucket.endpoint)
        .env("S3_BUCKET", &bucket.name)
        .env("AWS_REGION", &bucket.region)
        .env("AWS_DEFAULT_REGION", &bucket.region)
        .env("AWS_ACCESS_KEY_ID", &bucket.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &bucket.secret_key)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "127.0.0.1")
        .current_dir(&folder);
    Child::start(path.name(), program, &folder.join("service.log"))
}

/// How many rows they have inserted since this was asked last.
pub fn take_rows() -> anyhow::Result<usize> {
    let taken = psql("WITH taken AS (DELETE FROM bench_uploads RETURNING 1) SELECT count(*) FROM taken")?;
    taken.parse().context("psql printed no number")
}

fn relay() -> anyhow::Result<Command> {
    let mut program = Command::new(place::setting("BENCH_RELAY")?);
    program.arg("--bench");
    Ok(program)
}

fn node(script: &str) -> anyhow::Result<Command> {
    let folder = installed("node")?;
    let mut program = Command::new("node");
    program.arg(folder.join(script));
    Ok(program)
}

fn python(script: &str) -> anyhow::Result<Command> {
    let folder = installed("python")?;
    let mut program = Command::new(folder.join("venv/bin/python"));
    program.arg(folder.join(script));
    Ok(program)
}

/// Installs the packages of one language, unless they are there, and says where.
fn installed(language: &str) -> anyhow::Result<PathBuf> {
    let folder = versions::peers(language)?;
    let script = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/install");
    let status = Command::new(script).arg(language).arg(&folder).status().context("benches/peers/install")?;
    ensure!(status.success(), "the peers in {language} could not be installed; --targets leaves them out");
    Ok(folder)
}
