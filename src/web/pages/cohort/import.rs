//! Importing apprentices from a list: sent, looked at, confirmed. What the look showed is carried by the page and read anew
//! when it is confirmed, all of it, so that nobody has to be trusted; then all are added or nobody is.

mod body;
mod seen;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use self::body::Sent;
use self::seen::{FaultLine, Known, Look, Seen};
use super::{Whose, newcomer, whose, whose_surely};
use crate::domain::ids::OrganisationId;
use crate::people;
use crate::people::sheet::{Column, LARGEST, MOST_LINES, Undecodable, decode};
use crate::web::auth::Caller;
use crate::web::pages::{Fault, Field, Page, html, see_other, words};
use crate::web::parts::Parts;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "cohort/import/form.html")]
struct Form {
    page: Page,
    errors: Vec<Fault>,
    back: String,
    provider: Option<OrganisationId>,
    lead: String,
    columns: Vec<About>,
    file: Field,
    text: Field,
    faults: Vec<FaultLine>,
    further: Option<String>,
}

/// A column as the page explains it.
struct About {
    title: &'static str,
    name: &'static str,
    text: &'static str,
}

#[derive(Template)]
#[template(path = "cohort/import/preview.html")]
struct Preview {
    page: Page,
    errors: Vec<Fault>,
    back: String,
    provider: Option<OrganisationId>,
    lead: String,
    remarks: Vec<String>,
    known: Vec<Known>,
    known_told: String,
    skip: Field,
    rows: Vec<seen::Row>,
    rows_told: String,
    text: String,
    button: String,
}

/// Whose apprentices the form is for.
#[derive(Deserialize)]
pub struct For {
    #[serde(default)]
    provider: String,
}

/// What the preview carries.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    skip: String,
}

/// `GET /cohort/import`.
///
/// # Errors
/// `forbidden` for those who look after no apprentices.
pub async fn show(app: web::Data<App>, caller: Caller, query: web::Query<For>) -> Result<HttpResponse, Problem> {
    match whose(&app, &caller, &query.provider).await? {
        Some(whose) => html(StatusCode::OK, &form(&caller, &whose, "", Vec::new())),
        None => Ok(see_other("/cohort")),
    }
}

/// `GET /cohort/import/template`: the header, to be filled in a spreadsheet.
///
/// # Errors
/// `forbidden` for those who look after no apprentices.
pub async fn template(caller: Caller) -> Result<HttpResponse, Problem> {
    caller.may(crate::domain::permission::Undertaking::AddShowcase)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"apprentices.csv\""))
        .body(format!("{}\r\n", Column::WORDS.join(","))))
}

/// `POST /cohort/import`: looks at a list, and changes nothing.
///
/// # Errors
/// `forbidden`, `not_found`, or the database's; what is wrong with the list is told in the page.
pub async fn look(app: web::Data<App>, caller: Caller, mut parts: Parts) -> Result<HttpResponse, Problem> {
    let sent = body::read(&mut parts, &app.intake).await;
    let Sent { provider, text, file } = match sent {
        Ok(sent) => sent,
        Err(refusal) => {
            parts.drain(&refusal).await;
            return Err(refusal);
        }
    };
    let whose = whose_surely(&app, &caller, &provider).await?;
    let (bytes, field) = if file.is_empty() { (text.into_bytes(), "text") } else { (file, "file") };
    let typed = if field == "text" { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() };
    let refused = |text: String| {
        let form = form(&caller, &whose, &typed, vec![Fault::new(field, text)]);
        html(StatusCode::UNPROCESSABLE_ENTITY, &form)
    };
    if bytes.len() > LARGEST {
        return refused(words().with("import.too_large", &[("most", &(LARGEST / 1024))]));
    }
    match decode(&bytes) {
        Err(undecodable) => refused(words().of(undecoded(undecodable)).to_owned()),
        Ok(decoded) => {
            let look = Look { text: decoded.text, was_windows: decoded.was_windows, field };
            answer(&app, &caller, &whose, look, Vec::new()).await
        }
    }
}

fn undecoded(undecodable: Undecodable) -> &'static str {
    match undecodable {
        Undecodable::Spreadsheet => "import.spreadsheet",
        Undecodable::Utf16 => "import.utf_sixteen",
        Undecodable::Binary => "import.binary",
    }
}

