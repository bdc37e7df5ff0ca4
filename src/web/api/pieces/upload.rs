//! The upload of a piece: leave first, then the form with its file, then the declarations.

use actix_web::web;
use utoipa::ToSchema;

use super::PieceBody;
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Action;
use crate::domain::piece::{Confidentiality, PieceDetails, PieceKind};
use crate::domain::standard::AreaCode;
use crate::domain::text::{Line, Prose};
use crate::intake::NewPiece;
use crate::records::showcases::Showcase;
use crate::storage::ObjectKey;
use crate::web::auth::Caller;
use crate::web::form::{FilePart, Form, Parts};
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// The fields of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field as it arrives")]
pub struct UploadForm {
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    title: Line,
    kind: PieceKind,
    /// Codes of areas, separated by commas; may be empty.
    claims: Option<String>,
    confidentiality: Confidentiality,
    /// The declaration that the evidence is the apprentice's own: `true`.
    #[schema(value_type = String, pattern = "^true$")]
    authentic: bool,
    context: Option<Prose>,
    activity_on: Option<chrono::NaiveDate>,
    ai_use: Option<Prose>,
    author_name: Option<Line>,
    author_role: Option<Line>,
    author_relation: Option<Line>,
    signed_on: Option<chrono::NaiveDate>,
}

/// Takes a piece; whatever refuses it, the rest of its body is drained so that the refusal is heard.
pub async fn take_piece(
    app: web::Data<App>,
    caller: Result<Caller, Problem>,
    id: ShowcaseId,
    key: Result<Option<String>, Problem>,
    mut parts: Parts,
) -> Result<PieceBody, Problem> {
    let taken = admitted(&app, caller, id, key, &mut parts).await;
    if let Err(refusal) = &taken {
        parts.drain(refusal).await;
    }
    taken
}

async fn admitted(
    app: &App,
    caller: Result<Caller, Problem>,
    id: ShowcaseId,
    key: Result<Option<String>, Problem>,
    parts: &mut Parts,
) -> Result<PieceBody, Problem> {
    let caller = caller?;
    let showcase = caller.showcase(app, id, Action::AddPiece).await?;
    let admission = app.intake.admit(&showcase, caller.user.id, key?).await?;
    let mut form = Form::receive(parts, &app.intake, admission.object()).await?;
    let FilePart { received, name, declared, .. } = form.file()?;
    let (details, claims) = declarations(app, &showcase, form)?;
    let new = NewPiece { by: caller.user.id, file_name: name, declared_type: declared, details, claims };
    let (claims, object) = (new.claims.clone(), admission.object());
    let piece = app.intake.complete(&showcase, admission, received, new).await?;
    if ObjectKey::Piece(piece.id) == object {
        return Ok(PieceBody::fresh(piece, claims));
    }
    // The idempotency key made it earlier: it is told as it is now, not as this form describes it.
    super::one(app, &caller, &showcase, piece.id).await
}

/// What the fields of a form declare, and nothing else may be in it.
///
/// # Errors
/// `declaration_missing`, `unknown_area` or `invalid`, naming the field.
pub fn declarations(app: &App, showcase: &Showcase, mut form: Form) -> Result<(PieceDetails, Vec<AreaCode>), Problem> {
    let confidentiality = form.optional("confidentiality")?.ok_or_else(|| {
        missing(
            "Declare in `confidentiality` why the file may show other people: consent, anonymised or not_applicable.",
        )
    })?;
    if !form.declared("authentic") {
        return Err(missing("Declare that the evidence is the apprentice's own by sending `authentic` as `true`."));
    }
    let text = |value: Option<Prose>| value.map(String::from);
    let line = |value: Option<Line>| value.map(String::from);
    let details = PieceDetails {
        title: form.required::<Line>("title")?.into(),
        kind: form.required("kind")?,
        confidentiality,
        context: text(form.optional("context")?),
        activity_on: form.optional("activity_on")?,
        ai_use: text(form.optional("ai_use")?),
        author_name: line(form.optional("author_name")?),
        author_role: line(form.optional("author_role")?),
        author_relation: line(form.optional("author_relation")?),
        signed_on: form.optional("signed_on")?,
    };
    let claims = form.list("claims");
    let claims = known_areas(app, showcase, claims.iter().map(String::as_str))?;
    form.end()?;
    Ok((details, claims))
}

fn missing(detail: &'static str) -> Problem {
    Problem::new(Code::DeclarationMissing, detail)
}

/// The named areas of the showcase's standard, each once.
pub fn known_areas<'a>(
    app: &App,
    showcase: &Showcase,
    codes: impl Iterator<Item = &'a str>,
) -> Result<Vec<AreaCode>, Problem> {
    let standard = app.standards.find(&showcase.standard, &showcase.version);
    let mut areas: Vec<AreaCode> = Vec::new();
    for code in codes {
        let area = standard.and_then(|standard| standard.showcase_area(code));
        let area = area.ok_or_else(|| crate::gateway::Error::UnknownArea(code.to_owned()))?;
        if !areas.contains(&area.code) {
            areas.push(area.code.clone());
        }
    }
    Ok(areas)
}
