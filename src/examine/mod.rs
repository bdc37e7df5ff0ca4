//! The one way to a verdict, for uploads and for `exhibit inspect`: parsers see a file in a confined process, never
//! here, and the malware scanner sees what they accepted. What could not be looked at whole is never accepted.

mod asked;
mod error;
#[cfg(feature = "failpoints")]
mod misbehaviour;
mod pool;
mod process;
mod scanner;
mod walls;
mod wire;
mod worker;

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;

pub use error::Error;
pub use walls::InForce;
pub use worker::work;

use crate::config::{InspectionSettings, Settings};
use crate::domain::finding::Verdict;
use crate::inspect::{Claim, ReadAt, Rules};
use pool::Workers;
use scanner::Scanner;

/// Judges files. Cheap to clone; all clones share the worker processes, which end with the last of them.
#[derive(Clone, Debug)]
pub struct Examiner {
    workers: Workers,
    scanner: Option<Scanner>,
    rules: Arc<Rules>,
}

/// A whole file to be judged, wherever its bytes are.
#[derive(Clone)]
pub struct Content {
    bytes: Arc<dyn ReadAt>,
    /// In bytes.
    pub len: u64,
}

impl Content {
    #[must_use]
    pub fn new(bytes: Arc<dyn ReadAt>, len: u64) -> Self {
        Self { bytes, len }
    }

    /// # Errors
    /// When the file's length cannot be had.
    pub fn of_file(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self::new(Arc::new(file), len))
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        self.bytes.read_at(buffer, at)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content of {} bytes", self.len)
    }
}

/// What the malware scanner is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannerState {
    /// There is none, so nothing is scanned.
    Absent,
    Ready,
    /// It does not answer, so nothing is taken in.
    Unavailable,
}

impl Examiner {
    /// Prepares the workers; each is started when it is first needed.
    ///
    /// # Errors
    /// When the system has no room for their threads.
    pub fn new(settings: &Settings) -> io::Result<Self> {
        let clamd = settings.scanner.clamd.clone();
        let scanner = clamd.map(|address| Scanner::new(address, &settings.scanner));
        let rules = Arc::new(rules(settings));
        Ok(Self { workers: Workers::new(&settings.inspection, &rules)?, scanner, rules })
    }

    /// What files are held against.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules)
    }

    /// Starts a first worker, so that what is wrong with it shows before the first upload, and says what confines it.
    ///
    /// # Errors
    /// [`Error::NoWorker`].
    pub async fn open(&self) -> Result<InForce, Error> {
        self.workers.open().await
    }

    /// Asks the malware scanner how it is.
    pub async fn scanner(&self) -> ScannerState {
        match &self.scanner {
            None => ScannerState::Absent,
            Some(scanner) => match scanner.ready().await {
                Ok(()) => ScannerState::Ready,
                Err(error) => {
                    tracing::warn!(error = %error, cause = ?std::error::Error::source(&error), "the malware scanner");
                    ScannerState::Unavailable
                }
            },
        }
    }

    /// The verdict on a whole file. `about` is what the log calls it: an id, never a name.
    ///
    /// # Errors
    /// When nobody could look at it; nothing is known of the file then.
    pub async fn examine(&self, file: Content, claim: Claim, about: &str) -> Result<Verdict, Error> {
        let mut verdict = self.workers.inspect(file.clone(), claim, about).await?;
        // Only then: what is built to exhaust a parser costs the scanner minutes.
        if let Some(scanner) = &self.scanner
            && verdict.refusal().is_none()
        {
            verdict.findings.extend(scanner.scan(&file).await?);
        }
        Ok(verdict)
    }
}

fn rules(settings: &Settings) -> Rules {
    let InspectionSettings { accept, max_pages, max_pixels, pdf, package, mail, severity, .. } =
        settings.inspection.clone();
    Rules {
        max_bytes: settings.uploads.max_bytes,
        max_recording_bytes: settings.uploads.max_recording_bytes,
        accept,
        max_pages,
        max_pixels,
        pdf,
        package,
        mail,
        severity,
    }
}
