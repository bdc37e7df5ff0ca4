//! What a part's headers say about its body: type, name and encoding (RFC 2045, RFC 2183, RFC 2231).

use super::headers::{decoded, from_percent};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    Base64,
    QuotedPrintable,
}

#[derive(Debug)]
pub struct Content {
    /// In lower case; RFC 2045 makes plain text of what is not said.
    media_type: String,
    parameters: Vec<(String, String)>,
    attached: bool,
    pub encoding: Encoding,
}

impl Content {
    pub fn new(content_type: Option<String>, disposition: Option<String>, encoding: Option<String>) -> Self {
        let (media_type, mut parameters) = split(&content_type.unwrap_or_default());
        let (disposition, more) = split(&disposition.unwrap_or_default());
        parameters.extend(more);
        let encoding = match encoding.unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "base64" => Encoding::Base64,
            "quoted-printable" => Encoding::QuotedPrintable,
            _ => Encoding::Plain,
        };
        let media_type = if media_type.contains('/') { media_type } else { "text/plain".into() };
        Self { media_type, parameters, attached: disposition == "attachment", encoding }
    }

    pub fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }

    /// A mail in this one, to be read like it; an encoded one is a file.
    pub fn is_message(&self) -> bool {
        matches!(self.media_type.as_str(), "message/rfc822" | "message/global") && self.encoding == Encoding::Plain
    }

    /// S/MIME that is enveloped, not only signed, and PGP.
    pub fn is_encrypted(&self) -> bool {
        let smime = matches!(self.media_type.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime");
        let signed = self.parameter("smime-type").is_some_and(|sort| sort.to_ascii_lowercase().contains("signed"));
        self.media_type == "multipart/encrypted" || (smime && !signed)
    }

    pub fn is_html(&self) -> bool {
        matches!(self.media_type.as_str(), "text/html" | "application/xhtml+xml")
    }

    pub fn is_plain_text(&self) -> bool {
        self.media_type == "text/plain" && !self.is_attached()
    }

    /// A file beside the text; a picture in it is part of it.
    pub fn is_attached(&self) -> bool {
        let shown = self.media_type.starts_with("text/") || self.media_type.starts_with("image/");
        self.attached || (!shown && !self.media_type.starts_with("message/") && !self.is_signature())
    }

    fn is_signature(&self) -> bool {
        self.media_type.ends_with("-signature")
    }

    pub fn boundary(&self) -> Option<Vec<u8>> {
        let boundary = self.parameter("boundary")?.trim_end();
        (!boundary.is_empty()).then(|| boundary.as_bytes().to_vec())
    }

    /// All names that the part goes by.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.parameters
            .iter()
            .filter(|(name, _)| matches!(name.as_str(), "name" | "filename"))
            .map(|(_, value)| decoded(value))
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A value and its parameters: `value; name=token; name="text"; name*0*=utf-8''…`.
fn split(header: &str) -> (String, Vec<(String, String)>) {
    let mut pieces = pieces(header).into_iter();
    let value = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut parameters: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        let Some((name, text)) = piece.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let extended = name.ends_with('*');
        let mut text = text.trim().trim_matches('"').to_owned();
        if extended {
            let plain = text.splitn(3, '\'').last().unwrap_or_default();
            text = String::from_utf8_lossy(&from_percent(plain, b'%')).into_owned();
        }
        let base = name.split('*').next().unwrap_or_default().to_owned();
        // A long value comes in numbered pieces, one behind the other.
        let continued = name.contains('*') && !name.starts_with(&format!("{base}*0")) && name != format!("{base}*");
        match parameters.iter_mut().find(|(known, _)| *known == base) {
            Some((_, earlier)) if continued => earlier.push_str(&text),
            _ => parameters.push((base, text)),
        }
    }
    (value, parameters)
}

/// A header at its semicolons, but not at those in quotes.
fn pieces(header: &str) -> Vec<String> {
    let (mut pieces, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for c in header.chars() {
        let piece = pieces.last_mut().expect("there is always a last piece");
        match c {
            _ if escaped => {
                piece.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            ';' if !quoted => pieces.push(String::new()),
            _ => {
                quoted ^= c == '"';
                piece.push(c);
            }
        }
    }
    pieces
}
