//! The README's tour, run as it stands there against the real binary: what a newcomer is told to type works, and
//! what they are told to expect is answered.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const README: &str = include_str!("../../README.md");
/// Stands in the README's answers for what differs from run to run, or was left out.
const ELLIPSIS: char = '…';
/// Printed before each block's output.
const MARK: &str = "@@ block ";
/// No measurement: only keeps a service or a script that hangs from holding the tests up for ever.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn the_tour_goes_as_the_readme_says() {
    let steps = steps();
    assert!(steps.len() >= 8, "only {} steps were found between the README's tour marks", steps.len());
    let scratch = Scratch::new();
    let service = Service::start(&scratch.0);

    let mut script = String::from("exec 2>&1\n");
    for (number, step) in steps.iter().enumerate() {
        write!(script, "printf '\\n{MARK}%s\\n' {number}\n{}\n", step.commands).unwrap();
    }
    fs::write(scratch.0.join("tour.sh"), script).unwrap();
    let ended = clean(Command::new("timeout"), &scratch.0)
        .args(["--kill-after=5", &PATIENCE.as_secs().to_string(), "bash", "-euo", "pipefail", "tour.sh"])
        .env("URL", &service.url)
        .env("ADMIN", &service.admin)
        .output()
        .expect("timeout, of the coreutils, can be run");
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "the tour ended with {}:\n{told}", ended.status);

    let parts: Vec<&str> = told.split(&format!("\n{MARK}")).skip(1).collect();
    assert_eq!(parts.len(), steps.len(), "a step did not end:\n{told}");
    for (step, part) in steps.iter().zip(parts) {
        let output = part.split_once('\n').map_or("", |(_, output)| output);
        for answer in &step.answers {
            agrees(answer, output);
        }
    }

    let refused = told.find(r#""code":"coverage_incomplete""#).expect("the gateway is refused");
    let missing = told[refused..].find(r#""missing":["TEA"]"#).expect("the refusal names the missing area");
    told[refused + missing..].find(r#""state":"accepted""#).expect("the gateway is accepted in the end");
}

/// Commands of the tour, and the answers that are shown below them.
#[derive(Default)]
struct Step {
    commands: String,
    answers: Vec<String>,
}

fn steps() -> Vec<Step> {
    let (_, tour) = README.split_once("<!-- tour").expect("the README marks where its tour begins");
    let (tour, _) = tour.split_once("<!-- /tour -->").expect("the README marks where its tour ends");
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = tour.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match language {
            "sh" => steps.push(Step { commands: block.join("\n"), ..Step::default() }),
            "json" | "csv" => {
                steps.last_mut().expect("an answer follows commands").answers.push(block.join("\n"));
            }
            other => panic!("the tour has a block of `{other}`, which this test does not know"),
        }
    }
    steps
}

/// Everything between the ellipses of `answer` is in `output`, in the same order. White space does not count: the
/// README breaks lines for its reader, the service does not.
fn agrees(answer: &str, output: &str) {
    let (answer, told) = (unspaced(answer), unspaced(output));
    let mut rest = told.as_str();
    for fragment in answer.split(ELLIPSIS) {
        let Some(at) = rest.find(fragment) else {
            panic!("the README shows {fragment}\nbut what is left of the answer is {rest}\n\nof:\n{output}")
        };
        rest = &rest[at + fragment.len()..];
    }
}

fn unspaced(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A folder that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tour-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A freshly started service on SQLite and disk; it is killed when this is dropped.
struct Service {
    child: Child,
    url: String,
    admin: String,
}

impl Service {
    fn start(scratch: &Path) -> Self {
        let log = scratch.join("service.log");
        let child = clean(Command::new(env!("CARGO_BIN_EXE_exhibit")), scratch)
            .arg("serve")
            .env("EXHIBIT__SERVER__LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .expect("the service can be started");
        let mut service = Self { child, url: String::new(), admin: String::new() };
        let out = BufReader::new(service.child.stdout.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        // Reads on to the end: a service whose standard output nobody reads could stand still.
        thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        let told = receiver.recv_timeout(PATIENCE);
        let log = fs::read_to_string(log).unwrap();
        let url = told.ok().and_then(|line| Some(line.strip_prefix("exhibit is listening on ")?.to_owned()));
        service.url = url.unwrap_or_else(|| panic!("the service did not say that it is listening:\n{log}"));
        let token = log.lines().map(str::trim).find(|line| line.starts_with("exhibit_")).map(str::to_owned);
        service.admin = token.unwrap_or_else(|| panic!("the service printed no admin's token:\n{log}"));
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command in `folder` that sees no setting, proxy or file of the one who runs the tests.
fn clean(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder).stdin(Stdio::null()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TMPDIR", folder).env("HOME", folder);
    command
}
