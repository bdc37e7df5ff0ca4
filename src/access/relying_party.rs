//! The service as `WebAuthn`'s relying party: challenges out, answers in. The crate that verifies is named here alone; a
//! passkey always has its person verified by the authenticator, and is kept there to be found without a name.

use std::net::IpAddr;

use serde_json::Value;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle, Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

use super::Error;
use crate::domain::ids::UserId;
use crate::records::passkeys::Passkey;
use crate::records::users::User;

/// A person's id is their handle with an authenticator.
const HANDLE: usize = 16;

type Handle = UserHandle<HANDLE>;
type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// Where passkeys are valid.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    id: RpId,
    /// As browsers write it: scheme, host and, unless it is the usual one, port.
    origin: String,
}

/// What a browser is asked for, and what its answer will be held against.
#[derive(Debug)]
pub struct Asked {
    /// For the browser's own function.
    pub options: Value,
    pub state: Vec<u8>,
}

/// A passkey that a browser made.
#[derive(Debug)]
pub struct Made {
    pub credential_id: Vec<u8>,
    pub transports: u8,
    pub key: Vec<u8>,
    pub state: Vec<u8>,
}

/// A browser's answer to who somebody is, not looked at yet.
pub struct Answer(DiscoverableAuthentication16);

impl RelyingParty {
    /// The relying party of where people reach the service; `None` where browsers know no passkeys: at an address
    /// without a name, and over plain HTTP unless it is this machine.
    #[must_use]
    pub fn at(public_url: &str) -> Option<Self> {
        let url = public_url.to_ascii_lowercase();
        let (scheme, authority) = url.split_once("://")?;
        let usual = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return None,
        };
        let authority = authority.strip_suffix(usual).unwrap_or(authority);
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_name = host.parse::<IpAddr>().is_err()
            && !host.ends_with('.')
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
        let domain = AsciiDomain::try_from(host.to_owned()).ok().filter(|_| is_name)?;
        (scheme == "https" || is_local)
            .then(|| Self { id: RpId::Domain(domain), origin: format!("{scheme}://{authority}") })
    }

    /// Asks for a new passkey of a person, on none of the authenticators that hold one of `known`.
    pub fn ask_for_new(&self, user: &User, known: &[Passkey]) -> Result<Asked, Error> {
        let email = user.email.to_string();
        let handle = handle(user.id);
        // Names that the profile for user names refuses: the id is at least not ambiguous.
        let name = Username::try_from(email.as_str())
            .or_else(|_| Username::try_from(user.id.to_string()))
            .map_err(|_| Error::PasskeyRefused)?;
        let entity = PublicKeyCredentialUserEntity {
            name,
            id: &handle,
            display_name: Nickname::try_from(user.name.as_str()).ok(),
        };
        let known = known.iter().filter_map(|passkey| {
            let id = CredentialId::<Vec<u8>>::decode(passkey.credential_id.clone()).ok()?;
            let transports = AuthTransports::decode(passkey.transports).ok()?;
            Some(PublicKeyCredentialDescriptor { id, transports })
        });
        let mut options = PublicKeyCredentialCreationOptions::passkey(&self.id, entity, known.collect());
        // Some authenticators do not know this extension, and verification is asked for each time anyway.
        options.extensions.cred_protect = CredProtect::None;
        let (server, client) = options.start_ceremony().map_err(|_| Error::PasskeyRefused)?;
        let state = server.encode().map_err(|_| Error::PasskeyRefused)?;
        Asked::of(state, &client)
    }

    /// Holds an answer against what was asked for.
    pub fn made(&self, state: &[u8], answer: &str) -> Result<Made, Error> {
        let state = RegistrationServerState::<HANDLE>::decode(state).map_err(|_| Error::PasskeyRefused)?;
        let answer = Registration::from_json_relaxed(answer.as_bytes()).map_err(|_| Error::PasskeyRefused)?;
        let origins = [self.origin.as_str()];
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            // Browsers add some of their own accord.
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = state.verify(&self.id, &answer, &options).map_err(refused)?;
        let Ok(key) = made.static_state().encode();
        let Ok(state) = made.dynamic_state().encode();
        let Ok(transports) = made.transports().encode();
        Ok(Made { credential_id: made.id().as_ref().to_vec(), transports, key, state: state.to_vec() })
    }

    /// Asks a browser who somebody is.
    pub fn ask_who(&self) -> Result<Asked, Error> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        let (server, client) = options.start_ceremony().map_err(|_| Error::PasskeyRefused)?;
        let state = server.encode().map_err(|_| Error::PasskeyRefused)?;
        Asked::of(state, &client)
    }

    /// Holds an answer against what was asked and the passkey that it names; answers the passkey's new state.
    pub fn proven(&self, state: &[u8], answer: &Answer, passkey: &Passkey) -> Result<Vec<u8>, Error> {
        let state = DiscoverableAuthenticationServerState::decode(state).map_err(|_| Error::PasskeyRefused)?;
        let key = StaticState::<Key>::decode(&passkey.key).map_err(|_| Error::PasskeyRefused)?;
        let before = <[u8; 7]>::try_from(passkey.state.as_slice()).map_err(|_| Error::PasskeyRefused)?;
        let before = DynamicState::decode(before).map_err(|_| Error::PasskeyRefused)?;
        // As it is recorded: an answer in another person's name is none.
        let handle = handle(passkey.user_id);
        let mut credential =
            AuthenticatedCredential::new(answer.0.raw_id(), &handle, key, before).map_err(|_| Error::PasskeyRefused)?;
        let origins = [self.origin.as_str()];
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        state.verify(&self.id, &answer.0, &mut credential, &options).map_err(refused)?;
        let Ok(after) = credential.dynamic_state().encode();
        Ok(after.to_vec())
    }
}

