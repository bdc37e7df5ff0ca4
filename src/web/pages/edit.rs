//! Changing what is said of a piece. Of two people who change it at once, the second is told what the first saved, keeps
//! what they typed, and decides.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::evidence::{areas, confidentiality, kind};
use super::fields::Typed;
use super::piece_fields::{PieceFields, as_typed, declared, faults};
use super::{Fault, Page, day_of, html, piece, see_other, showcase, words};
use crate::domain::ids::PieceId;
use crate::domain::permission::Action;
use crate::domain::piece::PieceDetails;
use crate::domain::standard::{AreaCode, Standard};
use crate::intake::{Edit, Error, version};
use crate::records::pieces::{self, Piece};
use crate::records::showcases::Showcase;
use crate::web::api::pieces::declarations;
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "edit.html")]
struct Shown {
    page: Page,
    errors: Vec<Fault>,
    id: PieceId,
    caption: String,
    /// The version that the form shows or was last shown beside.
    seen: String,
    /// What is recorded now, of the fields that say something else.
    differences: Vec<piece::Row>,
    form: PieceFields,
}

/// What stands recorded of a piece.
struct Standing<'a> {
    standard: &'a Standard,
    showcase: Showcase,
    piece: Piece,
    claims: Vec<AreaCode>,
}

/// How the form is answered.
#[derive(Default)]
struct Told {
    status: StatusCode,
    errors: Vec<Fault>,
    seen: String,
    differences: Vec<piece::Row>,
}

/// `GET /pieces/{id}/edit`.
///
/// # Errors
/// `not_found`, `forbidden`, or `showcase_frozen`.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<PieceId>) -> Result<HttpResponse, Problem> {
    let standing = standing(&app, &caller, *id).await?;
    let typed = as_typed(&standing.piece.details, &standing.claims);
    let seen = version(&standing.piece.details, &standing.claims).to_string();
    page(&caller, &standing, &typed, Told { seen, ..Told::default() })
}

async fn standing<'a>(app: &'a App, caller: &Caller, id: PieceId) -> Result<Standing<'a>, Problem> {
    let (showcase, piece) = caller.piece(app, id, Action::EditPiece).await?;
    if !piece::may(caller, &showcase, Action::EditPiece) {
        return Err(Error::ShowcaseFrozen.into());
    }
    let claims = pieces::claims_of_piece(&mut &app.db, id).await?.into_iter().map(|claim| claim.area).collect();
    Ok(Standing { standard: showcase::standard(app, &showcase)?, showcase, piece, claims })
}

fn page(caller: &Caller, standing: &Standing<'_>, typed: &Typed, told: Told) -> Result<HttpResponse, Problem> {
    let about = [
        ("title", &standing.piece.details.title as &dyn std::fmt::Display),
        ("name", &standing.showcase.apprentice_name),
    ];
    let shown = Shown {
        page: Page::of(caller, "").with(&told.errors),
        id: standing.piece.id,
        caption: words().with("edit.caption", &about),
        seen: told.seen,
        differences: told.differences,
        form: PieceFields::new(standing.standard, typed, &told.errors),
        errors: told.errors,
    };
    html(told.status, &shown)
}

/// `POST /pieces/{id}/edit`.
///
/// # Errors
/// `not_found`, `forbidden` or `showcase_frozen`; what is to be mended is told in the form.
pub async fn save(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<PieceId>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let standing = standing(&app, &caller, *id).await?;
    let mut typed = typed.into_inner();
    let seen = typed.remove("seen").unwrap_or_default();
    let faulty =
        |errors| Told { status: StatusCode::UNPROCESSABLE_ENTITY, errors, seen: seen.clone(), ..Told::default() };
    let errors = faults(&typed);
    if !errors.is_empty() {
        return page(&caller, &standing, &typed, faulty(errors));
    }
    let mut said = typed.clone();
    // It was declared when the file came, and stays with the file.
    said.insert("authentic".to_owned(), "true".to_owned());
    let (details, claims) = match declarations(&app, &standing.showcase, declared(&said)) {
        Ok(said) => said,
        Err(problem) => return page(&caller, &standing, &typed, faulty(vec![Fault::new("", problem.detail)])),
    };
    let version = seen.parse().map_err(|_| Problem::invalid("The form is not whole. Open the page again."))?;
    let new = details.clone();
    let change = |old: &mut PieceDetails| *old = new;
    let edit = Edit { seen: Some(version), change, claims: Some(claims.clone()), by: caller.user.id };
    match app.intake.edit(&standing.piece, edit).await {
        Ok(()) => Ok(see_other(&format!("/pieces/{}?edited=1", standing.piece.id))),
        Err(Error::ChangedMeanwhile) => again(&app, &caller, *id, &typed, (&details, &claims)).await,
        Err(Error::Refused(findings)) => {
            let told = Problem::from(Error::Refused(findings)).detail;
            page(&caller, &standing, &typed, faulty(vec![Fault::new("kind", told)]))
        }
        Err(other) => Err(other.into()),
    }
}

/// What was typed, beside what somebody else saved meanwhile: saved once more, it takes its place.
async fn again(
    app: &App,
    caller: &Caller,
    id: PieceId,
    typed: &Typed,
    wanted: (&PieceDetails, &[AreaCode]),
) -> Result<HttpResponse, Problem> {
    let now = standing(app, caller, id).await?;
    let told = Told {
        status: StatusCode::CONFLICT,
        errors: vec![Fault::new("", words().of("edit.changed"))],
        seen: version(&now.piece.details, &now.claims).to_string(),
        differences: differences(&now, wanted),
    };
    page(caller, &now, typed, told)
}

/// What is recorded now where it is not what was typed.
fn differences(now: &Standing<'_>, (details, claims): (&PieceDetails, &[AreaCode])) -> Vec<piece::Row> {
    let words = words();
    let told = |details: &PieceDetails, claims: &[AreaCode]| {
        let day = |day: Option<chrono::NaiveDate>| day.map(day_of);
        // Browsers end each line of a form in their own way.
        let lines = |text: &Option<String>| text.as_ref().map(|text| text.replace("\r\n", "\n"));
        [
            ("field.title", Some(details.title.clone())),
            ("row.kind", Some(kind(details.kind).to_owned())),
            ("row.areas", Some(areas(claims, Some(now.standard)))),
            ("row.context", lines(&details.context)),
            ("row.activity_on", day(details.activity_on)),
            ("row.author_name", details.author_name.clone()),
            ("row.author_role", details.author_role.clone()),
            ("row.author_relation", details.author_relation.clone()),
            ("row.signed_on", day(details.signed_on)),
            ("row.confidentiality", Some(confidentiality(details.confidentiality).to_owned())),
            ("row.ai_use", lines(&details.ai_use)),
        ]
    };
    let mut claims = claims.to_vec();
    claims.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
    let pairs = told(&now.piece.details, &now.claims).into_iter().zip(told(details, &claims));
    let differing = pairs.filter(|(now, typed)| now != typed).map(|((key, now), _)| piece::Row {
        key: words.of(key),
        value: now.unwrap_or_else(|| words.of("edit.now.nothing").to_owned()),
    });
    differing.collect()
}
