//! The bare relay: receives one file in a form, hashes it, stores it, inserts a row, answers. It is the limit of anything
//! that stands between client and store, so a byte is copied only by the kernel: out of the client's socket into one
//! buffer, hashed there, and out of it into the store's socket.
//!
//! It has no more of HTTP, S3 and PostgreSQL than that takes, and trusts its client to be the benchmark's.

#![allow(clippy::pedantic, reason = "the program is measured, not shipped")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and its own settings")]

mod inlet;
mod outlet;
mod rows;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each benchmark uses its part of it")]
mod support;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use inlet::{Inlet, wrong};
use outlet::Store;
use rows::Rows;
use support::place;
use support::s3::Bucket;

struct Relay {
    store: Store,
    rows: Rows,
    /// Makes names of this process its own.
    began: u64,
    next: AtomicU64,
}

fn main() -> ExitCode {
    if !place::asked_to_measure() {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(serve())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> anyhow::Result<()> {
    let store = Store::new(Bucket::from_environment()?);
    let rows = Rows::at(&place::setting("BENCH_POSTGRES_URL")?)?;
    let began = chrono::Utc::now().timestamp_micros() as u64;
    let relay = Arc::new(Relay { store, rows, began, next: AtomicU64::new(0) });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("relay is listening on http://{}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let relay = relay.clone();
        tokio::spawn(async move {
            let mut inlet = Inlet::new(socket);
            // Whatever goes wrong ends the connection: the client counts that as a failure.
            while relay.take(&mut inlet).await.unwrap_or_else(|error| {
                eprintln!("{error}");
                false
            }) {}
        });
    }
}

impl Relay {
    /// Takes one upload; false when there is none more.
    async fn take(&self, inlet: &mut Inlet) -> io::Result<bool> {
        let Some(head) = inlet.request_head().await? else { return Ok(false) };
        let length = inlet::field(&head, "content-length").and_then(|value| value.parse::<u64>().ok());
        let boundary = inlet::field(&head, "content-type").and_then(|value| value.split_once("boundary="));
        let (Some(length), Some((_, boundary))) = (length, boundary) else { return Err(wrong("not a form")) };
        let delimiter = format!("\r\n--{boundary}");
        let end = format!("{delimiter}--\r\n");
        let before = inlet.skip_to_file(&delimiter).await?;
        let bytes = length.checked_sub(before + end.len() as u64).ok_or_else(|| wrong("too short a form"))?;

        let id = format!("relay/{:x}-{}", self.began, self.next.fetch_add(1, Ordering::Relaxed));
        let mut hasher = Sha256::new();
        self.store.keep(&id, inlet.file(bytes, &delimiter), &mut hasher).await?;
        inlet.expect(end.as_bytes()).await?;
        let sha256 = hex::encode(hasher.finalize());
        self.rows.insert(&id, bytes, &sha256).await?;
        answer(inlet.socket(), &format!("{{\"id\":\"{id}\",\"bytes\":{bytes},\"sha256\":\"{sha256}\"}}")).await?;
        Ok(true)
    }
}

async fn answer(socket: &mut TcpStream, json: &str) -> io::Result<()> {
    let length = json.len();
    let answer =
        format!("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}");
    socket.write_all(answer.as_bytes()).await
}