impl Asked {
    fn of(state: Vec<u8>, client: &impl serde::Serialize) -> Result<Self, Error> {
        let options = serde_json::to_value(client).map_err(|_| Error::PasskeyRefused)?;
        Ok(Self { options, state })
    }
}

impl Answer {
    /// Reads an answer as the browser writes it.
    pub fn read(json: &str) -> Result<Self, Error> {
        let read = DiscoverableAuthentication16::from_json_relaxed(json.as_bytes());
        read.map(Self).map_err(|_| Error::PasskeyRefused)
    }

    /// The authenticator's name for the passkey.
    pub fn credential_id(&self) -> Vec<u8> {
        self.0.raw_id().as_ref().to_vec()
    }
}

fn handle(user: UserId) -> Handle {
    let Ok(handle) = Handle::decode(user.0.into_bytes());
    handle
}

/// Why exactly is for the log: whoever made the answer up learns nothing from it.
fn refused(reason: impl std::fmt::Display) -> Error {
    tracing::info!(%reason, "a passkey was refused");
    Error::PasskeyRefused
}

#[cfg(test)]
mod tests {
    use super::RelyingParty;

    #[test]
    fn passkeys_need_a_name_and_a_safe_way() {
        let at = |url: &str| RelyingParty::at(url).map(|party| (party.id.as_ref().to_owned(), party.origin));
        let some = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(at("https://Evidence.Example.org"), some("evidence.example.org", "https://evidence.example.org"));
        assert_eq!(at("https://example.org:443"), some("example.org", "https://example.org"));
        assert_eq!(at("https://example.org:8443"), some("example.org", "https://example.org:8443"));
        assert_eq!(at("http://localhost:8080"), some("localhost", "http://localhost:8080"));
        for nowhere in [
            "http://example.org",
            "https://192.0.2.7",
            "http://127.0.0.1:8080",
            "https://[2001:db8::1]",
            "https://[::1]:8443",
            "https://exämple.org",
            "https://example.org.",
            "https://a..b",
            "ftp://localhost",
            "localhost",
        ] {
            assert_eq!(at(nowhere), None, "{nowhere}");
        }
    }
}
