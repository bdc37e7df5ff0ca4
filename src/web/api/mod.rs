//! The JSON API of the contract: one file a subject, each with its bodies beside its handlers.

pub mod assessment;
pub mod coverage;
pub mod deadlines;
pub mod gateway;
pub mod health;
pub mod people;
pub mod pieces;
pub mod showcases;
pub mod standards;
pub mod tags;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::records::showcases::Page;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last one.
    pub next: Option<String>,
}

/// Which page of a list to answer.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Items on a page, 1 to 200.
    #[serde(default = "Paging::usual")]
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    limit: u32,
    /// The `next` of the page before.
    #[param(required = false)]
    cursor: Option<Uuid>,
}

impl Paging {
    fn usual() -> u32 {
        50
    }

    /// # Errors
    /// `bad_request` when the limit is outside its bounds.
    pub fn page(self) -> Result<Page, super::problem::Problem> {
        page(self.limit, self.cursor)
    }
}

/// # Errors
/// `bad_request` when the limit is outside its bounds.
fn page(limit: u32, after: Option<Uuid>) -> Result<Page, super::problem::Problem> {
    if !(1..=200).contains(&limit) {
        let detail = "`limit` is 1 to 200. Ask for fewer items and follow `next`.";
        return Err(super::problem::Problem::new(super::problem::Code::BadRequest, detail));
    }
    Ok(Page { after, limit })
}

impl<T> Listing<T> {
    /// A page made of rows that were asked for with one to spare, which tells that there are more.
    fn of<R>(mut rows: Vec<R>, page: Page, id: impl Fn(&R) -> Uuid, body: impl Fn(R) -> T) -> Self {
        let more = rows.len() > page.limit as usize;
        rows.truncate(page.limit as usize);
        let next = rows.last().filter(|_| more).map(|row| id(row).to_string());
        Self { items: rows.into_iter().map(body).collect(), next }
    }

    /// A list that has one page.
    fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
