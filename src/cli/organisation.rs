//! `exhibit organisation add`: prints the new id alone.

use std::process::ExitCode;

use clap::Subcommand;

use super::assemble;
use crate::config::Settings;
use crate::domain::identifiers::{EpaoId, Ukprn};
use crate::domain::people::OrganisationKind;
use crate::domain::text::Line;
use crate::people::NewOrganisation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add an organisation and print its id
    Add {
        /// provider or assessment-organisation
        #[arg(long)]
        kind: OrganisationKind,
        #[arg(long, value_parser = super::user::line)]
        name: Line,
        /// UK provider reference number
        #[arg(long)]
        ukprn: Option<Ukprn>,
        /// Assessment organisation number, such as EPA0001
        #[arg(long)]
        epao_id: Option<EpaoId>,
    },
}

pub async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    let Command::Add { kind, name, ukprn, epao_id } = command;
    let people = assemble::people(&settings).await?;
    let added = people.add_organisation(NewOrganisation { kind, name, ukprn, epao_id }).await?;
    println!("{}", added.id);
    Ok(ExitCode::SUCCESS)
}
