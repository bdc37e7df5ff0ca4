//! The coverage report of a showcase, to be looked at and printed. It says what there is: which evidence is said to show
//! an area, and which the assessor mapped. It never says that it is enough.

mod chart;

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use self::chart::{Chart, chart};
use super::evidence::{areas as titles_of, kind, size, verdict};
use super::piece::Row;
use super::{Page, day_of, html, moment, showcase, words};
use crate::coverage;
use crate::domain::coverage::{AreaCoverage, AreaTag, Coverage};
use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::permission::Action;
use crate::domain::piece::Locator;
use crate::domain::standard::{AreaCode, Standard};
use crate::records::pieces::{self, Piece};
use crate::records::showcases::Showcase;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "report/report.html")]
struct Report {
    page: Page,
    id: ShowcaseId,
    name: String,
    caption: String,
    lead: String,
    about: Vec<Row>,
    chart_title: String,
    chart: Chart,
    areas: Vec<Area>,
    pieces: Vec<Line>,
}

struct Area {
    title: String,
    claimed: usize,
    mapped: usize,
    standing: &'static str,
    class: &'static str,
    /// Each piece with what is said of it.
    evidence: Vec<String>,
    /// Criteria that no mapping names: advice.
    unnamed: String,
}

struct Line {
    slot: u32,
    title: String,
    about: String,
    areas: String,
    verdict: String,
    /// What a statement should say of its author and does not.
    lacks: Option<String>,
    digest: String,
}

/// `GET /showcases/{id}/report`.
///
/// # Errors
/// `not_found`; `unknown_standard` when its standard is not loaded any more; the database's.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let words = words();
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    let standard = showcase::standard(&app, &showcase)?;
    let mut tx = app.db.read().await?;
    let coverage = coverage::load(&mut tx, standard, showcase.id).await?;
    let pieces = pieces::list(&mut tx, showcase.id).await?;
    drop(tx);
    let about = [("standard", &standard.title() as &dyn Display), ("name", &showcase.apprentice_name)];
    let titles: HashMap<PieceId, &str> = pieces.iter().map(|piece| (piece.id, piece.details.title.as_str())).collect();
    let report = Report {
        page: Page::of(&caller, ""),
        id: showcase.id,
        caption: words.with("showcase.caption", &about),
        lead: showcase::lead(&coverage),
        about: rows(&app, &showcase, &coverage),
        chart_title: words.with("chart.name", &[("name", &showcase.apprentice_name)]),
        chart: chart(&coverage),
        areas: coverage.areas.iter().map(|area| shown(area, &titles)).collect(),
        pieces: pieces.iter().map(|piece| line(piece, &coverage, standard)).collect(),
        name: showcase.apprentice_name,
    };
    html(StatusCode::OK, &report)
}

fn rows(app: &App, showcase: &Showcase, coverage: &Coverage) -> Vec<Row> {
    let words = words();
    let standard = words.with("report.standard", &[("code", &showcase.standard), ("version", &showcase.version)]);
    let room = words.with("pieces.room", &[("n", &coverage.pieces), ("limit", &coverage.limit)]);
    let rows = [
        ("report.apprentice", showcase.apprentice_name.clone()),
        ("report.employer", showcase.employer.clone()),
        ("report.standard.title", standard),
        ("report.began", day_of(showcase.started_on)),
        ("report.state", words.of(showcase::state_text(showcase.state)).to_owned()),
        ("pieces.title", room),
        ("report.made", moment(app.clock.now()).to_string()),
    ];
    rows.into_iter().map(|(key, value)| Row { key: words.of(key), value }).collect()
}

/// How many pieces the assessor mapped to an area.
fn mapped(area: &AreaCoverage) -> usize {
    area.tagged.iter().map(|tag| tag.piece_id).collect::<BTreeSet<_>>().len()
}

fn shown(area: &AreaCoverage, titles: &HashMap<PieceId, &str>) -> Area {
    let words = words();
    let (standing, class) = match (area.covered, area.claimed.is_empty()) {
        (true, _) => ("area.covered.tag", "govuk-tag--green"),
        (false, false) => ("area.claimed.tag", "govuk-tag--blue"),
        (false, true) => ("area.missing.tag", "govuk-tag--red"),
    };
    let title = |id: &PieceId| titles.get(id).copied().unwrap_or_default();
    let claimed = area.claimed.iter().map(|id| words.with("report.line.claimed", &[("title", &title(id))]));
    let tagged = area.tagged.iter().map(|tag| {
        let about = [("title", &title(&tag.piece_id) as &dyn Display), ("place", &place(tag))];
        words.with("report.line.mapped", &about)
    });
    let unnamed = area.criteria.iter().filter(|criterion| !criterion.covered);
    let unnamed: Vec<&str> = unnamed.map(|criterion| criterion.code.as_ref()).collect();
    let has_advice = area.covered && !unnamed.is_empty();
    Area {
        title: area.title.clone(),
        claimed: area.claimed.len(),
        mapped: mapped(area),
        standing: words.of(standing),
        class,
        evidence: claimed.chain(tagged).collect(),
        unnamed: if has_advice {
            words.with("report.unnamed", &[("codes", &unnamed.join(", "))])
        } else {
            String::new()
        },
    }
}

/// Where in a piece, and for which criteria, the assessor mapped it.
fn place(tag: &AreaTag) -> String {
    let words = words();
    let at = |seconds: f64| {
        let seconds = Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    let place = match tag.locator {
        Some(Locator::Page { page }) => Some(words.with("report.place.page", &[("page", &page)])),
        Some(Locator::Time { from_s, to_s }) => {
            Some(words.with("report.place.time", &[("from", &at(from_s)), ("to", &at(to_s))]))
        }
        None => None,
    };
    let codes: Vec<&str> = tag.criteria.iter().map(AsRef::as_ref).collect();
    let parts = place.into_iter().chain((!codes.is_empty()).then(|| codes.join(", ")));
    parts.fold(String::new(), |told, part| told + ", " + &part)
}

fn line(piece: &Piece, coverage: &Coverage, standard: &Standard) -> Line {
    let words = words();
    let claims = coverage.areas.iter().filter(|area| area.claimed.contains(&piece.id));
    let claims: Vec<AreaCode> = claims.map(|area| area.code.clone()).collect();
    let about = [
        ("kind", &kind(piece.details.kind) as &dyn Display),
        ("file", &piece.file_name.as_str()),
        ("size", &size(piece.bytes)),
    ];
    let lacking = piece.details.missing_statement_fields().into_iter().map(|field| match field {
        "author_name" => words.of("row.author_name"),
        "author_role" => words.of("row.author_role"),
        "author_relation" => words.of("row.author_relation"),
        _ => words.of("row.signed_on"),
    });
    let lacking: Vec<&str> = lacking.collect();
    Line {
        slot: piece.slot,
        title: piece.details.title.clone(),
        about: words.with("piece.about", &about),
        areas: titles_of(&claims, Some(standard)),
        verdict: verdict(&piece.findings).0,
        lacks: (!lacking.is_empty()).then(|| words.with("report.lacks", &[("fields", &lacking.join(", "))])),
        digest: piece.sha256.to_string(),
    }
}
