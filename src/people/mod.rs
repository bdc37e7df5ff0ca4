//! People, their organisations and their tokens, and the opening of an apprentice's showcase. A token's secret
//! is shown once and never kept; an e-mail address belongs to one person.

mod enrolment;
mod error;
mod import;
pub mod sheet;
mod token;

pub use enrolment::{Enrolment, NewApprentice};
pub use error::Error;
pub use import::{Imported, Newcomer, Standing};
pub use token::{IssuedToken, Secret};

use crate::clock::Clock;
use crate::db::Database;
use crate::domain::identifiers::{EpaoId, Ukprn};
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::people::{Email, OrganisationKind, Role};
use crate::domain::text::Line;
use crate::records::organisations::Organisation;
use crate::records::users::User;
use crate::records::{organisations, users};

/// The address of the admin whom the first start makes.
pub const FIRST_ADMIN: &str = "admin@localhost";

/// Keeps people, organisations and tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct People {
    db: Database,
    clock: Clock,
}

/// An organisation to add.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    pub kind: OrganisationKind,
    pub name: Line,
    pub ukprn: Option<Ukprn>,
    pub epao_id: Option<EpaoId>,
}

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: Email,
    pub name: Line,
    pub role: Role,
    pub organisation: Option<OrganisationId>,
}

impl People {
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// # Errors
    /// [`Error::IdentifierTaken`] when another organisation has the UKPRN or assessment organisation number.
    pub async fn add_organisation(&self, new: NewOrganisation) -> Result<Organisation, Error> {
        let organisation = Organisation {
            id: OrganisationId(self.clock.new_id()),
            kind: new.kind,
            name: new.name.into(),
            ukprn: new.ukprn.map(|ukprn| ukprn.to_string()),
            epao_id: new.epao_id.map(|epao| epao.to_string()),
            created_at: self.clock.now(),
        };
        let mut tx = self.db.write().await?;
        organisations::insert(&mut tx, &organisation)
            .await
            .map_err(|error| Error::on_conflict(error, Error::IdentifierTaken))?;
        tx.commit().await?;
        Ok(organisation)
    }

    /// # Errors
    /// [`Error::EmailTaken`], [`Error::UnknownOrganisation`], or [`Error::ProviderNeedsProvider`] when a person
    /// of the role `provider` would work for no provider.
    pub async fn add_user(&self, new: NewUser) -> Result<User, Error> {
        let mut tx = self.db.write().await?;
        let organisation = match new.organisation {
            Some(id) => Some(organisations::find(&mut tx, id).await?.ok_or(Error::UnknownOrganisation(id))?),
            None => None,
        };
        let kind = organisation.as_ref().map(|organisation| organisation.kind);
        if new.role == Role::Provider && kind != Some(OrganisationKind::Provider) {
            return Err(Error::ProviderNeedsProvider);
        }
        let user = self.user(new);
        users::insert(&mut tx, &user).await.map_err(|error| Error::on_conflict(error, Error::EmailTaken))?;
        tx.commit().await?;
        Ok(user)
    }

    fn user(&self, new: NewUser) -> User {
        User {
            id: UserId(self.clock.new_id()),
            email: new.email,
            name: new.name.into(),
            role: new.role,
            organisation_id: new.organisation,
            created_at: self.clock.now(),
        }
    }

    /// The first admin and their token, when nobody is recorded yet; `None` when somebody is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn first_admin(&self) -> Result<Option<IssuedToken>, Error> {
        if users::count(&mut &self.db).await? > 0 {
            return Ok(None);
        }
        let email: Email = FIRST_ADMIN.parse().expect("an e-mail address");
        let name = Line::try_from("First admin".to_owned()).expect("a line");
        let admin = self.add_user(NewUser { email, name, role: Role::Admin, organisation: None }).await;
        match admin {
            Ok(admin) => self.issue_token(admin.id, None).await.map(Some),
            // Another replica that started at the same time was faster.
            Err(Error::EmailTaken) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
