//! The gateway of a submitted showcase, as the service would have recorded it: details, documents, the attempt with
//! its snapshot, and decisions.

use chrono::Days;

use crate::domain::calendar::{Deadlines, today_in_london};
use crate::domain::digest::Digest;
use crate::domain::gateway::{
    Component, ComponentDecision, DocumentKind, FrozenDocument, FrozenPiece, GatewayDetails, Outcome, Qualification,
    Snapshot,
};
use crate::domain::ids::DocumentId;
use crate::domain::qualification::{Basis, Level};
use crate::records::attempts::{Attempt, Decision};
use crate::records::documents::Document;
use crate::records::pieces::Piece;
use crate::storage::ObjectKey;

use super::batch::{Batch, Object, Preparation};
use super::days::{self, DAY, Work};
use super::dice::{Place, What};
use super::files::{Form, Label};
use super::mapping::Mapping;
use super::piece::file_name;
use super::plan::{Case, Plan, Stage};

impl Case {
    /// When it was submitted: two days after the last of its pieces at the earliest.
    pub fn submitted(&self, pieces: usize) -> Work {
        self.opened + DAY * (Work::try_from(pieces).expect("a few pieces") + 3)
    }
}

impl Plan {
    /// Adds the gateway of a showcase whose pieces are the batch's from `first` on.
    pub(super) fn add_gateway(
        &self,
        case: &Case,
        mapping: &Mapping<'_>,
        first: usize,
        batch: &mut Batch,
    ) -> anyhow::Result<()> {
        let submitted = case.submitted(self.pieces as usize);
        let excepted = Place::new(What::Gateway, case.number, 0).dice().below(12) == 0;
        let maths = if excepted { DocumentKind::PlanOrStatement } else { DocumentKind::MathsCertificate };
        let kinds = [maths, DocumentKind::EnglishCertificate, DocumentKind::GatewayForm];
        let mut documents = Vec::new();
        for (item, kind) in kinds.into_iter().enumerate() {
            let (document, file) = document(case, item, kind, submitted - DAY);
            batch.add_object(Object { key: ObjectKey::Document(document.id), digest: document.sha256, content: file });
            documents.push(document);
        }
        let details = self.details(case, submitted, excepted, &documents)?;
        let attempt = attempt(case, submitted, &snapshot(case, mapping, &details, &batch.pieces[first..], &documents));
        let (by, at) = (case.provider.staff, days::instant(submitted - DAY / 2));
        batch.preparations.push(Preparation { showcase: case.showcase.id, details, by, at });
        batch.decisions.extend(decisions(case, submitted));
        batch.attempts.push(attempt);
        batch.documents.extend(documents);
        Ok(())
    }

    fn details(
        &self,
        case: &Case,
        submitted: Work,
        excepted: bool,
        documents: &[Document],
    ) -> anyhow::Result<GatewayDetails> {
        let mut dice = Place::new(What::Gateway, case.number, 1).dice();
        let submitted_on = today_in_london(days::instant(submitted));
        let deadlines = Deadlines::new(&self.calendar, self.standard.limits());
        let earliest = deadlines.earliest_assessment_on(submitted_on)?;
        let mut qualification = |document: &Document, excepted: bool| Qualification {
            level: Some(if excepted { Level::EntryLevel3 } else { dice.pick(&[Level::Level1, Level::Level2]) }),
            basis: if excepted { Basis::EhcpOrLegacyStatement } else { Basis::Achieved },
            achieved_on: Some(case.showcase.started_on + Days::new(u64::from(60 + dice.below(200)))),
            document_id: Some(document.id),
        };
        Ok(GatewayDetails {
            maths: Some(qualification(&documents[0], excepted)),
            english: Some(qualification(&documents[1], false)),
            employer_confirmed_on: Some(submitted_on - Days::new(1)),
            assessment_on: Some(days::weekday(earliest + Days::new(u64::from(dice.below(15))))),
        })
    }
}

