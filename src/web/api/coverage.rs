//! Coverage of one showcase and of a cohort, as JSON or CSV by what the client accepts.

use std::cmp::Reverse;

use actix_web::http::header::{self, Accept, Header, Quality};
use actix_web::{HttpRequest, HttpResponse, get, web};
use mime::Mime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Listing, page};
use crate::coverage::{self, CohortLine, cohort_table, coverage_table};
use crate::domain::coverage::Coverage;
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::ShowcaseId;
use crate::domain::permission::{Action, Undertaking};
use crate::gateway;
use crate::records::cohort::Filter;
use crate::web::auth::Caller;
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// The coverage of a showcase. `covered` and `complete` follow the assessor's tags, `claimed_…` the claims.
#[derive(Serialize, ToSchema)]
pub struct CoverageBody {
    showcase_id: ShowcaseId,
    standard: String,
    version: String,
    #[serde(flatten)]
    coverage: Coverage,
}

enum Representation {
    Json,
    Csv,
}

/// Keeps a cache from giving one client what another asked for.
const VARY: (header::HeaderName, &str) = (header::VARY, "accept");

/// What the client likes best of what there is; JSON when it does not mind.
fn negotiate(request: &HttpRequest) -> Result<Representation, Problem> {
    if !request.headers().contains_key(header::ACCEPT) {
        return Ok(Representation::Json);
    }
    let accepted = Accept::parse(request).map_err(|_| not_acceptable())?;
    let json = liking(&accepted, "application", "json");
    let csv = liking(&accepted, "text", "csv");
    match (json, csv) {
        (None, None) => Err(not_acceptable()),
        (json, csv) if json >= csv => Ok(Representation::Json),
        _ => Ok(Representation::Csv),
    }
}

/// How much a client likes a type, which the range that fits it best says (RFC 9110, 12.5.1): by weight, then by
/// how well it fits, then by its place. `None` when it is not wanted.
fn liking(accepted: &Accept, main: &str, sub: &str) -> Option<(Quality, u8, Reverse<usize>)> {
    let fit = |range: &Mime| match (range.type_().as_str(), range.subtype().as_str()) {
        (m, s) if m == main && s == sub => Some(2),
        (m, "*") if m == main => Some(1),
        ("*", "*") => Some(0),
        _ => None,
    };
    let ranges = accepted.iter().enumerate();
    let fitting = ranges.filter_map(|(place, range)| Some((fit(&range.item)?, Reverse(place), range.quality)));
    let (fit, place, weight) = fitting.max_by_key(|&(fit, place, _)| (fit, place))?;
    (weight > Quality::ZERO).then_some((weight, fit, place))
}

fn not_acceptable() -> Problem {
    Problem::new(Code::NotAcceptable, "The coverage is there as application/json and text/csv. Accept one of them.")
}

fn json(body: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(VARY).json(body)
}

fn csv(name: &str, rows: Vec<Vec<String>>) -> Result<HttpResponse, Problem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(unwritable)?;
    }
    let text = writer.into_inner().map_err(|error| unwritable(error.into_error().into()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header(VARY)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")))
        .body(text))
}

fn unwritable(error: csv::Error) -> Problem {
    Problem::broken(Code::Internal, "The table could not be written. Report the request id.", &error)
}

/// In which form a showcase's coverage is wanted, by those who cannot say what they accept, as a link cannot.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Csv,
}

/// How to answer the coverage of a showcase.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// In place of what the header `Accept` asks for.
    #[param(inline)]
    format: Option<Format>,
}

/// Which areas of a showcase have evidence.
#[utoipa::path(tag = "coverage", operation_id = "getCoverage", params(CoverageQuery), responses((status = 200, description = "The coverage", content((CoverageBody = "application/json"), (String = "text/csv")))))]
#[get("/showcases/{id}/coverage")]
pub async fn of_showcase(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<ShowcaseId>,
    query: web::Query<CoverageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let representation = match query.format {
        Some(Format::Json) => Representation::Json,
        Some(Format::Csv) => Representation::Csv,
        None => negotiate(&request)?,
    };
    let showcase = caller.showcase(&app, *id, Action::Read).await?;
    let missing = || gateway::Error::StandardMissing(showcase.standard.clone(), showcase.version.clone());
    let standard = app.standards.find(&showcase.standard, &showcase.version).ok_or_else(missing)?;
    let coverage = coverage::load(&mut app.db.read().await?, standard, showcase.id).await?;
    match representation {
        Representation::Csv => csv(&format!("coverage-{}", showcase.id), coverage_table(&coverage)),
        Representation::Json => {
            let (standard, version) = (showcase.standard, showcase.version);
            Ok(json(CoverageBody { showcase_id: showcase.id, standard, version, coverage }))
        }
    }
}

/// Which page of which cohort to answer.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CohortQuery {
    /// Only showcases in this state.
    state: Option<ShowcaseState>,
    /// Only showcases in which this area has no tag.
    missing: Option<String>,
    /// Showcases on a page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<Uuid>,
}

/// A code that some loaded standard has: a mistyped one would be missing everywhere.
fn known_area(app: &App, code: String) -> Result<String, Problem> {
    if app.standards.iter().any(|standard| standard.showcase_area(&code).is_some()) {
        return Ok(code);
    }
    let detail = format!(
        "`{}` is an area of no standard that is loaded here. GET the standard for its areas.",
        code.escape_debug()
    );
    Err(Problem::new(Code::BadRequest, detail))
}

/// A table has no place for the cursor: RFC 8288 has one. Filters are words and codes, which need no escaping.
fn next_link(filter: &Filter, limit: u32, next: &str) -> String {
    let state = filter.state.map(|state| format!("&state={state}")).unwrap_or_default();
    let missing = filter.missing.as_ref().map(|area| format!("&missing={area}")).unwrap_or_default();
    format!("</api/v1/coverage?limit={limit}{state}{missing}&cursor={next}>; rel=\"next\"")
}

/// Coverage of all showcases that the caller may see: one row a showcase, one column an area.
#[utoipa::path(tag = "coverage", operation_id = "getCohort", params(CohortQuery), responses((status = 200, description = "A page of the cohort", content((Listing<CohortLine> = "application/json"), (String = "text/csv")))))]
#[get("/coverage")]
pub async fn of_cohort(
    app: web::Data<App>,
    caller: Caller,
    query: web::Query<CohortQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    caller.may(Undertaking::ReadCohort)?;
    let representation = negotiate(&request)?;
    let query = query.into_inner();
    let page = page(query.limit.unwrap_or(50), query.cursor)?;
    let filter = Filter { state: query.state, missing: query.missing.map(|code| known_area(&app, code)).transpose()? };
    let lines = coverage::cohort(&app.db, &app.standards, caller.scope(), &filter, page).await?;
    let listing = Listing::of(lines, page, |line| line.showcase_id.0, |line| line);
    match representation {
        Representation::Json => Ok(json(listing)),
        Representation::Csv => {
            let mut response = csv("coverage", cohort_table(&listing.items))?;
            if let Some(next) = listing.next {
                let link = next_link(&filter, page.limit, &next);
                response.headers_mut().insert(header::LINK, link.parse().map_err(|_| Problem::not_found())?);
            }
            Ok(response)
        }
    }
}
