//! Small real files, made in memory: a page of PDF, a picture, a sound and a note. Each is whole by its format's
//! own rules, and none has the bytes of another: its reference stands inside.

mod picture;
pub mod sound;

use std::fmt::Write;

use crate::domain::media_type::MediaType;

/// What sort of file a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Document,
    Picture,
    Sound,
    Note,
}

/// What a file says. ASCII without control characters.
#[derive(Debug)]
pub struct Label<'a> {
    pub title: &'a str,
    pub author: &'a str,
    /// Names the file among all others.
    pub reference: &'a str,
    pub lines: [&'a str; 4],
    /// Look or sound.
    pub shade: u32,
}

impl Form {
    pub const fn media_type(self) -> MediaType {
        match self {
            Self::Document => MediaType::Pdf,
            Self::Picture => MediaType::Png,
            Self::Sound => MediaType::Wav,
            Self::Note => MediaType::Txt,
        }
    }

    pub const fn pages(self) -> Option<u32> {
        match self {
            Self::Document => Some(1),
            Self::Picture | Self::Sound | Self::Note => None,
        }
    }

    pub fn file(self, label: &Label<'_>) -> Vec<u8> {
        match self {
            Self::Document => document(label),
            Self::Picture => picture::png(label),
            Self::Sound => sound::wav(label),
            Self::Note => note(label),
        }
    }
}

fn note(label: &Label<'_>) -> Vec<u8> {
    let Label { title, author, reference, lines, .. } = label;
    let rule = "=".repeat(title.len());
    format!("{title}\n{rule}\n\n{author}\n{reference}\n\n{}\n", lines.join("\n")).into_bytes()
}

/// One page in a font that every reader has (ISO 32000-1, 9.6.2.2).
fn document(label: &Label<'_>) -> Vec<u8> {
    let mut drawing = format!("BT /F 16 Tf 60 770 Td ({}) Tj /F 11 Tf", escaped(label.title));
    for line in [label.author, label.reference, ""].iter().chain(&label.lines) {
        let _ = write!(drawing, " 0 -20 Td ({}) Tj", escaped(line));
    }
    drawing.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F 4 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
        format!("<< /Title ({}) /Author ({}) >>", escaped(label.title), escaped(label.author)),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = writeln!(file, "{number} 0 obj\n{object}\nendobj");
    }
    let (at, size) = (file.len(), objects.len() + 1);
    let _ = writeln!(file, "{table}trailer\n<< /Size {size} /Root 1 0 R /Info {} 0 R >>", objects.len());
    let _ = writeln!(file, "startxref\n{at}\n%%EOF");
    file.into_bytes()
}

/// As the text of a PDF string.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::Write as _;
    use std::sync::Arc;

    use super::*;
    use crate::domain::digest::Digest;
    use crate::domain::file_name::FileName;
    use crate::inspect::{Claim, ReadAt, Rules, inspect};

    const FORMS: [Form; 4] = [Form::Document, Form::Picture, Form::Sound, Form::Note];

    fn file(form: Form, reference: &str) -> Vec<u8> {
        let lines = ["One (in brackets).", "A back\\slash.", "Three.", "Four."];
        form.file(&Label { title: "Reply to a complaint", author: "Amy Field", reference, lines, shade: 5 })
    }

    #[test]
    fn every_form_is_accepted_for_what_it_is() {
        let rules = Rules::of_tests();
        for form in FORMS {
            let mut stored = tempfile::tempfile().unwrap();
            stored.write_all(&file(form, "seed/1/1")).unwrap();
            let name = FileName::from_client(&format!("x.{}", form.media_type().extensions()[0]));
            let claim = Claim { name, declared: Some(form.media_type().name().to_owned()) };
            let len = stored.metadata().unwrap().len();
            let stored: Arc<dyn ReadAt> = Arc::new(stored);
            let verdict = inspect(&stored, len, &claim, &rules).unwrap();
            assert_eq!(verdict.findings, []);
            assert_eq!(verdict.media_type, Some(form.media_type()));
            assert_eq!(verdict.facts.pages, form.pages());
        }
    }

    #[test]
    fn the_same_label_gives_the_same_bytes_and_another_reference_other_ones() {
        let mut digests = HashSet::new();
        for form in FORMS {
            assert_eq!(file(form, "seed/1/1"), file(form, "seed/1/1"));
            for reference in ["seed/1/1", "seed/1/2", "seed/2/1"] {
                assert!(digests.insert(Digest::of(&file(form, reference))), "{form:?} {reference}");
            }
        }
    }

    #[test]
    fn a_document_shows_its_title() {
        let text = String::from_utf8(file(Form::Document, "seed/1/1")).unwrap();
        assert!(text.contains("(Reply to a complaint) Tj"), "{text}");
        assert!(text.contains(r"(One \(in brackets\).) Tj"), "{text}");
    }
}
