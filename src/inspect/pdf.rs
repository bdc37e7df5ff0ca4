//! PDF (ISO 32000): it opens without a password and has pages, few enough to read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, LoadOptions};

use super::{Report, View};
use crate::domain::finding::{Facts, Finding, FindingCode};

/// What one compressed stream of the file's structure may grow to: real ones stay far below.
const MAX_DECOMPRESSED: usize = 32 * 1024 * 1024;

pub fn inspect(view: View, max_pages: u32) -> Report {
    // The parser reads hostile input: a panic of it is a remark about the file, not a fault of the service.
    let looked = catch_unwind(AssertUnwindSafe(|| look(view, max_pages)));
    looked.unwrap_or_else(|_| Report::of(damaged()))
}

fn look(view: View, max_pages: u32) -> Report {
    let options = LoadOptions { max_decompressed_size: Some(MAX_DECOMPRESSED), ..LoadOptions::default() };
    let Ok(document) = Document::load_from_with_options(view, options) else {
        return Report::of(damaged());
    };
    if document.is_encrypted() {
        return Report::of(encrypted());
    }
    // Never collected: the count that the file states for itself cannot be trusted with an allocation.
    let limit = max_pages as usize;
    let (mut pages, mut missing) = (0, 0);
    for page in document.page_iter().take(limit + 1) {
        pages += 1;
        // The reader stands a blank page in for one that the file lists and does not hold.
        missing += usize::from(document.get_dictionary(page).is_err());
    }
    if pages > limit {
        return Report::of(too_many_pages(max_pages));
    }
    if pages == 0 || missing > 0 {
        return Report::of(damaged());
    }
    let mut findings = Vec::new();
    if document.xref_recovery.is_some() {
        let detail =
            "The PDF's structure had to be repaired to read it. Check that every page shows; if not, export it again.";
        findings.push(Finding::new(FindingCode::Repaired, detail));
    }
    Report { findings, facts: Facts { pages: u32::try_from(pages).ok(), ..Facts::default() } }
}

fn damaged() -> Finding {
    let detail = "The PDF is damaged or incomplete: not every page of it can be read. Export or scan it again and upload the new file.";
    Finding::new(FindingCode::Damaged, detail)
}

fn encrypted() -> Finding {
    let detail = "The PDF is protected with a password, so an assessor could not open it. Save it without a password and upload it again.";
    Finding::new(FindingCode::Encrypted, detail)
}

fn too_many_pages(limit: u32) -> Finding {
    let detail = format!("The PDF has more than {limit} pages. Upload only the pages that are evidence.");
    Finding::new(FindingCode::TooComplex, detail)
}
