//! Staged → inspected → sealed: a file is looked at before anything of it becomes readable.

use std::io;
use std::sync::Arc;

use super::{Error, Intake, Received};
use crate::domain::digest::Digest;
use crate::domain::finding::{Facts, Finding, FindingCode, Severity};
use crate::domain::media_type::MediaType;
use crate::domain::piece::PieceDetails;
use crate::examine::{self, Content};
use crate::inspect::{Claim, ReadAt};
use crate::storage::{self, ObjectKey, Readable, Staged};

impl ReadAt for Readable {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        Self::read_at(self, buffer, at)
    }
}

/// An examination that failed since the store did not give the bytes is the store's failure.
fn of_storage(error: examine::Error) -> Error {
    match error {
        examine::Error::Unreadable(error) => match error.downcast::<storage::Error>() {
            Ok(error) => error.into(),
            Err(error) => examine::Error::Unreadable(error).into(),
        },
        other => other.into(),
    }
}

/// A file that was found acceptable and is not sealed yet.
pub(super) struct Examined {
    key: ObjectKey,
    staged: Staged,
    media_type: MediaType,
    findings: Vec<Finding>,
    facts: Facts,
}

/// A durable object that no row names yet.
pub(super) struct Sealed {
    pub key: ObjectKey,
    pub digest: Digest,
    pub bytes: u64,
    pub media_type: MediaType,
    pub findings: Vec<Finding>,
    pub facts: Facts,
}

impl Sealed {
    /// Pages that everybody counts alike, so that a place can be named by its page: what an office document says of
    /// itself depends on who laid it out last.
    pub fn pages(&self) -> Option<u32> {
        self.facts.pages.filter(|_| self.media_type == MediaType::Pdf)
    }
}

impl Intake {
    /// Looks at a gathered file.
    pub(super) async fn examine(&self, received: Received, claim: Claim) -> Result<Examined, Error> {
        let Received { key, mut staged } = received;
        let content = Content::new(Arc::new(staged.readable().await?), staged.len);
        let verdict = self.examiner.examine(content, claim, &key.to_string()).await.map_err(of_storage)?;
        fail::fail_point!("examined", crate::storage::die);
        match verdict.media_type {
            Some(media_type) if verdict.refusal().is_none() => {
                Ok(Examined { key, staged, media_type, findings: verdict.findings, facts: verdict.facts })
            }
            _ => Err(Error::refused(verdict)),
        }
    }

    /// Adds the remark that a statement should have a field to sign in.
    pub(super) fn expect_signature(&self, examined: &mut Examined, details: &PieceDetails) -> Result<(), Error> {
        examined.findings = self.with_signature(std::mem::take(&mut examined.findings), &examined.facts, details)?;
        Ok(())
    }

    /// The findings of a piece of these details: a statement is to be signed; whether a PDF has a field for it, only
    /// its inspection could tell, and whether it should, only its sender.
    pub(super) fn with_signature(
        &self,
        mut findings: Vec<Finding>,
        facts: &Facts,
        details: &PieceDetails,
    ) -> Result<Vec<Finding>, Error> {
        findings.retain(|finding| finding.code != FindingCode::NoSignatureField);
        if !details.is_statement() || facts.signature_field != Some(false) {
            return Ok(findings);
        }
        let detail = "The statement has no field for a signature. If it is signed by hand or by picture, nothing needs to be done; otherwise let its author sign it.";
        let mut finding = Finding::new(FindingCode::NoSignatureField, detail);
        finding.severity = self.rules.weight(finding.code);
        let refuses = finding.severity == Severity::Refuses;
        findings.push(finding);
        if refuses { Err(Error::Refused(findings)) } else { Ok(findings) }
    }

    /// Makes an examined file durable.
    pub(super) async fn seal(&self, examined: Examined) -> Result<Sealed, Error> {
        let Examined { key, staged, media_type, findings, facts } = examined;
        let (digest, bytes) = (staged.digest, staged.len);
        if let Err(error) = staged.seal().await {
            // The store may have kept what it did not acknowledge.
            self.discard(key).await;
            return Err(error.into());
        }
        fail::fail_point!("sealed", crate::storage::die);
        Ok(Sealed { key, digest, bytes, media_type, findings, facts })
    }

    /// Removes an object that no row names. If the store does not answer, `sweep` will.
    pub(super) async fn discard(&self, key: ObjectKey) {
        if let Err(error) = self.storage.remove(key).await {
            tracing::warn!(%key, %error, "an object without a record could not be removed; sweep will");
        }
    }
}
