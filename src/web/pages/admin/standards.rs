//! The standards that are loaded, with what they hold and whose words their criteria are shown in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::{Page, html, words};
use super::Admin;
use crate::domain::standard::{Component, Grade, Standard};
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "admin/standards.html")]
struct Standards {
    page: Page,
    standards: Vec<Loaded>,
    calendar: String,
}

struct Loaded {
    title: String,
    wording: String,
    ksbs: String,
    pieces: String,
    components: Vec<Part>,
}

struct Part {
    title: String,
    areas: Vec<String>,
    criteria: String,
}

/// `GET /admin/standards`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let (first, last) = app.calendar.years();
    let calendar = [
        ("name", &app.calendar.name() as &dyn std::fmt::Display),
        ("version", &app.calendar.version()),
        ("first", &first),
        ("last", &last),
    ];
    let standards = Standards {
        page: admin.page(),
        standards: app.standards.iter().map(|standard| loaded(&app, standard)).collect(),
        calendar: words().with("admin.standards.calendar", &calendar),
    };
    html(StatusCode::OK, &standards)
}

fn loaded(app: &App, standard: &Standard) -> Loaded {
    let words = words();
    let count = app.wording.count(standard);
    let criteria: usize = standard.components().iter().map(|component| component.criteria().count()).sum();
    let all = criteria + standard.ksbs().len();
    let source = app.settings.standards.wording.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let wording = if count == 0 {
        words.of("admin.standards.own_words").to_owned()
    } else {
        words.with("admin.standards.wording", &[("count", &count), ("all", &all), ("source", &source)])
    };
    let about = [
        ("code", &standard.code() as &dyn std::fmt::Display),
        ("version", &standard.version()),
        ("title", &standard.title()),
        ("level", &standard.level()),
    ];
    Loaded {
        title: words.with("admin.standards.standard", &about),
        wording,
        ksbs: words.count("admin.standards.ksbs", standard.ksbs().len()),
        pieces: words.with("admin.standards.pieces", &[("most", &standard.limits().pieces)]),
        components: standard.components().iter().map(part).collect(),
    }
}

fn part(component: &Component) -> Part {
    let of = |grade| component.criteria().filter(|criterion| criterion.grade == grade).count();
    let counts = [
        ("pass", &of(Grade::Pass) as &dyn std::fmt::Display),
        ("distinction", &of(Grade::Distinction)),
        ("threshold", &component.distinction_threshold),
    ];
    Part {
        title: component.title.clone(),
        areas: component.areas.iter().map(|area| format!("{}: {}", area.code, area.title)).collect(),
        criteria: words().with("admin.standards.criteria", &counts),
    }
}
