//! Uploads that were begun, sent some bytes and fell silent, each on a connection of its own.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::future::join_all;
use tokio::time::Instant;

use crate::support::exhibit::{Exhibit, PIECES_PER_SHOWCASE};
use crate::support::http::Connection;
use crate::support::payload::{Format, Payload};
use crate::support::scatter::scramble;
use crate::support::tus;

const LENGTH: u64 = 1 << 20;
/// What has arrived when they fall silent.
const SENT: u64 = 64 << 10;
/// How many begin at the same time.
const AT_ONCE: usize = 32;
/// By when all have begun.
const BEGUN: Duration = Duration::from_secs(120);
/// How long one that goes on may take.
const LIMIT: Duration = Duration::from_secs(20);
/// So that learners are not those of the other showcases.
const FIRST_LEARNER: u64 = 100_000;

pub struct Crowd {
    exhibit: Arc<Exhibit>,
    showcases: Vec<String>,
    seed: u64,
    members: Vec<Member>,
}

struct Member {
    number: usize,
    location: String,
    connection: Connection,
}

impl Crowd {
    /// Has so many uploads begin; what cannot begin in time is not waited for.
    pub async fn gather(exhibit: &Arc<Exhibit>, count: usize, seed: u64) -> anyhow::Result<Self> {
        let showcases = exhibit.showcases(count.div_ceil(PIECES_PER_SHOWCASE), FIRST_LEARNER).await?;
        let crowd = Arc::new(Self { exhibit: exhibit.clone(), showcases, seed, members: Vec::new() });
        let next = Arc::new(AtomicUsize::new(0));
        let end = Instant::now() + BEGUN;
        let openers: Vec<_> =
            (0..AT_ONCE).map(|_| tokio::spawn(open(crowd.clone(), next.clone(), count, end))).collect();
        let mut members = Vec::with_capacity(count);
        for opener in openers {
            members.extend(opener.await??);
        }
        let crowd = Arc::into_inner(crowd).context("nobody holds the crowd any more")?;
        Ok(Self { members, ..crowd })
    }

    /// How many have begun.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    fn payload(&self, number: usize) -> Payload {
        Payload::new(Format::Wav, LENGTH, scramble(scramble(self.seed) ^ (number as u64 + FIRST_LEARNER)))
    }

    fn upload(&self, number: usize) -> tus::Upload<'_> {
        let showcase = &self.showcases[number / PIECES_PER_SHOWCASE];
        self.exhibit.resumable(showcase, Format::Wav, number as u64, LENGTH)
    }

    async fn begin(&self, number: usize) -> anyhow::Result<Member> {
        let upload = self.upload(number);
        let mut connection = Connection::open(self.exhibit.host()).await?;
        let created = connection.exchange(upload.creation(false).as_bytes()).await?;
        ensure!(created.status == 201, "creation answered {}", created.brief());
        let location = tus::location(&created).context("created without Location")?;
        let head = upload.rest(&location, 0);
        connection.begin(Cursor::new(head).chain(self.payload(number).take(SENT))).await?;
        Ok(Member { number, location, connection })
    }

    /// How many the service has neither answered nor let go.
    pub fn still_open(&self) -> usize {
        self.members.iter().filter(|member| member.connection.is_silent()).count()
    }

    /// Some of them come back on a new connection, spread over all, while the old one is still open; what went wrong.
    pub async fn go_on(&self, sample: usize) -> Vec<String> {
        let chosen = self.members.iter().step_by(self.members.len().div_ceil(sample).max(1));
        let all = join_all(chosen.map(|member| async move {
            let done = tokio::time::timeout(LIMIT, self.finish(member)).await;
            let done = done.map_err(Into::into).and_then(|done| done);
            done.err().map(|error| format!("an idle upload that went on: {error:#}"))
        }));
        all.await.into_iter().flatten().collect()
    }

    async fn finish(&self, member: &Member) -> anyhow::Result<()> {
        let upload = self.upload(member.number);
        let mut connection = Connection::open(self.exhibit.host()).await?;
        let standing = connection.exchange_head(upload.standing(&member.location).as_bytes()).await?;
        ensure!(standing.status == 200, "HEAD answered {}", standing.brief());
        let offset: u64 = standing.header("upload-offset").context("no Upload-Offset")?.parse()?;
        ensure!(offset == SENT, "{offset} bytes are kept of {SENT} that were sent");
        let mut rest = self.payload(member.number);
        std::io::copy(&mut rest.by_ref().take(offset), &mut std::io::sink())?;
        let head = upload.rest(&member.location, offset);
        let done = connection.exchange(Cursor::new(head).chain(rest)).await?;
        ensure!(done.status == 204, "PATCH answered {}", done.brief());
        let piece = self.exhibit.piece(&mut connection, &done).await?;
        let sent = self.payload(member.number).digest();
        ensure!(
            piece.bytes == LENGTH && piece.sha256 == sent,
            "the piece has digest {}, sent was {sent}",
            piece.sha256
        );
        Ok(())
    }
}

/// One of those who have uploads begin, one after another.
async fn open(crowd: Arc<Crowd>, next: Arc<AtomicUsize>, count: usize, end: Instant) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count {
            return Ok(members);
        }
        match tokio::time::timeout_at(end, crowd.begin(number)).await {
            Ok(member) => members.push(member.context("an upload that was to fall silent did not begin")?),
            Err(_) => return Ok(members),
        }
    }
}
