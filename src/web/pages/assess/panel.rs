//! Beside the piece: the form that maps it to an area, and what it was mapped to. The panel is made anew after every tag, and
//! a script swaps it alone, so that the piece stays open where it is.

use std::collections::HashMap;

use super::super::fields::Typed;
use super::areas::{AreaChoice, choices};
use super::place::{Place, Places};
use super::workbench::Bench;
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::TagId;
use crate::domain::standard::{Standard, Wording};
use crate::records::tags::Tag;
use crate::web::pages::{Fault, Field, words};

pub struct Panel {
    pub errors: Vec<Fault>,
    pub said: Option<&'static str>,
    pub lead: String,
    /// Why nothing can be tagged now.
    pub closed: Option<&'static str>,
    pub areas: Vec<AreaChoice>,
    pub area_error: Option<String>,
    pub page: Option<Field>,
    /// From and to, of a recording.
    pub times: Vec<Field>,
    pub note: Field,
    pub tags: Vec<TagLine>,
    pub can_remove: bool,
}

/// A tag that stands.
pub struct TagLine {
    pub id: TagId,
    pub area: String,
    pub criteria: String,
    pub place: Option<Place>,
    pub note: String,
    pub done: String,
}

impl Panel {
    pub fn of(
        bench: &Bench<'_>,
        wording: &Wording,
        typed: &Typed,
        errors: Vec<Fault>,
        said: Option<&'static str>,
    ) -> Self {
        let words = words();
        let (standard, coverage, piece) = (bench.standard, &bench.coverage, bench.piece());
        let places = Places::of(piece);
        let field = |name: &'static str, label: &str| Field::new(name, words.of(label)).filled(typed, &errors);
        let page = field("page", "bench.page").hint(words.of("bench.page.hint"));
        let (from, to) = (field("from", "bench.from"), field("to", "bench.to"));
        let own = bench.tags.iter().filter(|tag| tag.piece_id == piece.id);
        let covered = coverage.areas.iter().filter(|area| area.covered).count();
        Self {
            said,
            lead: words.with("bench.lead", &[("covered", &covered), ("all", &coverage.areas.len())]),
            closed: closed(bench.showcase.state).map(|name| words.of(name)),
            areas: choices(standard, wording, coverage, piece.id, typed),
            area_error: errors.iter().find(|fault| fault.field == "area").map(|fault| fault.text.clone()),
            page: (places == Places::Pages).then_some(page),
            times: if places == Places::Times { vec![from.hint(words.of("bench.from.hint")), to] } else { Vec::new() },
            note: field("note", "bench.note"),
            tags: own.map(|tag| line(tag, standard, bench)).collect(),
            can_remove: matches!(bench.showcase.state, ShowcaseState::Draft | ShowcaseState::Submitted),
            errors,
        }
    }
}

fn closed(state: ShowcaseState) -> Option<&'static str> {
    match state {
        ShowcaseState::Submitted => None,
        ShowcaseState::Draft => Some("bench.closed.draft"),
        ShowcaseState::Accepted | ShowcaseState::Assessed => Some("bench.closed.accepted"),
    }
}

fn line(tag: &Tag, standard: &Standard, bench: &Bench<'_>) -> TagLine {
    TagLine {
        id: tag.id,
        area: area_title(standard, tag),
        criteria: criteria(standard, tag),
        place: tag.locator.map(Place::of),
        note: tag.note.clone(),
        done: bench.names.did(tag.tagged_by, tag.tagged_at),
    }
}

pub fn area_title(standard: &Standard, tag: &Tag) -> String {
    standard.showcase_area(tag.area.as_ref()).map_or_else(|| tag.area.to_string(), |area| area.title.clone())
}

/// The criteria of a tag with their summaries.
pub fn criteria(standard: &Standard, tag: &Tag) -> String {
    let summaries: HashMap<&str, &str> = standard
        .showcase_area(tag.area.as_ref())
        .map(|area| area.criteria.iter().map(|one| (one.code.as_ref(), one.summary.as_str())).collect())
        .unwrap_or_default();
    let text = |code: &str| summaries.get(code).map_or_else(|| code.to_owned(), |text| format!("{code}: {text}"));
    tag.criteria.iter().map(|code| text(code.as_ref())).collect::<Vec<_>>().join("; ")
}
