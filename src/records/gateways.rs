//! Table `gateways`: the details that a provider prepares for a showcase's gateway.

use chrono::{DateTime, Utc};

use super::json_text;
use crate::db::{Error, FromRow, Row, Session, statements};
use crate::domain::gateway::GatewayDetails;
use crate::domain::ids::{ShowcaseId, UserId};

statements! {
    PUT = "INSERT INTO gateways (showcase_id, details, updated_by, updated_at) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (showcase_id) DO UPDATE \
           SET details = excluded.details, updated_by = excluded.updated_by, updated_at = excluded.updated_at";
    FIND = "SELECT details FROM gateways WHERE showcase_id = $1";
}

impl FromRow for GatewayDetails {
    fn from_row(row: &Row) -> Result<Self, Error> {
        row.json("details")
    }
}

/// Records the details, in place of any before.
///
/// # Errors
/// See [`Error`].
pub async fn put(
    on: &mut impl Session,
    showcase: ShowcaseId,
    details: &GatewayDetails,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    on.query(PUT).bind(showcase.0).bind(json_text(details)).bind(by.0).bind(at).execute().await.map(drop)
}

/// The details; empty ones while nobody has prepared any.
///
/// # Errors
/// See [`Error`].
pub async fn find(on: &mut impl Session, showcase: ShowcaseId) -> Result<GatewayDetails, Error> {
    Ok(on.query(FIND).bind(showcase.0).fetch_optional().await?.unwrap_or_default())
}
