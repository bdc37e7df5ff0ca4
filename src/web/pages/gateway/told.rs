//! What is recorded for a gateway, in plain words.

use crate::domain::gateway::{DocumentKind, Qualification};
use crate::domain::ids::{DocumentId, PieceId};
use crate::domain::piece::Confidentiality;
use crate::domain::qualification::{Basis, Level};
use crate::gateway::GatewayView;
use crate::records::documents::Document;
use crate::records::pieces::Piece;
use crate::web::pages::day_of;
use crate::web::pages::evidence::size;
use crate::web::pages::{moment, words};

/// A detail and its value.
pub struct Row {
    pub key: &'static str,
    pub value: String,
}

/// A document of the gateway.
pub struct DocumentLine {
    pub id: DocumentId,
    pub kind: &'static str,
    pub kind_word: &'static str,
    pub name: String,
    pub about: String,
}

/// What is declared about a piece of evidence.
pub struct Declared {
    pub id: PieceId,
    pub title: String,
    pub confidentiality: &'static str,
    /// What a statement still lacks.
    pub lacks: Option<&'static str>,
}

impl DocumentLine {
    pub fn of(document: &Document) -> Self {
        let about = [
            ("size", &size(document.bytes) as &dyn std::fmt::Display),
            ("at", &moment(document.created_at).to_string()),
        ]
        .map(|(name, value)| (name, value.to_string()));
        let [(_, size), (_, at)] = about;
        Self {
            id: document.id,
            kind: words().of(kind(document.kind)),
            kind_word: document.kind.word(),
            name: document.file_name.as_str().to_owned(),
            about: words().with("gateway.document.about", &[("size", &size), ("at", &at)]),
        }
    }
}

impl Declared {
    pub fn of(piece: &Piece) -> Self {
        let words = words();
        let lacks = !piece.details.missing_statement_fields().is_empty();
        Self {
            id: piece.id,
            title: piece.details.title.clone(),
            confidentiality: words.of(match piece.details.confidentiality {
                Confidentiality::Consent => "confidentiality.consent",
                Confidentiality::Anonymised => "confidentiality.anonymised",
                Confidentiality::NotApplicable => "confidentiality.not_applicable",
            }),
            lacks: lacks.then(|| words.of("gateway.declared.lacks")),
        }
    }
}

pub fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::MathsCertificate => "gateway.document.maths",
        DocumentKind::EnglishCertificate => "gateway.document.english",
        DocumentKind::GatewayForm => "gateway.document.form",
        DocumentKind::PlanOrStatement => "gateway.document.plan",
    }
}

pub fn level(level: Level) -> &'static str {
    match level {
        Level::Level1 => "gateway.level.one",
        Level::Level2 => "gateway.level.two",
        Level::EntryLevel3 => "gateway.level.entry",
        Level::Bsl => "gateway.level.bsl",
    }
}

pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Achieved => "gateway.basis.achieved",
        Basis::EhcpOrLegacyStatement => "gateway.basis.plan",
        Basis::BslFirstLanguage => "gateway.basis.bsl",
        Basis::LddAssessment => "gateway.basis.ldd",
        Basis::NotRequired19Plus => "gateway.basis.nineteen",
    }
}

/// The details as they are recorded.
pub fn details(view: &GatewayView) -> Vec<Row> {
    let words = words();
    let not_yet = || words.of("gateway.not_recorded").to_owned();
    let day_or_not = |found: Option<chrono::NaiveDate>| found.map_or_else(not_yet, day_of);
    let subject = |found: &Option<Qualification>| {
        found.as_ref().map_or_else(not_yet, |qualification| told(qualification, &view.documents))
    };
    vec![
        Row { key: words.of("gateway.maths"), value: subject(&view.details.maths) },
        Row { key: words.of("gateway.english"), value: subject(&view.details.english) },
        Row { key: words.of("gateway.employer"), value: day_or_not(view.details.employer_confirmed_on) },
        Row { key: words.of("gateway.assessment"), value: day_or_not(view.details.assessment_on) },
    ]
}

fn told(qualification: &Qualification, documents: &[Document]) -> String {
    let words = words();
    let Qualification { level: found, basis: on, achieved_on, document_id } = qualification;
    let document = documents.iter().find(|document| Some(document.id) == *document_id);
    let parts = [
        Some(words.of(basis(*on)).to_owned()),
        found.map(|found| words.of(level(found)).to_owned()),
        achieved_on.map(day_of),
        Some(document.map_or_else(
            || words.of("gateway.no_document").to_owned(),
            |document| document.file_name.as_str().to_owned(),
        )),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
