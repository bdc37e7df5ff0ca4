//! Opening a showcase for an apprentice, and naming its assessor, who is never of the provider.

use chrono::NaiveDate;

use super::{Error, NewUser, People};
use crate::db::Tx;
use crate::domain::gateway::ShowcaseState;
use crate::domain::identifiers::Uln;
use crate::domain::ids::{OrganisationId, ShowcaseId, UserId};
use crate::domain::people::{Email, OrganisationKind, Role};
use crate::domain::standard::Standards;
use crate::domain::text::Line;
use crate::records::showcases::{Locked, Showcase};
use crate::records::users::User;
use crate::records::{organisations, showcases, users};

/// A showcase to open.
#[derive(Clone, Debug)]
pub struct Enrolment {
    pub standard: String,
    pub version: String,
    pub apprentice: NewApprentice,
    pub provider: OrganisationId,
    pub employer: Line,
    pub started_on: NaiveDate,
}

/// The apprentice a showcase is opened for.
#[derive(Clone, Debug)]
pub struct NewApprentice {
    pub name: Line,
    pub email: Email,
    pub uln: Option<Uln>,
    /// Why there is no ULN; needed without one.
    pub uln_reason: Option<Line>,
}

impl People {
    /// Opens a showcase; its apprentice becomes a person here unless the provider added them before.
    ///
    /// # Errors
    /// [`Error::UnknownStandard`], [`Error::UnknownOrganisation`], [`Error::NotAProvider`],
    /// [`Error::UlnReasonMissing`], or [`Error::EmailTaken`] when the address is that of somebody else.
    pub async fn open_showcase(&self, standards: &Standards, new: Enrolment) -> Result<Showcase, Error> {
        if standards.find(&new.standard, &new.version).is_none() {
            return Err(Error::UnknownStandard(new.standard, new.version));
        }
        if new.apprentice.uln.is_none() && new.apprentice.uln_reason.is_none() {
            return Err(Error::UlnReasonMissing);
        }
        let mut tx = self.db.write().await?;
        let provider = organisations::find(&mut tx, new.provider).await?;
        if provider.ok_or(Error::UnknownOrganisation(new.provider))?.kind != OrganisationKind::Provider {
            return Err(Error::NotAProvider);
        }
        let apprentice = self.apprentice(&mut tx, &new).await?;
        let showcase = Showcase {
            apprentice_name: apprentice.name,
            apprentice_email: apprentice.email.to_string(),
            ..self.showcase_of(standards, &new, apprentice.id)?
        };
        showcases::insert(&mut tx, &showcase).await?;
        tx.commit().await?;
        Ok(showcase)
    }

    /// The showcase that an enrolment asks for.
    pub(super) fn showcase_of(
        &self,
        standards: &Standards,
        new: &Enrolment,
        apprentice: UserId,
    ) -> Result<Showcase, Error> {
        let unknown = || Error::UnknownStandard(new.standard.clone(), new.version.clone());
        let standard = standards.find(&new.standard, &new.version).ok_or_else(unknown)?;
        Ok(Showcase {
            id: ShowcaseId(self.clock.new_id()),
            standard: new.standard.clone(),
            version: new.version.clone(),
            piece_limit: i64::from(standard.limits().pieces),
            apprentice_id: apprentice,
            apprentice_name: new.apprentice.name.to_string(),
            apprentice_email: new.apprentice.email.to_string(),
            provider_id: new.provider,
            assessor_id: None,
            employer: new.employer.to_string(),
            uln: new.apprentice.uln.as_ref().map(ToString::to_string),
            uln_reason: new.apprentice.uln_reason.as_ref().map(ToString::to_string),
            started_on: new.started_on,
            state: ShowcaseState::Draft,
            attempt: 0,
            revision: 0,
            created_at: self.clock.now(),
            pieces: 0,
        })
    }

    /// The person that an enrolment makes.
    pub(super) fn apprentice_of(&self, new: &Enrolment) -> User {
        let NewApprentice { name, email, .. } = new.apprentice.clone();
        self.user(NewUser { email, name, role: Role::Apprentice, organisation: Some(new.provider) })
    }

    async fn apprentice(&self, tx: &mut Tx, new: &Enrolment) -> Result<User, Error> {
        match users::find_by_email(tx, &new.apprentice.email).await? {
            Some(known) if known.role == Role::Apprentice && known.organisation_id == Some(new.provider) => Ok(known),
            Some(_) => Err(Error::EmailTaken),
            None => {
                let user = self.apprentice_of(new);
                users::insert(tx, &user).await.map_err(|error| Error::on_conflict(error, Error::EmailTaken))?;
                Ok(user)
            }
        }
    }

    /// Assigns the assessor of a showcase that is not accepted yet.
    ///
    /// # Errors
    /// [`Error::UnknownUser`], [`Error::NotAnAssessor`], [`Error::NotIndependent`] or [`Error::ShowcaseAccepted`].
    pub async fn assign_assessor(&self, showcase: &Showcase, assessor: UserId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        let locked = showcases::lock(&mut tx, showcase.id).await?;
        self.assign(&mut tx, showcase, locked, assessor).await?;
        Ok(tx.commit().await?)
    }

    /// Assigns one assessor to several showcases that have none, or to none of them.
    ///
    /// # Errors
    /// As [`People::assign_assessor`], or [`Error::AssignedMeanwhile`].
    pub async fn assign_unassigned(&self, mut showcases: Vec<Showcase>, assessor: UserId) -> Result<(), Error> {
        // In one order, always: two that lock the same rows in different orders would wait for each other.
        showcases.sort_by_key(|showcase| showcase.id);
        let mut tx = self.db.write().await?;
        for showcase in &showcases {
            let locked = showcases::lock(&mut tx, showcase.id).await?;
            if locked.assessor.is_some() {
                return Err(Error::AssignedMeanwhile(showcase.apprentice_name.clone()));
            }
            self.assign(&mut tx, showcase, locked, assessor).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn assign(&self, tx: &mut Tx, showcase: &Showcase, locked: Locked, assessor: UserId) -> Result<(), Error> {
        let person = users::find(tx, assessor).await?.ok_or(Error::UnknownUser(assessor))?;
        if person.organisation_id == Some(showcase.provider_id) {
            return Err(Error::NotIndependent);
        }
        if person.role != Role::Assessor {
            return Err(Error::NotAnAssessor);
        }
        if !matches!(locked.state, ShowcaseState::Draft | ShowcaseState::Submitted) {
            return Err(Error::ShowcaseAccepted);
        }
        Ok(showcases::mark_assessor(tx, showcase.id, assessor).await?)
    }
}
