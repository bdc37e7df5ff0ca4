//! Who takes part: organisations, people and their roles; words that arrive as text become typed here or are refused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{OrganisationId, UserId};
use super::words::words;

words! {
    /// What an organisation does in an apprenticeship.
    OrganisationKind { Provider = "provider", AssessmentOrganisation = "assessment-organisation" }
}

words! {
    /// What a person may do here; one role a person.
    Role { Apprentice = "apprentice", Provider = "provider", Assessor = "assessor", Admin = "admin" }
}

words! {
    /// Why a link to set a password was made.
    LinkPurpose { Invitation = "invitation", Reset = "reset" }
}

/// A person who acts, as far as decisions need to know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub id: UserId,
    pub role: Role,
    pub organisation: Option<OrganisationId>,
}

/// An e-mail address in lower case: the name under which a person is known, unique over all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Email(String);

/// The text is no e-mail address.
#[derive(Debug, thiserror::Error)]
#[error("an e-mail address has one @ between a name and a domain, no spaces, and at most 254 characters")]
pub struct NotAnEmail;

impl FromStr for Email {
    type Err = NotAnEmail;

    /// Checks the shape only: whether an address exists, only a message to it can tell.
    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim();
        let (name, domain) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
        let sound = !name.is_empty()
            && domain.split('.').all(|label| !label.is_empty())
            && text.len() <= 254
            && name.chars().chain(domain.chars()).all(plain);
        if sound { Ok(Self(text.to_lowercase())) } else { Err(NotAnEmail) }
    }
}

impl TryFrom<String> for Email {
    type Error = NotAnEmail;

    fn try_from(text: String) -> Result<Self, NotAnEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_for_their_shape_and_lowered() {
        assert_eq!("Amy.O'Neil@Example.ORG".parse::<Email>().unwrap().to_string(), "amy.o'neil@example.org");
        for bad in
            ["", "amy", "@example.org", "amy@", "a b@example.org", "amy@example..org", "a@b@c", "amy@exam\nple.org"]
        {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