/// The page that a look at a list leads to: what to mend, or what would be done.
async fn answer(
    app: &App,
    caller: &Caller,
    whose: &Whose,
    look: Look,
    errors: Vec<Fault>,
) -> Result<HttpResponse, Problem> {
    let seen = seen::see(app, whose.organisation.id, &look).await?;
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    match seen {
        Seen::Unreadable(text) => {
            let form = form(caller, whose, &look.text, vec![Fault::new(look.field, text)]);
            html(unprocessable, &form)
        }
        Seen::Faulty(faults) => {
            let told = words().count("import.faults", seen::lines(&faults));
            let mut form = form(caller, whose, &look.text, vec![Fault::new("faults", told)]);
            form.further = seen::further(faults.len());
            form.faults = faults.into_iter().take(seen::SHOWN_FAULTS).collect();
            html(unprocessable, &form)
        }
        Seen::Sound(sound) => {
            let status = if errors.is_empty() { StatusCode::OK } else { unprocessable };
            html(status, &preview(caller, whose, look, sound, errors))
        }
    }
}

fn form(caller: &Caller, whose: &Whose, text: &str, errors: Vec<Fault>) -> Form {
    let words = words();
    let about = |column: &Column| About { title: newcomer::label(*column), name: column.word(), text: about(*column) };
    let mut pasted = Field::new("text", words.of("import.text")).hint(words.of("import.text.hint")).judged(&errors);
    text.clone_into(&mut pasted.value);
    Form {
        page: Page::of(caller, "").with(&errors),
        back: format!("/cohort{}", whose.query()),
        provider: whose.field(),
        lead: words.with("import.lead", &[("provider", &whose.organisation.name), ("most", &MOST_LINES)]),
        columns: Column::ALL.iter().map(about).collect(),
        file: Field::new("file", words.of("import.file")).hint(words.of("import.file.hint")).judged(&errors),
        text: pasted,
        faults: Vec::new(),
        further: None,
        errors,
    }
}

fn about(column: Column) -> &'static str {
    words().of(match column {
        Column::Name => "import.about.name",
        Column::Email => "import.about.email",
        Column::Employer => "import.about.employer",
        Column::StartedOn => "import.about.started_on",
        Column::Standard => "import.about.standard",
        Column::Version => "import.about.version",
        Column::Uln => "import.about.uln",
        Column::UlnReason => "import.about.uln_reason",
        Column::AssessmentOn => "import.about.assessment_on",
    })
}

fn preview(caller: &Caller, whose: &Whose, look: Look, sound: seen::Sound, errors: Vec<Fault>) -> Preview {
    let words = words();
    let to_open = sound.list.len() - sound.known.len();
    let known_told = words.count("import.known", sound.known.len());
    let yes = [("true", words.of("import.skip.yes").to_owned())];
    Preview {
        page: Page::of(caller, "").with(&errors),
        back: format!("/cohort/import{}", whose.query()),
        provider: whose.field(),
        lead: words.with("import.would", &[("n", &words.count("import.showcases", to_open))]),
        remarks: seen::remarks(&look, &sound),
        skip: Field::new("skip", words.of("import.skip")).judged(&errors).one_of(yes),
        rows_told: words.with("import.rows", &[("n", &sound.rows.len()), ("all", &sound.list.len())]),
        known: sound.known,
        known_told,
        rows: sound.rows,
        text: look.text,
        button: words.with("import.button", &[("n", &words.count("import.showcases", to_open))]),
        errors,
    }
}

/// `POST /cohort/import/confirm`: imports all of the list, or nothing.
///
/// # Errors
/// `forbidden`, `not_found`, or the database's; what stands in the way is told in the page.
pub async fn confirm(
    app: web::Data<App>,
    caller: Caller,
    typed: web::Form<Confirmed>,
) -> Result<HttpResponse, Problem> {
    let words = words();
    let Confirmed { provider, text, skip } = typed.into_inner();
    let whose = whose_surely(&app, &caller, &provider).await?;
    let look = Look { text, was_windows: false, field: "text" };
    let Seen::Sound(sound) = seen::see(&app, whose.organisation.id, &look).await? else {
        return answer(&app, &caller, &whose, look, Vec::new()).await;
    };
    let skip = skip == "true";
    if !sound.known.is_empty() && !skip {
        let errors = vec![Fault::new("skip", words.of("import.skip.needed"))];
        return html(StatusCode::UNPROCESSABLE_ENTITY, &preview(&caller, &whose, look, sound, errors));
    }
    let by = (caller.user.id, skip);
    let imported = app.people.import(&app.standards, whose.organisation.id, &sound.list, by).await;
    match imported {
        Ok(done) => {
            let start = if whose.is_chosen { format!("{}&", whose.query()) } else { "?".to_owned() };
            let way = format!("/cohort/invitations{start}opened={}&skipped={}", done.opened, done.skipped);
            Ok(see_other(&way))
        }
        // Somebody else added people between the look just now and the import.
        Err(people::Error::NotImported(_) | people::Error::EmailTaken) => {
            let errors = vec![Fault::new("", words.of("import.meanwhile"))];
            answer(&app, &caller, &whose, look, errors).await
        }
        Err(other) => Err(other.into()),
    }
}
