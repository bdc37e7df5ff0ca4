//! How the service is, in this replica and at this moment: what it stands on, what room there is, and what is missing.
//! What the service does not have is said to be absent, never to be broken.

use std::fmt::Display;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use tokio::time::timeout;

use super::super::{Page, html, moment, words};
use super::Admin;
use crate::config::MailRoute;
use crate::db;
use crate::examine::ScannerState;
use crate::records::uploads;
use crate::storage::{Condition, Integrity, Room};
use crate::web::problem::Problem;
use crate::web::state::App;

/// Less room than this on a disk is worth a warning: about what a busy hour brings.
const LITTLE: u64 = 2 * 1024 * 1024 * 1024;

/// How long one waits for a process that has a file before it.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "admin/health.html")]
struct Health {
    page: Page,
    at: String,
    groups: Vec<Group>,
}

struct Group {
    title: &'static str,
    rows: Vec<Row>,
}

struct Row {
    key: &'static str,
    value: String,
    state: State,
}

/// What a reader has to think of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is nothing to think of.
    Plain,
    Well,
    Mind,
    Broken,
}

impl Row {
    fn plain(key: &'static str, value: impl Display) -> Self {
        Self { key: words().of(key), value: value.to_string(), state: State::Plain }
    }

    fn told(key: &'static str, value: &'static str, state: State) -> Self {
        Self { state, ..Self::plain(key, words().of(value)) }
    }
}

/// `GET /admin/health`.
///
/// # Errors
/// `not_found` for everybody but admins.
pub async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let words = words();
    let groups = vec![
        Group { title: words.of("health.service"), rows: service(&app) },
        Group { title: words.of("health.database"), rows: database(&app).await },
        Group { title: words.of("health.storage"), rows: storage(&app).await },
        Group { title: words.of("health.uploads"), rows: intake(&app).await },
        Group {
            title: words.of("health.ledger"),
            rows: vec![Row::told("health.ledger.state", "health.ledger.none", State::Plain)],
        },
    ];
    html(StatusCode::OK, &Health { page: admin.page(), at: moment(app.clock.now()).to_string(), groups })
}

fn service(app: &App) -> Vec<Row> {
    let (mail, state) = match app.settings.mail.route() {
        Some(MailRoute::Smtp(_)) => ("health.mail.smtp", State::Plain),
        Some(MailRoute::Folder(_)) => ("health.mail.folder", State::Mind),
        Some(MailRoute::None) | None => ("health.mail.none", State::Plain),
    };
    let passkeys = if app.access.has_passkeys() { "health.passkeys.on" } else { "health.passkeys.off" };
    let stopping = if app.is_stopping() { ("health.stopping", State::Mind) } else { ("health.serving", State::Well) };
    vec![
        Row::plain("health.version", env!("CARGO_PKG_VERSION")),
        Row::told("health.state", stopping.0, stopping.1),
        Row::told("health.mail", mail, state),
        Row::told("health.passkeys", passkeys, State::Plain),
    ]
}

async fn database(app: &App) -> Vec<Row> {
    let answered = app.db.schema().await;
    let state = match &answered {
        Ok(_) => Row::told("health.answers", "health.answers.yes", State::Well),
        Err(error) => broken("health.answers", "health.answers.no", error),
    };
    let mut rows = vec![Row::plain("health.kind", app.db.kind()), state];
    rows.extend(answered.ok().map(|version| Row::plain("health.schema", version)));
    rows
}

async fn storage(app: &App) -> Vec<Row> {
    let answers = match app.storage.ready().await {
        Ok(()) => Row::told("health.answers", "health.answers.yes", State::Well),
        Err(error) => broken("health.answers", "health.answers.no", &error),
    };
    let verifies = match app.integrity {
        Integrity::Verified => Row::told("health.verifies", "health.verifies.yes", State::Well),
        Integrity::Unverified => Row::told("health.verifies", "health.verifies.no", State::Mind),
    };
    let mut rows = Vec::new();
    match app.storage.condition().await {
        Ok(Condition { kind, folder, disk, .. }) => {
            rows.push(Row::plain("health.kind", format!("{kind} ({})", app.settings.storage.url)));
            rows.extend([answers, verifies]);
            let state = if disk.free < LITTLE { State::Mind } else { State::Plain };
            let value = words().with("health.disk.free", &[("room", &room(disk)), ("folder", &folder.display())]);
            rows.push(Row { state, ..Row::plain("health.disk", value) });
        }
        Err(error) => {
            rows.extend([answers, verifies, broken("health.disk", "health.disk.unknown", &error)]);
        }
    }
    rows
}

async fn intake(app: &App) -> Vec<Row> {
    let words = words();
    let mut rows = match uploads::count_all_open(&mut &app.db, app.clock.now()).await {
        Ok(count) => vec![Row::plain("health.open_uploads", count)],
        Err(error) => vec![broken("health.open_uploads", "health.unknown", &error as &db::Error)],
    };
    if let Ok(Condition { memory, .. }) = app.storage.condition().await {
        rows.push(Row::plain("health.memory", room(memory)));
    }
    let workers = match app.settings.inspection.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    };
    rows.push(Row::plain("health.workers", words.count("health.workers.count", workers)));
    rows.push(confinement(app).await);
    rows.push(match app.examiner.scanner().await {
        ScannerState::Absent => Row::told("health.scanner", "health.scanner.none", State::Plain),
        ScannerState::Ready => Row::told("health.scanner", "health.scanner.ready", State::Well),
        ScannerState::Unavailable => Row::told("health.scanner", "health.scanner.unavailable", State::Broken),
    });
    rows
}

/// What confines the processes that look at files. One of them is asked, unless all have a file before them.
async fn confinement(app: &App) -> Row {
    match timeout(PATIENCE, app.examiner.open()).await {
        Ok(Ok(walls)) => match (walls.landlock, walls.seccomp) {
            (true, true) => Row::told("health.confined", "health.confined.both", State::Well),
            (false, true) => Row::told("health.confined", "health.confined.seccomp", State::Mind),
            (true, false) => Row::told("health.confined", "health.confined.landlock", State::Mind),
            (false, false) => Row::told("health.confined", "health.confined.neither", State::Mind),
        },
        Ok(Err(error)) => broken("health.confined", "health.confined.broken", &error),
        Err(_) => Row::told("health.confined", "health.confined.busy", State::Plain),
    }
}

/// What is broken is for the log in full, and for the page in words.
fn broken(key: &'static str, value: &'static str, error: &dyn std::error::Error) -> Row {
    tracing::error!(%error, "the page of health shows something broken");
    Row::told(key, value, State::Broken)
}

fn room(room: Room) -> String {
    words().with("health.room", &[("free", &bytes(room.free)), ("all", &bytes(room.all))])
}

/// A size as people read it.
fn bytes(count: u64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut whole = count;
    let mut rest = 0;
    while whole >= 1024 && unit + 1 < units.len() {
        (rest, whole, unit) = (whole % 1024, whole / 1024, unit + 1);
    }
    if unit > 0 && whole < 10 {
        format!("{whole}.{} {}", rest * 10 / 1024, units[unit])
    } else {
        format!("{whole} {}", units[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_short() {
        assert_eq!(
            [0, 1023, 1024, 25_165_824, 5_500_000_000].map(bytes),
            ["0 bytes", "1023 bytes", "1.0 KB", "24 MB", "5.1 GB"]
        );
    }
}
