//! The program as its operator meets it: commands, what they print, and how they refuse. Every process is killed
//! with its test, whatever comes of it.

mod inspect;
mod migrate;
mod people;
mod seed;
mod serve;
mod settings;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// No measurement: only keeps a program that hangs from holding the tests up for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder in which the program runs, with its embedded defaults below it.
struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a finished command left.
struct Finished {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Sets `EXHIBIT__…`.
    fn with(mut self, key: &str, value: &str) -> Self {
        self.variables.push((format!("EXHIBIT__{key}"), value.to_owned()));
        self
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path().join(name), bytes).unwrap();
        name.to_owned()
    }

    fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exhibit"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command.envs(self.variables.iter().map(|(key, value)| (key, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    async fn run(&self, arguments: &[&str]) -> Finished {
        let output = tokio::time::timeout(PATIENCE, self.command(arguments).output()).await;
        let output = output.expect("the command ends").unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Finished { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts the service on a free port, and waits until it says that it listens.
    async fn serve(&self) -> Service {
        let mut command = self.command(&["serve"]);
        let mut child = command.env("EXHIBIT__SERVER__LISTEN", "127.0.0.1:0").spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, out.next_line()).await.expect("it says something").unwrap();
        let Some(line) = line else { panic!("it ended: {}", told(&mut child).await) };
        let address = line.strip_prefix("exhibit is listening on ").expect("the line of the contract").to_owned();
        Service { child, out, address, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }
}

/// Everything a process wrote to standard error until it closed it.
async fn told(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).await.unwrap();
    text
}

/// A running `exhibit serve`.
struct Service {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    address: String,
    http: reqwest::Client,
}

impl Service {
    async fn get(&self, path: &str, token: &str) -> reqwest::Response {
        self.http.get(format!("{}{path}", self.address)).bearer_auth(token).send().await.unwrap()
    }

    /// Stops it as an operator does; answers what it printed to standard error.
    async fn stop(mut self, signal: rustix::process::Signal) -> String {
        let id = rustix::process::Pid::from_raw(self.child.id().unwrap().cast_signed()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        let told = told(&mut self.child).await;
        assert_eq!(status.code(), Some(0), "{told}");
        assert_eq!(self.out.next_line().await.unwrap(), None, "the first line is the only one");
        told
    }
}

impl Finished {
    /// The one line that a command printed, and nothing to standard error but the log's lines.
    #[track_caller]
    fn line(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        let line = self.out.strip_suffix('\n').expect("a line");
        assert!(!line.contains('\n') && !line.is_empty(), "{}", self.out);
        line.to_owned()
    }

    /// Makes sure that the command failed with this exit code and these words, on standard error alone.
    #[track_caller]
    fn refused(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        assert_eq!(self.out, "");
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
        assert!(!self.err.contains("panicked") && !self.err.contains("RUST_BACKTRACE"), "{}", self.err);
    }
}
