//! Room on the disk: the S3 server keeps blocks for ten minutes after they were deleted, so a long run would fill it.

use std::time::{Duration, Instant};

use anyhow::bail;

use crate::options::Cell;
use crate::support::place;

/// What databases, logs and everybody else may need meanwhile.
const SPARE: u64 = 2 << 30;
/// A little more than garage takes to free what was deleted.
const PATIENCE: Duration = Duration::from_secs(13 * 60);
const GLANCE: Duration = Duration::from_secs(5);

/// Waits until a cell's files have room.
pub async fn wait_for(cell: Cell) -> anyhow::Result<()> {
    // Some targets keep a second copy while an upload lasts.
    let needed = 2 * cell.bytes * cell.uploads() as u64 + SPARE;
    let end = Instant::now() + PATIENCE;
    let mut told = false;
    loop {
        let free = free()?;
        if free >= needed {
            return Ok(());
        }
        if Instant::now() >= end {
            let (free, needed, cell) = (free >> 20, needed >> 20, cell.name());
            bail!("{cell} needs {needed} MiB of disk and {free} MiB are free; leave it out, or set BENCH_TMP");
        }
        if !told {
            eprintln!("{}: waiting until the S3 server frees what was deleted: up to ten minutes", cell.name());
            told = true;
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Bytes that are free where databases and objects lie.
fn free() -> anyhow::Result<u64> {
    let found = rustix::fs::statvfs(place::scratch()?)?;
    Ok(found.f_bavail * found.f_frsize)
}
