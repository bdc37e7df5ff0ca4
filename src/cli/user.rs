//! `exhibit user add`: prints the new id alone.

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
}

/// One line of text, as an argument.
pub fn line(text: &str) -> Result<Line, TextError> {
    Line::try_from(text.to_owned())
}

pub async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    let Command::Add { email, name, role, organisation } = command;
    let people = assemble::people(&settings).await?;
    let added = people.add_user(NewUser { email, name, role, organisation }).await?;
    println!("{}", added.id);
    Ok(ExitCode::SUCCESS)
}
