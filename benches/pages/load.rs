//! Requests for one page, of one showcase after another where it is about one, each answer looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::sites::Site;
use crate::support::http::Connection;
use crate::support::pace::{Answer, Pace, Worker};

const CONNECTIONS: usize = 16;
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct Plan {
    pub host: String,
    pub site: Site,
    pub pace: Pace,
}

struct Reader {
    plan: Plan,
    connection: Connection,
    bytes: Arc<AtomicUsize>,
}

/// Every answer, and the bytes of the largest one.
pub async fn run(plan: Plan) -> anyhow::Result<(Vec<Answer>, usize)> {
    let bytes = Arc::new(AtomicUsize::new(0));
    let mut readers = Vec::new();
    for _ in 0..CONNECTIONS {
        let connection = Connection::open(&plan.host).await?;
        readers.push(Reader { plan: plan.clone(), connection, bytes: Arc::clone(&bytes) });
    }
    let answers = plan.pace.run(readers).await?;
    Ok((answers, bytes.load(Ordering::Relaxed)))
}

impl Worker for Reader {
    async fn ask(&mut self, number: u64) -> Option<String> {
        let Site { paths, token, .. } = &self.plan.site;
        let path = &paths[number as usize % paths.len()];
        let head = request(&self.plan.host, path, token);
        let reply = tokio::time::timeout(LIMIT, self.connection.exchange(head.as_bytes())).await;
        let failure = match reply {
            Ok(Ok(reply)) if reply.status == 200 && is_page(&reply.body) => {
                self.bytes.fetch_max(reply.body.len(), Ordering::Relaxed);
                None
            }
            Ok(Ok(reply)) => Some(format!("{path}: {}", reply.brief())),
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} s", LIMIT.as_secs())),
        };
        if failure.is_some()
            && let Ok(fresh) = Connection::open(&self.plan.host).await
        {
            self.connection = fresh;
        }
        failure
    }
}

/// As a browser asks; nobody has no token.
pub fn request(host: &str, path: &str, token: &str) -> String {
    let who = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\n{who}Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n\
         Accept-Encoding: gzip, deflate, br\r\n\r\n"
    )
}

/// Compressed, or small enough to be left as it is.
fn is_page(body: &[u8]) -> bool {
    body.starts_with(&[0x1F, 0x8B]) || body.starts_with(b"<!doctype html>")
}
