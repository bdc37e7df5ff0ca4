//! The service as it was built for this run: spoken to by its command line, and as a server.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::child::Child;

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
    child: Child,
}

impl Service {
    /// Starts the service and waits until it says that it accepts connections.
    pub fn start(settings: Settings) -> anyhow::Result<Self> {
        let mut program = settings.program();
        program.arg("serve").env("EXHIBIT__SERVER__LISTEN", "127.0.0.1:0");
        let child = Child::start("exhibit", program, &settings.folder.join("service.log"))?;
        Ok(Self { settings, child })
    }

    /// `host:port`.
    pub fn host(&self) -> &str {
        &self.child.host
    }

    pub fn pid(&self) -> u32 {
        self.child.pid()
    }
}
