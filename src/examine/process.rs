//! One worker process as its keeper sees it. It is killed when it is dropped, whatever it is doing.

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::domain::finding::Verdict;

use super::asked::BYTES;
use super::wire::{self, Answer};
use super::{Content, InForce};

/// How long a process may take to put up its walls.
const START: Duration = Duration::from_secs(10);
/// Files after which a worker is replaced, whatever they left in it.
const FILES: u32 = 64;
/// Files between two looks at its memory, which its limit bounds in any case.
const LOOK: u32 = 8;
/// Pages of 4 KiB in memory above which it is replaced.
const GROWN: u64 = 64 * 1024 * 1024 / 4096;

/// A worker that has said that its walls stand.
pub struct Process {
    child: Child,
    socket: OwnedFd,
    /// For what it says, and for the bytes that it asks for.
    message: Vec<u8>,
    files: u32,
    pub in_force: InForce,
}

/// What came of a request.
pub enum Heard {
    Judged(Verdict),
    /// The file could not be read.
    Unreadable(io::Error),
}

/// What a worker did instead of answering.
#[derive(Debug)]
pub enum Breach {
    /// It was dead before it could be asked.
    Gone,
    Died,
    Stalled,
    /// It said what no worker says.
    Babbled,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "its process was not there any more",
            Self::Died => "its process died",
            Self::Stalled => "it took too long",
            Self::Babbled => "its process answered nonsense",
        })
    }
}

impl Process {
    /// Starts one that holds files against `rules`, as JSON.
    pub fn start(program: &Path, rules: &[u8]) -> io::Result<Self> {
        let (socket, theirs) = wire::connection()?;
        let child = Command::new(program)
            .arg("inspect-worker")
            .env_clear()
            // Parsers that use several threads would multiply memory by cores; and there are none in there.
            .env("RAYON_NUM_THREADS", "1")
            .current_dir("/")
            .stdin(theirs)
            .stdout(Stdio::null())
            // A parser's last words may quote the file.
            .stderr(Stdio::null())
            .spawn()?;
        // Held from here on, so that it is ended if it does not begin well.
        let in_force = InForce { landlock: false, seccomp: false };
        let mut process = Self { child, socket, message: Vec::new(), files: 0, in_force };
        wire::set_patience(&process.socket, START)?;
        match process.hear() {
            Ok(Answer::Ready(in_force)) => {
                process.in_force = in_force;
                wire::send(&process.socket, rules)?;
            }
            Ok(_) => return Err(io::Error::other(Breach::Babbled.to_string())),
            Err(breach) => return Err(io::Error::other(format!("{breach} at its start"))),
        }
        Ok(process)
    }

    /// Has it look at a file, and reads for it what it asks for.
    pub fn ask(&mut self, file: &Content, request: &[u8], patience: Duration) -> Result<Heard, Breach> {
        self.files += 1;
        let end = Instant::now() + patience;
        wire::set_patience(&self.socket, patience).map_err(|_| Breach::Gone)?;
        wire::send(&self.socket, request).map_err(|_| Breach::Gone)?;
        let mut failed = None;
        loop {
            match self.hear()? {
                _ if Instant::now() > end => return Err(Breach::Stalled),
                Answer::Read { at, len } if len <= wire::MOST => failed = self.read_for_it(file, at, len)?.or(failed),
                Answer::Read { .. } | Answer::Ready(_) => return Err(Breach::Babbled),
                Answer::Judged(verdict) => return Ok(failed.map_or(Heard::Judged(verdict), Heard::Unreadable)),
                Answer::Unreadable(number) => {
                    let said = || number.map_or(io::ErrorKind::UnexpectedEof.into(), io::Error::from_raw_os_error);
                    return Ok(Heard::Unreadable(failed.unwrap_or_else(said)));
                }
            }
        }
    }

    /// Sends it bytes of the file; answers why they could not be read, if so.
    fn read_for_it(&mut self, file: &Content, at: u64, len: usize) -> Result<Option<io::Error>, Breach> {
        self.message.resize(1 + len, 0);
        self.message[0] = BYTES;
        let (count, failed) = match file.read_at(&mut self.message[1..], at) {
            Ok(count) => (1 + count, None),
            Err(error) => {
                self.message[0] = !BYTES;
                (1, Some(error))
            }
        };
        wire::send(&self.socket, &self.message[..count]).map_err(|_| Breach::Died)?;
        Ok(failed)
    }

    fn hear(&mut self) -> Result<Answer, Breach> {
        match wire::receive(&self.socket, &mut self.message) {
            Ok(Some(message)) => serde_json::from_slice(message).map_err(|_| Breach::Babbled),
            Ok(None) => Err(Breach::Died),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Err(Breach::Stalled),
            Err(_) => Err(Breach::Babbled),
        }
    }

    /// Whether no file went before the one that it was asked about last.
    pub fn is_fresh(&self) -> bool {
        self.files == 0
    }

    /// Whether another one should take its place.
    pub fn is_spent(&self) -> bool {
        let is_looked_at = self.files.is_multiple_of(LOOK);
        self.files >= FILES || (is_looked_at && self.resident().is_none_or(|pages| pages > GROWN))
    }

    fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).ok()?;
        status.split(' ').nth(1)?.parse().ok()
    }

    /// Ends it and says how it had ended.
    pub fn end(mut self) -> Option<ExitStatus> {
        self.kill()
    }

    fn kill(&mut self) -> Option<ExitStatus> {
        self.child.kill().ok();
        self.child.wait().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
