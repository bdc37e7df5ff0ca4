//! PDF (ISO 32000): two readers that share no code open it without a password and count the same pages, few
//! enough to read. Where they disagree, an assessor's reader may show something else again, so it is refused.

mod active;
mod edges;
mod info;
mod table;
#[cfg(test)]
mod tests;
mod tree;

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_syntax::{LoadPdfError, Pdf};
use lopdf::{DecompressError, Document, LoadOptions};

use super::{Report, Rules, View};
use crate::domain::finding::{Finding, FindingCode};

pub use edges::HEADER_WITHIN;

/// How many pages a reader finds, or why it finds none.
type Count = Result<usize, Finding>;

pub fn inspect(mut view: View, rules: &Rules) -> io::Result<Report> {
    let mut bytes = Vec::with_capacity(usize::try_from(view.len).unwrap_or(0));
    view.read_to_end(&mut bytes)?;
    let bytes = Arc::new(bytes);
    // The parsers read hostile input: a panic of one is a remark about the file, not a fault of the service.
    let looked = catch_unwind(AssertUnwindSafe(|| look(&bytes, rules)));
    Ok(looked.unwrap_or_else(|_| Report::of(damaged())))
}

/// Whether these bytes open as a PDF with pages, whatever else they may be.
pub fn opens(bytes: Vec<u8>) -> bool {
    catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes).is_ok_and(|pdf| !pdf.pages().is_empty()))).unwrap_or(false)
}

fn look(bytes: &Arc<Vec<u8>>, rules: &Rules) -> Report {
    document(bytes, rules).unwrap_or_else(Report::of)
}

fn document(bytes: &Arc<Vec<u8>>, rules: &Rules) -> Result<Report, Finding> {
    let (document, pages) = readers(bytes, rules)?;
    let mut report = Report::default();
    tree::sound(&document)?;
    if edges::breaks_off(bytes) {
        return Err(damaged());
    }
    let remarks = [
        edges::around(bytes),
        document.was_encrypted().then(owner_password),
        table::repaired(&document, bytes)?,
        tree::unread(&document, bytes),
    ];
    remarks.into_iter().flatten().for_each(|finding| report.add(finding));
    active::walk(&document, &mut report);
    info::read(&document, &mut report.facts);
    report.facts.pages = u32::try_from(pages).ok();
    Ok(report)
}

/// Both readers' word on the file: the document as the first reads it, and the pages that both count.
fn readers(bytes: &Arc<Vec<u8>>, rules: &Rules) -> Result<(Document, usize), Finding> {
    // The one that reads lazily goes first: the other makes an object of everything that the file lists.
    let expected = lazily(bytes, rules)?;
    let options = LoadOptions {
        max_decompressed_size: Some(usize::try_from(rules.pdf.max_stream_bytes).unwrap_or(usize::MAX)),
        ..LoadOptions::default()
    };
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => return Err(bomb()),
        Err(lopdf::Error::InvalidPassword) => return Err(encrypted()),
        Err(_) => return Err(damaged()),
    };
    if document.is_encrypted() {
        return Err(encrypted());
    }
    let pages = pages(&document, rules)?;
    if pages == 0 || pages != expected { Err(damaged()) } else { Ok((document, pages)) }
}

fn lazily(bytes: &Arc<Vec<u8>>, rules: &Rules) -> Count {
    let pdf = match Pdf::new(Arc::clone(bytes)) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(_)) => return Err(encrypted()),
        Err(LoadPdfError::Invalid) => return Err(damaged()),
    };
    if pdf.len() > rules.pdf.max_objects as usize {
        let detail = "The PDF is made of too many parts to be checked. Print it to a new PDF and upload that.";
        return Err(Finding::new(FindingCode::TooComplex, detail));
    }
    match pdf.pages().len() {
        pages if pages > rules.max_pages as usize => Err(too_many_pages(rules.max_pages)),
        pages => Ok(pages),
    }
}

fn pages(document: &Document, rules: &Rules) -> Count {
    // Never collected: the count that the file states for itself cannot be trusted with an allocation.
    let limit = rules.max_pages as usize;
    let mut pages = 0;
    for page in document.page_iter().take(limit + 1) {
        pages += 1;
        // The reader stands a blank page in for one that the file lists and does not hold.
        if document.get_dictionary(page).is_err() {
            return Err(damaged());
        }
    }
    if pages > limit { Err(too_many_pages(rules.max_pages)) } else { Ok(pages) }
}

fn damaged() -> Finding {
    let detail = "The PDF is damaged or incomplete: not every page of it can be read. Export or scan it again and upload the new file.";
    Finding::new(FindingCode::Damaged, detail)
}

fn encrypted() -> Finding {
    let detail = "The PDF is protected with a password, so an assessor could not open it. Save it without a password and upload it again.";
    Finding::new(FindingCode::Encrypted, detail)
}

fn bomb() -> Finding {
    let detail = "The PDF unpacks to far more than its size, as files made to stop a computer do. Print it to a new PDF and upload that.";
    Finding::new(FindingCode::Bomb, detail)
}

fn too_many_pages(limit: u32) -> Finding {
    let detail = format!("The PDF has more than {limit} pages. Upload only the pages that are evidence.");
    Finding::new(FindingCode::TooComplex, detail)
}

fn owner_password() -> Finding {
    let detail = "The PDF opens without a password, but its owner restricted printing or copying. Nothing needs to be done, unless an assessor should be able to print it.";
    Finding::new(FindingCode::OwnerPassword, detail)
}

fn too_deep() -> Finding {
    let detail = "A part of the PDF is nested deeper than any program writes, so not all of it can be checked. Print it to a new PDF and upload that.";
    Finding::new(FindingCode::TooComplex, detail)
}
