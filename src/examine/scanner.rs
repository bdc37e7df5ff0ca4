//! The malware scanner: clamd over INSTREAM (see clamd(8)). Only its word `OK` means that nothing was found; silence,
//! an error or a reply that nobody knows is never taken for it.

mod connection;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clamav_client::PONG;
use clamav_client::tokio::{ping, scan_stream};
use futures_util::{Stream, stream};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Content, Error};
use crate::config::{ClamdAddress, ScannerSettings};
use crate::domain::finding::{Finding, FindingCode};
use connection::Clamd;

/// Bytes that are sent at a time.
const CHUNK: usize = 256 * 1024;
/// Files that it is given at the same time, below the ten threads that it has unless told otherwise.
const TURNS: usize = 8;
/// How long it may take to say that it is there, which is no work, before a file is sent to it.
const GREETING: Duration = Duration::from_secs(10);
/// The same for those who only want to know, and who are waited for themselves.
const GLANCE: Duration = Duration::from_secs(2);

/// A configured scanner.
#[derive(Clone, Debug)]
pub struct Scanner {
    clamd: Clamd,
    patience: Duration,
    turns: Arc<Semaphore>,
}

impl Scanner {
    pub fn new(address: ClamdAddress, settings: &ScannerSettings) -> Self {
        let patience = Duration::from_secs(settings.timeout_s);
        Self { clamd: Clamd(address), patience, turns: Arc::new(Semaphore::new(TURNS)) }
    }

    /// Whether it answers now.
    pub async fn ready(&self) -> Result<(), Error> {
        self.answers_within(GLANCE).await
    }

    async fn answers_within(&self, patience: Duration) -> Result<(), Error> {
        let reply = soon(patience.min(self.patience), ping(&self.clamd)).await?;
        if reply == PONG { Ok(()) } else { Err(unknown(&reply)) }
    }

    /// What it finds in a file: nothing, or why the file is refused.
    pub async fn scan(&self, file: &Content) -> Result<Option<Finding>, Error> {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        // One that hangs is noticed here, and not after as long as a large recording may take.
        self.answers_within(GREETING).await?;
        let reply = soon(self.patience, scan_stream(chunks(file.clone()), &self.clamd, Some(CHUNK))).await?;
        read(&reply)
    }
}

/// A file from its start to its end.
fn chunks(file: Content) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((file, 0), |(file, at)| async move {
        let read = spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK];
            let count = file.read_at(&mut chunk, at)?;
            chunk.truncate(count);
            Ok::<_, io::Error>((chunk, file))
        });
        let (chunk, file) = read.await??;
        let end = at + chunk.len() as u64;
        Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), (file, end))))
    })
}

async fn soon(patience: Duration, reply: impl Future<Output = io::Result<Vec<u8>>>) -> Result<Vec<u8>, Error> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    timeout(patience, reply).await.map_err(late).flatten().map_err(Error::NoScanner)
}

fn read(reply: &[u8]) -> Result<Option<Finding>, Error> {
    let text = String::from_utf8_lossy(reply);
    let text = text.trim_end_matches(['\0', '\n']);
    match text.strip_prefix("stream: ").unwrap_or(text) {
        "OK" => Ok(None),
        found if found.ends_with(" FOUND") => {
            let name = found.trim_end_matches(" FOUND");
            // An alert of clamd's own that its limits ended the scan, and no malware.
            Ok(Some(if name.starts_with("Heuristics.Limits.Exceeded") { incomplete() } else { malware(name) }))
        }
        error if error.ends_with(" ERROR") && error.contains("limit") => Ok(Some(incomplete())),
        _ => Err(unknown(reply)),
    }
}

fn unknown(reply: &[u8]) -> Error {
    let reply = String::from_utf8_lossy(&reply[..reply.len().min(200)]);
    Error::NoScanner(io::Error::other(format!("clamd replied {reply:?}")))
}

fn malware(name: &str) -> Finding {
    let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    let detail = format!(
        "The malware scanner found {name} in the file. Do not open or pass it on. Have your device checked for malware, and upload a clean version."
    );
    Finding::new(FindingCode::Malware, detail)
}

fn incomplete() -> Finding {
    let detail = "The malware scanner could not look at all of the file: it is too large or too deeply packed for it. Upload a smaller or simpler version.";
    Finding::new(FindingCode::ScanIncomplete, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(reply: &str) -> Option<FindingCode> {
        read(reply.as_bytes()).unwrap().map(|finding| finding.code)
    }

    #[test]
    fn only_ok_is_clean() {
        assert_eq!(code("stream: OK\0"), None);
        assert_eq!(code("stream: Win.Test.EICAR_HDB-1 FOUND\0"), Some(FindingCode::Malware));
        for reply in [
            "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
            "INSTREAM size limit exceeded. ERROR\0",
            "stream: Exceeded time limit ERROR\0",
        ] {
            assert_eq!(code(reply), Some(FindingCode::ScanIncomplete), "{reply}");
        }
        for reply in
            ["", "\0", "OK, in a way", "stream: OK OK", "stream: Can't allocate memory ERROR\0", "UNKNOWN COMMAND\0"]
        {
            assert!(matches!(read(reply.as_bytes()), Err(Error::NoScanner(_))), "{reply}");
        }
    }

    #[test]
    fn a_name_is_shown_as_text() {
        let finding = malware("Evil\u{1b}[2J");
        assert!(finding.detail.contains("found Evil[2J in"), "{}", finding.detail);
    }
}
