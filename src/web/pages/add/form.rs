//! The fields of the form that adds evidence, and what can be wrong with each.

use chrono::NaiveDate;

use crate::domain::piece::{Confidentiality, PieceKind};
use crate::domain::standard::Standard;
use crate::domain::text::{Line, Prose, TextError};
use crate::web::form::Form;
use crate::web::pages::evidence::kind;
use crate::web::pages::fields::{Choice, Fault, Field, Typed};
use crate::web::pages::words;
use crate::web::problem::{Code, Problem};

/// What a checkbox for an area is called before the area's code.
const AREA: &str = "area_";

/// The form as it is shown.
pub struct AddForm {
    pub title: Field,
    pub kind: Field,
    pub areas: Field,
    pub context: Field,
    pub activity_on: Field,
    pub author_name: Field,
    pub author_role: Field,
    pub author_relation: Field,
    pub signed_on: Field,
    pub file: Field,
    pub confidentiality: Field,
    pub ai_use: Field,
    pub authentic: Field,
    /// The fields of a statement are open.
    pub is_statement: bool,
}

/// The name of an area's checkbox.
pub fn area(code: &str) -> String {
    format!("{AREA}{code}")
}

impl AddForm {
    pub fn new(standard: &Standard, typed: &Typed, faults: &[Fault]) -> Self {
        let words = words();
        let field = |name: &'static str, label: &str| Field::new(name, words.of(label)).filled(typed, faults);
        let kinds = PieceKind::ALL.iter().map(|&one| (one.word(), kind(one).to_owned()));
        let is_statement = ["author_name", "author_role", "author_relation", "signed_on"].iter().any(|name| {
            typed.get(*name).is_some_and(|text| !text.is_empty()) || faults.iter().any(|fault| fault.field == *name)
        });
        let reasons = Confidentiality::ALL.iter().map(|one| {
            let text = match one {
                Confidentiality::Consent => "confidentiality.consent",
                Confidentiality::Anonymised => "confidentiality.anonymised",
                Confidentiality::NotApplicable => "confidentiality.not_applicable",
            };
            (one.word(), words.of(text).to_owned())
        });
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
            file: Field::new("file", words.of("field.file")).hint(words.of("add.file.hint")).judged(faults),
            confidentiality: field("confidentiality", "field.confidentiality").one_of(reasons),
            ai_use: field("ai_use", "field.ai_use").hint(words.of("field.ai_use.hint")),
            // Declared anew with every file.
            authentic: Field::new("authentic", words.of("field.authentic"))
                .judged(faults)
                .one_of([("true", words.of("field.authentic.yes").to_owned())]),
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

/// Everything that is to be mended before the file is looked at.
pub fn faults(typed: &Typed, has_file: bool) -> Vec<Fault> {
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
    fault("file", must(has_file, "field.file.empty"));
    fault(
        "confidentiality",
        must(text("confidentiality").parse::<Confidentiality>().is_ok(), "field.confidentiality.empty"),
    );
    fault("ai_use", long(text("ai_use")));
    fault("authentic", must(text("authentic") == "true", "field.authentic.empty"));
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

/// A refusal beside what it is about: nearly always the file.
pub fn of_problem(problem: &Problem) -> Fault {
    let is_about_all =
        matches!(problem.code, Code::ShowcaseFull | Code::ShowcaseFrozen | Code::DatabaseUnavailable | Code::Internal);
    Fault::new(if is_about_all { "" } else { "file" }, problem.detail.clone())
}
