//! Whether the service lives, whether it is ready for requests, and what it counts.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Session;
use crate::examine::ScannerState;
use crate::storage::Integrity;
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// That the service is ready, and what it found its store to do.
#[derive(Serialize, ToSchema)]
pub struct ReadyBody {
    /// Always `ready`.
    status: &'static str,
    /// Whether the store refuses bytes that do not have their checksum; where it does not, damage on the way to
    /// it is noticed only when an object is read again.
    storage_verifies_checksums: bool,
    /// `none` when no malware scanner is configured; `unavailable` when it does not answer, and no file is taken in
    /// until it does.
    #[schema(pattern = "none|ready|unavailable")]
    scanner: &'static str,
}

/// The process answers.
#[utoipa::path(tag = "health", operation_id = "live", security(()), responses((status = 200, description = "It lives", body = String, content_type = "text/plain")))]
#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("live\n")
}

/// Database and storage answer, and the service is not stopping.
#[utoipa::path(tag = "health", operation_id = "ready", security(()), responses((status = 200, description = "It is ready", body = ReadyBody)))]
#[get("/health/ready")]
pub async fn ready(app: web::Data<App>) -> Result<web::Json<ReadyBody>, Problem> {
    if app.is_stopping() {
        return Err(Problem::new(
            Code::Stopping,
            "The service is being stopped. Send the request to another replica, or try again soon.",
        ));
    }
    (&app.db).query("SELECT 1 AS one").execute().await?;
    app.storage.ready().await?;
    let storage_verifies_checksums = app.integrity == Integrity::Verified;
    let scanner = match app.examiner.scanner().await {
        ScannerState::Absent => "none",
        ScannerState::Ready => "ready",
        // What is stored can still be read, so no balancer should leave this replica for it.
        ScannerState::Unavailable => "unavailable",
    };
    Ok(web::Json(ReadyBody { status: "ready", storage_verifies_checksums, scanner }))
}

/// Counters and histograms in Prometheus' text format.
#[utoipa::path(tag = "health", operation_id = "metrics", security(()), responses((status = 200, description = "Metrics", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
