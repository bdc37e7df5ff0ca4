//! Everybody but the apprentices: one assessment organisation with its assessors, providers with their staff, and
//! the admin.

use chrono::{DateTime, Utc};

use crate::domain::identifiers::{EpaoId, Ukprn};
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::people::{OrganisationKind, Role};
use crate::records::organisations::Organisation;
use crate::records::users::User;

use super::days;
use super::dice::{Place, What};
use super::words;

/// Showcases to one provider, unless it is said otherwise, and to one assessor; but there are always two, so that one has
/// something to hide from the other.
pub const TO_A_PROVIDER: u32 = 500;
const TO_AN_ASSESSOR: u32 = 200;
/// The first showcases all belong to the first provider and assessor: those two see every state.
const FOR_THE_FIRST: u32 = 10;

/// The people of a seeding and what they work for.
#[derive(Clone, Debug)]
pub struct Cast {
    pub organisations: Vec<Organisation>,
    pub users: Vec<User>,
    pub admin: UserId,
    pub providers: Vec<Provider>,
    pub assessors: Vec<UserId>,
}

/// A provider with the one of its staff who does its part.
#[derive(Clone, Copy, Debug)]
pub struct Provider {
    pub organisation: OrganisationId,
    pub staff: UserId,
}

impl Cast {
    pub fn new(showcases: u32, to_a_provider: u32) -> Self {
        let office = organisation(0, OrganisationKind::AssessmentOrganisation);
        let admin = user(What::Admin, 0, Role::Admin, None, "service");
        let mut cast = Self {
            admin: admin.id,
            organisations: vec![office.clone()],
            users: vec![admin],
            providers: Vec::new(),
            assessors: Vec::new(),
        };
        for number in 0..showcases.div_ceil(TO_AN_ASSESSOR).max(2) {
            let assessor = user(What::Assessor, number, Role::Assessor, Some(office.id), "assessment");
            cast.assessors.push(assessor.id);
            cast.users.push(assessor);
        }
        for number in 0..showcases.div_ceil(to_a_provider).max(2) {
            let organisation = organisation(number + 1, OrganisationKind::Provider);
            let staff = user(What::Staff, number, Role::Provider, Some(organisation.id), "provider");
            cast.providers.push(Provider { organisation: organisation.id, staff: staff.id });
            cast.organisations.push(organisation);
            cast.users.push(staff);
        }
        cast
    }

    /// The provider and the assessor of a showcase.
    pub fn of(&self, showcase: u32) -> (Provider, UserId) {
        if showcase < FOR_THE_FIRST {
            return (self.providers[0], self.assessors[0]);
        }
        let mut dice = Place::new(What::Staff, showcase, 0).dice();
        (dice.pick(&self.providers), dice.pick(&self.assessors))
    }
}

/// Organisation 0 assesses, all others teach.
fn organisation(number: u32, kind: OrganisationKind) -> Organisation {
    // No number of this range is given out: the register's begin with 10.
    let ukprn: Ukprn = (99_000_000 + number).to_string().parse().expect("a UKPRN");
    let epao: EpaoId = "EPA9999".parse().expect("an assessment organisation's id");
    let (name, epao) = match kind {
        OrganisationKind::AssessmentOrganisation => ("Fairmark Assessment".to_owned(), Some(epao.to_string())),
        OrganisationKind::Provider => (words::provider(number as usize - 1), None),
    };
    let created_at = days::instant(0);
    let id = Place::new(What::Organisation, number, 0).id(created_at);
    Organisation { id, kind, name, ukprn: Some(ukprn.to_string()), epao_id: epao, created_at }
}

/// A person who was there from the start, by the number among those of their sort.
fn user(what: What, number: u32, role: Role, organisation: Option<OrganisationId>, domain: &str) -> User {
    person(Place::new(what, number, 0), role, organisation, domain, days::instant(0))
}

/// A person of the provider.
pub fn apprentice(number: u32, provider: Provider, created_at: DateTime<Utc>) -> User {
    let place = Place::new(What::Apprentice, number, 0);
    person(place, Role::Apprentice, Some(provider.organisation), "apprentice", created_at)
}

fn person(
    place: Place,
    role: Role,
    organisation_id: Option<OrganisationId>,
    domain: &str,
    created_at: DateTime<Utc>,
) -> User {
    let name = words::person(&mut place.dice());
    let email = words::address(&name, place.number + 1, domain).parse().expect("an e-mail address");
    User { id: place.id(created_at), email, name, role, organisation_id, created_at }
}