fn document(case: &Case, item: usize, kind: DocumentKind, from: Work) -> (Document, Vec<u8>) {
    let place = Place::new(What::Document, case.number, item);
    let created_at = days::instant(from + 300 * Work::try_from(item).expect("a few documents"));
    let title = match kind {
        DocumentKind::MathsCertificate => "Maths certificate",
        DocumentKind::EnglishCertificate => "English certificate",
        DocumentKind::GatewayForm => "Gateway form",
        DocumentKind::PlanOrStatement => "Education, health and care plan",
    };
    let file = Form::Document.file(&Label {
        title,
        author: &case.showcase.apprentice_name,
        reference: &format!("seed/{:06}/gateway/{}", case.number + 1, item + 1),
        lines: ["Made up for a demonstration.", "Nobody of this name was examined.", "", ""],
        shade: 0,
    });
    let document = Document {
        id: place.id::<DocumentId>(created_at),
        showcase_id: case.showcase.id,
        kind,
        file_name: file_name(title, Form::Document),
        media_type: Form::Document.media_type(),
        bytes: file.len() as u64,
        sha256: Digest::of(&file),
        pages: Form::Document.pages(),
        findings: Vec::new(),
        facts: crate::domain::finding::Facts::default(),
        uploaded_by: case.provider.staff,
        created_at,
    };
    (document, file)
}

/// What `gateway::submit` would freeze, in its order: pieces by slot, claims by the standard, documents by id.
fn snapshot(
    case: &Case,
    mapping: &Mapping<'_>,
    details: &GatewayDetails,
    pieces: &[Piece],
    documents: &[Document],
) -> Snapshot {
    let pieces = pieces.iter().zip(0..).map(|(piece, item)| FrozenPiece {
        id: piece.id,
        slot: piece.slot,
        title: piece.details.title.clone(),
        media_type: piece.media_type.name().to_owned(),
        bytes: piece.bytes,
        sha256: piece.sha256,
        claims: mapping.claims(item).map(|area| area.code.clone()).collect(),
    });
    let documents = documents.iter().map(|document| FrozenDocument {
        id: document.id,
        kind: document.kind,
        bytes: document.bytes,
        sha256: document.sha256,
    });
    Snapshot {
        showcase_id: case.showcase.id,
        standard: case.showcase.standard.clone(),
        version: case.showcase.version.clone(),
        details: details.clone(),
        pieces: pieces.collect(),
        documents: documents.collect(),
    }
}

fn attempt(case: &Case, submitted: Work, snapshot: &Snapshot) -> Attempt {
    let snapshot = serde_json::to_string(snapshot).expect("a snapshot is JSON");
    let accepted = case.stage == Stage::Accepted;
    Attempt {
        showcase_id: case.showcase.id,
        number: case.showcase.attempt,
        snapshot_sha256: Digest::of(snapshot.as_bytes()),
        snapshot,
        submitted_by: case.provider.staff,
        submitted_at: days::instant(submitted),
        outcome: accepted.then_some(Outcome::Accepted),
        closed_by: accepted.then_some(case.assessor),
        closed_at: accepted.then(|| days::instant(submitted + 5 * DAY)),
        note: None,
    }
}

/// Every component is accepted, but the showcase itself only once each of its areas has a tag.
fn decisions(case: &Case, submitted: Work) -> impl Iterator<Item = Decision> {
    let open = (case.stage == Stage::AreaMissing).then_some(Component::Showcase);
    let decided = Component::ALL.iter().filter(move |&&component| Some(component) != open);
    decided.enumerate().map(move |(item, &component)| {
        let place = Place::new(What::Decision, case.number, item);
        let decided_at = days::instant(submitted + 4 * DAY + 300 * Work::try_from(item).expect("a few components"));
        Decision {
            id: place.id(decided_at),
            showcase_id: case.showcase.id,
            attempt: case.showcase.attempt,
            component,
            decision: ComponentDecision::Accepted,
            reason: None,
            note: String::new(),
            decided_by: case.assessor,
            decided_at,
            carried_from: None,
        }
    })
}
