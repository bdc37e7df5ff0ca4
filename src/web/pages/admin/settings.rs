//! The settings as they are in force in this replica; of a secret no more than that it is there.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::{Page, html, words};
use super::Admin;
use crate::config::{Given, Shown};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Settings {
    page: Page,
    rooms: Vec<Room>,
}

struct Room {
    name: String,
    rows: Vec<Row>,
}

struct Row {
    key: String,
    value: String,
    /// What stands there is about the value, and not the value.
    is_about: bool,
}

/// `GET /admin/settings`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let room = |(name, keys): (String, Vec<Shown>)| Room { name, rows: keys.into_iter().map(row).collect() };
    let rooms = app.settings.shown().into_iter().map(room).collect();
    html(StatusCode::OK, &Settings { page: admin.page(), rooms })
}

fn row(Shown { key, value }: Shown) -> Row {
    let about = |name| words().of(name).to_owned();
    match value {
        Given::Text(value) => Row { key, value, is_about: false },
        Given::Secret => Row { key, value: about("admin.settings.secret"), is_about: true },
        Given::Absent => Row { key, value: about("admin.settings.absent"), is_about: true },
    }
}
