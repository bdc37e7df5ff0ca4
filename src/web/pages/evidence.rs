//! Evidence in plain words: what a piece is, what was found of it, and what it is said to show.

use crate::domain::finding::{Finding, Severity};
use crate::domain::ids::PieceId;
use crate::domain::piece::{Confidentiality, PieceKind};
use crate::domain::standard::{AreaCode, Standard};
use crate::records::pieces::Piece;

use super::words;

/// A piece in a list.
pub struct PieceLine {
    pub id: PieceId,
    pub title: String,
    pub about: String,
    pub verdict: String,
    pub verdict_class: &'static str,
    pub areas: String,
}

impl PieceLine {
    pub fn of(piece: &Piece, claims: &[AreaCode], standard: Option<&Standard>) -> Self {
        let words = words();
        let (verdict, verdict_class) = verdict(&piece.findings);
        let kind = kind(piece.details.kind);
        let about = words
            .with("piece.about", &[("kind", &kind), ("file", &piece.file_name.as_str()), ("size", &size(piece.bytes))]);
        let title = piece.details.title.clone();
        Self { id: piece.id, title, about, verdict, verdict_class, areas: areas(claims, standard) }
    }
}

/// What a piece says it is.
pub fn kind(kind: PieceKind) -> &'static str {
    let words = words();
    words.of(match kind {
        PieceKind::WorkProduct => "kind.work_product",
        PieceKind::CustomerFeedback => "kind.customer_feedback",
        PieceKind::Recording => "kind.recording",
        PieceKind::ManagerStatement => "kind.manager_statement",
        PieceKind::WitnessStatement => "kind.witness_statement",
        PieceKind::PerformanceReview => "kind.performance_review",
        PieceKind::PeerFeedback => "kind.peer_feedback",
        PieceKind::SelfAssessment => "kind.self_assessment",
        PieceKind::DevelopmentPlan => "kind.development_plan",
        PieceKind::Other => "kind.other",
    })
}

/// How other people in a piece are protected.
pub fn confidentiality(declared: Confidentiality) -> &'static str {
    let words = words();
    words.of(match declared {
        Confidentiality::Consent => "confidentiality.consent",
        Confidentiality::Anonymised => "confidentiality.anonymised",
        Confidentiality::NotApplicable => "confidentiality.not_applicable",
    })
}

/// What the checks came to, and the colour that goes with the words.
pub fn verdict(findings: &[Finding]) -> (String, &'static str) {
    let words = words();
    let remarks = findings.iter().filter(|finding| finding.severity == Severity::Warns).count();
    (words.count("verdict", remarks), if remarks == 0 { "govuk-tag--green" } else { "govuk-tag--yellow" })
}

/// The titles of the areas that a piece is claimed for.
pub fn areas(claims: &[AreaCode], standard: Option<&Standard>) -> String {
    let words = words();
    if claims.is_empty() {
        return words.of("piece.no_areas").to_owned();
    }
    let title = |code: &AreaCode| {
        let area = standard.and_then(|standard| standard.showcase_area(code.as_ref()));
        area.map_or_else(|| code.to_string(), |area| area.title.clone())
    };
    claims.iter().map(title).collect::<Vec<_>>().join(", ")
}

/// A size as people say it.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_as_people_say_them() {
        let told = [999, 1_000, 48_700, 1_250_000, 2_000_000_000].map(size);
        assert_eq!(told, ["999 bytes", "1 KB", "48 KB", "1.2 MB", "2.0 GB"]);
    }
}
