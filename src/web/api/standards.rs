//! The standards that are loaded, and the calculator behind every deadline.

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::domain::calendar::Deadlines;
use crate::domain::standard::{Area, AreaCode, ComponentCode, CriterionCode, Grade, Limits, Standard};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

/// A standard by name.
#[derive(Serialize, ToSchema)]
pub struct StandardSummary {
    code: String,
    version: String,
    title: String,
    level: u8,
}

/// A standard with its showcase's areas and all its components.
#[derive(Serialize, ToSchema)]
pub struct StandardBody {
    #[serde(flatten)]
    summary: StandardSummary,
    limits: LimitsBody,
    /// The areas of the showcase.
    areas: Vec<AreaBody>,
    components: Vec<ComponentBody>,
    ksbs: Vec<KsbBody>,
}

/// Figures of the standard.
#[derive(Serialize, ToSchema)]
pub struct LimitsBody {
    pieces: u32,
    form_notice_working_days: u32,
    assessment_window_months: u32,
    results_working_days: u32,
    resit_window_months: u32,
    typical_months_on_programme: u32,
}

#[derive(Serialize, ToSchema)]
pub struct ComponentBody {
    code: ComponentCode,
    title: String,
    /// Distinction criteria that a distinction needs.
    distinction_threshold: usize,
    areas: Vec<AreaBody>,
}

#[derive(Serialize, ToSchema)]
pub struct AreaBody {
    code: AreaCode,
    title: String,
    ksbs: Vec<String>,
    criteria: Vec<CriterionBody>,
}

#[derive(Serialize, ToSchema)]
pub struct CriterionBody {
    code: CriterionCode,
    grade: Grade,
    summary: String,
    /// The official words, where the operator supplied them.
    wording: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct KsbBody {
    code: String,
    summary: String,
    wording: Option<String>,
}

fn summary(standard: &Standard) -> StandardSummary {
    StandardSummary {
        code: standard.code().to_owned(),
        version: standard.version().to_owned(),
        title: standard.title().to_owned(),
        level: standard.level(),
    }
}

fn limits(limits: &Limits) -> LimitsBody {
    LimitsBody {
        pieces: limits.pieces,
        form_notice_working_days: limits.form_notice_working_days,
        assessment_window_months: limits.assessment_window_months,
        results_working_days: limits.results_working_days,
        resit_window_months: limits.resit_window_months,
        typical_months_on_programme: limits.typical_months_on_programme,
    }
}

fn area(app: &App, standard: &Standard, area: &Area) -> AreaBody {
    let criteria = area.criteria.iter().map(|criterion| CriterionBody {
        code: criterion.code.clone(),
        grade: criterion.grade,
        summary: criterion.summary.clone(),
        wording: app.wording.wording(standard, criterion.code.as_ref()).map(str::to_owned),
    });
    AreaBody {
        code: area.code.clone(),
        title: area.title.clone(),
        ksbs: area.ksbs.iter().map(ToString::to_string).collect(),
        criteria: criteria.collect(),
    }
}

fn body(app: &App, standard: &Standard) -> StandardBody {
    let components = standard.components().iter().map(|component| ComponentBody {
        code: component.code.clone(),
        title: component.title.clone(),
        distinction_threshold: component.distinction_threshold,
        areas: component.areas.iter().map(|a| area(app, standard, a)).collect(),
    });
    let ksbs = standard.ksbs().iter().map(|ksb| KsbBody {
        code: ksb.code.to_string(),
        summary: ksb.summary.clone(),
        wording: app.wording.wording(standard, ksb.code.as_ref()).map(str::to_owned),
    });
    StandardBody {
        summary: summary(standard),
        limits: limits(standard.limits()),
        areas: standard.showcase_areas().iter().map(|a| area(app, standard, a)).collect(),
        components: components.collect(),
        ksbs: ksbs.collect(),
    }
}

/// The standards that are loaded.
#[utoipa::path(tag = "standards", operation_id = "listStandards", responses((status = 200, description = "All of them", body = Listing<StandardSummary>)))]
#[get("/standards")]
pub async fn list(app: web::Data<App>, _: Caller) -> web::Json<Listing<StandardSummary>> {
    web::Json(Listing::whole(app.standards.iter().map(summary).collect()))
}

/// One standard.
#[utoipa::path(tag = "standards", operation_id = "getStandard", responses((status = 200, description = "The standard", body = StandardBody)))]
#[get("/standards/{code}/{version}")]
pub async fn find(
    app: web::Data<App>,
    _: Caller,
    path: web::Path<(String, String)>,
) -> Result<web::Json<StandardBody>, Problem> {
    let standard = app.standards.find(&path.0, &path.1).ok_or_else(Problem::not_found)?;
    Ok(web::Json(body(&app, standard)))
}

/// The days to reckon from; each may be left out.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DatesQuery {
    form_received_on: Option<NaiveDate>,
    gateway_on: Option<NaiveDate>,
    final_component_on: Option<NaiveDate>,
}

/// The days that follow from those given; null for those that were not.
#[derive(Serialize, ToSchema)]
pub struct DatesBody {
    earliest_assessment_on: Option<NaiveDate>,
    latest_assessment_on: Option<NaiveDate>,
    results_due_on: Option<NaiveDate>,
    calendar: CalendarBody,
}

/// The table of bank holidays that was reckoned with.
#[derive(Serialize, ToSchema)]
pub struct CalendarBody {
    name: String,
    version: String,
    first_year: i32,
    last_year: i32,
}

/// Reckons deadlines: the first day an assessment may be held, the last, and when results are due.
#[utoipa::path(tag = "standards", operation_id = "reckonDates", params(DatesQuery), responses((status = 200, description = "The days", body = DatesBody)))]
#[get("/standards/{code}/{version}/dates")]
pub async fn dates(
    app: web::Data<App>,
    _: Caller,
    path: web::Path<(String, String)>,
    query: web::Query<DatesQuery>,
) -> Result<web::Json<DatesBody>, Problem> {
    let standard = app.standards.find(&path.0, &path.1).ok_or_else(Problem::not_found)?;
    let deadlines = Deadlines::new(&app.calendar, standard.limits());
    let (first_year, last_year) = app.calendar.years();
    Ok(web::Json(DatesBody {
        earliest_assessment_on: query.form_received_on.map(|day| deadlines.earliest_assessment_on(day)).transpose()?,
        latest_assessment_on: query.gateway_on.map(|day| deadlines.latest_assessment_on(day)).transpose()?,
        results_due_on: query.final_component_on.map(|day| deadlines.results_due_on(day)).transpose()?,
        calendar: CalendarBody {
            name: app.calendar.name().to_owned(),
            version: app.calendar.version().to_owned(),
            first_year,
            last_year,
        },
    }))
}
