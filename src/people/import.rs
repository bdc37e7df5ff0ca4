//! Opening showcases for many apprentices at once: all of them in one transaction, or none. What a look at the list finds
//! is found again when it is imported, since others may have added people meanwhile.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Enrolment, Error, People};
use crate::db::{Session, Tx};
use crate::domain::gateway::GatewayDetails;
use crate::domain::ids::{OrganisationId, ShowcaseId, UserId};
use crate::domain::people::{OrganisationKind, Role};
use crate::domain::standard::Standards;
use crate::records::showcases::Showcase;
use crate::records::users::Known;
use crate::records::{gateways, organisations, showcases, users};

/// An apprentice of a list.
#[derive(Clone, Debug)]
pub struct Newcomer {
    pub enrolment: Enrolment,
    /// The planned day of the assessment, if it is known already.
    pub assessment_on: Option<NaiveDate>,
}

/// How a newcomer stands to those who are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A person and a showcase are added.
    New,
    /// The person is here; a showcase is added.
    Known,
    /// The person has a showcase of this standard already.
    HasShowcase(ShowcaseId),
    /// The address is that of somebody else.
    Taken,
    NoSuchStandard,
    UlnReasonMissing,
    /// An earlier one of the list, by its place, is the same person for the same standard.
    Repeated(usize),
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub opened: usize,
    /// Left out: they have a showcase already.
    pub skipped: usize,
}

impl Standing {
    /// Whether a showcase can be opened for one who stands so.
    #[must_use]
    pub fn is_sound(self) -> bool {
        matches!(self, Self::New | Self::Known)
    }
}

impl People {
    /// How each of a list stands now. Nothing is changed.
    ///
    /// # Errors
    /// [`Error::UnknownOrganisation`] or [`Error::NotAProvider`].
    pub async fn look_at(
        &self,
        standards: &Standards,
        provider: OrganisationId,
        list: &[Newcomer],
    ) -> Result<Vec<Standing>, Error> {
        let mut tx = self.db.read().await?;
        is_provider(&mut tx, provider).await?;
        standings(&mut tx, standards, provider, list).await
    }

    /// Opens a showcase for everybody on the list, and makes a person of those who are not here yet. Those who have a
    /// showcase already are left out if `skip` says so.
    ///
    /// # Errors
    /// [`Error::NotImported`] with how each of them stands, [`Error::EmailTaken`] when somebody came in between,
    /// [`Error::UnknownOrganisation`] or [`Error::NotAProvider`]. Nothing was changed.
    pub async fn import(
        &self,
        standards: &Standards,
        provider: OrganisationId,
        list: &[Newcomer],
        (by, skip): (UserId, bool),
    ) -> Result<Imported, Error> {
        let mut tx = self.db.write().await?;
        // Two imports for one provider take turns: the second sees what the first has made.
        organisations::hold(&mut tx, provider).await?;
        is_provider(&mut tx, provider).await?;
        let found = standings(&mut tx, standards, provider, list).await?;
        let left_out = |standing: &Standing| skip && matches!(standing, Standing::HasShowcase(_));
        if found.iter().any(|standing| !standing.is_sound() && !left_out(standing)) {
            return Err(Error::NotImported(found));
        }
        let wanted = list.iter().zip(&found).filter(|(_, standing)| standing.is_sound());
        let wanted: Vec<&Newcomer> = wanted.map(|(newcomer, _)| newcomer).collect();
        self.enrol(&mut tx, standards, provider, (&wanted, by)).await?;
        tx.commit().await?;
        Ok(Imported { opened: wanted.len(), skipped: list.len() - wanted.len() })
    }

    async fn enrol(
        &self,
        tx: &mut Tx,
        standards: &Standards,
        provider: OrganisationId,
        (list, by): (&[&Newcomer], UserId),
    ) -> Result<(), Error> {
        let known = known(tx, provider, list.iter().map(|one| &one.enrolment)).await?;
        let mut here: HashMap<String, UserId> = known.into_iter().map(|(email, known)| (email, known.id)).collect();
        let (mut added, mut opened) = (Vec::new(), Vec::new());
        for one in list {
            let email = one.enrolment.apprentice.email.to_string();
            let apprentice = if let Some(id) = here.get(&email) {
                *id
            } else {
                let user = self.apprentice_of(&one.enrolment);
                here.insert(email, user.id);
                added.push(user);
                added[added.len() - 1].id
            };
            opened.push((self.showcase_of(standards, &one.enrolment, apprentice)?, one.assessment_on));
        }
        let taken = |error| Error::on_conflict(error, Error::EmailTaken);
        users::insert_many(tx, &added).await.map_err(taken)?;
        let rows: Vec<Showcase> = opened.iter().map(|(showcase, _)| showcase.clone()).collect();
        showcases::insert_many(tx, &rows).await?;
        for (showcase, day) in opened.iter().filter(|(_, day)| day.is_some()) {
            let details = GatewayDetails { assessment_on: *day, ..GatewayDetails::default() };
            gateways::put(tx, showcase.id, &details, by, self.clock.now()).await?;
        }
        tracing::info!(%provider, showcases = rows.len(), people = added.len(), "apprentices were imported");
        Ok(())
    }
}

async fn is_provider(on: &mut impl Session, id: OrganisationId) -> Result<(), Error> {
    let organisation = organisations::find(on, id).await?.ok_or(Error::UnknownOrganisation(id))?;
    if organisation.kind == OrganisationKind::Provider { Ok(()) } else { Err(Error::NotAProvider) }
}

/// Those of a list who are here already, by address.
async fn known(
    on: &mut impl Session,
    provider: OrganisationId,
    list: impl Iterator<Item = &Enrolment>,
) -> Result<HashMap<String, Known>, Error> {
    let emails: Vec<String> = list.map(|one| one.apprentice.email.to_string()).collect();
    let known = users::known(on, &emails, provider).await?;
    Ok(known.into_iter().map(|one| (one.email.to_string(), one)).collect())
}

async fn standings(
    on: &mut impl Session,
    standards: &Standards,
    provider: OrganisationId,
    list: &[Newcomer],
) -> Result<Vec<Standing>, Error> {
    let known = known(on, provider, list.iter().map(|one| &one.enrolment)).await?;
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let standing = |(place, Newcomer { enrolment, .. }): (usize, &_)| {
        let Enrolment { standard, version, apprentice, .. } = enrolment;
        let email = apprentice.email.to_string();
        if standards.find(standard, version).is_none() {
            return Standing::NoSuchStandard;
        }
        if apprentice.uln.is_none() && apprentice.uln_reason.is_none() {
            return Standing::UlnReasonMissing;
        }
        let first = *seen.entry((email.clone(), standard.clone())).or_insert(place);
        if first != place {
            return Standing::Repeated(first);
        }
        match known.get(&email) {
            None => Standing::New,
            Some(person) if person.role != Role::Apprentice || person.organisation_id != Some(provider) => {
                Standing::Taken
            }
            Some(person) => {
                let has = person.showcases.iter().find(|(_, of)| of == standard);
                has.map_or(Standing::Known, |(id, _)| Standing::HasShowcase(*id))
            }
        }
    };
    Ok(list.iter().enumerate().map(standing).collect())
}
