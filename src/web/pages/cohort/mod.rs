//! The cohort: a provider's apprentices against the areas of the standard, who is held up and by what. A provider sees its
//! own and no other's; an admin chooses one.

pub mod add;
mod asked;
pub mod import;
pub mod invitations;
mod newcomer;
mod table;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::asked::{Asked, Filters};
use self::table::{Column, Line, holdup};
use super::{Field, Item, Page, html, words};
use crate::coverage::{self, Roster};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::OrganisationId;
use crate::domain::people::{OrganisationKind, Role};
use crate::domain::permission::Undertaking;
use crate::domain::standard::Standard;
use crate::records::organisations::{self, Organisation};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Apprentices on a page.
const ON_A_PAGE: u32 = 50;
/// Matches are counted up to this many.
const COUNTED: u32 = 20_000;

#[derive(Template)]
#[template(path = "cohort/page.html")]
struct Cohort {
    page: Page,
    path: &'static str,
    title: String,
    /// `provider=ID`, for the ways on of one who could be about another.
    whose: String,
    provider: Option<OrganisationId>,
    lead: String,
    filters: Filters,
    clear: Option<String>,
    columns: Vec<Column>,
    lines: Vec<Line>,
    told: String,
    earlier: Option<String>,
    later: Option<String>,
}

#[derive(Template)]
#[template(path = "cohort/choice.html")]
struct Choice {
    page: Page,
    ways: Vec<Item>,
}

/// Whose apprentices a page is about.
pub struct Whose {
    pub organisation: Organisation,
    /// The one who looks could be about others as well, so every way on says whose.
    pub is_chosen: bool,
}

impl Whose {
    /// What a way on to another page of these apprentices says of them, as a query.
    pub fn query(&self) -> String {
        if self.is_chosen { format!("?provider={}", self.organisation.id) } else { String::new() }
    }

    /// As [`Whose::query`], for a form to send.
    pub fn field(&self) -> Option<OrganisationId> {
        self.is_chosen.then_some(self.organisation.id)
    }
}

/// Whose apprentices are asked for; `None` where an admin has still to choose.
///
/// # Errors
/// `forbidden` for those who look after no apprentices, `not_found` for what is no provider of theirs.
pub async fn whose(app: &App, caller: &Caller, asked: &str) -> Result<Option<Whose>, Problem> {
    caller.may(Undertaking::AddShowcase)?;
    let asked = match asked {
        "" => None,
        text => Some(text.parse::<OrganisationId>().map_err(|_| Problem::not_found())?),
    };
    let is_chosen = caller.user.role == Role::Admin;
    let id = match (is_chosen, caller.user.organisation_id, asked) {
        (true, _, Some(id)) => id,
        (true, _, None) => match organisations::providers(&mut &app.db).await?.as_slice() {
            [only] => only.id,
            _ => return Ok(None),
        },
        (false, Some(own), None) => own,
        (false, Some(own), Some(asked)) if own == asked => own,
        (false, ..) => return Err(Problem::not_found()),
    };
    let organisation = organisations::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?;
    if organisation.kind != OrganisationKind::Provider {
        return Err(Problem::not_found());
    }
    Ok(Some(Whose { organisation, is_chosen }))
}

/// As [`whose`], where the page is about somebody's apprentices or is not there.
///
/// # Errors
/// As [`whose`].
pub async fn whose_surely(app: &App, caller: &Caller, asked: &str) -> Result<Whose, Problem> {
    whose(app, caller, asked).await?.ok_or_else(Problem::not_found)
}

