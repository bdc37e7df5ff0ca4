//! `exhibit token issue`: prints the token alone, this once.

use std::process::ExitCode;

use clap::Subcommand;

use super::assemble;
use crate::config::Settings;
use crate::domain::people::Email;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Issue a token for a person and print it
    Issue {
        #[arg(long)]
        email: Email,
        /// Days until it expires; without it, it does not
        #[arg(long, value_name = "DAYS")]
        expires_in: Option<u32>,
    },
}

pub async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    let Command::Issue { email, expires_in } = command;
    let people = assemble::people(&settings).await?;
    let issued = people.issue_token_by_email(&email, expires_in).await?;
    println!("{}", issued.secret.expose());
    Ok(ExitCode::SUCCESS)
}
