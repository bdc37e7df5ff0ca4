//! The client's side: one buffer a connection, into which the kernel copies and out of which everything is used in place.

use std::io;

use memchr::memmem;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

const BUFFER: usize = 256 << 10;

pub struct Inlet {
    socket: TcpStream,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

/// The bytes of one file, which is the last field of its form.
pub struct File<'a> {
    inlet: &'a mut Inlet,
    pub left: u64,
    delimiter: memmem::Finder<'a>,
    taken: usize,
}

pub fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The value of a header.
pub fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

impl Inlet {
    pub fn new(socket: TcpStream) -> Self {
        Self { socket, buffer: vec![0; BUFFER].into_boxed_slice(), start: 0, end: 0 }
    }

    pub fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads as much as there is room for; false at the end. What moves to make room is the little that was held back.
    async fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let read = self.socket.read(&mut self.buffer[self.end..]).await?;
        self.end += read;
        Ok(read > 0)
    }

    /// Where a mark ends, counted from the first byte that is there.
    async fn end_of(&mut self, mark: &[u8]) -> io::Result<usize> {
        loop {
            if let Some(at) = memmem::find(self.bytes(), mark) {
                return Ok(at + mark.len());
            }
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The head of the next request; `None` when the client has closed.
    pub async fn request_head(&mut self) -> io::Result<Option<String>> {
        if self.start == self.end && !self.fill().await? {
            return Ok(None);
        }
        let end = self.end_of(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&self.bytes()[..end]).into_owned();
        self.start += end;
        Ok(Some(head))
    }

    /// Passes the fields before the file and the file's own head; returns how many bytes that were.
    pub async fn skip_to_file(&mut self, delimiter: &str) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let end = self.end_of(b"\r\n\r\n").await?;
            let is_file = memmem::find(&self.bytes()[..end], b"filename=").is_some();
            self.start += end;
            skipped += end as u64;
            if is_file {
                return Ok(skipped);
            }
            let end = self.end_of(delimiter.as_bytes()).await?;
            self.start += end;
            skipped += end as u64;
        }
    }

    pub fn file<'a>(&'a mut self, bytes: u64, delimiter: &'a str) -> File<'a> {
        File { inlet: self, left: bytes, delimiter: memmem::Finder::new(delimiter), taken: 0 }
    }

    /// Takes exactly these bytes.
    pub async fn expect(&mut self, wanted: &[u8]) -> io::Result<()> {
        while self.end - self.start < wanted.len() {
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if &self.bytes()[..wanted.len()] != wanted {
            return Err(wrong("the file is not the last field"));
        }
        self.start += wanted.len();
        Ok(())
    }
}

impl File<'_> {
    /// The next bytes, at most `most`. What may be the beginning of a delimiter is held back until more has come, so
    /// that a second file is noticed wherever it begins.
    pub async fn next(&mut self, most: u64) -> io::Result<&[u8]> {
        self.inlet.start += std::mem::take(&mut self.taken);
        loop {
            let there = self.inlet.bytes().len();
            let held = self.delimiter.needle().len() - 1;
            let certain = if there as u64 >= self.left { self.left as usize } else { there.saturating_sub(held) };
            if certain > 0 {
                self.taken = usize::try_from(most).map_or(certain, |most| most.min(certain));
                break;
            }
            if !self.inlet.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let bytes = self.inlet.bytes();
        let seen = bytes.len().min(self.taken + self.delimiter.needle().len() - 1);
        if self.delimiter.find(&bytes[..seen]).is_some_and(|at| at < self.taken) {
            return Err(wrong("a second field after the file"));
        }
        self.left -= self.taken as u64;
        Ok(&bytes[..self.taken])
    }
}

impl Drop for File<'_> {
    fn drop(&mut self) {
        self.inlet.start += self.taken;
    }
}
