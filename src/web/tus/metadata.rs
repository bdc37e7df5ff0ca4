//! `Upload-Metadata`: names and values in Base64, read into the same declarations as a form's fields.

use std::collections::HashMap;

use actix_web::HttpRequest;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::headers::{METADATA, one};
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::ids::{ShowcaseId, UserId};
use crate::intake::NewPiece;
use crate::records::showcases::Showcase;
use crate::web::api::pieces::declarations;
use crate::web::form::Form;
use crate::web::problem::{Code, Problem};
use crate::web::state::App;

/// Bytes of the whole header.
const LONGEST: usize = 4 * 1024;

/// What is sent along when an upload is opened.
pub struct Metadata {
    pub showcase: ShowcaseId,
    fields: HashMap<String, String>,
    sent: String,
}

impl Metadata {
    /// Reads the header.
    ///
    /// # Errors
    /// `bad_request` when it cannot be read, `too_large` when it is too long, `invalid` when it names no showcase.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let sent = one(request, &METADATA)?.unwrap_or_default();
        if sent.len() > LONGEST {
            return Err(Problem::new(
                Code::TooLarge,
                "The header `Upload-Metadata` is longer than 4 KiB. Shorten the texts in it; they can be completed later.",
            ));
        }
        let mut fields = read(sent).ok_or_else(unreadable)?;
        let showcase = fields.remove("showcase").unwrap_or_default();
        let showcase = showcase.trim().parse().map_err(|_| {
            Problem::invalid("The metadata names no showcase. Send its id as `showcase` with the other fields.")
        })?;
        Ok(Self { showcase, fields, sent: sent.to_owned() })
    }

    /// What it declares of the piece, the digest that it promises, and the header as it was sent.
    ///
    /// # Errors
    /// As for the form of an upload.
    pub fn piece(
        mut self,
        app: &App,
        showcase: &Showcase,
        by: UserId,
    ) -> Result<(NewPiece, Option<Digest>, String), Problem> {
        let name = self.fields.remove("filename").unwrap_or_default();
        let file_name = FileName::offered(&name).map_err(|error| Problem::invalid(error.to_string()))?;
        let declared_type = self.fields.remove("filetype").filter(|declared| !declared.trim().is_empty());
        let promised = self.fields.remove("sha256").map(|text| text.trim().to_lowercase().parse());
        let promised = promised.transpose().map_err(|_| {
            Problem::invalid("The metadata's `sha256` is no SHA-256. Send 64 hexadecimal digits, or leave it out.")
        })?;
        let (details, claims) = declarations(app, showcase, Form::of_fields(self.fields))?;
        Ok((NewPiece { by, file_name, declared_type, details, claims }, promised, self.sent))
    }
}

fn unreadable() -> Problem {
    Problem::new(
        Code::BadRequest,
        "The header `Upload-Metadata` cannot be read. Send names, each once, with their values in Base64 of UTF-8, separated by commas.",
    )
}

/// The names and values; `None` when it is not of that form.
fn read(sent: &str) -> Option<HashMap<String, String>> {
    let mut fields = HashMap::new();
    for pair in sent.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = String::from_utf8(BASE64_STANDARD.decode(value.trim()).ok()?).ok()?;
        if fields.insert(name.to_owned(), value).is_some() {
            return None;
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read() {
        let read = read("filename YS5wZGY=,title w4k=, claims ,authentic dHJ1ZQ==").unwrap();
        let expected = [("filename", "a.pdf"), ("title", "É"), ("claims", ""), ("authentic", "true")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    #[test]
    fn what_is_none_is_not() {
        for sent in ["a !", "a YQ", "a YQ==,a YQ==", "a /w==", "a YQ== YQ=="] {
            assert!(read(sent).is_none(), "{sent}");
        }
    }
}
