//! A server as a child process: started, waited for until it listens, and always ended.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};

/// What every server here prints, before its address, once it accepts connections.
const READY: &str = " is listening on http://";
const START_LIMIT: Duration = Duration::from_secs(60);

pub struct Child {
    /// `host:port`.
    pub host: String,
    process: process::Child,
}

impl Child {
    /// Starts a server and waits until it says that it accepts connections.
    pub fn start(name: &str, mut program: Command, log: &Path) -> anyhow::Result<Self> {
        let mut process = program
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let lines = lines_of(&mut process);
        // From here on `drop` ends it, also if it never becomes ready.
        let mut child = Self { host: String::new(), process };
        child.host = ready(name, &lines, log)?;
        // The rest of its output is read and dropped: a full pipe would block it.
        std::thread::spawn(move || lines.iter().for_each(drop));
        Ok(child)
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Nothing that it holds outlives the run, so it need not be asked politely.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lines_of(process: &mut process::Child) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    if let Some(output) = process.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    lines
}

fn ready(name: &str, lines: &mpsc::Receiver<String>, log: &Path) -> anyhow::Result<String> {
    loop {
        match lines.recv_timeout(START_LIMIT) {
            Ok(line) => {
                if let Some((_, host)) = line.split_once(READY) {
                    return Ok(host.trim_end_matches('/').to_owned());
                }
            }
            Err(_) => {
                let log = fs::read_to_string(log).unwrap_or_default();
                bail!("{name} did not become ready; its log:\n{log}");
            }
        }
    }
}
