//! A thin HTTP/1.1 client: one keep-alive connection, the request pulled from any `Read`.
//!
//! A full client library would cost more CPU than the service under test on a machine that both
//! share. Head and body are one stream here, written in slices, so that a small upload leaves in a
//! single system call, whatever it is sent to.

use std::io::{self, Read};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const SLICE: usize = 256 << 10;
const INBOX: usize = 64 << 10;

#[derive(Debug, Default)]
pub struct Reply {
    pub status: u16,
    /// The header lines as they came.
    fields: String,
    pub body: Vec<u8>,
}

impl Reply {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The reply in one line, for a message about what went wrong.
    pub fn brief(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        format!("{} {text}", self.status)
    }
}

enum Length {
    Known(u64),
    Chunked,
    UntilClosed,
}

struct Head {
    status: u16,
    fields: String,
    length: Length,
    keep: bool,
}

pub struct Connection {
    host: String,
    stream: Option<BufReader<TcpStream>>,
    slice: Box<[u8]>,
}

impl Connection {
    /// Connects at once, so that no timed request pays for it.
    pub async fn open(host: &str) -> io::Result<Self> {
        Ok(Self { host: host.to_owned(), stream: Some(connect(host).await?), slice: vec![0; SLICE].into_boxed_slice() })
    }

    /// Sends one request and collects the answer.
    pub async fn exchange(&mut self, request: impl Read) -> io::Result<Reply> {
        let mut body = Vec::new();
        let head = self.converse(request, |bytes| body.extend_from_slice(bytes), true).await?;
        Ok(Reply { status: head.status, fields: head.fields, body })
    }

    /// Sends a HEAD request: whatever length the answer tells, it has no body.
    pub async fn exchange_head(&mut self, request: impl Read) -> io::Result<Reply> {
        let head = self.converse(request, |_| {}, false).await?;
        Ok(Reply { status: head.status, fields: head.fields, body: Vec::new() })
    }

    /// Sends one request and hands the answer's body to `sink` piece by piece.
    pub async fn exchange_into(&mut self, request: impl Read, sink: impl FnMut(&[u8])) -> io::Result<u16> {
        Ok(self.converse(request, sink, true).await?.status)
    }

    /// Sends the beginning of a request, and waits for nothing. Nothing more can be sent then: what
    /// that would need is given back, since thousands may wait like this.
    pub async fn begin(&mut self, mut request: impl Read) -> io::Result<()> {
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        send(stream, &mut request, &mut std::mem::take(&mut self.slice)).await
    }

    /// True while the other side has neither answered nor closed.
    pub fn is_silent(&self) -> bool {
        let waits = |stream: &BufReader<TcpStream>| {
            let read = stream.get_ref().try_read(&mut [0]);
            read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        };
        self.stream.as_ref().is_some_and(waits)
    }

    async fn converse(
        &mut self,
        mut request: impl Read,
        mut sink: impl FnMut(&[u8]),
        has_body: bool,
    ) -> io::Result<Head> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(&self.host).await?,
        };
        let sent = send(&mut stream, &mut request, &mut self.slice).await;
        // A service that refuses early closes its side: the refusal is worth more than "broken pipe".
        let head = match (receive_head(&mut stream).await, sent) {
            (Ok(head), _) => head,
            (Err(_), Err(sending)) => return Err(sending),
            (Err(receiving), Ok(())) => return Err(receiving),
        };
        if has_body {
            receive_body(&mut stream, &head.length, &mut sink).await?;
        }
        if head.keep {
            self.stream = Some(stream);
        }
        Ok(head)
    }

    /// `GET`, with the bearer token.
    pub async fn get(&mut self, path: &str, token: &str) -> io::Result<Reply> {
        let head = get_head(&self.host, path, token);
        self.exchange(head.as_bytes()).await
    }

    /// `GET`, the body handed to `sink`.
    pub async fn get_into(&mut self, path: &str, token: &str, sink: impl FnMut(&[u8])) -> io::Result<u16> {
        let head = get_head(&self.host, path, token);
        self.exchange_into(head.as_bytes(), sink).await
    }

    /// A request with a JSON body; the answer must be JSON with the expected status.
    pub async fn post_json(
        &mut self,
        path: &str,
        token: &str,
        body: &serde_json::Value,
        expected: u16,
    ) -> anyhow::Result<serde_json::Value> {
        let (host, body) = (&self.host, body.to_string());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let reply = self.exchange(request.as_bytes()).await?;
        anyhow::ensure!(reply.status == expected, "POST {path} answered {}", reply.brief());
        Ok(serde_json::from_slice(&reply.body)?)
    }

    /// `DELETE`, with the bearer token.
    pub async fn delete(&mut self, path: &str, token: &str) -> io::Result<Reply> {
        let host = &self.host;
        let request = format!("DELETE {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
        self.exchange(request.as_bytes()).await
    }
}

