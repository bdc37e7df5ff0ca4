//! The form that sends a list: three small fields, read into memory up to their bound.

use std::mem;

use futures_util::TryStreamExt;

use crate::intake::Intake;
use crate::people::sheet::LARGEST;
use crate::web::parts::{FORM_OVERHEAD, Parts, unreadable};
use crate::web::problem::{Code, Problem};

/// What was sent.
#[derive(Default)]
pub struct Sent {
    pub provider: String,
    pub text: String,
    pub file: Vec<u8>,
}

/// Reads the form.
///
/// # Errors
/// `too_large` far above what a list may have, `bad_request` for what is no such form.
pub async fn read(parts: &mut Parts, intake: &Intake) -> Result<Sent, Problem> {
    let most = LARGEST as u64 * 2 + FORM_OVERHEAD;
    if parts.announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut sent = Sent::default();
    while let Some(mut field) = parts.next(intake).await? {
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = intake.soon(field.try_next()).await?.map_err(unreadable)? {
            // One more than a list may have: what is only a little too large is told beside its field.
            if bytes.len() + chunk.len() > LARGEST + LARGEST / 2 {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        match name.as_str() {
            "provider" => sent.provider = text(bytes)?,
            "text" => sent.text = text(bytes)?,
            "file" if sent.file.is_empty() => sent.file = mem::take(&mut bytes),
            _ => {}
        }
    }
    Ok(sent)
}

fn text(bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes)
        .map_err(|_| Problem::invalid("A text field of the form is not UTF-8. Send the form again."))
}

fn too_large() -> Problem {
    Problem::new(
        Code::TooLarge,
        "The list is far larger than one that can be imported. Split it, and import each part.",
    )
}
