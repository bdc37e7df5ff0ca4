//! `exhibit token`: prints a new token alone, this once; lists those of a person, without their secrets; revokes one.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::assemble;
use crate::config::Settings;
use crate::domain::ids::TokenId;
use crate::domain::people::Email;
use crate::records::tokens::Listed;

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
    /// List a person's tokens: id, issued, last used, expires
    List {
        #[arg(long)]
        email: Email,
    },
    /// Revoke a token, which nobody gets in with from now on
    Revoke {
        /// Its id, as `list` shows it
        id: TokenId,
    },
}

pub async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    let people = assemble::people(&settings).await?;
    match command {
        Command::Issue { email, expires_in } => {
            let issued = people.issue_token_by_email(&email, expires_in).await?;
            println!("{}", issued.secret.expose());
        }
        Command::List { email } => {
            let time = |at: Option<DateTime<Utc>>| at.map_or("never".to_owned(), |at| at.format("%FT%TZ").to_string());
            for token in people.tokens_by_email(&email).await? {
                let Listed { id, created_at, last_used_at, expires_at } = token;
                println!("{id} {} {} {}", time(Some(created_at)), time(last_used_at), time(expires_at));
            }
        }
        Command::Revoke { id } => {
            people.revoke_token(id).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