fn get_head(host: &str, path: &str, token: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Accept: application/json, */*;q=0.5\r\n\r\n"
    )
}

async fn connect(host: &str) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    Ok(BufReader::with_capacity(INBOX, stream))
}

async fn send(stream: &mut BufReader<TcpStream>, request: &mut impl Read, slice: &mut [u8]) -> io::Result<()> {
    loop {
        // Chained readers stop at each seam: a slice is filled over the seams before it is written.
        let mut filled = 0;
        while filled < slice.len() {
            match request.read(&mut slice[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        if filled == 0 {
            return Ok(());
        }
        stream.get_mut().write_all(&slice[..filled]).await?;
    }
}

async fn receive_head(stream: &mut BufReader<TcpStream>) -> io::Result<Head> {
    loop {
        let start = line(stream).await?;
        let status = start.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status: u16 = status.ok_or_else(|| malformed("status line", &start))?;
        let mut head = Head { status, fields: String::new(), length: Length::UntilClosed, keep: true };
        loop {
            let field = line(stream).await?;
            if field.is_empty() {
                break;
            }
            note_field(&mut head, &field)?;
            head.fields.push_str(&field);
            head.fields.push('\n');
        }
        // Interim answers (100 Continue) come before the one that counts.
        if status >= 200 {
            match (status, &head.length) {
                (204 | 304, _) => head.length = Length::Known(0),
                (_, Length::UntilClosed) => head.keep = false,
                _ => {}
            }
            return Ok(head);
        }
    }
}

fn note_field(head: &mut Head, field: &str) -> io::Result<()> {
    let (name, value) = field.split_once(':').ok_or_else(|| malformed("header", field))?;
    let value = value.trim();
    if name.eq_ignore_ascii_case("content-length") {
        let length = value.parse().map_err(|_| malformed("Content-Length", value))?;
        head.length = Length::Known(length);
    } else if name.eq_ignore_ascii_case("transfer-encoding") {
        head.length = Length::Chunked;
    } else if name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close") {
        head.keep = false;
    }
    Ok(())
}

async fn receive_body(
    stream: &mut BufReader<TcpStream>,
    length: &Length,
    sink: &mut impl FnMut(&[u8]),
) -> io::Result<()> {
    match length {
        Length::Known(length) => pass(stream, *length, sink).await,
        Length::Chunked => loop {
            let size = line(stream).await?;
            let digits = size.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(digits, 16).map_err(|_| malformed("chunk size", &size))?;
            pass(stream, size, sink).await?;
            if size == 0 {
                while !line(stream).await?.is_empty() {}
                return Ok(());
            }
            line(stream).await?;
        },
        Length::UntilClosed => loop {
            let bytes = stream.fill_buf().await?;
            let count = bytes.len();
            if count == 0 {
                return Ok(());
            }
            sink(bytes);
            stream.consume(count);
        },
    }
}

async fn pass(stream: &mut BufReader<TcpStream>, mut left: u64, sink: &mut impl FnMut(&[u8])) -> io::Result<()> {
    while left > 0 {
        let bytes = stream.fill_buf().await?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let count = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        sink(&bytes[..count]);
        stream.consume(count);
        left -= count as u64;
    }
    Ok(())
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

fn malformed(what: &str, text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed {what}: {text:?}"))
}
