//! Adding one apprentice by hand: what a list has in its columns, as a form.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Whose, newcomer, whose, whose_surely};
use crate::domain::ids::{OrganisationId, ShowcaseId};
use crate::domain::standard::Standard;
use crate::people::sheet::{self, Column};
use crate::people::{self, Newcomer, Standing};
use crate::web::auth::Caller;
use crate::web::pages::fields::Typed;
use crate::web::pages::{Fault, Field, Page, html, see_other, words};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "cohort/add.html")]
struct Add {
    page: Page,
    errors: Vec<Fault>,
    back: String,
    provider: Option<OrganisationId>,
    lead: String,
    name: Field,
    email: Field,
    employer: Field,
    standard: Option<Field>,
    started_on: Field,
    uln: Field,
    uln_reason: Field,
    /// The showcase that the apprentice has already, and leave to open another.
    has: Option<ShowcaseId>,
    again: Field,
}

/// Whose apprentice is added.
#[derive(Deserialize)]
pub struct For {
    #[serde(default)]
    provider: String,
}

/// `GET /cohort/add`.
///
/// # Errors
/// `forbidden` for those who look after no apprentices.
pub async fn show(app: web::Data<App>, caller: Caller, query: web::Query<For>) -> Result<HttpResponse, Problem> {
    match whose(&app, &caller, &query.provider).await? {
        Some(whose) => html(StatusCode::OK, &form(&app, &caller, &whose, &Typed::new(), (Vec::new(), None))),
        None => Ok(see_other("/cohort")),
    }
}

fn form(
    app: &App,
    caller: &Caller,
    whose: &Whose,
    typed: &Typed,
    (errors, has): (Vec<Fault>, Option<ShowcaseId>),
) -> Add {
    let words = words();
    let field = |column: Column| Field::new(column.word(), newcomer::label(column)).filled(typed, &errors);
    let standards: Vec<&Standard> = app.standards.iter().collect();
    let choices = standards.iter().map(|one| (named(one), format!("{} ({})", one.title(), named(one))));
    let standard = (standards.len() > 1).then(|| field(Column::Standard).one_of(choices));
    let yes = [("true", words.of("newcomer.again.yes").to_owned())];
    Add {
        page: Page::of(caller, "").with(&errors),
        back: format!("/cohort{}", whose.query()),
        provider: whose.field(),
        lead: words.with("newcomer.lead", &[("provider", &whose.organisation.name)]),
        name: field(Column::Name),
        email: field(Column::Email),
        employer: field(Column::Employer),
        standard,
        started_on: field(Column::StartedOn),
        uln: field(Column::Uln).hint(words.of("newcomer.uln.hint")),
        uln_reason: field(Column::UlnReason).hint(words.of("newcomer.uln_reason.hint")),
        has,
        again: Field::new("again", words.of("newcomer.again")).one_of(yes),
        errors,
    }
}

/// A standard as the form sends it.
fn named(standard: &Standard) -> String {
    format!("{} {}", standard.code(), standard.version())
}

/// `POST /cohort/add`.
///
/// # Errors
/// `forbidden`, `not_found`, or the database's; what is wrong with a field is told beside it.
pub async fn send(app: web::Data<App>, caller: Caller, typed: web::Form<Typed>) -> Result<HttpResponse, Problem> {
    let provider = typed.get("provider").map(String::as_str).unwrap_or_default();
    let whose = whose_surely(&app, &caller, provider).await?;
    match opened(&app, &whose, &typed).await? {
        Ok(()) => {
            let start = if whose.is_chosen { format!("{}&", whose.query()) } else { "?".to_owned() };
            Ok(see_other(&format!("/cohort/invitations{start}opened=1")))
        }
        Err(refused) => html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &caller, &whose, &typed, refused)),
    }
}

type Refused = (Vec<Fault>, Option<ShowcaseId>);

/// Opens the showcase, or says what is to be mended.
async fn opened(app: &App, whose: &Whose, typed: &Typed) -> Result<Result<(), Refused>, Problem> {
    let newcomer = match read(app, whose, typed) {
        Ok(newcomer) => newcomer,
        Err(faults) => return Ok(Err((faults, None))),
    };
    let provider = whose.organisation.id;
    let list = [newcomer];
    let standing = app.people.look_at(&app.standards, provider, &list).await?;
    let is_wanted_again = typed.get("again").is_some_and(|again| again == "true");
    for standing in standing {
        if let Some((column, text)) = newcomer::stands(standing, |_| 0) {
            return Ok(Err((vec![Fault::new(column.word(), text)], None)));
        }
        if let Standing::HasShowcase(id) = standing
            && !is_wanted_again
        {
            return Ok(Err((vec![Fault::new("again", words().of("newcomer.has"))], Some(id))));
        }
    }
    let [newcomer] = list;
    match app.people.open_showcase(&app.standards, newcomer.enrolment).await {
        Ok(_) => Ok(Ok(())),
        Err(people::Error::EmailTaken) => {
            Ok(Err((vec![Fault::new(Column::Email.word(), words().of("newcomer.taken"))], None)))
        }
        Err(other) => Err(other.into()),
    }
}

fn read(app: &App, whose: &Whose, typed: &Typed) -> Result<Newcomer, Vec<Fault>> {
    let text = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let (code, version) = text(Column::Standard.word()).split_once(' ').unwrap_or_default();
    let cell = |column: Column| match column {
        Column::Standard => code,
        Column::Version => version,
        Column::AssessmentOn => "",
        other => text(other.word()),
    };
    sheet::newcomer(cell, &app.standards, whose.organisation.id).map_err(|faults| {
        let told = |fault: sheet::LineFault| {
            let column = fault.column.unwrap_or(Column::Name);
            let column = if column == Column::Version { Column::Standard } else { column };
            // Told on top too, away from its field.
            let told = match fault.wrong {
                sheet::Wrong::Empty => words().with("newcomer.empty", &[("field", &newcomer::label(column))]),
                other => newcomer::wrong(other),
            };
            Fault::new(column.word(), told)
        };
        faults.into_iter().map(told).collect()
    })
}
