//! An upload byte by byte on a socket of the test's own, for clients that are slow, rude or gone.

use std::ops::Range;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{Client, Upload};

const BOUNDARY: &str = "----a-boundary-that-is-in-no-file";

/// A whole request, and where in it the file lies.
pub struct Raw {
    address: String,
    bytes: Vec<u8>,
    pub file: Range<usize>,
}

impl Raw {
    /// The request for an upload; its fields come after its file.
    pub fn new(client: &Client, showcase: &str, upload: &Upload) -> Self {
        let (name, file) = upload.file.clone().expect("a file");
        let disposition = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let before = format!("--{BOUNDARY}\r\n{disposition}\r\n\r\n");
        let part = |(name, value): &(&str, String)| {
            format!("\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}")
        };
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let after: String = upload.fields.iter().map(part).chain([end]).collect();
        let key = upload.key.as_ref().map_or(String::new(), |key| format!("Idempotency-Key: {key}\r\n"));
        let head = format!(
            "POST /api/v1/showcases/{showcase}/pieces HTTP/1.1\r\nHost: exhibit\r\nAuthorization: Bearer {}\r\n{key}\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            client.token(),
            before.len() + file.len() + after.len(),
        );
        let start = head.len() + before.len();
        let span = start..start + file.len();
        let bytes = [head.as_bytes(), before.as_bytes(), &file, after.as_bytes()].concat();
        Self { address: client.address().to_owned(), bytes, file: span }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Connects and sends everything up to `end`.
    pub async fn begin(&self, end: usize) -> TcpStream {
        let mut socket = TcpStream::connect(self.address.trim_start_matches("http://")).await.unwrap();
        socket.write_all(&self.bytes[..end]).await.unwrap();
        socket
    }

    /// Sends the rest from `start`, and answers status and body.
    pub async fn end(&self, mut socket: TcpStream, start: usize) -> (u16, String) {
        socket.write_all(&self.bytes[start..]).await.unwrap();
        answer(socket).await
    }
}

/// Begins to send an upload's rest, and stands still after `sent` of it.
pub async fn half_open(client: &Client, upload: &str, offset: usize, rest: &[u8], sent: usize) -> TcpStream {
    half_open_with(client, upload, &format!("Upload-Offset: {offset}\r\n"), rest, sent).await
}

/// The same with these headers, each with its end of line.
pub async fn half_open_with(client: &Client, upload: &str, headers: &str, rest: &[u8], sent: usize) -> TcpStream {
    let head = format!("PATCH {upload} HTTP/1.1\r\n{headers}Content-Length: {}\r\n", rest.len());
    speak(client, &head, &rest[..sent]).await
}

/// Sends what begins a request of the tus protocol, complete with what all of them have, and these bytes of its body.
pub async fn speak(client: &Client, head: &str, body: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(client.address().trim_start_matches("http://")).await.unwrap();
    let usual = format!(
        "Host: exhibit\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nConnection: close\r\n\r\n",
        client.token(),
    );
    socket.write_all(format!("{head}{usual}").as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    socket
}

/// What comes back before the connection ends: status and body.
pub async fn answer(mut socket: TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut bytes)).await;
    read.expect("the service answers in time").expect("the answer arrives");
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Waits for what comes about by itself, and says so if it does not.
pub async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let wait = async {
        while !check().await {
            tick.tick().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
    assert!(waited.is_ok(), "it did not come about that {what}");
}
