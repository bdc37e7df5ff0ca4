//! The pieces of a showcase: what they are called, what is said about them, and their files.

use chrono::{Days, NaiveDate};

use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::piece::{Confidentiality, PieceDetails, PieceKind};
use crate::records::pieces::Piece;

use super::days::{self, DAY, Work};
use super::dice::{Place, What};
use super::files::{Form, Label};
use super::plan::Case;
use super::words::{self, TEMPLATES, Template};

/// A piece of a showcase, with its file.
pub fn piece(case: &Case, item: u32) -> (Piece, Vec<u8>) {
    let template = template(item);
    let place = Place::new(What::Piece, case.number, item as usize);
    let mut dice = place.dice();
    // About a piece a day.
    let work = case.opened + DAY * Work::from(item + 1) + Work::from(dice.below(3_600));
    let created_at = days::instant(work);
    let title = template.title(&mut dice);
    let reference = format!("seed/{:06}/{:02}", case.number + 1, item + 1);
    let file = template.form.file(&Label {
        title: &title,
        author: &case.showcase.apprentice_name,
        reference: &reference,
        lines: words::sentences(&mut dice),
        shade: dice.below(u32::MAX),
    });
    let by_provider =
        matches!(template.kind, PieceKind::ManagerStatement | PieceKind::PerformanceReview) && dice.below(2) == 0;
    let piece = Piece {
        id: place.id(created_at),
        showcase_id: case.showcase.id,
        slot: item + 1,
        file_name: file_name(&title, template.form),
        details: details(template, title, created_at.date_naive(), &words::person(&mut dice)),
        media_type: template.form.media_type(),
        bytes: file.len() as u64,
        sha256: Digest::of(&file),
        pages: template.form.pages(),
        findings: Vec::new(),
        facts: crate::domain::finding::Facts::default(),
        uploaded_by: if by_provider { case.provider.staff } else { case.showcase.apprentice_id },
        created_at,
        submitted_in: (case.showcase.attempt > 0).then_some(case.showcase.attempt),
    };
    (piece, file)
}

fn template(item: u32) -> &'static Template {
    &TEMPLATES[item as usize % TEMPLATES.len()]
}

/// The title in lower case with hyphens, and the form's extension.
pub fn file_name(title: &str, form: Form) -> FileName {
    let plain: String = title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    FileName::from_client(&format!("{}.{}", words.join("-"), form.media_type().extensions()[0]))
}

fn details(template: &Template, title: String, uploaded_on: NaiveDate, witness: &str) -> PieceDetails {
    let is_statement = matches!(template.kind, PieceKind::ManagerStatement | PieceKind::WitnessStatement);
    let stated = |text: &str| is_statement.then(|| text.to_owned());
    let manager = template.kind == PieceKind::ManagerStatement;
    PieceDetails {
        title,
        kind: template.kind,
        confidentiality: match template.form {
            Form::Sound => Confidentiality::Consent,
            Form::Document | Form::Note => Confidentiality::Anonymised,
            Form::Picture => Confidentiality::NotApplicable,
        },
        context: None,
        activity_on: Some(uploaded_on - Days::new(3)),
        ai_use: None,
        author_name: stated(witness),
        author_role: stated(if manager { "Team manager" } else { "Customer service adviser" }),
        author_relation: stated(if manager { "Line manager" } else { "Colleague" }),
        signed_on: is_statement.then(|| uploaded_on - Days::new(1)),
    }
}
