//! One cell into one target: prepared, timed, then proved, outside the timed part, to have been kept.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};

use crate::options::{Cell, Entrant, Path};
use crate::support::http::{Connection, Reply};
use crate::support::payload::{Format, Payload};
use crate::support::place;
use crate::support::process::{self, Memory, Snapshot};
use crate::support::scatter::scramble;
use crate::target::{Evidence, Target};

/// An upload that takes longer is a failure, not a slow upload.
const LIMIT: Duration = Duration::from_secs(600);
const VERIFIERS: usize = 4;
/// How many objects on disk are read back after a run. What an S3 server keeps is read back whole.
const SAMPLE: usize = 16;

/// What one run has shown.
pub struct Trial {
    pub cell: Cell,
    pub entrant: Entrant,
    pub seconds: f64,
    /// Bytes of the files that were acknowledged.
    pub bytes: u64,
    /// Milliseconds, one for each acknowledged upload.
    pub latencies: Vec<f64>,
    pub cost: Cost,
    /// How many objects were read back and had their digest.
    pub verified: usize,
    pub failures: Vec<String>,
}

/// CPU seconds of everyone during the timed part, and the service's peak memory.
pub struct Cost {
    pub service: f64,
    pub client: f64,
    pub store: f64,
    pub database: f64,
    /// Share of all cores that went to anything else.
    pub others: f64,
    pub memory: Memory,
}

struct Upload {
    at: usize,
    latency: Duration,
    reply: anyhow::Result<Reply>,
}

struct Job {
    target: Arc<Target>,
    entrant: Entrant,
    cell: Cell,
    format: Format,
    places: Vec<String>,
    /// Makes each upload of each run a file of its own.
    serial: u64,
    seed: u64,
    next: AtomicUsize,
}

impl Job {
    fn place(&self, at: usize) -> &str {
        &self.places[at % self.places.len()]
    }

    fn number(&self, at: usize) -> u64 {
        self.serial * 10_000 + at as u64
    }

    fn payload(&self, at: usize) -> Payload {
        let seed = scramble(scramble(self.seed) ^ self.number(at));
        Payload::new(self.format, self.cell.bytes, seed)
    }

    fn take(&self, of: usize) -> Option<usize> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        (at < of).then_some(at)
    }
}

/// Runs one cell for one target, spoken to in one way. `serial` must be another one for every run.
pub async fn run(
    (target, entrant): (Arc<Target>, Entrant),
    cell: Cell,
    (format, seed): (Format, u64),
    serial: u64,
) -> anyhow::Result<Trial> {
    let places = target.places(cell.uploads(), cell.at_once, serial).await?;
    let next = AtomicUsize::new(0);
    let job = Arc::new(Job { target, entrant, cell, format, places, serial, seed, next });
    let mut connections = Vec::new();
    settle();
    for _ in 0..cell.at_once {
        connections.push(Connection::open(job.target.host()).await?);
    }
    let (uploads, seconds, cost) = timed(&job, connections).await?;
    let (mut latencies, mut failures, mut acknowledged) = (Vec::new(), Vec::new(), Vec::new());
    for upload in uploads {
        match upload.reply {
            Ok(reply) if matches!(reply.status, 200 | 201 | 204) => {
                latencies.push(upload.latency.as_secs_f64() * 1e3);
                acknowledged.push((upload.at, reply));
            }
            Ok(reply) => failures.push(format!("upload {} answered {}", upload.at, reply.brief())),
            Err(error) => failures.push(format!("upload {}: {error:#}", upload.at)),
        }
    }
    let bytes = latencies.len() as u64 * cell.bytes;
    if let Some(rows) = job.target.take_rows()?
        && rows != acknowledged.len()
    {
        failures.push(format!("{rows} rows for {} acknowledged uploads", acknowledged.len()));
    }
    let verified = verify(&job, acknowledged, &mut failures).await?;
    Ok(Trial { cell, entrant, seconds, bytes, latencies, cost, verified, failures })
}

/// Writes out what earlier runs have left in the page cache: whoever comes next must not pay for it.
fn settle() {
    // Where there is no such program, the first seconds of a run are a little noisier.
    let _ = Command::new("sync").status();
}

async fn timed(job: &Arc<Job>, connections: Vec<Connection>) -> anyhow::Result<(Vec<Upload>, f64, Cost)> {
    let service = job.target.pid();
    if let Some(pid) = service {
        process::reset_peak(pid);
    }
    let before = Snapshot::take();
    let start = Instant::now();
    let workers = connections.into_iter().map(|connection| tokio::spawn(work(job.clone(), connection)));
    let workers: Vec<_> = workers.collect();
    let mut uploads = Vec::with_capacity(job.cell.uploads());
    for worker in workers {
        uploads.extend(worker.await?);
    }
    let seconds = start.elapsed().as_secs_f64();
    let after = Snapshot::take();
    Ok((uploads, seconds, cost(&before, &after, service, seconds)))
}

