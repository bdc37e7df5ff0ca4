//! What a PDF's information dictionary says (ISO 32000-1, 14.3.3): of interest to an assessor, proof of nothing.

use lopdf::{Dictionary, Document, Object};

use crate::domain::finding::Facts;
use crate::inspect::told;

pub fn read(document: &Document, facts: &mut Facts) {
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let Ok(info) = info else { return };
    let text = |key: &[u8]| text(document, info, key);
    facts.author = text(b"Author").and_then(|text| told::line(&text));
    let made_with = |key: &[u8]| text(key).and_then(|text| told::line(&text));
    facts.software = match (made_with(b"Creator"), made_with(b"Producer")) {
        (Some(creator), Some(producer)) if creator != producer => Some(format!("{creator}; {producer}")),
        (creator, producer) => creator.or(producer),
    };
    facts.captured_at = text(b"CreationDate").and_then(|text| told::pdf_moment(&text));
}

fn text(document: &Document, info: &Dictionary, key: &[u8]) -> Option<String> {
    lopdf::decode_text_string(info.get_deref(key, document).ok()?).ok()
}
