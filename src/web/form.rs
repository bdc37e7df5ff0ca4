//! A multipart upload (RFC 7578): text fields, bounded, and one file that goes to the intake as it arrives.
//! No field counts twice, and a name that could mislead is refused before a byte of its file is read.

use std::collections::HashMap;
use std::str::FromStr;

use actix_multipart::Field;
use actix_web::http::header::{Charset, ContentDisposition, ExtendedValue};
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;

pub use super::parts::Parts;
use super::parts::unreadable;
use super::problem::{Code, Problem};
use crate::domain::file_name::FileName;
use crate::intake::{Intake, Received};
use crate::storage::ObjectKey;

/// Bytes of one text field: the longest prose in the longest encoding.
const FIELD_LIMIT: usize = 16 * 1024;
/// Text fields of a form.
const FIELD_COUNT: usize = 32;

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
    /// The client named it at all: browsers send a part without name and bytes where no file was chosen.
    pub is_named: bool,
}

impl Form {
    /// Receives a form; the file's bytes become the object `key`.
    ///
    /// # Errors
    /// Whatever refuses the file, or `invalid` and `upload_incomplete` for the form around it.
    pub async fn receive(parts: &mut Parts, intake: &Intake, key: ObjectKey) -> Result<Self, Problem> {
        let mut form = Self::default();
        form.gather(parts, intake, key).await?;
        Ok(form)
    }

    /// As [`Form::receive`], into a form that keeps what came before a refusal.
    ///
    /// # Errors
    /// As [`Form::receive`].
    pub async fn gather(&mut self, parts: &mut Parts, intake: &Intake, key: ObjectKey) -> Result<(), Problem> {
        parts.begin(intake)?;
        while let Some(field) = parts.next(intake).await? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                self.take_file(field, intake, key, parts.announced).await?;
            } else {
                self.take_text(name, field, intake).await?;
            }
        }
        parts.end(intake, self.file.as_ref().map(|file| file.received.digest())).await
    }

    /// The text fields, and the file.
    pub fn into_parts(self) -> (HashMap<String, String>, Option<FilePart>) {
        (self.fields, self.file)
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
        let claimed = field.content_disposition().map_or(Ok(String::new()), claimed_name)?;
        let name = FileName::offered(&claimed).map_err(|error| Problem::invalid(error.to_string()))?;
        let declared = field.content_type().map(ToString::to_string);
        let received = intake.receive(key, announced, field).await?;
        self.file = Some(FilePart { received, name, declared, is_named: !claimed.is_empty() });
        Ok(())
    }

    async fn take_text(&mut self, name: String, mut field: Field, intake: &Intake) -> Result<(), Problem> {
        if self.fields.len() >= FIELD_COUNT || self.fields.contains_key(&name) {
            let detail = "The form has too many fields, or one of them twice. Send each field once.";
            return Err(Problem::new(Code::BadRequest, detail));
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

    /// A form whose file comes otherwise.
    pub fn of_fields(fields: HashMap<String, String>) -> Self {
        Self { fields, file: None }
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
/// others send it for every name outside ASCII; unread, the file would lose its name and its ending. It never changes
/// what kind of file the plain name says.
fn claimed_name(disposition: &ContentDisposition) -> Result<String, Problem> {
    let plain = disposition.get_filename().unwrap_or_default();
    let Some(extended) = disposition.get_filename_ext().map(text) else { return Ok(plain.to_owned()) };
    let ending = |name: &str| FileName::from_client(name).extension();
    // Some clients send the plain name in the encoding of mail (RFC 2047), which ends in no ending.
    if !plain.is_empty() && !plain.starts_with("=?") && ending(plain) != ending(&extended) {
        let detail = "The form gives the file two names that differ in their ending. Send one name.";
        return Err(Problem::new(Code::BadRequest, detail));
    }
    Ok(extended)
}

fn text(extended: &ExtendedValue) -> String {
    if extended.charset == Charset::Iso_8859_1 {
        return extended.value.iter().copied().map(char::from).collect();
    }
    String::from_utf8_lossy(&extended.value).into_owned()
}
