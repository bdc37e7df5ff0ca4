//! What a look at a list shows: that it cannot be read, what is to be mended line by line, or what would be imported.

use crate::domain::ids::{OrganisationId, ShowcaseId};
use crate::people::sheet::{self, Column, MOST_LINES, Sheet, SheetLine, Unreadable};
use crate::people::{Newcomer, Standing};
use crate::web::pages::cohort::newcomer;
use crate::web::pages::words;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Lines of a sound list that are shown.
const SHOWN_ROWS: usize = 20;
/// Faults that are shown: whoever has more mends these first.
pub const SHOWN_FAULTS: usize = 100;
/// People with a showcase already who are shown.
const SHOWN_KNOWN: usize = 20;

/// A list as text, and how it came.
pub struct Look {
    pub text: String,
    pub was_windows: bool,
    /// The field that it came in.
    pub field: &'static str,
}

/// What there is to say of a list.
pub enum Seen {
    Unreadable(String),
    Faulty(Vec<FaultLine>),
    Sound(Sound),
}

/// A list that can be imported, perhaps without those who have a showcase.
pub struct Sound {
    pub list: Vec<Newcomer>,
    pub known: Vec<Known>,
    pub rows: Vec<Row>,
    unread: Vec<String>,
}

/// Something to mend.
pub struct FaultLine {
    pub line: u64,
    pub column: String,
    pub text: String,
}

/// Somebody who has a showcase of the standard already.
pub struct Known {
    pub line: u64,
    pub name: String,
    pub showcase: ShowcaseId,
}

/// A line as it would be imported.
pub struct Row {
    pub line: u64,
    pub name: String,
    pub email: String,
    pub employer: String,
    pub standard: String,
    pub started_on: String,
}

/// Reads a list and asks who of it is here already.
///
/// # Errors
/// The database's.
pub async fn see(app: &App, provider: OrganisationId, look: &Look) -> Result<Seen, Problem> {
    let Sheet { lines, unread } = match sheet::read(&look.text, &app.standards, provider) {
        Ok(sheet) => sheet,
        Err(unreadable) => return Ok(Seen::Unreadable(unreadable_text(unreadable))),
    };
    let (mut faults, mut list, mut sound) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        match &line.read {
            Ok(newcomer) => {
                list.push(newcomer.clone());
                sound.push(line);
            }
            Err(wrong) => faults.extend(wrong.iter().map(|fault| FaultLine {
                line: line.number,
                column: fault.column.map_or_else(|| words().of("import.whole_line"), newcomer::label).to_owned(),
                text: newcomer::wrong(fault.wrong),
            })),
        }
    }
    let standings = app.people.look_at(&app.standards, provider, &list).await?;
    let line_of = |place: usize| sound.get(place).map_or(0, |line| line.number);
    let mut known = Vec::new();
    for (line, standing) in sound.iter().zip(&standings) {
        if let Standing::HasShowcase(showcase) = standing {
            known.push(Known { line: line.number, name: line.name.clone(), showcase: *showcase });
        }
        faults.extend(newcomer::stands(*standing, line_of).map(|(column, text)| fault(line, column, text)));
    }
    faults.sort_by_key(|fault| fault.line);
    if !faults.is_empty() {
        return Ok(Seen::Faulty(faults));
    }
    let rows = sound.iter().zip(&list).take(SHOWN_ROWS).map(|(line, newcomer)| row(line, newcomer)).collect();
    Ok(Seen::Sound(Sound { list, known, rows, unread }))
}

fn fault(line: &SheetLine, column: Column, text: String) -> FaultLine {
    FaultLine { line: line.number, column: newcomer::label(column).to_owned(), text }
}

fn row(line: &SheetLine, newcomer: &Newcomer) -> Row {
    let enrolment = &newcomer.enrolment;
    Row {
        line: line.number,
        name: enrolment.apprentice.name.to_string(),
        email: enrolment.apprentice.email.to_string(),
        employer: enrolment.employer.to_string(),
        standard: format!("{} {}", enrolment.standard, enrolment.version),
        started_on: crate::web::pages::day_of(enrolment.started_on),
    }
}

fn unreadable_text(unreadable: Unreadable) -> String {
    let words = words();
    let listed = |columns: &[Column]| columns.iter().map(|column| column.word()).collect::<Vec<_>>().join(", ");
    match unreadable {
        Unreadable::Empty => words.of("import.empty").to_owned(),
        Unreadable::TooManyLines { found } => {
            words.with("import.too_many", &[("found", &found), ("most", &MOST_LINES)])
        }
        Unreadable::Missing(columns) => words.with("import.missing", &[("columns", &listed(&columns))]),
        Unreadable::Repeated(column) => words.with("import.repeated", &[("column", &column)]),
    }
}

/// How many lines the faults are about.
pub fn lines(faults: &[FaultLine]) -> usize {
    let mut lines: Vec<u64> = faults.iter().map(|fault| fault.line).collect();
    lines.dedup();
    lines.len()
}

/// That there are more faults than are shown.
pub fn further(faults: usize) -> Option<String> {
    let hidden = faults.saturating_sub(SHOWN_FAULTS);
    (hidden > 0).then(|| words().with("import.further", &[("n", &hidden)]))
}

/// What should be known before a sound list is imported.
pub fn remarks(look: &Look, sound: &Sound) -> Vec<String> {
    let words = words();
    let mut remarks = Vec::new();
    if look.was_windows {
        remarks.push(words.of("import.windows").to_owned());
    }
    if !sound.unread.is_empty() {
        remarks.push(words.with("import.unread", &[("columns", &sound.unread.join(", "))]));
    }
    if sound.known.len() > SHOWN_KNOWN {
        remarks.push(words.with("import.known.first", &[("n", &SHOWN_KNOWN)]));
    }
    remarks
}
