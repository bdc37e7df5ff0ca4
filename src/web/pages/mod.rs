//! The pages: HTML for people, made on the server, which work without a script. Templates stand beside their handlers
//! and escape every value; a page asks the same rooms as the API does, by the same permissions.

pub mod account;
pub mod add;
pub mod admin;
pub mod assess;
pub mod assets;
pub mod cohort;
mod deadlines;
pub mod edit;
mod evidence;
mod fields;
pub mod forgotten;
pub mod gateway;
pub mod home;
pub mod invite;
pub mod link;
pub mod passkeys;
pub mod password;
pub mod piece;
mod piece_fields;
pub mod problem;
pub mod receipt;
pub mod report;
pub mod showcase;
pub mod sign_in;
mod upload;
pub mod withdraw;
mod words;

use std::fmt;
use std::net::IpAddr;
use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;

use self::assets::Assets;
use self::fields::{Choice, Fault, Field};
use self::words::{Words, words};
use super::auth::Caller;
use super::problem::{Code, Problem};
use super::state::App;
use crate::access::Visit;
use crate::domain::permission::{Undertaking, may};

/// Nothing runs, loads or frames that is not ours, and no form goes elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What stands around the subject of every page.
pub struct Page {
    words: &'static Words,
    assets: &'static Assets,
    person: Option<Person>,
    navigation: Vec<Item>,
    has_errors: bool,
}

/// Who is signed in, as the header shows it.
struct Person {
    name: String,
    role: &'static str,
}

/// A way to another page.
pub struct Item {
    path: String,
    text: String,
    is_here: bool,
}

impl Item {
    fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), is_here: false }
    }
}

impl Page {
    /// A page for whoever asks.
    fn open() -> Self {
        static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::built);
        Self { words: words(), assets: &ASSETS, person: None, navigation: Vec::new(), has_errors: false }
    }

    /// A page for somebody who is signed in; `here` is its address in the navigation.
    fn of(caller: &Caller, here: &str) -> Self {
        let words = words();
        let role = words.of(role_name(caller.user.role));
        let mut ways =
            vec![Item::new("/", words.of(if is_one_showcase(caller) { "nav.home.own" } else { "nav.home" }))];
        if may(caller.user.role, Undertaking::AddApprentice) {
            ways.push(Item::new("/invite", words.of("nav.invite")));
        }
        if caller.user.role == crate::domain::people::Role::Admin {
            ways.push(Item::new("/cohort", words.of("nav.cohort")));
        }
        if may(caller.user.role, Undertaking::Administer) {
            ways.push(Item::new("/admin", words.of("nav.admin")));
        }
        ways.push(Item::new("/account", words.of("nav.account")));
        for way in &mut ways {
            way.is_here = way.path == here;
        }
        Self { person: Some(Person { name: caller.user.name.clone(), role }), navigation: ways, ..Self::open() }
    }

    /// The same page, which says in its title that something has to be mended.
    fn with(mut self, faults: &[Fault]) -> Self {
        self.has_errors = !faults.is_empty();
        self
    }
}

fn is_one_showcase(caller: &Caller) -> bool {
    caller.user.role == crate::domain::people::Role::Apprentice
}

fn role_name(role: crate::domain::people::Role) -> &'static str {
    use crate::domain::people::Role;
    match role {
        Role::Apprentice => "role.apprentice",
        Role::Provider => "role.provider",
        Role::Assessor => "role.assessor",
        Role::Admin => "role.admin",
    }
}

/// Answers a page.
///
/// # Errors
/// `internal` when the template cannot be filled, which only a lack of memory can cause.
fn html(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Problem> {
    html_under(POLICY, status, page)
}

/// Answers a page under a content security policy of its own.
///
/// # Errors
/// As [`html`].
fn html_under(policy: &'static str, status: StatusCode, page: &impl Template) -> Result<HttpResponse, Problem> {
    let text = page.render().map_err(|error| Problem::broken(Code::Internal, "The page cannot be made.", &error))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        // What one person saw is not shown to the next at the same computer.
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .body(text))
}

/// Sends the browser on, with GET.
fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// A page of some paragraphs and ways on.
#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    page: Page,
    title: String,
    paragraphs: Vec<String>,
    ways: Vec<Item>,
    request_id: Option<String>,
}

/// The path to go on to, if it is one of ours: anything else could lead somebody who has just signed in away.
fn local(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_plain = next.len() <= 500 && next.bytes().all(|b| b.is_ascii_graphic());
    if is_path && is_plain { next } else { "/" }
}

/// The browser that a request comes from, with the session that it has.
fn visit(app: &App, request: &HttpRequest) -> Visit {
    let device = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let earlier = app.cookies.session(request).map(str::to_owned);
    Visit { device: device.unwrap_or_default().to_owned(), earlier }
}

/// The network address that a request comes from.
fn client_address(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    // The last entry is the proxy's own word; those before it are whatever the client made up.
    let last = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|entry| entry.trim().parse().ok());
    last.filter(|_| app.forwarded).or_else(|| request.peer_addr().map(|address| address.ip()))
}

/// An instant as people here read it.
fn moment(at: DateTime<Utc>) -> impl fmt::Display {
    at.with_timezone(&London).format("%-d %B %Y, %H:%M").to_string()
}

/// A day as people here read it.
fn day_of(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn one_is_only_led_to_paths_of_ours() {
        assert_eq!(local("/showcases/1?a=b"), "/showcases/1?a=b");
        for elsewhere in ["", "showcases", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\n"] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
