//! A piece of evidence and what its owner says about it; nothing here is believed about the bytes themselves.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// What sort of evidence a piece is (support pack, Apprentice Showcase).
    PieceKind {
        WorkProduct = "work_product",
        CustomerFeedback = "customer_feedback",
        Recording = "recording",
        ManagerStatement = "manager_statement",
        WitnessStatement = "witness_statement",
        PerformanceReview = "performance_review",
        PeerFeedback = "peer_feedback",
        SelfAssessment = "self_assessment",
        DevelopmentPlan = "development_plan",
        Other = "other",
    }
}

words! {
    /// Why a piece may show what it shows of other people.
    Confidentiality { Consent = "consent", Anonymised = "anonymised", NotApplicable = "not_applicable" }
}

/// What the apprentice or provider declares about a piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PieceDetails {
    pub title: String,
    pub kind: PieceKind,
    pub confidentiality: Confidentiality,
    #[serde(default)]
    pub context: Option<String>,
    #[serde(default)]
    pub activity_on: Option<NaiveDate>,
    #[serde(default)]
    pub ai_use: Option<String>,
    #[serde(default)]
    pub author_name: Option<String>,
    #[serde(default)]
    pub author_role: Option<String>,
    #[serde(default)]
    pub author_relation: Option<String>,
    #[serde(default)]
    pub signed_on: Option<NaiveDate>,
}

impl PieceDetails {
    /// Whether the piece is what somebody states and signs.
    #[must_use]
    pub fn is_statement(&self) -> bool {
        matches!(self.kind, PieceKind::ManagerStatement | PieceKind::WitnessStatement)
    }

    /// The fields that a statement should name and does not: witness and manager statements say
    /// who wrote them, in what role and relation, and when. Other kinds need none.
    #[must_use]
    pub fn missing_statement_fields(&self) -> Vec<&'static str> {
        if !self.is_statement() {
            return Vec::new();
        }
        let fields = [
            ("author_name", self.author_name.is_some()),
            ("author_role", self.author_role.is_some()),
            ("author_relation", self.author_relation.is_some()),
            ("signed_on", self.signed_on.is_some()),
        ];
        fields.into_iter().filter(|(_, present)| !present).map(|(name, _)| name).collect()
    }
}

/// A place inside a piece: a page, or a stretch of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Locator {
    /// Counted from 1.
    Page { page: u32 },
    /// Seconds from the start.
    Time { from_s: f64, to_s: f64 },
}

/// Why a locator points nowhere.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LocatorError {
    #[error("pages are counted from 1")]
    NoPageZero,
    #[error("the piece has {0} pages; name one of them")]
    BeyondLastPage(u32),
    #[error("a stretch of a recording starts at 0 seconds or later and ends after it starts")]
    NoStretch,
}

impl Locator {
    /// Checks that the place can exist in a piece of `pages` pages (`None` where that is unknown).
    ///
    /// # Errors
    /// Says which rule the locator breaks.
    pub fn check(self, pages: Option<u32>) -> Result<(), LocatorError> {
        match (self, pages) {
            (Self::Page { page: 0 }, _) => Err(LocatorError::NoPageZero),
            (Self::Page { page }, Some(pages)) if page > pages => Err(LocatorError::BeyondLastPage(pages)),
            (Self::Page { .. }, _) => Ok(()),
            (Self::Time { from_s, to_s }, _) if from_s >= 0.0 && to_s > from_s && to_s.is_finite() => Ok(()),
            (Self::Time { .. }, _) => Err(LocatorError::NoStretch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locators_point_into_the_piece() {
        assert_eq!(Locator::Page { page: 3 }.check(Some(3)), Ok(()));
        assert_eq!(Locator::Page { page: 4 }.check(Some(3)), Err(LocatorError::BeyondLastPage(3)));
        assert_eq!(Locator::Page { page: 0 }.check(None), Err(LocatorError::NoPageZero));
        assert_eq!(Locator::Time { from_s: 1.5, to_s: 9.0 }.check(None), Ok(()));
        assert_eq!(Locator::Time { from_s: 9.0, to_s: 9.0 }.check(None), Err(LocatorError::NoStretch));
        assert_eq!(Locator::Time { from_s: f64::NAN, to_s: 9.0 }.check(None), Err(LocatorError::NoStretch));
    }

    #[test]
    fn only_statements_owe_an_author() {
        let mut details = PieceDetails {
            title: "Thank-you letter".into(),
            kind: PieceKind::CustomerFeedback,
            confidentiality: Confidentiality::Consent,
            context: None,
            activity_on: None,
            ai_use: None,
            author_name: None,
            author_role: None,
            author_relation: None,
            signed_on: None,
        };
        assert!(details.missing_statement_fields().is_empty());
        details.kind = PieceKind::WitnessStatement;
        details.author_name = Some("Jo Field".into());
        assert_eq!(details.missing_statement_fields(), ["author_role", "author_relation", "signed_on"]);
    }
}
