//! The service as a child process: started, spoken to by its command line, and always ended.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

const READY: &str = "exhibit is listening on http://";
const START_LIMIT: Duration = Duration::from_secs(60);

/// Where one instance keeps its records and its objects.
pub struct Settings {
    pub environment: Vec<(&'static str, String)>,
    pub folder: PathBuf,
}

impl Settings {
    /// Runs one command to its end and returns the last line that it printed.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let shown = arguments.join(" ");
        let output = self.program().args(arguments).stdin(Stdio::null()).output()?;
        ensure!(
            output.status.success(),
            "exhibit {shown}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        let printed = String::from_utf8(output.stdout)?;
        let last = printed.lines().rfind(|line| !line.trim().is_empty());
        last.map(|line| line.trim().to_owned()).with_context(|| format!("exhibit {shown} printed nothing"))
    }

    fn program(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_exhibit"));
        // Settings of the person who runs this must not change what is measured.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EXHIBIT__") {
                program.env_remove(name);
            }
        }
        // Temporary files lie on the same disk as everything else, and are removed with it: /tmp is
        // memory on many machines, and that memory would show in no figure.
        program
            .env("TMPDIR", &self.folder)
            .current_dir(&self.folder)
            .envs(self.environment.iter().map(|(k, v)| (*k, v)));
        program
    }
}

pub struct Service {
    pub settings: Settings,
    /// `host:port`.
    pub host: String,
    child: Child,
}

impl Service {
    /// Starts the service and waits until it says that it accepts connections.
    pub fn start(settings: Settings) -> anyhow::Result<Self> {
        let log = settings.folder.join("service.log");
        let mut child = settings
            .program()
            .arg("serve")
            .env("EXHIBIT__SERVER__LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()
            .context("cannot start exhibit")?;
        let lines = lines_of(&mut child);
        // From here on `drop` ends the child, also if it never becomes ready.
        let mut service = Self { settings, host: String::new(), child };
        service.host = ready(&lines, &log)?;
        // The rest of its output is read and dropped: a full pipe would block the service.
        std::thread::spawn(move || lines.iter().for_each(drop));
        Ok(service)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Nothing that it holds outlives the run, so it need not be asked politely.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    lines
}

fn ready(lines: &mpsc::Receiver<String>, log: &Path) -> anyhow::Result<String> {
    loop {
        match lines.recv_timeout(START_LIMIT) {
            Ok(line) => {
                if let Some(host) = line.strip_prefix(READY) {
                    return Ok(host.trim_end_matches('/').to_owned());
                }
            }
            Err(_) => {
                let log = fs::read_to_string(log).unwrap_or_default();
                bail!("the service did not become ready; its log:\n{log}");
            }
        }
    }
}
