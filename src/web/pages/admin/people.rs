//! Everybody who is known here, to be found by name or e-mail address, role and organisation, however many they are.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::{Field, Page, html, role_name, words};
use super::{Admin, ON_A_PAGE, cut, encoded, looked_for};
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::people::Role;
use crate::records::organisations;
use crate::records::users::{self, Filter, Found};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "admin/people.html")]
struct People {
    page: Page,
    is_search: bool,
    search: Field,
    role: Field,
    /// The organisation that the list is narrowed to.
    organisation: Option<(OrganisationId, String)>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    id: UserId,
    name: String,
    email: String,
    role: &'static str,
    organisation: String,
}

/// What to look for, and where the page before ended.
#[derive(Default, Deserialize)]
pub struct Query {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    organisation: Option<OrganisationId>,
    #[serde(default)]
    after: Option<UserId>,
}

/// `GET /admin/people`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin, query: web::Query<Query>) -> Result<HttpResponse, Problem> {
    let organisation = match query.organisation {
        Some(id) => Some(organisations::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?),
        None => None,
    };
    let after = match query.after {
        Some(id) => Some(users::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?),
        None => None,
    };
    let filter = Filter {
        text: looked_for(&query.q),
        role: query.role.parse().ok(),
        organisation: organisation.as_ref().map(|organisation| organisation.id),
    };
    let mut found = users::search(&mut &app.db, &filter, after.as_ref(), ON_A_PAGE).await?;
    let next = cut(&mut found).map(|last| next(&query, &filter, last.user.id));
    let (search, role) = fields(&query);
    let people = People {
        page: admin.page(),
        is_search: filter.text.is_some() || filter.role.is_some() || filter.organisation.is_some(),
        search,
        role,
        organisation: organisation.map(|organisation| (organisation.id, organisation.name)),
        rows: found.into_iter().map(row).collect(),
        next,
    };
    html(StatusCode::OK, &people)
}

fn fields(query: &Query) -> (Field, Field) {
    let words = words();
    let mut search = Field::new("q", words.of("admin.people.search"));
    search.value.clone_from(&query.q);
    let mut role = Field::new("role", words.of("admin.people.role"));
    role.value.clone_from(&query.role);
    let any = std::iter::once(("", words.of("admin.people.any").to_owned()));
    let roles = Role::ALL.iter().map(|role| (role.word(), words.of(role_name(*role)).to_owned()));
    (search, role.one_of(any.chain(roles)))
}

fn next(query: &Query, filter: &Filter, last: UserId) -> String {
    let role = filter.role.map(|role| format!("&role={}", role.word())).unwrap_or_default();
    let organisation = filter.organisation.map(|id| format!("&organisation={id}")).unwrap_or_default();
    format!("/admin/people?q={}{role}{organisation}&after={last}", encoded(&query.q))
}

fn row(Found { user, organisation }: Found) -> Row {
    Row {
        id: user.id,
        name: user.name,
        email: user.email.to_string(),
        role: words().of(role_name(user.role)),
        organisation: organisation.unwrap_or_default(),
    }
}
