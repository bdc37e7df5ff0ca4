//! PostgreSQL, as far as one prepared INSERT goes: one round trip a row, its commit included.

use std::io;
use std::sync::Mutex;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::inlet::wrong;

/// As many as the peers may have.
const CONNECTIONS: usize = 8;
const PROTOCOL: u32 = 3 << 16;
const INSERT: &str = "INSERT INTO bench_uploads (id, bytes, sha256) VALUES ($1, $2, $3)";

pub struct Rows {
    host: String,
    user: String,
    database: String,
    free: Semaphore,
    idle: Mutex<Vec<TcpStream>>,
}

impl Rows {
    /// `postgres://USER@HOST:PORT/DATABASE`, of a server that trusts this machine.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        let parts = url.strip_prefix("postgres://").and_then(|rest| rest.split_once('@'));
        let parts = parts.and_then(|(user, rest)| Some((user, rest.split_once('/')?)));
        let (user, (host, database)) = parts.with_context(|| format!("{url}: not the URL of a database"))?;
        Ok(Self {
            host: host.to_owned(),
            user: user.to_owned(),
            database: database.to_owned(),
            free: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        })
    }

    pub async fn insert(&self, id: &str, bytes: u64, sha256: &str) -> io::Result<()> {
        let _place = self.free.acquire().await.map_err(io::Error::other)?;
        let kept = self.idle.lock().map_err(|_| wrong("poisoned"))?.pop();
        let mut session = match kept {
            Some(session) => session,
            None => self.connect().await?,
        };
        let mut bind = b"\0insert\0".to_vec();
        bind.extend_from_slice(&0u16.to_be_bytes());
        bind.extend_from_slice(&3u16.to_be_bytes());
        for value in [id, &bytes.to_string(), sha256] {
            bind.extend_from_slice(&(value.len() as u32).to_be_bytes());
            bind.extend_from_slice(value.as_bytes());
        }
        bind.extend_from_slice(&0u16.to_be_bytes());
        let mut sent = message(b'B', &bind);
        sent.extend(message(b'E', b"\0\0\0\0\0"));
        sent.extend(message(b'S', b""));
        session.write_all(&sent).await?;
        until_ready(&mut session).await?;
        self.idle.lock().map_err(|_| wrong("poisoned"))?.push(session);
        Ok(())
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let mut session = TcpStream::connect(&self.host).await?;
        session.set_nodelay(true)?;
        let mut start = PROTOCOL.to_be_bytes().to_vec();
        start.extend_from_slice(format!("user\0{}\0database\0{}\0\0", self.user, self.database).as_bytes());
        session.write_all(&framed(&start)).await?;
        until_ready(&mut session).await?;
        let mut sent = message(b'P', format!("insert\0{INSERT}\0\0\0").as_bytes());
        sent.extend(message(b'S', b""));
        session.write_all(&sent).await?;
        until_ready(&mut session).await?;
        Ok(session)
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    message.extend(framed(body));
    message
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut framed = (body.len() as u32 + 4).to_be_bytes().to_vec();
    framed.extend_from_slice(body);
    framed
}

/// Reads messages until the server is ready for the next ones; an error among them is one here.
async fn until_ready(session: &mut TcpStream) -> io::Result<()> {
    let mut read = Vec::with_capacity(1024);
    let (mut at, mut failure) = (0, None);
    loop {
        while let Some(length) = read.get(at + 1..at + 5).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()) {
            let next = at + 1 + u32::from_be_bytes(length) as usize;
            let Some(body) = read.get(at + 5..next) else { break };
            match read[at] {
                b'Z' => return failure.map_or(Ok(()), Err),
                b'E' => failure = Some(wrong(&String::from_utf8_lossy(body).replace('\0', " "))),
                b'R' if body != [0; 4] => return Err(wrong("the database wants a password")),
                _ => {}
            }
            at = next;
        }
        if session.read_buf(&mut read).await? == 0 {
            return Err(failure.unwrap_or_else(|| wrong("the database closed")));
        }
    }
}
