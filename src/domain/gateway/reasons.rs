//! The usual reasons for rejecting a component of the gateway. A client may send other codes; these have words for people.

use super::Component;
use crate::domain::words::words;

words! {
    /// Why a component is rejected.
    Reason {
        CertificateMissing = "certificate_missing",
        CertificateUnreadable = "certificate_unreadable",
        LevelTooLow = "level_too_low",
        NameDiffers = "name_differs",
        BasisUnproven = "basis_unproven",
        AreaWithoutEvidence = "area_without_evidence",
        PieceUnreadable = "piece_unreadable",
        NotOwnWork = "not_own_work",
        ConsentMissing = "consent_missing",
        StatementIncomplete = "statement_incomplete",
        FormMissing = "form_missing",
        FormIncomplete = "form_incomplete",
        FormUnsigned = "form_unsigned",
        EmployerNotConfirmed = "employer_not_confirmed",
        NoticeTooShort = "notice_too_short",
        WindowExceeded = "window_exceeded",
        Other = "other",
    }
}

impl Reason {
    /// The reasons that fit a component, the usual ones first.
    #[must_use]
    pub const fn of(component: Component) -> &'static [Self] {
        match component {
            Component::Maths | Component::English => &[
                Self::CertificateMissing,
                Self::CertificateUnreadable,
                Self::LevelTooLow,
                Self::NameDiffers,
                Self::BasisUnproven,
                Self::Other,
            ],
            Component::Showcase => &[
                Self::AreaWithoutEvidence,
                Self::PieceUnreadable,
                Self::NotOwnWork,
                Self::ConsentMissing,
                Self::StatementIncomplete,
                Self::Other,
            ],
            Component::Form => {
                &[Self::FormMissing, Self::FormIncomplete, Self::FormUnsigned, Self::EmployerNotConfirmed, Self::Other]
            }
            Component::Dates => &[Self::NoticeTooShort, Self::WindowExceeded, Self::Other],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_fits_some_component_and_every_component_has_another() {
        for &reason in Reason::ALL {
            assert!(Component::ALL.iter().any(|&component| Reason::of(component).contains(&reason)), "{reason}");
        }
        for &component in Component::ALL {
            assert_eq!(Reason::of(component).last(), Some(&Reason::Other), "{component}");
        }
    }
}
