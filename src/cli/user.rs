//! `exhibit user`: prints the new id, or a link, alone.

use std::process::ExitCode;

use clap::Subcommand;

use super::assemble;
use crate::config::Settings;
use crate::domain::ids::OrganisationId;
use crate::domain::people::{Email, Role};
use crate::domain::text::{Line, TextError};
use crate::people::NewUser;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a person and print their id
    Add {
        #[arg(long)]
        email: Email,
        #[arg(long, value_parser = line)]
        name: Line,
        /// apprentice, provider, assessor or admin
        #[arg(long)]
        role: Role,
        /// Id of the organisation they work for
        #[arg(long, value_name = "ID")]
        organisation: Option<OrganisationId>,
    },
    /// Make a link to set a person's password, and print it
    Invite {
        #[arg(long)]
        email: Email,
    },
}

/// One line of text, as an argument.
pub fn line(text: &str) -> Result<Line, TextError> {
    Line::try_from(text.to_owned())
}

pub async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add { email, name, role, organisation } => {
            let people = assemble::people(&settings).await?;
            let added = people.add_user(NewUser { email, name, role, organisation }).await?;
            println!("{}", added.id);
        }
        Command::Invite { email } => {
            let link = assemble::access(&settings).await?.invite_by_email(&email).await?;
            let server = &settings.server;
            let url = server.public_url.clone().unwrap_or_else(|| format!("http://{}", server.listen));
            println!("{url}/link/{}", link.secret.expose());
        }
    }
    Ok(ExitCode::SUCCESS)
}
