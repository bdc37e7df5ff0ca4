//! nginx as `tests/nginx` starts it, with the configuration that the repository ships.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A running nginx; it is stopped when it is dropped.
pub struct Nginx {
    folder: TempDir,
    pub address: String,
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx"))
}

impl Nginx {
    /// Starts it before these replicas, `HOST:PORT` each.
    pub fn before(replicas: &[String]) -> Self {
        let program = std::env::var_os("EXHIBIT_TEST_NGINX")
            .expect("EXHIBIT_TEST_NGINX names no nginx: run the tests with `make test`, or ask `tests/nginx program`");
        assert!(Path::new(&program).exists(), "there is no nginx at {}", program.display());
        // A folder of its own: it is made one that nginx' user may enter.
        let folder = tempfile::tempdir().unwrap();
        let output = script().arg("start").arg(folder.path()).args(replicas).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let address = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        Self { folder, address }
    }

    /// Where it listens, `HOST:PORT`.
    pub fn host(&self) -> &str {
        self.address.trim_start_matches("http://")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        script().arg("stop").arg(self.folder.path()).status().ok();
    }
}
