//! Why a file could not be judged. None of these says anything about the file.

use std::io;

/// Nobody could look at the file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No process for the parsers can be started: too many processes, no memory, the program is gone.
    #[error("a process that inspects files cannot be started")]
    NoWorker(#[source] io::Error),
    /// The malware scanner is configured and does not say what it finds.
    #[error("the malware scanner does not answer")]
    NoScanner(#[source] io::Error),
    #[error("the file cannot be read")]
    Unreadable(#[from] io::Error),
}
