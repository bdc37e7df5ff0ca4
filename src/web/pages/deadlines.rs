//! The days that concern an apprentice, in plain words: what is recorded or follows from it, and nothing that is only
//! supposed.

use super::piece::Row;
use super::{day_of, words};
use crate::db::Session;
use crate::domain::gateway::ShowcaseState;
use crate::gateway::{Error, KnownDays};
use crate::records::showcases::Showcase;
use crate::web::problem::Problem;
use crate::web::state::App;

/// The known days of a showcase; none where the table of bank holidays does not reach.
///
/// # Errors
/// The database's.
pub async fn known(app: &App, on: &mut impl Session, showcase: &Showcase) -> Result<Vec<Row>, Problem> {
    match app.gateway.known_days(on, showcase).await {
        Ok(days) => Ok(rows(showcase, &days)),
        Err(Error::Calendar(_)) => Ok(Vec::new()),
        Err(other) => Err(other.into()),
    }
}

fn rows(showcase: &Showcase, days: &KnownDays) -> Vec<Row> {
    let words = words();
    let mut rows = Vec::new();
    let mut row = |key: &'static str, value: String| rows.push(Row { key: words.of(key), value });
    if showcase.state == ShowcaseState::Draft {
        let about =
            [("began", &day_of(showcase.started_on) as &dyn std::fmt::Display), ("from", &day_of(days.compiled_from))];
        row("days.programme", words.with("days.programme.text", &about));
    }
    if let Some(day) = days.employer_confirmed_on {
        row("days.employer", words.with("days.employer.text", &[("day", &day_of(day))]));
    }
    if let Some(day) = days.form_by {
        let text = if day < days.today { "days.form.over" } else { "days.form.text" };
        row("days.form", words.with(text, &[("day", &day_of(day))]));
    }
    if let Some(day) = days.submitted_on {
        row("days.submitted", day_of(day));
    }
    if let Some(day) = days.accepted_on {
        row("days.accepted", day_of(day));
    }
    if let Some(day) = days.assessment_on {
        row("days.assessment", words.with("days.assessment.text", &[("day", &day.format("%A %-d %B %Y"))]));
    }
    if let Some(day) = days.window_ends_on {
        row("days.window", words.with("days.window.text", &[("day", &day_of(day))]));
    }
    rows
}