/// `GET /cohort`.
///
/// # Errors
/// `forbidden` for those who look after no apprentices, `not_found` for another provider's.
pub async fn show(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Problem> {
    page(&app, &caller, &request, "/cohort").await
}

/// The cohort at one of its two addresses.
///
/// # Errors
/// As [`show`].
pub async fn page(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    path: &'static str,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::of(request.query_string());
    let Some(whose) = whose(app, caller, &asked.provider).await? else {
        return choice(app, caller, path).await;
    };
    let standard = asked.standard(&app.standards);
    let wanted = asked.wanted(whose.organisation.id, ON_A_PAGE, COUNTED);
    let mut tx = app.db.read().await?;
    let found = coverage::of_provider(&mut tx, standard, &wanted).await?;
    drop(tx);
    let filters = Filters::new(&asked, &app.standards, standard);
    let cohort = shown(Page::of(caller, path), path, &whose, (&asked, filters), (standard, found));
    html(StatusCode::OK, &cohort)
}

fn shown(
    page: Page,
    path: &'static str,
    whose: &Whose,
    (asked, filters): (&Asked, Filters),
    (standard, found): (&Standard, Roster),
) -> Cohort {
    let words = words();
    let first = asked.first();
    let last = first + found.lines.len().saturating_sub(1) as u64;
    let told = match found.lines.len() {
        0 if filters.is_narrow => words.of("cohort.nothing").to_owned(),
        0 => words.of("cohort.none").to_owned(),
        _ => words.with(
            "cohort.told",
            &[("first", &grouped(first)), ("last", &grouped(last)), ("all", &counted(found.matching))],
        ),
    };
    let is_back = !asked.before.is_empty();
    let (has_earlier, has_later) = match (is_back, found.has_more) {
        (true, more) => (more, true),
        (false, more) => (!asked.after.is_empty(), more),
    };
    let place = |line: Option<&coverage::RosterLine>| line.map(|line| line.showcase);
    let earlier = place(found.lines.first()).filter(|_| has_earlier);
    let later = place(found.lines.last()).filter(|_| has_later);
    Cohort {
        page,
        path,
        title: words.with("cohort.title", &[("provider", &whose.organisation.name)]),
        whose: whose.query(),
        provider: whose.field(),
        lead: lead(&found.by_state),
        clear: filters.is_narrow.then(|| format!("{path}{}", whose.query())),
        filters,
        columns: standard.showcase_areas().iter().map(Column::of).collect(),
        earlier: earlier.map(|id| asked.before(path, id, first.saturating_sub(u64::from(ON_A_PAGE)).max(1))),
        later: later.map(|id| asked.after(path, id, last + 1)),
        lines: found.lines.into_iter().map(|line| Line::of(standard, line)).collect(),
        told,
    }
}

/// How many showcases there are, and how far they have come.
fn lead(by_state: &[(ShowcaseState, u64)]) -> String {
    let words = words();
    let of = |state| by_state.iter().filter(|(found, _)| *found == state).map(|(_, count)| count).sum::<u64>();
    let all: u64 = by_state.iter().map(|(_, count)| count).sum();
    words.with(
        "cohort.lead",
        &[
            ("all", &grouped(all)),
            ("draft", &grouped(of(ShowcaseState::Draft))),
            ("submitted", &grouped(of(ShowcaseState::Submitted))),
            ("done", &grouped(of(ShowcaseState::Accepted) + of(ShowcaseState::Assessed))),
        ],
    )
}

async fn choice(app: &App, caller: &Caller, path: &str) -> Result<HttpResponse, Problem> {
    let providers = organisations::providers(&mut &app.db).await?;
    let way = |provider: Organisation| Item::new(format!("{path}?provider={}", provider.id), provider.name);
    let choice = Choice { page: Page::of(caller, path), ways: providers.into_iter().map(way).collect() };
    html(StatusCode::OK, &choice)
}

/// A number that was counted up to a bound.
fn counted(n: u64) -> String {
    if n >= u64::from(COUNTED) { words().with("cohort.more_than", &[("n", &grouped(n))]) } else { grouped(n) }
}

/// A number as people read it: 10,000.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_told_as_people_read_them() {
        assert_eq!([0, 999, 1000, 10_000, 1_234_567].map(grouped), ["0", "999", "1,000", "10,000", "1,234,567"]);
    }
}
