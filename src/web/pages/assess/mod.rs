//! The pages of an assessor: the queue, the workbench where evidence is mapped, and the decisions on a gateway. They show
//! what there is and what is still to do; whether it is enough is the assessor's own judgement.

mod about;
pub mod accept;
mod areas;
pub mod attempt;
pub mod components;
pub mod decide;
pub mod give_back;
pub mod history;
pub mod open;
mod panel;
mod place;
pub mod queue;
pub mod tagging;
mod viewer;
pub mod workbench;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};

use super::{moment, words};
use crate::domain::gateway::{Component, ComponentDecision, Reason};
use crate::domain::ids::UserId;
use crate::records::users;
use crate::web::problem::Problem;
use crate::web::state::App;

/// People by their ids, as far as one page names them.
pub struct Names(HashMap<UserId, String>);

impl Names {
    async fn of(app: &App, ids: impl IntoIterator<Item = UserId>) -> Result<Self, Problem> {
        let mut names = HashMap::new();
        for id in ids {
            if let Entry::Vacant(place) = names.entry(id) {
                place.insert(users::find(&mut &app.db, id).await?.map(|user| user.name).unwrap_or_default());
            }
        }
        Ok(Self(names))
    }

    fn name(&self, id: UserId) -> &str {
        self.0.get(&id).map_or("", String::as_str)
    }

    /// Who did something, and when.
    fn did(&self, by: UserId, at: DateTime<Utc>) -> String {
        words().with("done.by", &[("name", &self.name(by)), ("at", &moment(at))])
    }
}

/// What people call a component.
fn component_name(component: Component) -> &'static str {
    words().of(match component {
        Component::Maths => "component.maths",
        Component::English => "component.english",
        Component::Showcase => "component.showcase",
        Component::Form => "component.form",
        Component::Dates => "component.dates",
    })
}

fn decision_name(decision: ComponentDecision) -> &'static str {
    words().of(match decision {
        ComponentDecision::Accepted => "decision.accepted",
        ComponentDecision::Rejected => "decision.rejected",
    })
}

/// What a reason code says; the code itself where a client made up its own.
fn reason_text(code: &str) -> String {
    code.parse().map_or_else(|_| code.to_owned(), |reason| reason_name(reason).to_owned())
}

fn reason_name(reason: Reason) -> &'static str {
    words().of(match reason {
        Reason::CertificateMissing => "reason.certificate_missing",
        Reason::CertificateUnreadable => "reason.certificate_unreadable",
        Reason::LevelTooLow => "reason.level_too_low",
        Reason::NameDiffers => "reason.name_differs",
        Reason::BasisUnproven => "reason.basis_unproven",
        Reason::AreaWithoutEvidence => "reason.area_without_evidence",
        Reason::PieceUnreadable => "reason.piece_unreadable",
        Reason::NotOwnWork => "reason.not_own_work",
        Reason::ConsentMissing => "reason.consent_missing",
        Reason::StatementIncomplete => "reason.statement_incomplete",
        Reason::FormMissing => "reason.form_missing",
        Reason::FormIncomplete => "reason.form_incomplete",
        Reason::FormUnsigned => "reason.form_unsigned",
        Reason::EmployerNotConfirmed => "reason.employer_not_confirmed",
        Reason::NoticeTooShort => "reason.notice_too_short",
        Reason::WindowExceeded => "reason.window_exceeded",
        Reason::Other => "reason.other",
    })
}
