//! The fields in which people say what a piece is, for adding and for changing one, and what can be wrong with each.

use chrono::NaiveDate;

use super::evidence::{confidentiality, kind};
use super::fields::{Choice, Fault, Field, Typed};
use super::words;
use crate::domain::piece::{Confidentiality, PieceDetails, PieceKind};
use crate::domain::standard::{AreaCode, Standard};
use crate::domain::text::{Line, Prose, TextError};
use crate::web::form::Form;

/// What a checkbox for an area is called before the area's code.
const AREA: &str = "area_";

/// The fields as they are shown.
pub struct PieceFields {
    pub title: Field,
    pub kind: Field,
    pub areas: Field,
    pub context: Field,
    pub activity_on: Field,
    pub author_name: Field,
    pub author_role: Field,
    pub author_relation: Field,
    pub signed_on: Field,
    pub confidentiality: Field,
    pub ai_use: Field,
    /// The fields of a statement are open.
    pub is_statement: bool,
}

/// The name of an area's checkbox.
pub fn area(code: &str) -> String {
    format!("{AREA}{code}")
}

impl PieceFields {
    pub fn new(standard: &Standard, typed: &Typed, faults: &[Fault]) -> Self {
        let words = words();
        let field = |name: &'static str, label: &str| Field::new(name, words.of(label)).filled(typed, faults);
        let kinds = PieceKind::ALL.iter().map(|&one| (one.word(), kind(one).to_owned()));
        let is_statement = ["author_name", "author_role", "author_relation", "signed_on"].iter().any(|name| {
            typed.get(*name).is_some_and(|text| !text.is_empty()) || faults.iter().any(|fault| fault.field == *name)
        });
        let reasons = Confidentiality::ALL.iter().map(|&one| (one.word(), confidentiality(one).to_owned()));
        Self {
            title: field("title", "field.title").hint(words.of("field.title.hint")),
            kind: field("kind", "field.kind").one_of(kinds),
            areas: areas(standard, typed),
            context: field("context", "field.context").hint(words.of("field.context.hint")),
            activity_on: field("activity_on", "field.activity_on"),
            author_name: field("author_name", "field.author_name"),
            author_role: field("author_role", "field.author_role"),
            author_relation: field("author_relation", "field.author_relation"),
            signed_on: field("signed_on", "field.signed_on"),
            confidentiality: field("confidentiality", "field.confidentiality").one_of(reasons),
            ai_use: field("ai_use", "field.ai_use").hint(words.of("field.ai_use.hint")),
            is_statement,
        }
    }
}

fn areas(standard: &Standard, typed: &Typed) -> Field {
    let words = words();
    let mut field = Field::new("areas", words.of("field.areas")).hint(words.of("field.areas.hint"));
    let choice = |area: &crate::domain::standard::Area| {
        let name = self::area(area.code.as_ref());
        Choice {
            id: name.clone(),
            chosen: typed.contains_key(&name),
            name,
            value: "true".to_owned(),
            text: area.title.clone(),
        }
    };
    field.choices = standard.showcase_areas().iter().map(choice).collect();
    field
}

/// Everything that is to be mended.
pub fn faults(typed: &Typed) -> Vec<Fault> {
    let words = words();
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let mut faults = Vec::new();
    let mut fault = |name: &'static str, wrong: Option<String>| {
        faults.extend(wrong.map(|wrong| Fault::new(name, wrong)));
    };
    let must = |is_right: bool, text: &str| (!is_right).then(|| words.of(text).to_owned());
    fault("title", Line::try_from(text("title")).err().map(|error| told(error, "field.title.empty")));
    fault("kind", must(text("kind").parse::<PieceKind>().is_ok(), "field.kind.empty"));
    fault("context", long(text("context")));
    fault("activity_on", day(&text("activity_on")));
    for name in ["author_name", "author_role", "author_relation"] {
        let typed = text(name);
        fault(name, if typed.trim().is_empty() { None } else { short(typed) });
    }
    fault("signed_on", day(&text("signed_on")));
    fault(
        "confidentiality",
        must(text("confidentiality").parse::<Confidentiality>().is_ok(), "field.confidentiality.empty"),
    );
    fault("ai_use", long(text("ai_use")));
    faults
}

fn short(text: String) -> Option<String> {
    Line::try_from(text).err().map(|error| told(error, "field.text.control"))
}

fn long(text: String) -> Option<String> {
    Prose::try_from(text).err().map(|error| told(error, "field.text.control"))
}

fn told(error: TextError, empty: &str) -> String {
    let words = words();
    match error {
        TextError::Empty => words.of(empty).to_owned(),
        TextError::TooLong(most) => words.with("field.text.long", &[("most", &most)]),
        TextError::Control => words.of("field.text.control").to_owned(),
    }
}

fn day(text: &str) -> Option<String> {
    let is_day = text.trim().is_empty() || text.trim().parse::<NaiveDate>().is_ok();
    (!is_day).then(|| words().of("field.day.wrong").to_owned())
}

/// What was typed, as the fields that every upload declares.
pub fn declared(typed: &Typed) -> Form {
    let claims: Vec<&str> = typed.keys().filter_map(|name| name.strip_prefix(AREA)).collect();
    let claims = claims.join(",");
    let rest = typed.iter().filter(|(name, _)| !name.starts_with(AREA));
    let mut fields: Typed = rest.map(|(name, text)| (name.clone(), text.clone())).collect();
    fields.insert("claims".to_owned(), claims);
    Form::of_fields(fields)
}

/// What is recorded of a piece, as it would be typed.
pub fn as_typed(details: &PieceDetails, claims: &[AreaCode]) -> Typed {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let fields = [
        ("title", Some(details.title.clone())),
        ("kind", Some(details.kind.word().to_owned())),
        ("context", details.context.clone()),
        ("activity_on", day(details.activity_on)),
        ("author_name", details.author_name.clone()),
        ("author_role", details.author_role.clone()),
        ("author_relation", details.author_relation.clone()),
        ("signed_on", day(details.signed_on)),
        ("confidentiality", Some(details.confidentiality.word().to_owned())),
        ("ai_use", details.ai_use.clone()),
    ];
    let said = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let areas = claims.iter().map(|code| (area(code.as_ref()), "true".to_owned()));
    said.chain(areas).collect()
}