async fn work(job: Arc<Job>, mut connection: Connection) -> Vec<Upload> {
    let mut uploads = Vec::new();
    while let Some(at) = job.take(job.cell.uploads()) {
        let start = Instant::now();
        let evidence = Evidence { format: job.format, number: job.number(at), payload: job.payload(at) };
        let sent = job.target.send(&mut connection, job.entrant.proto, job.place(at), evidence);
        let reply = tokio::time::timeout(LIMIT, sent).await;
        let latency = start.elapsed();
        let reply = match reply {
            Ok(reply) => reply,
            Err(_) => Err(anyhow::anyhow!("no answer within {} s", LIMIT.as_secs())),
        };
        let lost = reply.is_err();
        uploads.push(Upload { at, latency, reply });
        if lost && !reopened(&mut connection, job.target.host()).await {
            break;
        }
    }
    uploads
}

/// After a failed exchange the connection is in no known state.
async fn reopened(connection: &mut Connection, host: &str) -> bool {
    match Connection::open(host).await {
        Ok(fresh) => {
            *connection = fresh;
            true
        }
        Err(_) => false,
    }
}

fn cost(before: &Snapshot, after: &Snapshot, service: Option<u32>, seconds: f64) -> Cost {
    let family = |pid: Option<u32>| pid.map_or(0.0, |pid| (after.family_cpu(pid) - before.family_cpu(pid)).max(0.0));
    let pid_of = |name: &str| place::setting(name).ok()?.parse().ok();
    let me = std::process::id();
    let client = after.own_cpu(me) - before.own_cpu(me);
    let (store, database) = (family(pid_of("BENCH_S3_PID")), family(pid_of("BENCH_POSTGRES_PID")));
    let ours = family(service) + client + store + database;
    let capacity = seconds * std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let others = (after.machine_cpu() - before.machine_cpu() - ours).max(0.0) / capacity;
    let memory = service.map_or(Memory::UNKNOWN, Memory::of);
    Cost { service: service.map_or(f64::NAN, |_| family(service)), client, store, database, others, memory }
}

/// Compares every acknowledgement with what was sent, reads objects back, and removes them all.
async fn verify(
    job: &Arc<Job>,
    acknowledged: Vec<(usize, Reply)>,
    failures: &mut Vec<String>,
) -> anyhow::Result<usize> {
    let every = match job.target.path {
        Path::Disk => acknowledged.len().div_ceil(SAMPLE).max(1),
        _ => 1,
    };
    let acknowledged = Arc::new(acknowledged);
    job.next.store(0, Ordering::Relaxed);
    let mut workers = Vec::new();
    for _ in 0..VERIFIERS {
        let (job, acknowledged) = (job.clone(), acknowledged.clone());
        workers.push(tokio::spawn(async move {
            let mut connection = Connection::open(job.target.keeper()).await?;
            let (mut proved, mut failures) = (0, Vec::new());
            while let Some(turn) = job.take(acknowledged.len()) {
                let (at, reply) = &acknowledged[turn];
                match prove(&job, *at, reply, turn % every == 0, &mut connection).await {
                    Ok(read_back) => proved += usize::from(read_back),
                    Err(error) => {
                        failures.push(format!("upload {at}: {error:#}"));
                        connection = Connection::open(job.target.keeper()).await?;
                    }
                }
            }
            anyhow::Ok((proved, failures))
        }));
    }
    let mut verified = 0;
    for worker in workers {
        let (proved, found) = worker.await?.context("verification")?;
        verified += proved;
        failures.extend(found);
    }
    Ok(verified)
}

async fn prove(
    job: &Job,
    at: usize,
    reply: &Reply,
    read_back: bool,
    connection: &mut Connection,
) -> anyhow::Result<bool> {
    let kept = job.target.kept(connection, job.place(at), job.number(at), reply).await?;
    let sent = job.payload(at).digest();
    if let Some(told) = &kept.sha256 {
        ensure!(*told == sent, "the answer's digest is {told}, sent was {sent}");
    }
    if let Some(told) = kept.bytes {
        ensure!(told == job.cell.bytes, "the answer says {told} bytes");
    }
    if read_back {
        let mut hasher = Sha256::new();
        let status = job.target.read_back(connection, &kept, |bytes| hasher.update(bytes)).await?;
        let found = hex::encode(hasher.finalize());
        if status != 200 || found != sent {
            bail!("read back with status {status} and digest {found}, sent was {sent}");
        }
    }
    job.target.remove(connection, &kept).await?;
    Ok(read_back)
}
