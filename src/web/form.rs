//! A multipart upload (RFC 7578): text fields, bounded, and one file that goes to the intake as it arrives.
//! What a refusal leaves unread is drained for a while, so that a client that is still sending hears the answer.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::str::FromStr;
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::http::header::{Charset, ContentDisposition};
use actix_web::{FromRequest, HttpRequest};
use futures_util::{StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem};
use crate::domain::file_name::FileName;
use crate::intake::{Error, Intake, Received};
use crate::storage::ObjectKey;

/// Bytes of one text field: the longest prose in the longest encoding.
const FIELD_LIMIT: usize = 16 * 1024;
/// Bytes that the form around a file may have at most.
const FORM_OVERHEAD: u64 = 1024 * 1024;
/// Text fields of a form.
const FIELD_COUNT: usize = 32;
/// How long a refused client may go on sending before its connection is closed.
const DRAIN_FOR: Duration = Duration::from_secs(15);

/// The body of a multipart request, which must not be asked for more once it has ended or failed.
pub struct Parts {
    multipart: Multipart,
    /// What `Content-Length` says of the whole body.
    announced: Option<u64>,
    over: bool,
}

impl FromRequest for Parts {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let announced = length.and_then(|length| length.parse().ok());
        ready(Ok(Self { multipart: Multipart::new(request.headers(), payload.take()), announced, over: false }))
    }
}

impl Parts {
    async fn next(&mut self) -> Result<Option<Field>, MultipartError> {
        if self.over {
            return Ok(None);
        }
        let next = self.multipart.try_next().await;
        self.over = !matches!(next, Ok(Some(_)));
        next
    }

    /// Reads on, for a while, what a client is still sending after it was refused; one that stands still is
    /// told so at once.
    pub async fn drain(&mut self, refusal: &Problem) {
        if refusal.code == Code::UploadStalled {
            return;
        }
        let rest = async {
            while let Ok(Some(mut field)) = self.next().await {
                while let Some(Ok(_)) = field.next().await {}
            }
        };
        let _ = tokio::time::timeout(DRAIN_FOR, rest).await;
    }
}

/// A form that was received whole.
#[derive(Default)]
pub struct Form {
    fields: HashMap<String, String>,
    file: Option<FilePart>,
}

/// The file of a form.
pub struct FilePart {
    pub received: Received,
    pub name: FileName,
    pub declared: Option<String>,
}

impl Form {
    /// Receives a form; the file's bytes become the object `key`.
    ///
    /// # Errors
    /// Whatever refuses the file, or `invalid` and `upload_incomplete` for the form around it.
    pub async fn receive(parts: &mut Parts, intake: &Intake, key: ObjectKey) -> Result<Self, Problem> {
        if parts.announced.is_some_and(|length| length > intake.largest() + FORM_OVERHEAD) {
            return Err(Error::too_large(intake.largest()).into());
        }
        let mut form = Self::default();
        while let Some(field) = intake.soon(parts.next()).await?.map_err(unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                form.take_file(field, intake, key, parts.announced).await?;
            } else {
                form.take_text(name, field, intake).await?;
            }
        }
        Ok(form)
    }

    async fn take_file(
        &mut self,
        field: Field,
        intake: &Intake,
        key: ObjectKey,
        announced: Option<u64>,
    ) -> Result<(), Problem> {
        if self.file.is_some() {
            return Err(Problem::invalid("The form has two parts named `file`. Upload one file at a time."));
        }
        let name = FileName::from_client(&field.content_disposition().map(claimed_name).unwrap_or_default());
        let declared = field.content_type().map(ToString::to_string);
        let received = intake.receive(key, announced, field).await?;
        self.file = Some(FilePart { received, name, declared });
        Ok(())
    }

    async fn take_text(&mut self, name: String, mut field: Field, intake: &Intake) -> Result<(), Problem> {
        if self.fields.len() >= FIELD_COUNT || self.fields.contains_key(&name) {
            return Err(Problem::invalid("The form has too many fields, or one of them twice. Send each field once."));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = intake.soon(field.try_next()).await?.map_err(unreadable)? {
            if bytes.len() + chunk.len() > FIELD_LIMIT {
                return Err(Problem::new(
                    Code::TooLarge,
                    "A text field of the form is longer than 16 KiB. Shorten it.",
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes).map_err(|_| Problem::invalid("A text field of the form is not UTF-8."))?;
        self.fields.insert(name, text);
        Ok(())
    }

    /// Takes the file out of the form.
    ///
    /// # Errors
    /// `invalid` when there is none.
    pub fn file(&mut self) -> Result<FilePart, Problem> {
        self.file.take().ok_or_else(|| {
            Problem::invalid("The form has no part named `file`. Choose a file and send it with the form.")
        })
    }

    /// Takes a field that has to be there.
    ///
    /// # Errors
    /// `invalid`, naming the field.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Problem> {
        self.optional(name)?.ok_or_else(|| {
            Problem::invalid(format!("The field `{name}` is missing. Fill it in and send the form again."))
        })
    }

    /// Takes a field that may be missing or empty.
    ///
    /// # Errors
    /// `invalid`, naming the field, when it is not of its type.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.fields.remove(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        let read = serde_json::from_value(serde_json::Value::String(text.trim().to_owned()));
        read.map(Some).map_err(|error| Problem::invalid(format!("The field `{name}` is not as it should be: {error}.")))
    }

    /// Whether a declaration is made: the field says `true`.
    #[must_use]
    pub fn declared(&mut self, name: &str) -> bool {
        self.fields.remove(name).and_then(|text| bool::from_str(text.trim()).ok()).unwrap_or(false)
    }

    /// Takes a comma-separated list, perhaps empty.
    #[must_use]
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let text = self.fields.remove(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// Makes sure that no field is left that this form does not have.
    ///
    /// # Errors
    /// `invalid`, naming the fields.
    pub fn end(self) -> Result<(), Problem> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let mut names: Vec<_> = self.fields.into_keys().collect();
        names.sort();
        Err(Problem::invalid(format!("The form has unknown fields: {}. Leave them out.", names.join(", "))))
    }
}

/// What the client calls the file. `filename*` (RFC 8187) has no place in a form, but Python's `requests` and
/// others send it for every name outside ASCII; unread, the file would lose its name and its ending.
fn claimed_name(disposition: &ContentDisposition) -> String {
    match disposition.get_filename_ext() {
        Some(extended) if extended.charset == Charset::Iso_8859_1 => {
            extended.value.iter().copied().map(char::from).collect()
        }
        Some(extended) => String::from_utf8_lossy(&extended.value).into_owned(),
        None => disposition.get_filename().unwrap_or_default().to_owned(),
    }
}

fn unreadable(error: MultipartError) -> Problem {
    match error {
        MultipartError::Payload(_) | MultipartError::Incomplete => Error::Cut.into(),
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible
        | MultipartError::BoundaryMissing => Problem::new(
            Code::UnsupportedMediaType,
            "Send the file as multipart/form-data with a boundary, as browsers and curl -F do.",
        ),
        _ => Problem::new(Code::BadRequest, "The multipart form cannot be read. Send it as browsers and curl -F do."),
    }
}
