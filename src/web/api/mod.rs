//! The JSON API of the contract: one file a subject, each with its bodies beside its handlers.

pub mod coverage;
pub mod gateway;
pub mod health;
pub mod people;
pub mod pieces;
pub mod showcases;
pub mod standards;
pub mod tags;

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
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

/// A JSON body that may be left out. Unlike with `Option<Json<T>>`, one that cannot be read is refused, and not
/// taken for none.
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let length = headers.get(CONTENT_LENGTH).filter(|length| *length != "0");
        if length.is_none() && !headers.contains_key(TRANSFER_ENCODING) {
            return Box::pin(async { Ok(Self(None)) });
        }
        let json = web::Json::<T>::from_request(request, payload);
        Box::pin(async { Ok(Self(Some(json.await?.into_inner()))) })
    }
}
