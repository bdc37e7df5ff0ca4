//! The requests of everybody else: coverage, lists, and every fifth one a small upload.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::support::exhibit::{Exhibit, PIECES_PER_SHOWCASE};
use crate::support::http::{Connection, Reply};
use crate::support::pace::{Answer, Pace, Worker};
use crate::support::payload::{Format, Payload};
use crate::support::scatter::scramble;

const SIZE: u64 = 64 << 10;
/// One in so many is an upload.
const UPLOAD_EVERY: u64 = 5;
/// Enough for what may be under way at once, also if no upload at all is answered in time.
const WORKERS: usize = 128;
/// Whoever waits longer has not been answered.
const LIMIT: Duration = Duration::from_secs(5);

pub struct Mix {
    shared: Arc<Shared>,
}

struct Shared {
    exhibit: Arc<Exhibit>,
    showcases: Vec<String>,
    seed: u64,
    /// What the service said of each upload: its number and digest.
    told: Mutex<Vec<(u64, String)>>,
}

/// One of those who send requests.
struct Sender {
    shared: Arc<Shared>,
    connection: Connection,
    /// Requests that were sent in an earlier run.
    first: u64,
}

/// Whether the request of that number is an upload.
pub fn is_upload(number: u64) -> bool {
    number.is_multiple_of(UPLOAD_EVERY)
}

/// How many of the first so many requests are uploads.
pub fn uploads(requests: u64) -> u64 {
    requests.div_ceil(UPLOAD_EVERY)
}

impl Mix {
    pub fn new(exhibit: Arc<Exhibit>, showcases: Vec<String>, seed: u64) -> Self {
        Self { shared: Arc::new(Shared { exhibit, showcases, seed, told: Mutex::default() }) }
    }

    /// Sends requests; `first` of them were sent before, a multiple of those between two uploads.
    pub async fn run(&self, pace: Pace, first: u64) -> anyhow::Result<Vec<Answer>> {
        let mut senders = Vec::new();
        for _ in 0..WORKERS {
            let connection = Connection::open(self.shared.exhibit.host()).await?;
            let first = first.next_multiple_of(UPLOAD_EVERY);
            senders.push(Sender { shared: self.shared.clone(), connection, first });
        }
        pace.run(senders).await
    }

    /// Uploads whose answer has not the digest of what was sent.
    pub fn complaints(&self) -> Vec<String> {
        let told = self.shared.told.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = told.iter().filter(|(number, digest)| *digest != self.shared.payload(*number).digest());
        wrong.map(|(number, _)| format!("upload {number}: the answer has another digest")).collect()
    }
}

impl Shared {
    fn payload(&self, number: u64) -> Payload {
        Payload::new(Format::Wav, SIZE, scramble(scramble(self.seed) ^ number))
    }
}

impl Worker for Sender {
    async fn ask(&mut self, number: u64) -> Option<String> {
        let limited = tokio::time::timeout(LIMIT, self.send(self.first + number)).await;
        let failure = match limited {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(format!("{error:#}")),
            Err(_) => Some(format!("no answer within {} s", LIMIT.as_secs())),
        };
        if failure.is_some()
            && let Ok(fresh) = Connection::open(self.shared.exhibit.host()).await
        {
            self.connection = fresh;
        }
        failure
    }
}

impl Sender {
    async fn send(&mut self, number: u64) -> anyhow::Result<()> {
        let Shared { exhibit, showcases, told, .. } = &*self.shared;
        if is_upload(number) {
            let showcase = &showcases[(number / UPLOAD_EVERY) as usize / PIECES_PER_SHOWCASE];
            let form = exhibit.form(showcase, Format::Wav, number, self.shared.payload(number));
            let answer = accepted(self.connection.exchange(form).await?, 201)?;
            let piece: Value = serde_json::from_slice(&answer.body)?;
            let digest = piece["sha256"].as_str().unwrap_or_default().to_owned();
            told.lock().unwrap_or_else(PoisonError::into_inner).push((number, digest));
            return Ok(());
        }
        let path = if number.is_multiple_of(2) {
            "/api/v1/showcases?limit=20".to_owned()
        } else {
            let chosen = scramble(self.shared.seed ^ scramble(number)) % showcases.len() as u64;
            format!("/api/v1/showcases/{}/coverage", showcases[chosen as usize])
        };
        accepted(exhibit.get(&mut self.connection, &path).await?, 200).map(drop)
    }
}

fn accepted(reply: Reply, status: u16) -> anyhow::Result<Reply> {
    anyhow::ensure!(reply.status == status, "{}", reply.brief());
    Ok(reply)
}
