//! Who may do what, decided in one pure function: a total match, and what is not allowed is denied.

use super::ids::{OrganisationId, UserId};
use super::people::{Actor, Role};
use super::words::words;

words! {
    /// An act on one showcase and what belongs to it.
    Action {
        Read = "read",
        AddPiece = "add_piece",
        EditPiece = "edit_piece",
        WithdrawPiece = "withdraw_piece",
        AssignAssessor = "assign_assessor",
        Tag = "tag",
        PrepareGateway = "prepare_gateway",
        SubmitGateway = "submit_gateway",
        DecideGateway = "decide_gateway",
        RecordMock = "record_mock",
        Assess = "assess",
        SitAgain = "sit_again",
        ReleaseResults = "release_results",
    }
}

words! {
    /// An act that concerns no showcase yet.
    Undertaking {
        AddOrganisation = "add_organisation",
        AddApprentice = "add_apprentice",
        AddOtherUser = "add_other_user",
        IssueToken = "issue_token",
        AddShowcase = "add_showcase",
        ReadCohort = "read_cohort",
        Administer = "administer",
    }
}

words! {
    /// How a person stands to a showcase.
    Relation {
        /// Their own showcase, as its apprentice.
        Own = "own",
        /// A showcase of the provider they work for.
        Provider = "provider",
        /// A showcase that they are to assess.
        Assigned = "assigned",
        /// None of these.
        Stranger = "stranger",
    }
}

/// What a decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allow,
    /// The right person, an act that is not theirs: 403.
    Forbid,
    /// Not theirs to know of: 404.
    Hide,
}

/// The people of a showcase.
#[derive(Clone, Copy, Debug)]
pub struct Parties {
    pub apprentice: UserId,
    pub provider: OrganisationId,
    pub assessor: Option<UserId>,
}

/// How `actor` stands to the showcase of `parties`.
#[must_use]
pub fn relation(actor: Actor, parties: Parties) -> Relation {
    match actor.role {
        Role::Apprentice if parties.apprentice == actor.id => Relation::Own,
        Role::Provider if actor.organisation == Some(parties.provider) => Relation::Provider,
        Role::Assessor if parties.assessor == Some(actor.id) => Relation::Assigned,
        Role::Apprentice | Role::Provider | Role::Assessor | Role::Admin => Relation::Stranger,
    }
}

/// Decides an act on a showcase.
///
/// An admin does everything but assessing; a person of the provider never decides its gateway.
#[must_use]
pub fn decide(role: Role, relation: Relation, action: Action) -> Decision {
    use Action::{
        AddPiece, Assess, AssignAssessor, DecideGateway, EditPiece, PrepareGateway, Read, RecordMock, ReleaseResults,
        SitAgain, SubmitGateway, Tag, WithdrawPiece,
    };
    let theirs = match (role, relation) {
        (Role::Apprentice, Relation::Own)
        | (Role::Provider, Relation::Provider)
        | (Role::Assessor, Relation::Assigned)
        | (Role::Admin, _) => true,
        (Role::Apprentice, Relation::Provider | Relation::Assigned | Relation::Stranger)
        | (Role::Provider, Relation::Own | Relation::Assigned | Relation::Stranger)
        | (Role::Assessor, Relation::Own | Relation::Provider | Relation::Stranger) => false,
    };
    if !theirs {
        return Decision::Hide;
    }
    let allowed = match action {
        Read => true,
        AddPiece | EditPiece | WithdrawPiece => matches!(role, Role::Apprentice | Role::Provider | Role::Admin),
        PrepareGateway | SubmitGateway | RecordMock => matches!(role, Role::Provider | Role::Admin),
        AssignAssessor => role == Role::Admin,
        Tag | DecideGateway | Assess => role == Role::Assessor,
        // Whether to try again is the employer's choice, which its provider or the assessor enters.
        SitAgain => matches!(role, Role::Provider | Role::Assessor | Role::Admin),
        ReleaseResults => matches!(role, Role::Assessor | Role::Admin),
    };
    if allowed { Decision::Allow } else { Decision::Forbid }
}

/// Decides an act that concerns no showcase yet; there is nothing to hide, so it is allowed or forbidden.
#[must_use]
pub fn may(role: Role, undertaking: Undertaking) -> bool {
    use Undertaking::{AddApprentice, AddOrganisation, AddOtherUser, AddShowcase, Administer, IssueToken, ReadCohort};
    match undertaking {
        AddOrganisation | AddOtherUser | IssueToken | Administer => role == Role::Admin,
        AddApprentice | AddShowcase => matches!(role, Role::Provider | Role::Admin),
        ReadCohort => matches!(role, Role::Provider | Role::Assessor | Role::Admin),
    }
}

/// The showcases a person may see at all: what list queries are narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    OfApprentice(UserId),
    OfProvider(OrganisationId),
    OfAssessor(UserId),
    All,
    /// A person of a provider without a provider sees nothing.
    Nothing,
}

/// The scope of `actor`: a showcase is in it exactly when `decide` allows reading it.
#[must_use]
pub fn scope(actor: Actor) -> Scope {
    match (actor.role, actor.organisation) {
        (Role::Apprentice, _) => Scope::OfApprentice(actor.id),
        (Role::Provider, Some(provider)) => Scope::OfProvider(provider),
        (Role::Provider, None) => Scope::Nothing,
        (Role::Assessor, _) => Scope::OfAssessor(actor.id),
        (Role::Admin, _) => Scope::All,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// The whole of `decide`, as a table to read: A allowed, - forbidden (403), . hidden (404).
    #[test]
    fn every_role_relation_and_action() {
        let mut table = String::new();
        for &role in Role::ALL {
            for &relation in Relation::ALL {
                write!(table, "{:<11}{:<9}", role.word(), relation.word()).unwrap();
                for &action in Action::ALL {
                    let mark = match decide(role, relation, action) {
                        Decision::Allow => 'A',
                        Decision::Forbid => '-',
                        Decision::Hide => '.',
                    };
                    write!(table, " {mark}").unwrap();
                }
                table.push('\n');
            }
        }
        // Columns: read add_piece edit_piece withdraw_piece assign_assessor tag prepare submit decide
        // record_mock assess sit_again release_results
        assert_eq!(
            table,
            "\
apprentice own       A A A A - - - - - - - - -
apprentice provider  . . . . . . . . . . . . .
apprentice assigned  . . . . . . . . . . . . .
apprentice stranger  . . . . . . . . . . . . .
provider   own       . . . . . . . . . . . . .
provider   provider  A A A A - - A A - A - A -
provider   assigned  . . . . . . . . . . . . .
provider   stranger  . . . . . . . . . . . . .
assessor   own       . . . . . . . . . . . . .
assessor   provider  . . . . . . . . . . . . .
assessor   assigned  A - - - - A - - A - A A A
assessor   stranger  . . . . . . . . . . . . .
admin      own       A A A A A - A A - A - A A
admin      provider  A A A A A - A A - A - A A
admin      assigned  A A A A A - A A - A - A A
admin      stranger  A A A A A - A A - A - A A
"
        );
    }

    #[test]
    fn every_role_and_undertaking() {
        let allowed: Vec<String> = Role::ALL
            .iter()
            .map(|&role| {
                let words = Undertaking::ALL.iter().filter(|&&u| may(role, u)).map(|u| u.word());
                format!("{role}: {}", words.collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(
            allowed,
            [
                "apprentice: ",
                "provider: add_apprentice add_showcase read_cohort",
                "assessor: read_cohort",
                "admin: add_organisation add_apprentice add_other_user issue_token add_showcase read_cohort administer",
            ]
        );
    }
}
