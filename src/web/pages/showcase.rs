//! A showcase as a page: first what is still missing, then what waits for the assessor, then what is done. It says what
//! there is and never that it is enough.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::evidence::PieceLine;
use super::piece::Row;
use super::{Page, deadlines, html, words};
use crate::coverage;
use crate::domain::coverage::{AreaCoverage, Coverage};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::permission::{Action, Decision, decide, relation};
use crate::domain::standard::{AreaCode, Standard};
use crate::records::pieces;
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "showcase.html")]
struct Shown {
    page: Page,
    id: ShowcaseId,
    caption: String,
    title: String,
    notice: Option<&'static str>,
    lead: String,
    state: &'static str,
    can_add: bool,
    days: Vec<Row>,
    can_assess: bool,
    groups: Vec<Group>,
    room: String,
    pieces: Vec<PieceLine>,
}

/// Areas that stand alike.
struct Group {
    id: &'static str,
    title: String,
    tag: &'static str,
    class: &'static str,
    areas: Vec<Area>,
}

struct Area {
    code: AreaCode,
    title: String,
    text: String,
    pieces: Vec<Named>,
    asks: Vec<String>,
}

struct Named {
    id: PieceId,
    title: String,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    withdrawn: Option<String>,
}

/// `GET /showcases/{id}`.
///
/// # Errors
/// `not_found`, or the database's.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    let notice = query.withdrawn.is_some().then(|| words().of("showcase.withdrawn"));
    page(&app, &caller, &showcase, "", notice).await
}

/// The page of a showcase that `caller` may read.
///
/// # Errors
/// The database's; `unknown_standard` when its standard is not loaded any more.
pub async fn page(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    here: &str,
    notice: Option<&'static str>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let standard = standard(app, showcase)?;
    let mut tx = app.db.read().await?;
    let coverage = coverage::load(&mut tx, standard, showcase.id).await?;
    let pieces = pieces::list(&mut tx, showcase.id).await?;
    let days = deadlines::known(app, &mut tx, showcase).await?;
    drop(tx);
    let titles: HashMap<PieceId, &str> = pieces.iter().map(|piece| (piece.id, piece.details.title.as_str())).collect();
    let claims = |id: PieceId| -> Vec<AreaCode> {
        let claimed = coverage.areas.iter().filter(|area| area.claimed.contains(&id));
        claimed.map(|area| area.code.clone()).collect()
    };
    let lines = pieces.iter().map(|piece| PieceLine::of(piece, &claims(piece.id), Some(standard)));
    let about = [("standard", &standard.title() as &dyn std::fmt::Display), ("name", &showcase.apprentice_name)];
    let shown = Shown {
        page: Page::of(caller, here),
        id: showcase.id,
        caption: words.with("showcase.caption", &about),
        title: title(showcase, &coverage),
        notice,
        lead: lead(&coverage),
        state: words.of(state_text(showcase.state)),
        can_add: may_add(caller, showcase),
        days,
        can_assess: may_assess(caller, showcase),
        groups: groups(standard, &coverage, &titles),
        room: words.with("pieces.room", &[("n", &coverage.pieces), ("limit", &coverage.limit)]),
        pieces: lines.collect(),
    };
    html(StatusCode::OK, &shown)
}

/// The standard of a showcase.
///
/// # Errors
/// `unknown_standard` when it is not loaded any more.
pub fn standard<'a>(app: &'a App, showcase: &Showcase) -> Result<&'a Standard, Problem> {
    app.standards.find(&showcase.standard, &showcase.version).ok_or_else(|| {
        let detail = "The standard of this showcase is not loaded here any more. Tell the people who run the service.";
        Problem::new(Code::UnknownStandard, detail)
    })
}

/// Whether this person may add evidence to it now.
pub fn may_add(caller: &Caller, showcase: &Showcase) -> bool {
    let relation = relation(caller.actor(), showcase.parties());
    let may = decide(caller.user.role, relation, Action::AddPiece) == Decision::Allow;
    may && showcase.state == ShowcaseState::Draft && showcase.pieces < showcase.piece_limit
}

