//! The details of a gateway as a form: all of them at once, since each save takes the place of the one before.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;

use super::told::{basis, kind, level};
use super::{Fault, Field, Page, caption, html, see_other, showcase, words};
use crate::domain::gateway::{DocumentKind, GatewayDetails, Qualification, ShowcaseState};
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::Action;
use crate::domain::qualification::{Basis, Level, Subject};
use crate::domain::standard::Standard;
use crate::gateway::Error;
use crate::intake;
use crate::records::documents::Document;
use crate::records::showcases::Showcase;
use crate::records::{documents, gateways};
use crate::web::auth::Caller;
use crate::web::pages::fields::Typed;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "gateway/details.html")]
struct Details {
    page: Page,
    errors: Vec<Fault>,
    id: ShowcaseId,
    caption: String,
    subjects: Vec<SubjectFields>,
    employer: Field,
    assessment: Field,
}

/// The fields for maths or for English.
struct SubjectFields {
    title: &'static str,
    basis: Field,
    level: Field,
    achieved_on: Field,
    document: Field,
}

/// What the fields of a subject are called.
struct Names {
    subject: Subject,
    title: &'static str,
    basis: &'static str,
    level: &'static str,
    achieved_on: &'static str,
    document: &'static str,
    certificate: DocumentKind,
}

const NAMES: [Names; 2] = [
    Names {
        subject: Subject::Maths,
        title: "gateway.maths",
        basis: "maths_basis",
        level: "maths_level",
        achieved_on: "maths_achieved_on",
        document: "maths_document",
        certificate: DocumentKind::MathsCertificate,
    },
    Names {
        subject: Subject::English,
        title: "gateway.english",
        basis: "english_basis",
        level: "english_level",
        achieved_on: "english_achieved_on",
        document: "english_document",
        certificate: DocumentKind::EnglishCertificate,
    },
];

/// `GET /showcases/{id}/gateway/details`.
///
/// # Errors
/// `not_found`, `forbidden` or `showcase_frozen`.
pub async fn show(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let showcase = in_draft(&app, &caller, *id).await?;
    let recorded = gateways::find(&mut &app.db, showcase.id).await?;
    let documents = documents::list(&mut &app.db, showcase.id).await?;
    let typed = typed(&recorded, &documents);
    html(StatusCode::OK, &form(&app, &caller, &showcase, (&typed, &documents), Vec::new())?)
}

/// A showcase whose gateway this person may prepare now.
///
/// # Errors
/// `not_found`, `forbidden` or `showcase_frozen`.
pub async fn in_draft(app: &App, caller: &Caller, id: ShowcaseId) -> Result<Showcase, Problem> {
    let showcase = caller.showcase(app, id, Action::PrepareGateway).await?;
    if showcase.state == ShowcaseState::Draft { Ok(showcase) } else { Err(intake::Error::ShowcaseFrozen.into()) }
}

/// What is recorded, as the form would have it typed. Where one document alone fits, it is offered.
fn typed(recorded: &GatewayDetails, documents: &[Document]) -> Typed {
    let mut typed = Typed::new();
    let mut put = |name: &str, value: Option<String>| {
        typed.extend(value.map(|value| (name.to_owned(), value)));
    };
    for names in &NAMES {
        let subject = of(recorded, names.subject);
        put(names.basis, subject.map(|subject| subject.basis.word().to_owned()));
        put(names.level, subject.and_then(|subject| subject.level).map(|level| level.word().to_owned()));
        put(names.achieved_on, subject.and_then(|subject| subject.achieved_on).map(|day| day.to_string()));
        let named = subject.and_then(|subject| subject.document_id);
        let only = match fitting(documents, names).collect::<Vec<_>>().as_slice() {
            [only] => Some(only.id),
            _ => None,
        };
        put(names.document, named.or(only).map(|id| id.to_string()));
    }
    put("employer_confirmed_on", recorded.employer_confirmed_on.map(|day| day.to_string()));
    put("assessment_on", recorded.assessment_on.map(|day| day.to_string()));
    typed
}

fn of(details: &GatewayDetails, subject: Subject) -> Option<&Qualification> {
    match subject {
        Subject::Maths => details.maths.as_ref(),
        Subject::English => details.english.as_ref(),
    }
}

/// The documents that can be evidence for a subject.
fn fitting<'d>(documents: &'d [Document], names: &Names) -> impl Iterator<Item = &'d Document> {
    let certificate = names.certificate;
    let fits = move |kind| kind == certificate || kind == DocumentKind::PlanOrStatement;
    documents.iter().filter(move |document| fits(document.kind))
}

fn form(
    app: &App,
    caller: &Caller,
    showcase: &Showcase,
    (typed, documents): (&Typed, &[Document]),
    errors: Vec<Fault>,
) -> Result<Details, Problem> {
    let words = words();
    let standard = showcase::standard(app, showcase)?;
    let subjects = NAMES.iter().map(|names| subject(app, standard, names, (typed, documents), &errors));
    let subjects = subjects.collect();
    let day = |name: &'static str, label: &str, hint: &str| {
        Field::new(name, words.of(label)).hint(words.of(hint)).filled(typed, &errors)
    };
    Ok(Details {
        page: Page::of(caller, "").with(&errors),
        id: showcase.id,
        caption: caption(standard, showcase),
        subjects,
        employer: day("employer_confirmed_on", "gateway.employer", "gateway.employer.hint"),
        assessment: day("assessment_on", "gateway.assessment", "gateway.assessment.hint"),
        errors,
    })
}

