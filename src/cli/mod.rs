//! The command line: one command, one file. Exit 0 is done, 1 is refused or failed, 2 is a wrong command or
//! setting; what programs read goes to standard output, everything else to standard error.

pub mod assemble;
mod inspect;
mod migrate;
mod organisation;
mod seed;
mod serve;
mod sweep;
mod token;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{LogFormat, LogSettings, Settings, SettingsError};
use crate::examine;

/// Evidence for end-point assessment: taken, proved, kept and mapped.
#[derive(Debug, Parser)]
#[command(name = "exhibit", version, propagate_version = true)]
struct Arguments {
    /// A file of settings; see config/default.toml for all of them
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve HTTP until SIGTERM or SIGINT
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Organisations
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// People
    #[command(subcommand)]
    User(user::Command),
    /// API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Say what files are and whether they would be accepted
    Inspect(inspect::Arguments),
    /// Remove what crashes left in the store
    Sweep(sweep::Arguments),
    /// Inspect what the service hands over: for the service itself, which starts it confined
    #[command(hide = true)]
    InspectWorker,
    /// Fill the service with made-up showcases, the same ones each time
    Seed(seed::Arguments),
}

/// Runs the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    // `FAILPOINTS` says where this process is to die: in the builds of the crash tests alone.
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    let arguments = Arguments::parse();
    if let Command::InspectWorker = arguments.command {
        return examine::work();
    }
    let settings = match Settings::load(arguments.config.as_deref()) {
        Ok(settings) => settings,
        Err(error) => return misconfigured(&error),
    };
    if let Err(error) = log_to_stderr(&settings.log) {
        return misconfigured(&error);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let outcome = actix_web::rt::System::with_tokio_rt(move || runtime).block_on(run(arguments.command, settings));
    match outcome {
        Ok(code) => code,
        Err(error) if error.is::<SettingsError>() => misconfigured(&error),
        Err(error) => failed(&error),
    }
}

async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve::run(settings).await,
        Command::Migrate => migrate::run(settings).await,
        Command::Organisation(command) => organisation::run(command, settings).await,
        Command::User(command) => user::run(command, settings).await,
        Command::Token(command) => token::run(command, settings).await,
        Command::Inspect(arguments) => inspect::run(arguments, settings).await,
        Command::InspectWorker => Ok(examine::work()),
        Command::Sweep(arguments) => sweep::run(arguments, settings).await,
        Command::Seed(arguments) => seed::run(arguments, settings).await,
    }
}

fn misconfigured(error: &impl std::fmt::Display) -> ExitCode {
    eprintln!("exhibit: {error:#}");
    ExitCode::from(2)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("exhibit: {error:#}");
    ExitCode::FAILURE
}

fn log_to_stderr(settings: &LogSettings) -> Result<(), SettingsError> {
    use tracing_subscriber::EnvFilter;

    let wrong = |error: tracing_subscriber::filter::ParseError| SettingsError::Wrong {
        key: "log.filter",
        problem: format!("not a filter: {error}"),
    };
    let filter = EnvFilter::builder().parse(&settings.filter).map_err(wrong)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Json => lines.json().init(),
        LogFormat::Text => lines.init(),
    }
    Ok(())
}
