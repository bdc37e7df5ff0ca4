//! The sentences that the script of the page for adding evidence says: kept with all others, and handed to it in the page.

use std::collections::BTreeMap;

use super::words;

const NAMES: &[&str] = &[
    "upload.label",
    "upload.hint",
    "upload.drop",
    "upload.camera",
    "upload.chosen.one",
    "upload.chosen.many",
    "upload.shared",
    "upload.title",
    "upload.of",
    "upload.remove",
    "upload.room",
    "upload.button.one",
    "upload.button.many",
    "upload.heading",
    "upload.progress",
    "upload.waiting",
    "upload.sending",
    "upload.checking",
    "upload.paused",
    "upload.broken",
    "upload.stopped",
    "upload.signed_out",
    "upload.sign_in",
    "upload.refused",
    "upload.refused.there",
    "upload.cancelled",
    "upload.taken",
    "upload.see",
    "upload.pause",
    "upload.go_on",
    "upload.again",
    "upload.cancel",
    "upload.resumed",
    "upload.late",
    "upload.begun",
    "upload.done",
    "upload.more",
    "upload.other",
    "upload.unfinished",
    "upload.unfinished.text",
    "upload.discard",
    "upload.discarded",
    "verdict.none",
    "verdict.one",
    "verdict.many",
    "piece.remarks",
    "back_to_showcase",
    "error.prefix",
    "error.title",
    "field.title.empty",
    "field.kind.empty",
    "field.confidentiality.empty",
    "field.authentic.empty",
];

/// All of them by their names, as JSON.
///
/// # Panics
/// Never: texts are JSON.
pub fn texts() -> String {
    let words = words();
    let texts: BTreeMap<&str, &str> = NAMES.iter().map(|name| (*name, words.of(name))).collect();
    serde_json::to_string(&texts).expect("texts are JSON")
}
