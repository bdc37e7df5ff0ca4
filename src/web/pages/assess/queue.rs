//! An assessor's first page: the showcases that wait, oldest first by age in working days, each with what is still to do
//! and whether it is late, in words; below them all others.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::home::After;
use super::component_name;
use crate::domain::gateway::{Component, Outcome, ShowcaseState};
use crate::domain::ids::ShowcaseId;
use crate::gateway::Waiting;
use crate::records::queue::{self, OtherRow};
use crate::web::auth::Caller;
use crate::web::pages::{Page, day_of, html, moment, words};
use crate::web::problem::Problem;
use crate::web::state::App;

/// Showcases on a page, of each list.
const ON_A_PAGE: usize = 25;
/// From so few working days before the planned assessment on, the queue says that it is close.
const SOON: u32 = 5;

#[derive(Template)]
#[template(path = "assess/queue.html")]
struct Queue {
    page: Page,
    lead: String,
    /// The list begins at its beginning.
    is_first: bool,
    waiting: Vec<Row>,
    next_waiting: Option<ShowcaseId>,
    others: Vec<Other>,
    next_other: Option<ShowcaseId>,
}

struct Row {
    id: ShowcaseId,
    name: String,
    about: String,
    age: String,
    mark: Option<Mark>,
    deadline: Option<String>,
    todo: Vec<String>,
}

/// How urgent something is, in words first.
struct Mark {
    text: &'static str,
    class: &'static str,
}

struct Other {
    id: ShowcaseId,
    name: String,
    about: String,
    state: Mark,
}

/// The page, for an assessor.
///
/// # Errors
/// The database's.
pub async fn page(app: &App, caller: &Caller, after: &After) -> Result<HttpResponse, Problem> {
    let (me, limit) = (caller.user.id, u32::try_from(ON_A_PAGE).unwrap_or(u32::MAX));
    let mut waiting = app.gateway.waiting(me, after.after(), limit).await?;
    let next_waiting = cut(&mut waiting, |row| row.showcase_id);
    let mut others = queue::others(&mut &app.db, me, after.before(), limit).await?;
    let next_other = cut(&mut others, |row| row.showcase_id);
    let count = usize::try_from(queue::count(&mut &app.db, me).await?).unwrap_or_default();
    let queue = Queue {
        page: Page::of(caller, "/"),
        lead: words().count("queue.lead", count),
        is_first: after.after().is_none() && after.before().is_none(),
        waiting: waiting.iter().map(row).collect(),
        next_waiting,
        others: others.iter().map(other).collect(),
        next_other,
    };
    html(StatusCode::OK, &queue)
}

/// Leaves as many rows as a page shows; the last of them where there are more.
fn cut<T>(rows: &mut Vec<T>, id: impl Fn(&T) -> ShowcaseId) -> Option<ShowcaseId> {
    let has_more = rows.len() > ON_A_PAGE;
    rows.truncate(ON_A_PAGE);
    rows.last().filter(|_| has_more).map(id)
}

fn row(waiting: &Waiting) -> Row {
    let words = words();
    let pieces = words.count("pieces.count", usize::try_from(waiting.pieces).unwrap_or_default());
    let about: [(&str, &dyn std::fmt::Display); 4] = [
        ("standard", &waiting.standard),
        ("employer", &waiting.employer),
        ("attempt", &waiting.attempt),
        ("pieces", &pieces),
    ];
    let submitted = day_of(waiting.submitted_on);
    let age = match waiting.working_days {
        Some(days) => words.count("queue.age", usize::try_from(days).unwrap_or_default()),
        None => words.of("queue.age.unknown").to_owned(),
    };
    Row {
        id: waiting.showcase_id,
        name: waiting.apprentice_name.clone(),
        about: words.with("queue.about", &about),
        age: words.with("queue.submitted", &[("day", &submitted), ("age", &age)]),
        mark: mark(waiting),
        deadline: deadline(waiting),
        todo: todo(waiting),
    }
}

fn is_over(waiting: &Waiting, last: Option<chrono::NaiveDate>) -> bool {
    last.is_some_and(|last| last < waiting.today)
}

fn mark(waiting: &Waiting) -> Option<Mark> {
    let words = words();
    if is_over(waiting, waiting.latest_assessment_on) || is_over(waiting, waiting.assessment_on) {
        return Some(Mark { text: words.of("queue.overdue"), class: "govuk-tag--red" });
    }
    let soon = waiting.working_days_left.is_some_and(|left| left <= SOON);
    soon.then(|| Mark { text: words.of("queue.soon"), class: "govuk-tag--orange" })
}

/// The nearest deadline, said whole.
fn deadline(waiting: &Waiting) -> Option<String> {
    let words = words();
    if let Some(last) = waiting.latest_assessment_on.filter(|last| *last < waiting.today) {
        return Some(words.with("queue.window_over", &[("day", &day_of(last))]));
    }
    if let Some(planned) = waiting.assessment_on {
        let on = day_of(planned);
        if planned < waiting.today {
            return Some(words.with("queue.planned_over", &[("day", &on)]));
        }
        let left = usize::try_from(waiting.working_days_left?).unwrap_or_default();
        return Some(words.with("queue.planned", &[("day", &on), ("left", &words.count("queue.left", left))]));
    }
    waiting.latest_assessment_on.map(|last| words.with("queue.window", &[("day", &day_of(last))]))
}

fn todo(waiting: &Waiting) -> Vec<String> {
    let words = words();
    let mut todo = Vec::new();
    match &waiting.untagged {
        Some(areas) if areas.is_empty() => {}
        Some(areas) => {
            let codes: Vec<&str> = areas.iter().map(AsRef::as_ref).collect();
            let count = words.count("queue.untagged", areas.len());
            todo.push(words.with("queue.named", &[("what", &count), ("names", &codes.join(", "))]));
        }
        None => todo.push(words.of("queue.standard_missing").to_owned()),
    }
    let mut named = |form: String, components: &[Component]| {
        if !components.is_empty() {
            let names: Vec<&str> = components.iter().map(|component| component_name(*component)).collect();
            todo.push(words.with("queue.named", &[("what", &form), ("names", &names.join(", "))]));
        }
    };
    named(words.count("queue.undecided", waiting.undecided.len()), &waiting.undecided);
    named(words.count("queue.rejected", waiting.rejected.len()), &waiting.rejected);
    if todo.is_empty() {
        todo.push(words.of("queue.nothing_left").to_owned());
    }
    todo
}

fn other(row: &OtherRow) -> Other {
    let words = words();
    let (state, class) = match (row.state, row.outcome) {
        (ShowcaseState::Accepted, _) => ("state.accepted", "govuk-tag--green"),
        (ShowcaseState::Assessed, _) => ("state.assessed", "govuk-tag--green"),
        (ShowcaseState::Draft | ShowcaseState::Submitted, Some(Outcome::Returned)) => {
            ("queue.returned", "govuk-tag--grey")
        }
        (ShowcaseState::Draft | ShowcaseState::Submitted, _) => ("state.draft", "govuk-tag--blue"),
    };
    let mut about = words.with("queue.other", &[("standard", &row.standard), ("employer", &row.employer)]);
    if let Some(at) = row.closed_at {
        about = format!("{about} {}", words.with("queue.closed", &[("attempt", &row.attempt), ("at", &moment(at))]));
    }
    Other {
        id: row.showcase_id,
        name: row.apprentice_name.clone(),
        about,
        state: Mark { text: words.of(state), class },
    }
}