/// Whether the workbench of it is this person's.
pub fn may_assess(caller: &Caller, showcase: &Showcase) -> bool {
    let relation = relation(caller.actor(), showcase.parties());
    decide(caller.user.role, relation, Action::Tag) == Decision::Allow
}

fn title(showcase: &Showcase, coverage: &Coverage) -> String {
    let words = words();
    match showcase.state {
        ShowcaseState::Draft => words.count("showcase.missing", empty(coverage)),
        ShowcaseState::Submitted | ShowcaseState::Accepted | ShowcaseState::Assessed => {
            words.count("showcase.uncovered", coverage.missing.len())
        }
    }
}

fn empty(coverage: &Coverage) -> usize {
    coverage.areas.iter().filter(|area| Stand::of(area) == Stand::Missing).count()
}

/// How its areas stand, in a sentence.
pub fn lead(coverage: &Coverage) -> String {
    let of = |stand| coverage.areas.iter().filter(|area| Stand::of(area) == stand).count();
    words().with(
        "showcase.lead",
        &[
            ("all", &coverage.areas.len()),
            ("covered", &of(Stand::Covered)),
            ("claimed", &of(Stand::Claimed)),
            ("missing", &of(Stand::Missing)),
        ],
    )
}

pub(super) fn state_text(state: ShowcaseState) -> &'static str {
    match state {
        ShowcaseState::Draft => "state.draft.text",
        ShowcaseState::Submitted => "state.submitted.text",
        ShowcaseState::Accepted => "state.accepted.text",
        ShowcaseState::Assessed => "state.assessed.text",
    }
}

/// How an area stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    Missing,
    Claimed,
    Covered,
}

impl Stand {
    fn of(area: &AreaCoverage) -> Self {
        match (area.covered, area.claimed.is_empty()) {
            (true, _) => Self::Covered,
            (false, false) => Self::Claimed,
            (false, true) => Self::Missing,
        }
    }
}

fn groups(standard: &Standard, coverage: &Coverage, titles: &HashMap<PieceId, &str>) -> Vec<Group> {
    let words = words();
    let group = |stand, id, title, tag, class| {
        let areas = coverage.areas.iter().filter(|area| Stand::of(area) == stand);
        let areas: Vec<Area> = areas.map(|area| shown(standard, area, stand, titles)).collect();
        (!areas.is_empty()).then(|| Group { id, title: words.of(title).to_owned(), tag: words.of(tag), class, areas })
    };
    let groups = [
        group(Stand::Missing, "missing", "area.missing.title", "area.missing.tag", "govuk-tag--red"),
        group(Stand::Claimed, "claimed", "area.claimed.title", "area.claimed.tag", "govuk-tag--blue"),
        group(Stand::Covered, "covered", "area.covered.title", "area.covered.tag", "govuk-tag--green"),
    ];
    groups.into_iter().flatten().collect()
}

fn shown(standard: &Standard, area: &AreaCoverage, stand: Stand, titles: &HashMap<PieceId, &str>) -> Area {
    let words = words();
    let mut named: Vec<PieceId> = area.claimed.clone();
    named.extend(area.tagged.iter().map(|tag| tag.piece_id));
    named.sort_unstable();
    named.dedup();
    let pieces =
        named.iter().map(|id| Named { id: *id, title: titles.get(id).copied().unwrap_or_default().to_owned() });
    let asked = standard.showcase_area(area.code.as_ref());
    Area {
        code: area.code.clone(),
        title: area.title.clone(),
        text: match stand {
            Stand::Missing => String::new(),
            Stand::Claimed => words.count("area.claimed.text", area.claimed.len()),
            Stand::Covered => words.count("area.covered.text", area.tagged.len()),
        },
        pieces: pieces.collect(),
        asks: asked
            .map(|area| area.criteria.iter().map(|criterion| criterion.summary.clone()).collect())
            .unwrap_or_default(),
    }
}
