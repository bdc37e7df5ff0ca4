//! Requests at a constant rate, by the clock, whether the service keeps up or not, each timed from the moment at which
//! it was due. A client that waited for each answer before it sent the next request would hide exactly the slow moments
//! (coordinated omission).

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};

/// Requests due at the same distance from each other.
#[derive(Clone, Copy)]
pub struct Pace {
    /// Requests a second.
    pub rate: u32,
    pub length: Duration,
}

pub struct Answer {
    pub number: u64,
    /// From when the request was due to the end of its answer.
    pub latency_ms: f64,
    /// From when the request was due to when a worker took it up: how much of the latency is this
    /// client's own, or a queue for its workers.
    pub delay_ms: f64,
    pub failure: Option<String>,
}

/// One of those who send requests, one after another.
pub trait Worker: Send + 'static {
    /// Sends the request of that number; what went wrong, if anything did.
    fn ask(&mut self, number: u64) -> impl Future<Output = Option<String>> + Send;
}

struct Due {
    at: Instant,
    number: u64,
}

type Queue = Arc<Mutex<mpsc::UnboundedReceiver<Due>>>;

impl Pace {
    pub fn requests(self) -> u64 {
        (self.length.as_secs_f64() * f64::from(self.rate)) as u64
    }

    /// Has the workers send what is due; requests for which none is free wait, and their waiting counts.
    pub async fn run(self, workers: Vec<impl Worker>) -> anyhow::Result<Vec<Answer>> {
        let (sender, queue) = mpsc::unbounded_channel();
        let queue: Queue = Arc::new(Mutex::new(queue));
        let workers: Vec<_> = workers.into_iter().map(|worker| tokio::spawn(work(worker, queue.clone()))).collect();
        let clock = std::thread::spawn(move || self.tick(&sender));
        let mut answers = Vec::new();
        for worker in workers {
            answers.extend(worker.await?);
        }
        let _ = clock.join();
        Ok(answers)
    }

    /// A thread of its own, because the runtime's timer counts in whole milliseconds: late by up to
    /// one is too much where an answer takes one.
    fn tick(self, sender: &mpsc::UnboundedSender<Due>) {
        let start = Instant::now();
        for number in 0..self.requests() {
            let at = start + Duration::from_secs_f64(number as f64 / f64::from(self.rate));
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if sender.send(Due { at, number }).is_err() {
                return;
            }
        }
    }
}

async fn work(mut worker: impl Worker, queue: Queue) -> Vec<Answer> {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    let mut answers = Vec::new();
    loop {
        let due = queue.lock().await.recv().await;
        let Some(Due { at, number }) = due else { return answers };
        let delay_ms = ms(at.elapsed());
        let failure = worker.ask(number).await;
        answers.push(Answer { number, latency_ms: ms(at.elapsed()), delay_ms, failure });
    }
}
