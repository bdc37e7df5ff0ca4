//! The decision on a gateway at a glance: every component with what stands, what is missing before acceptance, and the
//! attempts before. Nothing is decided here; each act has a page of its own.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Names, component_name, decision_name, reason_text};
use crate::coverage;
use crate::domain::coverage::Coverage;
use crate::domain::gateway::{Component, ComponentDecision, Outcome, ShowcaseState};
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Action;
use crate::domain::standard::Standard;
use crate::gateway::{AttemptView, GatewayView, standing};
use crate::records::attempts::Decision;
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::pages::{Page, day_of, html, moment, showcase, words};
use crate::web::problem::Problem;
use crate::web::state::App;

/// What the pages of a decision stand on.
pub struct Case<'a> {
    pub showcase: Showcase,
    pub standard: &'a Standard,
    pub view: GatewayView,
    pub coverage: Coverage,
    pub names: Names,
}

/// Something that is missing before acceptance, and where it is mended.
pub struct Lack {
    pub text: String,
    pub path: String,
}

/// A decision as people read it.
pub struct Told {
    pub text: &'static str,
    pub class: &'static str,
    pub reason: Option<String>,
    pub note: String,
    pub done: String,
}

/// An attempt in a list.
pub struct Past {
    pub number: u32,
    pub text: String,
}

#[derive(Template)]
#[template(path = "assess/decide.html")]
struct Decide {
    page: Page,
    id: ShowcaseId,
    caption: String,
    notice: Option<&'static str>,
    state: String,
    is_open: bool,
    components: Vec<Line>,
    lacking: Vec<Lack>,
    past: Vec<Past>,
}

struct Line {
    word: &'static str,
    name: &'static str,
    told: Option<Told>,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: Option<String>,
}

impl<'a> Case<'a> {
    /// # Errors
    /// `not_found` or `forbidden` for whoever does not decide it.
    pub async fn of(app: &'a App, caller: &Caller, id: ShowcaseId) -> Result<Self, Problem> {
        let showcase = caller.showcase(app, id, Action::DecideGateway).await?;
        let standard = showcase::standard(app, &showcase)?;
        let view = app.gateway.view(&showcase).await?;
        let coverage = coverage::load(&mut &app.db, standard, id).await?;
        let deciders = view.attempts.iter().flat_map(|attempt| {
            let closed = attempt.attempt.closed_by;
            attempt.decisions.iter().map(|decision| decision.decided_by).chain(closed)
        });
        let names = Names::of(app, deciders).await?;
        Ok(Self { showcase, standard, view, coverage, names })
    }

    /// The attempt that waits for a decision.
    pub fn open(&self) -> Option<&AttemptView> {
        self.view.attempts.last().filter(|attempt| attempt.attempt.outcome.is_none())
    }

    pub fn last(&self) -> Option<&AttemptView> {
        self.view.attempts.last()
    }

    /// The decision on a component of the last attempt that stands.
    pub fn standing(&self, component: Component) -> Option<&Decision> {
        self.last().and_then(|last| standing(&last.decisions, last.attempt.number, component))
    }

    pub fn told(&self, decision: &Decision) -> Told {
        Told {
            text: decision_name(decision.decision),
            class: match decision.decision {
                ComponentDecision::Accepted => "govuk-tag--green",
                ComponentDecision::Rejected => "govuk-tag--red",
            },
            reason: decision.reason.as_deref().map(reason_text),
            note: decision.note.clone(),
            done: self.names.did(decision.decided_by, decision.decided_at),
        }
    }

    /// What stands against acceptance now, as far as rows tell.
    pub fn lacking(&self) -> Vec<Lack> {
        let words = words();
        let id = self.showcase.id;
        let mut lacking = Vec::new();
        for &component in Component::ALL {
            let name = match self.standing(component).map(|decision| decision.decision) {
                Some(ComponentDecision::Accepted) => continue,
                Some(ComponentDecision::Rejected) => "lack.rejected",
                None => "lack.undecided",
            };
            let text = words.with(name, &[("name", &component_name(component))]);
            lacking.push(Lack { text, path: format!("/showcases/{id}/decide/{component}") });
        }
        for area in self.coverage.areas.iter().filter(|area| !area.covered) {
            let path = match area.claimed.first() {
                Some(piece) => format!("/showcases/{id}/workbench/{piece}"),
                None => format!("/showcases/{id}/workbench"),
            };
            lacking.push(Lack { text: words.with("lack.area", &[("title", &area.title)]), path });
        }
        lacking
    }

    pub fn caption(&self) -> String {
        let about: [(&str, &dyn std::fmt::Display); 2] =
            [("standard", &self.standard.title()), ("name", &self.showcase.apprentice_name)];
        words().with("showcase.caption", &about)
    }

    /// Where the showcase stands, in a sentence.
    fn state(&self) -> String {
        let words = words();
        let Some(last) = self.last() else { return words.of("decide.never").to_owned() };
        let attempt = &last.attempt;
        let said = |name: &str, on: String| words.with(name, &[("attempt", &attempt.number), ("done", &on)]);
        let closed = attempt.closed_by.zip(attempt.closed_at).map(|(by, at)| self.names.did(by, at));
        match (attempt.outcome, closed) {
            (Some(Outcome::Accepted), Some(done)) => said("decide.accepted", done),
            (Some(Outcome::Returned), Some(done)) => said("decide.returned", done),
            _ => {
                let dates = [
                    ("attempt", &attempt.number as &dyn std::fmt::Display),
                    ("at", &moment(attempt.submitted_at)),
                    ("latest", &day_of(self.view.dates.latest_assessment_on)),
                ];
                words.with("decide.open", &dates)
            }
        }
    }

    fn past(&self) -> Vec<Past> {
        let past = |attempt: &AttemptView| {
            let name = match attempt.attempt.outcome {
                Some(Outcome::Accepted) => "attempt.line.accepted",
                Some(Outcome::Returned) => "attempt.line.returned",
                None => "attempt.line.open",
            };
            let number = attempt.attempt.number;
            let about: [(&str, &dyn std::fmt::Display); 2] =
                [("attempt", &number), ("at", &moment(attempt.attempt.submitted_at))];
            Past { number, text: words().with(name, &about) }
        };
        self.view.attempts.iter().rev().map(past).collect()
    }
}

/// `GET /showcases/{id}/decide`.
///
/// # Errors
/// `not_found` or `forbidden`.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let case = Case::of(&app, &caller, *id).await?;
    let line = |&component: &Component| Line {
        word: component.word(),
        name: component_name(component),
        told: case.standing(component).map(|decision| case.told(decision)),
    };
    let is_open = case.open().is_some() && case.showcase.state == ShowcaseState::Submitted;
    let decide = Decide {
        page: Page::of(&caller, ""),
        id: *id,
        caption: case.caption(),
        notice: match query.done.as_deref() {
            Some("decided") => Some(words().of("decide.saved")),
            Some("returned") => Some(words().of("decide.done.returned")),
            Some("accepted") => Some(words().of("decide.done.accepted")),
            _ => None,
        },
        state: case.state(),
        is_open,
        components: Component::ALL.iter().map(line).collect(),
        lacking: if is_open { case.lacking() } else { Vec::new() },
        past: case.past(),
    };
    html(StatusCode::OK, &decide)
}
