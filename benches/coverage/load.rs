//! Requests at a constant rate, each timed from the moment at which it was due.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};

use crate::support::http::Connection;
use crate::support::scatter::scramble;

/// Enough connections for what may be under way at once; more requests than that wait, and their
/// waiting counts.
const CONNECTIONS: usize = 32;
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct Plan {
    pub host: String,
    pub token: String,
    pub ids: Arc<[String]>,
    pub rate: u32,
    pub length: Duration,
    pub seed: u64,
}

pub struct Answer {
    /// From when the request was due to the end of its answer.
    pub latency_ms: f64,
    /// From when the request was due to when a connection took it up: how much of the latency is
    /// this client's own, or a queue for connections.
    pub delay_ms: f64,
    pub failure: Option<String>,
}

struct Due {
    at: Instant,
    number: u64,
}

type Queue = Arc<Mutex<mpsc::UnboundedReceiver<Due>>>;

pub async fn run(plan: Plan) -> anyhow::Result<Vec<Answer>> {
    let (sender, queue) = mpsc::unbounded_channel();
    let queue: Queue = Arc::new(Mutex::new(queue));
    let mut workers = Vec::new();
    for _ in 0..CONNECTIONS {
        let connection = Connection::open(&plan.host).await?;
        workers.push(tokio::spawn(work(plan.clone(), queue.clone(), connection)));
    }
    let pace = std::thread::spawn(move || pace(&plan, &sender));
    let mut answers = Vec::new();
    for worker in workers {
        answers.extend(worker.await?);
    }
    let _ = pace.join();
    Ok(answers)
}

/// A thread of its own, because the runtime's timer counts in whole milliseconds: late by up to
/// one is too much where an answer takes one.
fn pace(plan: &Plan, sender: &mpsc::UnboundedSender<Due>) {
    let start = Instant::now();
    let count = (plan.length.as_secs_f64() * f64::from(plan.rate)) as u64;
    for number in 0..count {
        let at = start + Duration::from_secs_f64(number as f64 / f64::from(plan.rate));
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
        if sender.send(Due { at, number }).is_err() {
            return;
        }
    }
}

async fn work(plan: Plan, queue: Queue, mut connection: Connection) -> Vec<Answer> {
    let mut answers = Vec::new();
    loop {
        let due = queue.lock().await.recv().await;
        let Some(due) = due else { return answers };
        let delay = due.at.elapsed();
        let chosen = scramble(plan.seed ^ scramble(due.number)) % plan.ids.len() as u64;
        let id = &plan.ids[chosen as usize];
        let path = format!("/api/v1/showcases/{id}/coverage");
        let reply = tokio::time::timeout(LIMIT, connection.get(&path, &plan.token)).await;
        let latency = due.at.elapsed();
        let failure = match reply {
            Ok(Ok(reply)) if reply.status == 200 && names(&reply.body, id) => None,
            Ok(Ok(reply)) => Some(reply.brief()),
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} s", LIMIT.as_secs())),
        };
        if failure.is_some()
            && let Ok(fresh) = Connection::open(&plan.host).await
        {
            connection = fresh;
        }
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        answers.push(Answer { latency_ms: ms(latency), delay_ms: ms(delay), failure });
    }
}

/// True if the answer is about the showcase that was asked for.
fn names(body: &[u8], id: &str) -> bool {
    body.windows(id.len()).any(|window| window == id.as_bytes())
}
