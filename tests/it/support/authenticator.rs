//! An authenticator in software: it makes a passkey and answers challenges as a browser would hand them on, and lies in
//! whatever way a test asks for.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use exhibit::domain::digest::Digest;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

/// Where the tests say that people reach the service.
pub const ORIGIN: &str = "https://evidence.example.org";
const RP_ID: &str = "evidence.example.org";

/// One passkey, with its private key.
#[derive(Clone)]
pub struct Authenticator {
    pub key: SigningKey,
    pub credential_id: Vec<u8>,
    /// The person's handle, as the service gave it when the passkey was made.
    pub handle: Vec<u8>,
    pub counter: u32,
}

/// What an answer claims; by default the truth.
#[derive(Clone)]
pub struct Claims {
    pub origin: String,
    pub rp_id: String,
    pub kind: Option<&'static str>,
    pub challenge: Option<String>,
    pub is_verified: bool,
    pub is_cross_origin: bool,
    pub handle: Option<Vec<u8>>,
    pub spoils_signature: bool,
}

impl Default for Claims {
    fn default() -> Self {
        Self {
            origin: ORIGIN.to_owned(),
            rp_id: RP_ID.to_owned(),
            kind: None,
            challenge: None,
            is_verified: true,
            is_cross_origin: false,
            handle: None,
            spoils_signature: false,
        }
    }
}

impl Claims {
    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = self.challenge.clone().unwrap_or_else(|| text(&options["challenge"]));
        let kind = self.kind.unwrap_or(kind);
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.is_cross_origin})
            .to_string()
            .into_bytes()
    }

    fn authenticator_data(&self, extra: u8, counter: u32) -> Vec<u8> {
        let verified = if self.is_verified { 0x04 } else { 0 };
        let mut data = Digest::of(self.rp_id.as_bytes()).as_bytes().to_vec();
        data.push(0x01 | verified | extra);
        data.extend(counter.to_be_bytes());
        data
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Authenticator {
    /// One whose private key follows from a number.
    pub fn new(number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        Self { key, credential_id: vec![number; 32], handle: Vec::new(), counter: 1 }
    }

    /// Makes the passkey that is asked for; the answer as a browser writes it.
    pub fn create(&mut self, options: &Value, claims: &Claims) -> String {
        self.handle = BASE64.decode(text(&options["user"]["id"])).unwrap();
        let client_data = claims.client_data("webauthn.create", options);
        let mut data = claims.authenticator_data(0x40, self.counter);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
        let mut attestation = vec![0xa3, 0x63, b'f', b'm', b't', 0x64, b'n', b'o', b'n', b'e', 0x67];
        attestation.extend(b"attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        let id = BASE64.encode(&self.credential_id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": BASE64.encode(client_data), "attestationObject": BASE64.encode(attestation),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// The public key as COSE writes it.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(point.x().unwrap());
        key.extend([0x22, 0x58, 0x20]);
        key.extend(point.y().unwrap());
        key
    }

    /// Says who is there, and counts.
    pub fn get(&mut self, options: &Value, claims: &Claims) -> String {
        self.counter += 1;
        let client_data = claims.client_data("webauthn.get", options);
        let data = claims.authenticator_data(0, self.counter);
        let signed = [data.as_slice(), Digest::of(&client_data).as_bytes()].concat();
        let signature: Signature = self.key.sign(&signed);
        let mut signature = signature.to_der().as_bytes().to_vec();
        if claims.spoils_signature {
            *signature.last_mut().unwrap() ^= 1;
        }
        let id = BASE64.encode(&self.credential_id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": BASE64.encode(client_data), "authenticatorData": BASE64.encode(data),
                "signature": BASE64.encode(signature),
                "userHandle": BASE64.encode(claims.handle.as_ref().unwrap_or(&self.handle)),
            },
        })
        .to_string()
    }
}
