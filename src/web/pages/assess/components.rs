//! One component of the gateway: what is recorded for it, what the checks say, and the decision. A decision is saved only on
//! what its maker saw; if somebody decided meanwhile, both are shown and nothing typed is lost.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::fields::Typed;
use super::about::Row;
use super::decide::{Case, Told};
use super::tagging::prose;
use super::{component_name, decision_name, reason_name};
use crate::domain::gateway::{CheckCode, Component, ComponentDecision, DocumentKind, Qualification, Reason};
use crate::domain::ids::{DecisionId, DocumentId, ShowcaseId};
use crate::domain::qualification::{Basis, Level};
use crate::gateway::{NewDecision, Seen};
use crate::web::auth::Caller;
use crate::web::pages::{Fault, Field, Page, day_of, html, see_other, words};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "assess/component.html")]
struct Shown {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    word: &'static str,
    caption: String,
    title: String,
    has_saved: bool,
    rows: Vec<Row>,
    files: Vec<File>,
    checks: Vec<Checked>,
    standing: Option<Told>,
    earlier: Vec<Told>,
    form: Option<Form>,
}

struct Form {
    attempt: u32,
    seen: String,
    decision: Field,
    reason: Field,
    note: Field,
}

/// A gateway document that the component is about.
struct File {
    id: DocumentId,
    text: String,
}

struct Checked {
    text: String,
    mark: &'static str,
    class: &'static str,
}

impl Shown {
    fn of(case: &Case<'_>, caller: &Caller, component: Component, typed: &Typed, errors: Vec<Fault>) -> Self {
        let standing = case.standing(component);
        let of_it = |decision: &&crate::records::attempts::Decision| decision.component == component;
        let all = case.last().map(|last| last.decisions.iter().rev().filter(of_it));
        Self {
            page: Page::of(caller, "").with(&errors),
            id: case.showcase.id,
            word: component.word(),
            caption: case.caption(),
            title: component_name(component).to_owned(),
            has_saved: typed.contains_key("saved"),
            rows: recorded(case, component),
            files: files(case, component),
            checks: checks(case, component),
            standing: standing.map(|decision| case.told(decision)),
            earlier: all.into_iter().flatten().skip(1).map(|decision| case.told(decision)).collect(),
            form: form(case, component, typed, &errors),
            errors,
        }
    }
}

/// The form while there is something to decide, and whenever there is something typed to give back.
fn form(case: &Case<'_>, component: Component, typed: &Typed, errors: &[Fault]) -> Option<Form> {
    let words = words();
    let attempt = match (case.open(), typed.get("attempt")) {
        (Some(open), _) => open.attempt.number,
        (None, Some(number)) => number.parse().ok()?,
        (None, None) => return None,
    };
    let decisions =
        ComponentDecision::ALL.iter().map(|decision| (decision.word(), decision_name(*decision).to_owned()));
    let reasons = Reason::of(component).iter().map(|reason| (reason.word(), reason_name(*reason).to_owned()));
    let field = |name: &'static str, label: &str| Field::new(name, words.of(label)).filled(typed, errors);
    Some(Form {
        attempt,
        seen: case.standing(component).map(|decision| decision.id.to_string()).unwrap_or_default(),
        decision: field("decision", "decide.decision").one_of(decisions),
        reason: field("reason", "decide.reason").hint(words.of("decide.reason.hint")).one_of(reasons),
        note: field("note", "decide.note").hint(words.of("decide.note.hint")),
    })
}

/// The component that a check is about.
fn component_of(check: CheckCode) -> Component {
    match check {
        CheckCode::Maths => Component::Maths,
        CheckCode::English => Component::English,
        CheckCode::EmployerConfirmation | CheckCode::GatewayForm => Component::Form,
        CheckCode::FormNotice | CheckCode::AssessmentWindow | CheckCode::MocksRecorded => Component::Dates,
        CheckCode::PiecesPresent
        | CheckCode::ClaimsCoverAreas
        | CheckCode::TimeOnProgramme
        | CheckCode::StatementsComplete => Component::Showcase,
    }
}

