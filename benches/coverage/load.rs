//! Requests for the coverage of showcases that are chosen at random, each answer looked at.

use std::sync::Arc;
use std::time::Duration;

use crate::support::http::Connection;
use crate::support::pace::{Answer, Pace, Worker};
use crate::support::scatter::scramble;

/// Enough connections for what may be under way at once.
const CONNECTIONS: usize = 32;
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct Plan {
    pub host: String,
    pub token: String,
    pub ids: Arc<[String]>,
    pub pace: Pace,
    pub seed: u64,
}

struct Reader {
    plan: Plan,
    connection: Connection,
}

pub async fn run(plan: Plan) -> anyhow::Result<Vec<Answer>> {
    let mut readers = Vec::new();
    for _ in 0..CONNECTIONS {
        readers.push(Reader { plan: plan.clone(), connection: Connection::open(&plan.host).await? });
    }
    plan.pace.run(readers).await
}

impl Worker for Reader {
    async fn ask(&mut self, number: u64) -> Option<String> {
        let chosen = scramble(self.plan.seed ^ scramble(number)) % self.plan.ids.len() as u64;
        let id = &self.plan.ids[chosen as usize];
        let path = format!("/api/v1/showcases/{id}/coverage");
        let reply = tokio::time::timeout(LIMIT, self.connection.get(&path, &self.plan.token)).await;
        let failure = match reply {
            Ok(Ok(reply)) if reply.status == 200 && names(&reply.body, id) => None,
            Ok(Ok(reply)) => Some(reply.brief()),
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

/// True if the answer is about the showcase that was asked for.
fn names(body: &[u8], id: &str) -> bool {
    body.windows(id.len()).any(|window| window == id.as_bytes())
}
