//! What is known of a piece beside its content: what its people said of it, what the inspection found and learned, and
//! where else the same file is. A file that is elsewhere too is a flag to look into, never a verdict.

use super::Names;
use super::place::clock;
use crate::domain::permission::Action;
use crate::domain::piece::Confidentiality;
use crate::domain::standard::{AreaCode, Standard};
use crate::records::pieces::{Duplicate, Piece};
use crate::web::auth::Caller;
use crate::web::pages::evidence::{areas, kind, size};
use crate::web::pages::{day_of, moment, words};
use crate::web::problem::Problem;
use crate::web::state::App;

/// Other showcases that are named one by one.
const MOST_NAMED: usize = 10;

pub struct Row {
    pub key: &'static str,
    pub value: String,
}

/// The same file in another showcase.
pub struct Twin {
    pub text: String,
    /// Where it is, if the reader may see that.
    pub path: Option<String>,
}

/// What the apprentice and the provider said.
pub fn said(piece: &Piece, claims: &[AreaCode], standard: &Standard) -> Vec<Row> {
    let words = words();
    let details = &piece.details;
    let confidentiality = words.of(match details.confidentiality {
        Confidentiality::Consent => "confidentiality.consent",
        Confidentiality::Anonymised => "confidentiality.anonymised",
        Confidentiality::NotApplicable => "confidentiality.not_applicable",
    });
    rows([
        ("about.claims", Some(areas(claims, Some(standard)))),
        ("row.kind", Some(kind(details.kind).to_owned())),
        ("row.context", details.context.clone()),
        ("row.activity_on", details.activity_on.map(day_of)),
        ("row.author_name", details.author_name.clone()),
        ("row.author_role", details.author_role.clone()),
        ("row.author_relation", details.author_relation.clone()),
        ("row.signed_on", details.signed_on.map(day_of)),
        ("row.confidentiality", Some(confidentiality.to_owned())),
        ("row.ai_use", details.ai_use.clone()),
    ])
}

/// What the file is, and what it tells of itself.
pub fn known(piece: &Piece, names: &Names) -> Vec<Row> {
    let facts = &piece.facts;
    let picture = facts.width.zip(facts.height).map(|(width, height)| format!("{width} × {height}"));
    #[expect(clippy::cast_precision_loss, reason = "no recording lasts so long")]
    let length = facts.duration_ms.map(|duration| clock(duration as f64 / 1000.0));
    let taken = facts.captured_at.map(|at| at.format("%-d %B %Y, %H:%M").to_string());
    rows([
        ("row.file", Some(piece.file_name.as_str().to_owned())),
        ("row.type", Some(format!("{}, {}", piece.media_type.words(), size(piece.bytes)))),
        ("row.pages", piece.pages.map(|pages| pages.to_string())),
        ("about.words", facts.words.map(|count| count.to_string())),
        ("about.length", length),
        ("about.picture", picture),
        ("about.captured_at", taken),
        ("about.author", facts.author.clone()),
        ("about.software", facts.software.clone()),
        ("about.codecs", Some(facts.codecs.join(", "))),
        ("row.created_at", Some(names.did(piece.uploaded_by, piece.created_at))),
        ("row.digest", Some(piece.sha256.to_string())),
    ])
}

fn rows<const N: usize>(all: [(&'static str, Option<String>); N]) -> Vec<Row> {
    let filled = all.into_iter().filter_map(|(key, value)| Some((key, value.filter(|value| !value.is_empty())?)));
    filled.map(|(key, value)| Row { key: words().of(key), value }).collect()
}

/// The duplicates of one piece, each with a way to it for those who may go there.
///
/// # Errors
/// The database's.
pub async fn twins(app: &App, caller: &Caller, found: &[Duplicate]) -> Result<Vec<Twin>, Problem> {
    let mut twins = Vec::new();
    for duplicate in found.iter().take(MOST_NAMED) {
        let at = moment(duplicate.found_at);
        let (text, path) = match caller.showcase(app, duplicate.other_showcase, Action::Read).await {
            Ok(other) => {
                let text = words().with("twin.known", &[("name", &other.apprentice_name), ("at", &at)]);
                (text, Some(way(app, caller, duplicate).await))
            }
            Err(refusal) if refusal.cause.is_none() => (words().with("twin.hidden", &[("at", &at)]), None),
            Err(broken) => return Err(broken),
        };
        twins.push(Twin { text, path });
    }
    Ok(twins)
}

/// To the piece itself, or to its showcase where it was withdrawn since.
async fn way(app: &App, caller: &Caller, duplicate: &Duplicate) -> String {
    match caller.piece(app, duplicate.other_piece, Action::Read).await {
        Ok((_, piece)) => format!("/pieces/{}", piece.id),
        Err(_) => format!("/showcases/{}", duplicate.other_showcase),
    }
}