fn subject(
    app: &App,
    standard: &Standard,
    names: &Names,
    (typed, documents): (&Typed, &[Document]),
    errors: &[Fault],
) -> SubjectFields {
    let words = words();
    let field = |name: &'static str, label: &str| Field::new(name, words.of(label)).filled(typed, errors);
    let recorded = typed.get(names.basis).map(String::as_str).unwrap_or_default();
    let is_open = |basis: &Basis| {
        let route = standard.qualifications().route(names.subject, *basis);
        let is_open = route.is_some_and(|route| route.on_by_default || app.gateway.routes().contains(basis));
        is_open || basis.word() == recorded
    };
    let bases = Basis::ALL.iter().filter(|basis| is_open(basis));
    let bases = bases.map(|one| (one.word(), words.of(basis(*one)).to_owned()));
    let none = |text: &str| std::iter::once((String::new(), words.of(text).to_owned()));
    let levels = Level::ALL.iter().map(|one| (one.word().to_owned(), words.of(level(*one)).to_owned()));
    let offered = fitting(documents, names).map(|document| {
        let text = format!("{} ({})", document.file_name.as_str(), words.of(kind(document.kind)));
        (document.id.to_string(), text)
    });
    SubjectFields {
        title: words.of(names.title),
        basis: field(names.basis, "gateway.basis")
            .one_of(std::iter::once(("", words.of("gateway.not_recorded").to_owned())).chain(bases)),
        level: field(names.level, "gateway.level").one_of(none("gateway.level.none").chain(levels)),
        achieved_on: field(names.achieved_on, "gateway.achieved_on"),
        document: field(names.document, "gateway.document")
            .hint(words.of("gateway.document.hint"))
            .one_of(none("gateway.no_document").chain(offered)),
    }
}

/// `POST /showcases/{id}/gateway/details`.
///
/// # Errors
/// `not_found`, `forbidden`, `showcase_frozen`, or the database's; what is wrong with a field is told beside it.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    typed: web::Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let showcase = in_draft(&app, &caller, *id).await?;
    let refused = match read(&typed) {
        Err(faults) => faults,
        Ok(details) => match app.gateway.prepare(&showcase, &details, caller.user.id).await {
            Ok(()) => return Ok(see_other(&format!("/showcases/{}/gateway?done=details", showcase.id))),
            Err(Error::UnknownDocument(id)) => {
                let is_maths = details.maths.as_ref().is_some_and(|maths| maths.document_id == Some(id));
                let field = if is_maths { "maths_document" } else { "english_document" };
                vec![Fault::new(field, words().of("gateway.document.gone"))]
            }
            Err(other) => return Err(other.into()),
        },
    };
    let documents = documents::list(&mut &app.db, showcase.id).await?;
    html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &caller, &showcase, (&typed, &documents), refused)?)
}

/// What was typed, or everything that is to be mended.
fn read(typed: &Typed) -> Result<GatewayDetails, Vec<Fault>> {
    let mut faults = Vec::new();
    let [maths, english] = NAMES.map(|names| qualification(typed, &names, &mut faults));
    let details = GatewayDetails {
        maths,
        english,
        employer_confirmed_on: day(typed, "employer_confirmed_on", &mut faults),
        assessment_on: day(typed, "assessment_on", &mut faults),
    };
    if faults.is_empty() { Ok(details) } else { Err(faults) }
}

fn qualification(typed: &Typed, names: &Names, faults: &mut Vec<Fault>) -> Option<Qualification> {
    let words = words();
    let text = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let achieved_on = day(typed, names.achieved_on, faults);
    let level = match text(names.level) {
        "" => None,
        word => word
            .parse::<Level>()
            .map_err(|_| faults.push(Fault::new(names.level, words.of("gateway.level.wrong"))))
            .ok(),
    };
    let document_id = match text(names.document) {
        "" => None,
        id => id.parse().map_err(|_| faults.push(Fault::new(names.document, words.of("gateway.document.gone")))).ok(),
    };
    match text(names.basis) {
        // A level or a day without its ground would be lost.
        "" if level.is_some() || achieved_on.is_some() => {
            faults.push(Fault::new(names.basis, words.of("gateway.basis.empty")));
            None
        }
        "" => None,
        word => {
            let basis = word.parse::<Basis>();
            let wrong = |_| faults.push(Fault::new(names.basis, words.of("gateway.basis.empty")));
            basis.map_err(wrong).ok().map(|basis| Qualification { level, basis, achieved_on, document_id })
        }
    }
}

fn day(typed: &Typed, name: &'static str, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    match typed.get(name).map(|text| text.trim()).unwrap_or_default() {
        "" => None,
        text => text.parse().map_err(|_| faults.push(Fault::new(name, words().of("field.day.wrong")))).ok(),
    }
}
