//! A few warm workers, each kept by a thread of its own that starts it, asks it and ends it. A worker that broke its
//! bounds sees no further file, and none outlives its keeper: the kernel kills it with that thread.

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tokio::sync::oneshot;

use super::process::{Breach, Heard, Process};
use super::wire::Request;
use super::{Content, Error, InForce};
use crate::config::InspectionSettings;
use crate::domain::finding::{Facts, Verdict};
use crate::inspect::{self, Claim, Rules};

/// What a client may declare of a type is compared to short names.
const LONGEST_DECLARATION: usize = 255;

/// The keepers, as others see them: where work is handed in.
#[derive(Clone)]
pub struct Workers {
    work: Sender<Work>,
}

enum Work {
    Open(oneshot::Sender<Result<InForce, Error>>),
    Inspect(Job),
}

/// One file to look at.
struct Job {
    file: Content,
    request: Vec<u8>,
    about: String,
    answer: oneshot::Sender<Result<Verdict, Error>>,
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workers")
    }
}

impl Workers {
    /// Prepares workers that hold files against `rules`.
    ///
    /// # Errors
    /// When the system has no room for their threads.
    pub fn new(settings: &InspectionSettings, rules: &Rules) -> io::Result<Self> {
        let rules: Arc<[u8]> = serde_json::to_vec(rules)?.into();
        let (work, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let count = match settings.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        };
        // By this path the running program is found even when its file has been replaced since.
        let program = settings.program.clone().unwrap_or_else(|| PathBuf::from("/proc/self/exe"));
        for number in 0..count {
            let keeper = Keeper {
                program: program.clone(),
                rules: Arc::clone(&rules),
                patience: Duration::from_secs(settings.timeout_s),
                process: None,
            };
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new().name(format!("inspect-{number}")).spawn(move || keeper.keep(&waiting))?;
        }
        Ok(Self { work })
    }

    pub async fn open(&self) -> Result<InForce, Error> {
        self.ask(Work::Open).await
    }

    pub async fn inspect(&self, file: Content, mut claim: Claim, about: &str) -> Result<Verdict, Error> {
        claim.declared = claim.declared.map(|declared| declared.chars().take(LONGEST_DECLARATION).collect());
        let request = serde_json::to_vec(&Request { claim, len: file.len }).map_err(io::Error::other)?;
        let about = about.to_owned();
        self.ask(|answer| Work::Inspect(Job { file, request, about, answer })).await
    }

    async fn ask<T>(&self, work: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Work) -> Result<T, Error> {
        let (send, answer) = oneshot::channel();
        let gone = || Error::NoWorker(io::Error::other("no thread keeps a worker any more"));
        self.work.send(work(send)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// Processes that see one file, at most.
const TRIES: u32 = 3;

fn ran_out_of_time(end: ExitStatus) -> bool {
    end.signal() == Some(Signal::XCPU.as_raw())
}

/// Keeps one worker.
struct Keeper {
    program: PathBuf,
    rules: Arc<[u8]>,
    patience: Duration,
    process: Option<Process>,
}

impl Keeper {
    /// Works until nobody can hand in work any more.
    fn keep(mut self, waiting: &Mutex<Receiver<Work>>) {
        loop {
            // One keeper waits for work, and the others for their turn to.
            let work = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            match work {
                Err(_) => return,
                Ok(Work::Open(answer)) => {
                    let opened = self.process().map(|process| process.in_force);
                    answer.send(opened).ok();
                }
                // Whoever asked is gone.
                Ok(Work::Inspect(job)) if job.answer.is_closed() => {}
                Ok(Work::Inspect(job)) => {
                    let answer = self.inspect(&job);
                    let was_there = answer.is_ok();
                    job.answer.send(answer).ok();
                    if was_there {
                        // The next one shall not wait for a start; why one fails, it will be told.
                        self.process().ok();
                    }
                }
            }
        }
    }

    fn process(&mut self) -> Result<&mut Process, Error> {
        let process = match self.process.take() {
            Some(process) => process,
            None => Process::start(&self.program, &self.rules).map_err(Error::NoWorker)?,
        };
        Ok(self.process.insert(process))
    }

    fn inspect(&mut self, job: &Job) -> Result<Verdict, Error> {
        for _ in 0..TRIES {
            let patience = self.patience;
            let process = self.process()?;
            let is_fresh = process.is_fresh();
            match process.ask(&job.file, &job.request, patience) {
                Ok(answer) => {
                    if process.is_spent() {
                        self.process = None;
                    }
                    return match answer {
                        Heard::Judged(verdict) => Ok(verdict),
                        Heard::Unreadable(error) => Err(error.into()),
                    };
                }
                Err(breach) if self.blames_the_file(&breach, is_fresh, &job.about) => {
                    let findings = vec![inspect::too_complex()];
                    return Ok(Verdict { media_type: None, findings, facts: Facts::default() });
                }
                Err(_) => {}
            }
        }
        Err(Error::NoWorker(io::Error::other("each one died before it saw the file")))
    }

    /// Ends a process that broke its bounds. Time is counted for each file, but a process that had seen other files may
    /// have died of what those left in it: the last one is not refused for that.
    fn blames_the_file(&mut self, breach: &Breach, is_fresh: bool, about: &str) -> bool {
        let end = self.process.take().and_then(Process::end);
        let status = end.map_or_else(String::new, |end| end.to_string());
        tracing::warn!(about, %breach, status, "an inspection did not survive");
        match breach {
            Breach::Gone => false,
            Breach::Stalled => true,
            Breach::Died | Breach::Babbled => is_fresh || end.is_some_and(ran_out_of_time),
        }
    }
}