fn checks(case: &Case<'_>, component: Component) -> Vec<Checked> {
    let own = case.view.checks.iter().filter(|check| component_of(check.code) == component);
    own.map(|check| {
        let (mark, class) =
            if check.met { ("check.met", "govuk-tag--green") } else { ("check.unmet", "govuk-tag--yellow") };
        Checked { text: check.detail.clone(), mark: words().of(mark), class }
    })
    .collect()
}

fn files(case: &Case<'_>, component: Component) -> Vec<File> {
    let details = &case.view.details;
    let named = |qualification: &Option<Qualification>| qualification.as_ref().and_then(|one| one.document_id);
    let documents = case.view.documents.iter().filter(|document| match component {
        Component::Maths => named(&details.maths) == Some(document.id),
        Component::English => named(&details.english) == Some(document.id),
        Component::Form => document.kind == DocumentKind::GatewayForm,
        Component::Showcase | Component::Dates => false,
    });
    let text = |document: &crate::records::documents::Document| {
        let name = document.file_name.as_str();
        words().with("decide.file", &[("name", &name), ("what", &document.media_type.words())])
    };
    documents.map(|document| File { id: document.id, text: text(document) }).collect()
}

fn recorded(case: &Case<'_>, component: Component) -> Vec<Row> {
    let words = words();
    let (details, dates) = (&case.view.details, &case.view.dates);
    let on =
        |day_or_none: Option<chrono::NaiveDate>| day_or_none.map_or_else(|| words.of("decide.none").to_owned(), day_of);
    let row = |key: &'static str, value: String| Row { key: words.of(key), value };
    match component {
        Component::Maths => qualification(details.maths.as_ref()),
        Component::English => qualification(details.english.as_ref()),
        Component::Showcase => {
            let covered = case.coverage.areas.iter().filter(|area| area.covered).count();
            let pieces = [("n", &case.coverage.pieces as &dyn std::fmt::Display), ("limit", &case.coverage.limit)];
            let areas = [("covered", &covered as &dyn std::fmt::Display), ("all", &case.coverage.areas.len())];
            vec![
                row("decide.pieces", words.with("pieces.room", &pieces)),
                row("row.areas", words.with("bench.lead", &areas)),
            ]
        }
        Component::Form => vec![
            row("decide.form_received", day_of(dates.form_received_on)),
            row("decide.employer_confirmed", on(dates.employer_confirmed_on)),
        ],
        Component::Dates => vec![
            row("decide.planned", on(details.assessment_on)),
            row("decide.earliest", day_of(dates.earliest_assessment_on)),
            row("decide.latest", day_of(dates.latest_assessment_on)),
            row("decide.form_received", day_of(dates.form_received_on)),
        ],
    }
}

fn qualification(recorded: Option<&Qualification>) -> Vec<Row> {
    let words = words();
    let none = || words.of("decide.none").to_owned();
    let row = |key: &'static str, value: String| Row { key: words.of(key), value };
    let Some(recorded) = recorded else { return vec![row("decide.basis", none())] };
    let level = recorded.level.map(|level| match level {
        Level::Level1 => "level.one",
        Level::Level2 => "level.two",
        Level::EntryLevel3 => "level.entry",
        Level::Bsl => "level.bsl",
    });
    let basis = match recorded.basis {
        Basis::Achieved => "decide.basis.achieved",
        Basis::EhcpOrLegacyStatement => "decide.basis.plan",
        Basis::BslFirstLanguage => "decide.basis.bsl",
        Basis::LddAssessment => "decide.basis.ldd",
        Basis::NotRequired19Plus => "decide.basis.not_required",
    };
    vec![
        row("decide.basis", words.of(basis).to_owned()),
        row("decide.level", level.map_or_else(none, |name| words.of(name).to_owned())),
        row("decide.achieved_on", recorded.achieved_on.map_or_else(none, day_of)),
    ]
}

