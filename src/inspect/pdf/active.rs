//! What a PDF can do beyond showing pages, found by walking every object of it: names may be written in escapes
//! and objects packed away, so the bytes of the file tell nothing.

use std::io::Read;

use flate2::read::ZlibDecoder;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::domain::finding::{Finding, FindingCode};
use crate::inspect::{Report, links, program};

/// Bytes that the content of an embedded file may take to show its beginning, where it is packed unusually.
const EMBEDDED_MAX: usize = 8 * 1024 * 1024;

/// Remarks on everything active in the document.
pub fn walk(document: &Document, report: &mut Report) {
    let mut looker = Looker { document, report, fields: false };
    for object in document.objects.values() {
        each_dictionary(object, &mut |dictionary| looker.look(dictionary));
    }
    // The trailer is no object; what hangs directly in it is reached here alone.
    for (_, value) in &document.trailer {
        each_dictionary(value, &mut |dictionary| looker.look(dictionary));
    }
    if looker.fields {
        looker.remark(
            FindingCode::Form,
            "The PDF is a form that can still be changed. Check that it is filled in; printing it to a new PDF keeps it so.",
        );
    }
    let signature = &mut looker.report.facts.signature_field;
    signature.get_or_insert(false);
}

/// Calls `found` with each reference of an object.
pub fn references(object: &Object, found: &mut impl FnMut(ObjectId)) {
    let mut next = vec![object];
    while let Some(object) = next.pop() {
        match object {
            Object::Reference(id) => found(*id),
            Object::Array(items) => next.extend(items),
            Object::Dictionary(dictionary) => next.extend(dictionary.iter().map(|(_, value)| value)),
            Object::Stream(stream) => next.extend(stream.dict.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
}

/// Calls `found` with each dictionary of an object, its own and those directly in it.
fn each_dictionary<'a>(object: &'a Object, found: &mut impl FnMut(&'a Dictionary)) {
    let mut next = vec![object];
    while let Some(object) = next.pop() {
        let dictionary = match object {
            Object::Dictionary(dictionary) => dictionary,
            Object::Stream(stream) => &stream.dict,
            Object::Array(items) => {
                next.extend(items);
                continue;
            }
            _ => continue,
        };
        found(dictionary);
        next.extend(dictionary.iter().map(|(_, value)| value));
    }
}

struct Looker<'a> {
    document: &'a Document,
    report: &'a mut Report,
    /// There is a field to fill in, beside those for signatures.
    fields: bool,
}

impl Looker<'_> {
    fn remark(&mut self, code: FindingCode, detail: &str) {
        self.report.add(Finding::new(code, detail));
    }

    fn name<'d>(&'d self, dictionary: &'d Dictionary, key: &[u8]) -> &'d [u8] {
        dictionary.get_deref(key, self.document).and_then(Object::as_name).unwrap_or_default()
    }

    fn text(&self, dictionary: &Dictionary, key: &[u8]) -> Option<String> {
        let value = dictionary.get_deref(key, self.document).ok()?;
        Some(lopdf::decode_text_string(value).unwrap_or_else(|_| match value {
            Object::String(bytes, _) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        }))
    }

    fn look(&mut self, dictionary: &Dictionary) {
        if dictionary.has(b"JS") || dictionary.has(b"JavaScript") {
            self.javascript();
        }
        self.action(dictionary);
        if dictionary.has(b"XFA") {
            self.remark(
                FindingCode::Xfa,
                "The PDF holds a form of a kind (XFA) that most programs do not show. Print it to a new PDF if an assessor should see it filled in.",
            );
        }
        match self.name(dictionary, b"FT") {
            b"Sig" => self.report.facts.signature_field = Some(true),
            b"Tx" | b"Btn" | b"Ch" => self.fields = true,
            _ => {}
        }
        if matches!(self.name(dictionary, b"Subtype"), b"RichMedia" | b"Movie" | b"Screen" | b"Sound" | b"3D") {
            self.remark(
                FindingCode::EmbeddedFiles,
                "The PDF holds a film, sound or model that many programs do not play. Upload such a file as a piece of its own if an assessor should see it.",
            );
        }
        if let Ok(files) = dictionary.get_deref(b"EF", self.document).and_then(Object::as_dict) {
            self.embedded(dictionary, files);
        }
    }

    fn javascript(&mut self) {
        self.remark(
            FindingCode::JavaScript,
            "The PDF holds a script (JavaScript). Print it to a new PDF if it need not calculate anything.",
        );
    }

    fn action(&mut self, dictionary: &Dictionary) {
        match self.name(dictionary, b"S") {
            b"JavaScript" => self.javascript(),
            b"Launch" => self.remark(
                FindingCode::ActiveContent,
                "The PDF starts a program or opens another file when it is used (a Launch action). Print it to a new PDF and upload that.",
            ),
            b"GoToR" | b"GoToE" | b"SubmitForm" | b"ImportData" | b"Thread" if dictionary.has(b"F") => {
                self.remark(
                    FindingCode::Links,
                    "The PDF opens another file, or sends what is filled in to an address. Check where it leads, or print it to a new PDF.",
                );
            }
            b"URI" => {
                let target = self.text(dictionary, b"URI").unwrap_or_default();
                if let Some(finding) = links::remark("PDF", &target) {
                    self.report.add(finding);
                }
            }
            _ => {}
        }
    }

    /// A file specification that has its file with it (ISO 32000-1, 7.11.4).
    fn embedded(&mut self, specification: &Dictionary, files: &Dictionary) {
        let names = [b"UF".as_slice(), b"F", b"DOS", b"Mac", b"Unix"];
        let runs = names.iter().filter_map(|key| self.text(specification, key)).any(|name| program::of_name(&name));
        let streams = files.iter().filter_map(|(_, file)| self.document.dereference(file).ok()?.1.as_stream().ok());
        if runs || streams.into_iter().any(|stream| program::of_content(&beginning(stream)).is_some()) {
            self.remark(
                FindingCode::ActiveContent,
                "The PDF has a program attached to it. Remove the attachment, or print the file to a new PDF, and upload that.",
            );
        }
        self.remark(
            FindingCode::EmbeddedFiles,
            "The PDF has files attached to it, which are no part of its pages. Upload them as pieces of their own if they are evidence.",
        );
    }
}

/// The first bytes of an embedded file, unpacked as far as they go.
fn beginning(stream: &Stream) -> Vec<u8> {
    let mut head = Vec::with_capacity(program::HEAD);
    match stream.filters().unwrap_or_default().as_slice() {
        [] => head.extend(stream.content.iter().take(program::HEAD)),
        [b"FlateDecode" | b"Fl"] => {
            // What comes before an error in the packed data counts as well.
            let _ = ZlibDecoder::new(stream.content.as_slice()).take(program::HEAD as u64).read_to_end(&mut head);
        }
        _ => head = stream.decompressed_content_with_limit(EMBEDDED_MAX).unwrap_or_default(),
    }
    head
}
