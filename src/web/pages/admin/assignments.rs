//! Showcases that nobody is to assess yet, provider by provider, and giving several of them to one assessor: to all that
//! were chosen, or to none.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::{Choice, Fault, Field, Page, html, see_other, words};
use super::{Admin, ON_A_PAGE, cut};
use crate::domain::ids::{OrganisationId, ShowcaseId, UserId};
use crate::domain::people::Role;
use crate::domain::permission::Action;
use crate::people;
use crate::records::organisations;
use crate::records::showcases::{self, Showcase, Unassigned};
use crate::records::users::{self, Filter, Found};
use crate::web::problem::Problem;
use crate::web::state::App;

/// Assessors that can be chosen from.
const ASSESSORS: u32 = 1000;

#[derive(Template)]
#[template(path = "admin/assignments.html")]
struct Assignments {
    page: Page,
    providers: Vec<Provider>,
}

struct Provider {
    id: OrganisationId,
    name: String,
    waiting: String,
}

#[derive(Template)]
#[template(path = "admin/assign.html")]
struct Assign {
    page: Page,
    errors: Vec<Fault>,
    notice: Option<String>,
    provider: OrganisationId,
    name: String,
    showcases: Field,
    assessor: Field,
    next: Option<String>,
}

/// Where the page before ended, and what was just done.
#[derive(Default, Deserialize)]
pub struct Query {
    #[serde(default)]
    after: Option<ShowcaseId>,
    #[serde(default)]
    assigned: Option<usize>,
}

/// `GET /admin/assignments`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let waiting = |count| words().count("admin.waiting", usize::try_from(count).unwrap_or(usize::MAX));
    let provider =
        |found: Unassigned| Provider { id: found.provider, name: found.name, waiting: waiting(found.showcases) };
    let providers = showcases::count_unassigned(&mut &app.db).await?.into_iter().map(provider).collect();
    html(StatusCode::OK, &Assignments { page: admin.page(), providers })
}

/// What was chosen in the form.
#[derive(Default)]
struct Chosen {
    showcases: Vec<ShowcaseId>,
    assessor: Option<UserId>,
}

impl Chosen {
    fn of(typed: &[(String, String)]) -> Self {
        let named = |name: &'static str| typed.iter().filter(move |(known, _)| known == name).map(|(_, value)| value);
        Self {
            showcases: named("showcase").filter_map(|id| id.parse().ok()).collect(),
            assessor: named("assessor").find_map(|id| id.parse().ok()),
        }
    }
}

/// `GET /admin/assignments/{provider}`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn ask(
    app: web::Data<App>,
    admin: Admin,
    provider: web::Path<OrganisationId>,
    query: web::Query<Query>,
) -> Result<HttpResponse, Problem> {
    html(StatusCode::OK, &form(&app, &admin, *provider, &query, &Chosen::default(), Vec::new()).await?)
}

async fn form(
    app: &App,
    admin: &Admin,
    provider: OrganisationId,
    query: &Query,
    chosen: &Chosen,
    errors: Vec<Fault>,
) -> Result<Assign, Problem> {
    let words = words();
    let name = organisations::find(&mut &app.db, provider).await?.ok_or_else(Problem::not_found)?.name;
    let page = showcases::Page { after: query.after.map(|id| id.0), limit: ON_A_PAGE };
    let mut found = showcases::list_unassigned(&mut &app.db, provider, page).await?;
    let next = cut(&mut found).map(|last| format!("/admin/assignments/{provider}?after={}", last.id));
    let filter = Filter { role: Some(Role::Assessor), ..Filter::default() };
    let assessors = users::search(&mut &app.db, &filter, None, ASSESSORS).await?;
    let choices = found.iter().enumerate().map(|(at, showcase)| choice(at, showcase, chosen)).collect();
    let showcases = Field { choices, ..Field::new("showcase", words.of("admin.assign.showcases")) };
    let mut assessor = Field::new("assessor", words.of("admin.assign.assessor")).judged(&errors);
    assessor.value = chosen.assessor.map(|id| id.to_string()).unwrap_or_default();
    let none = std::iter::once((String::new(), words.of("admin.assign.choose").to_owned()));
    // Nobody assesses for the provider that they work for.
    let independent = assessors.into_iter().filter(|found| found.user.organisation_id != Some(provider));
    Ok(Assign {
        page: admin.page().with(&errors),
        notice: query.assigned.map(|count| words.count("admin.assign.done", count)),
        provider,
        name,
        showcases: showcases.judged(&errors),
        assessor: assessor.one_of(none.chain(independent.map(described))),
        next,
        errors,
    })
}

fn choice(at: usize, showcase: &Showcase, chosen: &Chosen) -> Choice {
    let about =
        [("name", &showcase.apprentice_name), ("standard", &showcase.standard), ("employer", &showcase.employer)];
    Choice {
        id: if at == 0 { "showcase".to_owned() } else { format!("showcase-{at}") },
        name: "showcase".to_owned(),
        value: showcase.id.to_string(),
        text: words()
            .with("admin.assign.showcase", &about.map(|(name, value)| (name, value as &dyn std::fmt::Display))),
        chosen: chosen.showcases.contains(&showcase.id),
    }
}

fn described(found: Found) -> (String, String) {
    let Found { user, organisation } = found;
    let text = organisation.map_or_else(|| user.name.clone(), |organisation| format!("{} ({organisation})", user.name));
    (user.id.to_string(), text)
}

/// `POST /admin/assignments/{provider}`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn assign(
    app: web::Data<App>,
    admin: Admin,
    provider: web::Path<OrganisationId>,
    typed: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let chosen = Chosen::of(&typed);
    let faults = match chosen.assessor {
        Some(assessor) if !chosen.showcases.is_empty() => {
            let count = chosen.showcases.len();
            match give(&app, &admin, &chosen.showcases, assessor).await? {
                Ok(()) => return Ok(see_other(&format!("/admin/assignments/{provider}?assigned={count}"))),
                Err(fault) => vec![fault],
            }
        }
        assessor => {
            let none = chosen.showcases.is_empty();
            let nothing = none.then(|| Fault::new("showcase", words.of("admin.assign.no_showcase")));
            let nobody = assessor.is_none().then(|| Fault::new("assessor", words.of("admin.assign.no_assessor")));
            nothing.into_iter().chain(nobody).collect()
        }
    };
    let page = form(&app, &admin, *provider, &Query::default(), &chosen, faults).await?;
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Gives the showcases to the assessor, or says why that cannot be.
async fn give(app: &App, admin: &Admin, ids: &[ShowcaseId], assessor: UserId) -> Result<Result<(), Fault>, Problem> {
    let words = words();
    let mut showcases = Vec::new();
    for id in ids {
        showcases.push(admin.0.showcase(app, *id, Action::AssignAssessor).await?);
    }
    Ok(match app.people.assign_unassigned(showcases, assessor).await {
        Ok(()) => Ok(()),
        Err(people::Error::AssignedMeanwhile(name)) => {
            Err(Fault::new("showcase", words.with("admin.assign.meanwhile", &[("name", &name)])))
        }
        Err(people::Error::NotIndependent) => Err(Fault::new("assessor", words.of("admin.assign.not_independent"))),
        Err(people::Error::NotAnAssessor | people::Error::UnknownUser(_)) => {
            Err(Fault::new("assessor", words.of("admin.assign.no_assessor")))
        }
        Err(people::Error::ShowcaseAccepted) => Err(Fault::new("showcase", words.of("admin.assign.accepted"))),
        Err(other) => return Err(other.into()),
    })
}