/// `GET /showcases/{id}/decide/{component}`.
///
/// # Errors
/// `not_found` or `forbidden`.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, Component)>,
    query: web::Query<Typed>,
) -> Result<HttpResponse, Problem> {
    let (id, component) = path.into_inner();
    let case = Case::of(&app, &caller, id).await?;
    // A decision that stands is where a new one begins.
    let mut typed = Typed::new();
    if let Some(standing) = case.standing(component).filter(|_| case.open().is_some()) {
        typed.insert("decision".to_owned(), standing.decision.word().to_owned());
        typed.insert("reason".to_owned(), standing.reason.clone().unwrap_or_default());
        typed.insert("note".to_owned(), standing.note.clone());
    }
    if query.contains_key("saved") {
        typed.insert("saved".to_owned(), String::new());
    }
    html(StatusCode::OK, &Shown::of(&case, &caller, component, &typed, Vec::new()))
}

/// `POST /showcases/{id}/decide/{component}`; goes on to the next component that is not decided.
///
/// # Errors
/// `not_found` or `forbidden`; what else refuses the decision is told in the form.
pub async fn save(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, Component)>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let (id, component) = path.into_inner();
    let case = Case::of(&app, &caller, id).await?;
    let (status, faults) = match wanted(&caller, component, &typed) {
        Err(faults) => (StatusCode::UNPROCESSABLE_ENTITY, faults),
        Ok((number, new)) => match app.gateway.decide(&case.showcase, number, new).await.map_err(Problem::from) {
            Ok(_) => return Ok(see_other(&onward(&case, component))),
            Err(broken) if broken.cause.is_some() => return Err(broken),
            Err(refusal) => (refusal.code.status(), vec![Fault::new("", refusal.detail)]),
        },
    };
    // Read anew: a refusal may come of what somebody else did meanwhile.
    let case = Case::of(&app, &caller, id).await?;
    html(status, &Shown::of(&case, &caller, component, &typed, faults))
}

/// Where to go after a component was decided.
fn onward(case: &Case<'_>, decided: Component) -> String {
    let id = case.showcase.id;
    let undecided = Component::ALL.iter().find(|one| **one != decided && case.standing(**one).is_none());
    undecided.map_or_else(
        || format!("/showcases/{id}/decide?done=decided"),
        |next| format!("/showcases/{id}/decide/{next}?saved=1"),
    )
}

/// The decision that was typed, with the attempt that it is on.
fn wanted(caller: &Caller, component: Component, typed: &Typed) -> Result<(u32, NewDecision), Vec<Fault>> {
    let words = words();
    let text = |name: &str| typed.get(name).map(String::as_str).unwrap_or_default();
    let number = text("attempt").parse().map_err(|_| Fault::new("", words.of("decide.form.broken")));
    let seen = match text("seen") {
        "" => Ok(None),
        id => id.parse::<DecisionId>().map(Some).map_err(|_| Fault::new("", words.of("decide.form.broken"))),
    };
    let decision = text("decision").parse().map_err(|_| Fault::new("decision", words.of("decide.decision.wrong")));
    let is_rejected = decision.as_ref().is_ok_and(|decision| *decision == ComponentDecision::Rejected);
    let reason = match text("reason").parse::<Reason>() {
        _ if !is_rejected => Ok(None),
        Ok(reason) if Reason::of(component).contains(&reason) => Ok(Some(reason)),
        _ => Err(Fault::new("reason", words.of("decide.reason.wrong"))),
    };
    let note = prose("note", typed).and_then(|note| {
        let is_owed = matches!(reason, Ok(Some(Reason::Other))) && note.is_empty();
        if is_owed { Err(Fault::new("note", words.of("decide.note.wrong"))) } else { Ok(note) }
    });
    match (number, seen, decision, reason, note) {
        (Ok(number), Ok(seen), Ok(decision), Ok(reason), Ok(note)) => {
            let reason = reason.map(|reason| reason.word().to_owned());
            let (by, seen) = (caller.user.id, Seen::Standing(seen));
            Ok((number, NewDecision { component, decision, reason, note, by, seen }))
        }
        (number, seen, decision, reason, note) => {
            let faults = [number.err(), seen.err(), decision.err(), reason.err(), note.err()];
            Err(faults.into_iter().flatten().collect())
        }
    }
}
