//! The store's side: one PUT up to a part, else parts with two in flight, over connections that are kept. A part's bytes
//! go out as they come in; while the store answers for it, the next one is on its way.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::Mutex;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::inlet::{File, field, wrong};
use crate::support::s3::Bucket;

const PART: u64 = 8 << 20;
const IN_FLIGHT: usize = 2;

pub struct Store {
    bucket: Bucket,
    idle: Mutex<Vec<TcpStream>>,
}

struct Answer {
    head: String,
    body: String,
}

impl Store {
    pub fn new(bucket: Bucket) -> Self {
        Self { bucket, idle: Mutex::default() }
    }

    pub async fn keep(&self, key: &str, mut file: File<'_>, hasher: &mut Sha256) -> io::Result<()> {
        if file.left <= PART {
            let size = file.left;
            let head = self.bucket.head("PUT", key, size);
            let stream = self.pass_on(head, &mut file, size, hasher).await?;
            return self.answer(stream).await.map(drop);
        }
        let begun = self.ask(self.bucket.head_with("POST", key, "uploads=", 0), "").await?;
        let upload = between(&begun.body, "<UploadId>", "</UploadId>").ok_or_else(|| wrong("no upload id"))?;
        let (mut flying, mut tags) = (VecDeque::new(), String::new());
        let mut number = 0;
        while file.left > 0 {
            if flying.len() == IN_FLIGHT {
                self.land(&mut flying, &mut tags).await?;
            }
            number += 1;
            let size = file.left.min(PART);
            let query = format!("partNumber={number}&uploadId={upload}");
            let head = self.bucket.head_with("PUT", key, &query, size);
            flying.push_back((number, self.pass_on(head, &mut file, size, hasher).await?));
        }
        while !flying.is_empty() {
            self.land(&mut flying, &mut tags).await?;
        }
        let list = format!("<CompleteMultipartUpload>{tags}</CompleteMultipartUpload>");
        let head = self.bucket.head_with("POST", key, &format!("uploadId={upload}"), list.len() as u64);
        self.ask(head, &list).await.map(drop)
    }

    /// Waits for the store's word on the oldest part.
    async fn land(&self, flying: &mut VecDeque<(u32, TcpStream)>, tags: &mut String) -> io::Result<()> {
        let Some((number, stream)) = flying.pop_front() else { return Ok(()) };
        let answer = self.answer(stream).await?;
        let tag = field(&answer.head, "etag").ok_or_else(|| wrong("a part without ETag"))?;
        tags.push_str(&format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"));
        Ok(())
    }

    /// Sends one request whose body is the next `size` bytes of the file.
    async fn pass_on(
        &self,
        head: String,
        file: &mut File<'_>,
        size: u64,
        hasher: &mut Sha256,
    ) -> io::Result<TcpStream> {
        let mut stream = self.connection().await?;
        let mut head = Some(head);
        let mut left = size;
        while left > 0 {
            let bytes = file.next(left).await?;
            left -= bytes.len() as u64;
            hasher.update(bytes);
            // A small file leaves with its head in one system call.
            let sent = match head.take() {
                Some(head) => write_both(&mut stream, head.as_bytes(), bytes).await?,
                None => 0,
            };
            stream.write_all(&bytes[sent..]).await?;
        }
        Ok(stream)
    }

    async fn ask(&self, head: String, body: &str) -> io::Result<Answer> {
        let mut stream = self.connection().await?;
        stream.write_all((head + body).as_bytes()).await?;
        self.answer(stream).await
    }

    async fn connection(&self) -> io::Result<TcpStream> {
        loop {
            let kept = self.idle.lock().map_err(|_| wrong("poisoned"))?.pop();
            let Some(kept) = kept else { break };
            // One that the store has closed meanwhile reads as ended.
            if kept.try_read(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                return Ok(kept);
            }
        }
        let stream = TcpStream::connect(&self.bucket.host).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn answer(&self, mut stream: TcpStream) -> io::Result<Answer> {
        let mut read = Vec::with_capacity(2048);
        let end = loop {
            if stream.read_buf(&mut read).await? == 0 {
                return Err(wrong("the store closed"));
            }
            if let Some(at) = memchr::memmem::find(&read, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        if field(&head, "transfer-encoding").is_some() {
            while !read.ends_with(b"0\r\n\r\n") && stream.read_buf(&mut read).await? > 0 {}
        } else {
            let length = field(&head, "content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
            while read.len() < end + length && stream.read_buf(&mut read).await? > 0 {}
        }
        let body = String::from_utf8_lossy(&read[end..]).into_owned();
        // A store may say 200 first and what went wrong later, in the body.
        if !head.starts_with("HTTP/1.1 200") || body.contains("<Error>") {
            return Err(wrong(&format!("the store answered {head}{body}")));
        }
        self.idle.lock().map_err(|_| wrong("poisoned"))?.push(stream);
        Ok(Answer { head, body })
    }
}

/// Writes all of `first`, and as much of `second` as goes along; returns how much of `second` went.
async fn write_both(stream: &mut TcpStream, first: &[u8], second: &[u8]) -> io::Result<usize> {
    let mut written = stream.write_vectored(&[IoSlice::new(first), IoSlice::new(second)]).await?;
    if written < first.len() {
        stream.write_all(&first[written..]).await?;
        written = first.len();
    }
    Ok(written - first.len())
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}
