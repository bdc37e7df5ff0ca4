//! The organisations: finding one by name or number, and adding one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::fields::Typed;
use super::super::{Fault, Field, Page, html, see_other, words};
use super::{Admin, ON_A_PAGE, cut, encoded, looked_for};
use crate::domain::identifiers::{EpaoId, Ukprn};
use crate::domain::ids::OrganisationId;
use crate::domain::people::OrganisationKind;
use crate::domain::text::Line;
use crate::people::{self, NewOrganisation};
use crate::records::organisations::{self, Organisation};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "admin/organisations.html")]
struct List {
    page: Page,
    notice: Option<String>,
    is_search: bool,
    search: Field,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    id: OrganisationId,
    name: String,
    kind: &'static str,
    number: String,
}

#[derive(Template)]
#[template(path = "admin/organisation_add.html")]
struct Add {
    page: Page,
    errors: Vec<Fault>,
    kind: Field,
    name: Field,
    ukprn: Field,
    epao_id: Field,
}

/// What to look for, and where the page before ended.
#[derive(Default, Deserialize)]
pub struct Query {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: Option<OrganisationId>,
    #[serde(default)]
    added: Option<OrganisationId>,
}

/// `GET /admin/organisations`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin, query: web::Query<Query>) -> Result<HttpResponse, Problem> {
    let words = words();
    let text = looked_for(&query.q);
    let after = match query.after {
        Some(id) => Some(organisations::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?),
        None => None,
    };
    let mut found = organisations::search(&mut &app.db, text.as_deref(), after.as_ref(), ON_A_PAGE).await?;
    let next = cut(&mut found).map(|last| format!("/admin/organisations?q={}&after={}", encoded(&query.q), last.id));
    let added = match query.added {
        Some(id) => organisations::find(&mut &app.db, id).await?,
        None => None,
    };
    let mut search = Field::new("q", words.of("admin.organisations.search"));
    search.value.clone_from(&query.q);
    let list = List {
        page: admin.page(),
        notice: added.map(|organisation| words.with("admin.organisations.added", &[("name", &organisation.name)])),
        is_search: text.is_some(),
        search,
        rows: found.into_iter().map(row).collect(),
        next,
    };
    html(StatusCode::OK, &list)
}

fn row(organisation: Organisation) -> Row {
    let words = words();
    let number = |name: &str, number: String| words.with(name, &[("number", &number)]);
    let numbers = [
        organisation.ukprn.map(|ukprn| number("admin.ukprn.is", ukprn)),
        organisation.epao_id.map(|epao| number("admin.epao.is", epao)),
    ];
    Row {
        id: organisation.id,
        name: organisation.name,
        kind: words.of(kind_name(organisation.kind)),
        number: numbers.into_iter().flatten().collect::<Vec<_>>().join(", "),
    }
}

pub(super) fn kind_name(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::Provider => "organisation.provider",
        OrganisationKind::AssessmentOrganisation => "organisation.assessment",
    }
}

fn form(admin: &Admin, typed: &Typed, errors: Vec<Fault>) -> Add {
    let words = words();
    let kinds = OrganisationKind::ALL.iter().map(|kind| (kind.word(), words.of(kind_name(*kind)).to_owned()));
    let field = |name, label| Field::new(name, words.of(label)).filled(typed, &errors);
    Add {
        page: admin.page().with(&errors),
        kind: field("kind", "admin.organisation.kind").one_of(kinds),
        name: field("name", "admin.organisation.name"),
        ukprn: field("ukprn", "admin.organisation.ukprn").hint(words.of("admin.organisation.ukprn.hint")),
        epao_id: field("epao_id", "admin.organisation.epao").hint(words.of("admin.organisation.epao.hint")),
        errors,
    }
}

/// `GET /admin/organisations/add`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn ask(admin: Admin) -> Result<HttpResponse, Problem> {
    html(StatusCode::OK, &form(&admin, &Typed::new(), Vec::new()))
}

/// `POST /admin/organisations/add`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn add(app: web::Data<App>, admin: Admin, typed: web::Form<Typed>) -> Result<HttpResponse, Problem> {
    let refused = |faults| html(StatusCode::UNPROCESSABLE_ENTITY, &form(&admin, &typed, faults));
    let new = match wanted(&typed) {
        Ok(new) => new,
        Err(faults) => return refused(faults),
    };
    // Whichever number it is, it is the one that was typed.
    let numbered = if new.ukprn.is_some() { "ukprn" } else { "epao_id" };
    match app.people.add_organisation(new).await {
        Ok(added) => Ok(see_other(&format!("/admin/organisations?added={}", added.id))),
        Err(people::Error::IdentifierTaken) => {
            refused(vec![Fault::new(numbered, words().of("admin.organisation.taken"))])
        }
        Err(other) => Err(other.into()),
    }
}

fn wanted(typed: &Typed) -> Result<NewOrganisation, Vec<Fault>> {
    let words = words();
    let text = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let fault = |field, name| Fault::new(field, words.of(name));
    let given = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let kind = text("kind").parse().map_err(|_| fault("kind", "admin.organisation.kind.wrong"));
    let name = Line::try_from(text("name")).map_err(|_| fault("name", "admin.organisation.name.wrong"));
    let ukprn = given("ukprn").map(|text| text.parse::<Ukprn>()).transpose();
    let ukprn = ukprn.map_err(|_| fault("ukprn", "admin.organisation.ukprn.wrong"));
    let epao_id = given("epao_id").map(|text| text.parse::<EpaoId>()).transpose();
    let epao_id = epao_id.map_err(|_| fault("epao_id", "admin.organisation.epao.wrong"));
    match (kind, name, ukprn, epao_id) {
        (Ok(kind), Ok(name), Ok(ukprn), Ok(epao_id)) => Ok(NewOrganisation { kind, name, ukprn, epao_id }),
        (kind, name, ukprn, epao_id) => {
            Err([kind.err(), name.err(), ukprn.err(), epao_id.err()].into_iter().flatten().collect())
        }
    }
}
