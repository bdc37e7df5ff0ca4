//! Typed settings, one struct a room: compiled-in defaults, then a file, then `EXHIBIT__ROOM__KEY`.
//! An unknown key is refused, and a secret never shows in `Debug` or wherever settings are shown.

mod clamd;
mod secret;
mod shown;
mod sign_in;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use config::{Config, Environment, File, FileFormat};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub use clamd::ClamdAddress;
pub use secret::{REDACTED, Secret};
pub use shown::{Given, Shown};
pub use sign_in::{MailRoute, MailSettings, SignInSettings};

use crate::domain::finding::{FindingCode, Severity};
use crate::domain::limits::{MailLimits, PackageLimits, PdfLimits};
use crate::domain::media_type::MediaType;
use crate::domain::qualification::Basis;
use crate::domain::words::words;

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub database: DatabaseSettings,
    pub storage: StorageSettings,
    pub uploads: UploadSettings,
    pub inspection: InspectionSettings,
    pub gateway: GatewaySettings,
    pub standards: StandardsSettings,
    pub scanner: ScannerSettings,
    pub sign_in: SignInSettings,
    pub mail: MailSettings,
    pub log: LogSettings,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Seconds between SIGTERM, when `/health/ready` turns 503, and the closing of the listening socket.
    pub drain_s: u64,
    /// Seconds.
    pub shutdown_s: u64,
    /// Where people reach the service, without a path; absent = where it listens.
    pub public_url: Option<String>,
    /// A proxy in front adds the client's address to `X-Forwarded-For`.
    pub forwarded: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite://PATH` or `postgres://…`, which may hold a password.
    pub url: Secret,
    pub max_connections: u32,
    /// Seconds.
    pub acquire_timeout_s: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSettings {
    /// `disk:PATH` or `s3://BUCKET[/PREFIX]`.
    pub url: String,
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<Secret>,
    pub spool: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadSettings {
    /// MiB.
    pub budget_mib: u32,
    /// Bytes, for everything but recordings.
    pub max_bytes: u64,
    /// Bytes, for audio and video.
    pub max_recording_bytes: u64,
    /// Seconds.
    pub stall_s: u64,
    /// Bytes a second.
    pub min_bytes_per_s: u64,
    /// Hours.
    pub expire_h: u32,
    /// Resumable uploads of one person.
    pub max_open: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionSettings {
    #[serde(deserialize_with = "list")]
    pub accept: Vec<MediaType>,
    pub max_pages: u32,
    pub max_pixels: u64,
    pub pdf: PdfLimits,
    pub package: PackageLimits,
    pub mail: MailLimits,
    /// Only what weighs other than [`FindingCode::severity`] says.
    pub severity: BTreeMap<FindingCode, Severity>,
    /// Processes that look at files; 0 = as many as there are cores.
    pub workers: usize,
    /// Seconds for one file.
    pub timeout_s: u64,
    /// The program that they run; absent = this one.
    pub program: Option<PathBuf>,
}

words! {
    /// The day from which the assessment window runs.
    WindowFrom { EmployerConfirmed = "employer_confirmed", Submitted = "submitted", Accepted = "accepted" }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewaySettings {
    pub window_from: WindowFrom,
    /// Optional bases for maths and English that are switched on.
    #[serde(deserialize_with = "list")]
    pub routes: Vec<Basis>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardsSettings {
    pub folder: Option<PathBuf>,
    pub wording: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScannerSettings {
    /// Absent = no scanner.
    pub clamd: Option<ClamdAddress>,
    /// Seconds for one file.
    pub timeout_s: u64,
}

words! {
    /// How log lines are written to standard error.
    LogFormat { Json = "json", Text = "text" }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// A `tracing` filter, such as `info` or `exhibit=debug,info`.
    pub filter: String,
    pub format: LogFormat,
}

/// A list, or its items in one text with commas: a variable of the environment has no lists.
fn list<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(value: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        List(Vec<String>),
        Text(String),
    }
    let items = match Given::deserialize(value)? {
        Given::List(items) => items,
        Given::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    let items = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty());
    items.map(|item| item.parse().map_err(D::Error::custom)).collect()
}

/// A setting is wrong; the message names it.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("settings: {0}")]
    Unreadable(#[from] config::ConfigError),
    #[error("settings: {key} is {problem}")]
    Wrong { key: &'static str, problem: String },
}

const DEFAULTS: &str = include_str!("../../config/default.toml");

impl Settings {
    /// Reads the defaults, then `file`, then the environment.
    ///
    /// # Errors
    /// When the file cannot be read, a key is unknown, or a value is not of its kind.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut layers = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = file {
            layers = layers.add_source(File::from(path).format(FileFormat::Toml));
        }
        let environment = Environment::with_prefix("EXHIBIT").prefix_separator("__").separator("__");
        Self::checked(layers.add_source(environment).build()?.try_deserialize()?)
    }

    /// The defaults alone, whatever the environment says.
    ///
    /// # Panics
    /// Never, for a build whose tests pass: the defaults are compiled in.
    #[must_use]
    pub fn defaults() -> Self {
        let layers = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        layers.build().and_then(Config::try_deserialize).expect("the compiled-in defaults are settings")
    }

    /// What no single field can say about itself.
    fn checked(self) -> Result<Self, SettingsError> {
        let wrong = |key, problem: &str| Err(SettingsError::Wrong { key, problem: problem.to_owned() });
        let database = self.database.url.expose();
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database.starts_with(scheme)) {
            return wrong("database.url", "neither sqlite://… nor postgres://…");
        }
        if self.database.max_connections == 0 {
            return wrong("database.max_connections", "0, but at least one connection is needed");
        }
        if self.uploads.budget_mib < 4 {
            return wrong("uploads.budget_mib", "below 4, too little for one upload to S3");
        }
        if self.inspection.timeout_s == 0 {
            return wrong("inspection.timeout_s", "0, but looking at a file takes time");
        }
        if self.scanner.timeout_s == 0 {
            return wrong("scanner.timeout_s", "0, but scanning a file takes time");
        }
        if self.server.public_url.as_ref().is_some_and(|url| !is_origin(url)) {
            return wrong(
                "server.public_url",
                "not https://HOST or http://HOST, perhaps with a port, and nothing after it",
            );
        }
        if self.mail.route().is_none() {
            return wrong("mail.url", "neither none, folder:PATH, smtp://… nor smtps://…");
        }
        let SignInSettings { idle_h, session_h, invitation_h, reset_min, account_attempts, address_attempts, .. } =
            self.sign_in;
        if [idle_h, session_h, invitation_h, reset_min, account_attempts, address_attempts].contains(&0) {
            return wrong("sign_in", "0 somewhere, but nobody could sign in then");
        }
        Ok(self)
    }
}

/// Whether a text is a scheme and an authority, and no more.
fn is_origin(url: &str) -> bool {
    let authority = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    authority.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show() {
        let mut settings = Settings::defaults();
        settings.storage.secret_access_key = Some(Secret::new("hunter2".into()));
        settings.database.url = Secret::new("postgres://u:hunter2@h/d".into());
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn every_type_is_accepted_and_every_weight_is_the_usual_one_unless_set() {
        let inspection = Settings::defaults().inspection;
        assert_eq!(inspection.accept, MediaType::ALL);
        assert!(inspection.severity.is_empty());
        let weights = "[inspection]\naccept = ['text/plain']\n[inspection.severity]\nlinks = 'refuses'\n";
        let layers = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(File::from_str(weights, FileFormat::Toml));
        let settings: Settings = layers.build().unwrap().try_deserialize().unwrap();
        assert_eq!(settings.inspection.accept, [MediaType::Txt]);
        assert_eq!(settings.inspection.severity.get(&FindingCode::Links), Some(&Severity::Refuses));
    }
}
