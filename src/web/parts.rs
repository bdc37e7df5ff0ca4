//! The body of an upload: as the parts of a form (RFC 7578) while it is one, and as bytes to its very end. What was
//! promised of it, length and digest, is held against what came.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::{StreamExt, TryStreamExt};
use tokio::time::timeout;

use super::problem::{Code, Problem};
use super::shared_body::Body;
use crate::domain::digest::Digest;
use crate::intake::{Error, Intake};

/// Bytes that the form around a file may have at most.
pub const FORM_OVERHEAD: u64 = 1024 * 1024;
/// How long a refused client may go on sending before its connection is closed.
const DRAIN_FOR: Duration = Duration::from_secs(15);
/// How long it may send nothing, after which nothing more is expected of it.
const STANDSTILL: Duration = Duration::from_secs(2);

/// The body of a multipart request.
pub struct Parts {
    multipart: Multipart,
    body: Body,
    /// What `Content-Length` says of the whole body.
    pub announced: Option<u64>,
    promised: Result<Option<Digest>, Problem>,
    /// The form ended or failed, and must not be asked for more.
    over: bool,
}

impl FromRequest for Parts {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let announced = length.and_then(|length| length.parse().ok());
        let promised = promised(headers);
        let body = Body::new(payload.take(), matches!(promised, Ok(Some(_))));
        let multipart = Multipart::new(headers, body.clone());
        ready(Ok(Self { multipart, body, announced, promised, over: false }))
    }
}

impl Parts {
    /// Refuses what is already seen to be too large, or promises what cannot be read.
    pub fn begin(&mut self, intake: &Intake) -> Result<(), Problem> {
        if self.announced.is_some_and(|length| length > intake.largest() + FORM_OVERHEAD) {
            return Err(Error::too_large(intake.largest()).into());
        }
        self.promised.clone().map(|_| ())
    }

    /// The next part of the form.
    pub async fn next(&mut self, intake: &Intake) -> Result<Option<Field>, Problem> {
        if self.over {
            return Ok(None);
        }
        let next = intake.soon(self.multipart.try_next()).await;
        self.over = !matches!(next, Ok(Ok(Some(_))));
        match next? {
            Ok(part) => Ok(part),
            Err(MultipartError::ContentTypeMissing) => Err(self
                .no_form(
                    intake,
                    Problem::new(
                        Code::BadRequest,
                        "The request does not say of what type its body is. Send the file as multipart/form-data.",
                    ),
                )
                .await),
            Err(
                MultipartError::ContentTypeParse
                | MultipartError::ContentTypeIncompatible
                | MultipartError::BoundaryMissing,
            ) => Err(self
                .no_form(
                    intake,
                    Problem::new(
                        Code::UnsupportedMediaType,
                        "Send the file as multipart/form-data with a boundary, as browsers and curl -F do.",
                    ),
                )
                .await),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Why a body that is no form is refused: as `wrong` says, if it can be read. One that is broken off, empty or without
    /// an end was not sent with the wrong type alone.
    async fn no_form(&mut self, intake: &Intake, wrong: Problem) -> Problem {
        let most = intake.largest_of_unknown_type() + FORM_OVERHEAD;
        match self.rest(STANDSTILL, most).await {
            // Nobody waits long for what is refused anyway.
            Err(problem) if problem.code == Code::UploadStalled => Error::Cut.into(),
            Err(problem) => problem,
            Ok(0) => Problem::new(Code::BadRequest, "The request has no body. Send the file as multipart/form-data."),
            Ok(_) => wrong,
        }
    }

    /// Reads what comes after the form, up to the end that was promised; answers its length.
    async fn rest(&mut self, patience: Duration, most: u64) -> Result<u64, Problem> {
        let mut bytes = 0;
        while let Some(chunk) = timeout(patience, self.body.next()).await.map_err(|_| Error::Stalled)? {
            bytes += chunk.map_err(broken)?.len() as u64;
            if bytes > most {
                return Err(Error::too_large(most).into());
            }
        }
        Ok(bytes)
    }

    /// Makes sure that the body has arrived to its end and is what was promised: of the body, as RFC 9530 has it, or of
    /// the file, which is what a client knows.
    pub async fn end(&mut self, intake: &Intake, file: Option<Digest>) -> Result<(), Problem> {
        self.rest(intake.patience(), FORM_OVERHEAD).await?;
        match self.promised.clone()? {
            Some(promised) if file != Some(promised) && self.body.digest() != Some(promised) => Err(Problem::new(
                Code::DigestMismatch,
                "What arrived is not what `Repr-Digest` promises, so it was changed on the way or the digest is another file's. Send it again.",
            )),
            _ => Ok(()),
        }
    }

    /// Reads on, for a while, what a client is still sending after it was refused; one that stands still is
    /// told so at once.
    pub async fn drain(&mut self, refusal: &Problem) {
        if refusal.code == Code::UploadStalled {
            return;
        }
        let rest = async { while let Ok(Some(Ok(_))) = timeout(STANDSTILL, self.body.next()).await {} };
        let _ = timeout(DRAIN_FOR, rest).await;
    }
}

/// The SHA-256 of `Repr-Digest` (RFC 9530); other algorithms are left aside, as it allows.
fn promised(headers: &HeaderMap) -> Result<Option<Digest>, Problem> {
    let wrong = || {
        Problem::new(
            Code::BadRequest,
            "The header `Repr-Digest` cannot be read. Send it as sha-256=:BASE64: or leave it out.",
        )
    };
    for value in headers.get_all("repr-digest") {
        for item in value.to_str().map_err(|_| wrong())?.split(',') {
            if let Some(value) = item.trim().strip_prefix("sha-256=") {
                let text = value.strip_prefix(':').and_then(|value| value.strip_suffix(':')).ok_or_else(wrong)?;
                let bytes = BASE64_STANDARD.decode(text).map_err(|_| wrong())?;
                return Digest::try_from(bytes.as_slice()).map(Some).map_err(|_| wrong());
            }
        }
    }
    Ok(None)
}

fn broken(error: PayloadError) -> Problem {
    match error {
        PayloadError::Incomplete(_) | PayloadError::Io(_) => Error::Cut.into(),
        _ => Problem::new(Code::BadRequest, "The body cannot be read: its framing is broken. Send it again."),
    }
}

/// Why a form cannot be read.
pub fn unreadable(error: MultipartError) -> Problem {
    match error {
        MultipartError::Payload(error) => broken(error),
        MultipartError::Incomplete => Error::Cut.into(),
        _ => Problem::new(Code::BadRequest, "The multipart form cannot be read. Send it as browsers and curl -F do."),
    }
}
