//! The program itself, as a process of its own over a test's database and store.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use exhibit::config::Settings;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// `exhibit serve` as it runs for its users.
pub struct Program {
    child: Child,
    pub address: String,
}

/// How a process is started: what it is told, and what it is kept from.
#[derive(Clone, Default)]
pub struct Start<'a> {
    /// Fail points and what happens there, as the crate `fail` writes them.
    pub failpoints: &'a str,
    /// The largest file that it may write, in KiB.
    pub largest_file: Option<u32>,
    /// Where it listens, unless it may choose.
    pub listen: Option<&'a str>,
}

/// A command of the program with these settings, and nothing of the test's own environment.
fn command(settings: &Settings, folder: &Path, start: &Start<'_>) -> Command {
    let mut command = Command::new("bash");
    // The signal is ignored so that a write beyond the limit fails, as it does on a full disk.
    let limit = start.largest_file.map_or(String::new(), |kib| format!("trap '' XFSZ; ulimit -f {kib}; "));
    command.args(["-c", &format!("{limit}exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_exhibit")]);
    command.env_clear().env("FAILPOINTS", start.failpoints).env("TMPDIR", folder).kill_on_drop(true);
    let storage = &settings.storage;
    let secret = storage.secret_access_key.as_ref().map(|secret| secret.expose().to_owned());
    let spool = storage.spool.as_ref().map(|spool| spool.display().to_string());
    for (key, value) in [
        ("SERVER__LISTEN", Some(start.listen.unwrap_or("127.0.0.1:0").to_owned())),
        ("DATABASE__URL", Some(settings.database.url.expose().to_owned())),
        ("STORAGE__URL", Some(storage.url.clone())),
        ("STORAGE__ENDPOINT", storage.endpoint.clone()),
        ("STORAGE__ACCESS_KEY_ID", storage.access_key_id.clone()),
        ("STORAGE__SECRET_ACCESS_KEY", secret),
        ("STORAGE__SPOOL", spool),
        ("UPLOADS__BUDGET_MIB", Some(settings.uploads.budget_mib.to_string())),
        ("INSPECTION__TIMEOUT_S", Some(settings.inspection.timeout_s.to_string())),
        ("SCANNER__CLAMD", settings.scanner.clamd.as_ref().map(ToString::to_string)),
        ("LOG__FILTER", Some("warn".to_owned())),
    ] {
        if let Some(value) = value {
            command.env(format!("EXHIBIT__{key}"), value);
        }
    }
    command
}

fn log(folder: &Path) -> PathBuf {
    folder.join("program.log")
}

/// What a program wrote to standard error.
pub fn told(folder: &Path) -> String {
    std::fs::read_to_string(log(folder)).unwrap_or_default()
}

impl Program {
    /// Starts the service and waits until it listens.
    pub async fn serve(settings: &Settings, folder: &Path, start: Start<'_>) -> Self {
        let mut command = command(settings, folder, &start);
        command.arg("serve").stdout(Stdio::piped()).stderr(File::create(log(folder)).unwrap());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap();
        let line = line.unwrap_or_else(|| panic!("the program ended instead of listening: {}", told(folder)));
        let address = line.strip_prefix("exhibit is listening on ").expect("it says where it listens").to_owned();
        Self { child, address }
    }

    /// The number of its process.
    pub fn id(&self) -> Pid {
        self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs")
    }

    /// Kills it as the kernel does when memory runs out.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for the end of a process that kills itself.
    pub async fn killed(mut self) {
        let status = self.child.wait().await.unwrap();
        assert_eq!(status.signal(), Some(9), "{status}");
    }

    /// Has it stop as an operator does.
    pub async fn stop(mut self) {
        kill_process(self.id(), Signal::TERM).unwrap();
        let status = self.child.wait().await.unwrap();
        assert!(status.success(), "{status}");
    }
}

/// Runs a command to its end and answers what it printed.
pub async fn run(settings: &Settings, folder: &Path, arguments: &[&str]) -> String {
    let output = command(settings, folder, &Start::default()).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
