//! The page tree (ISO 32000-1, 7.7.3) and the table of objects, where readers part: each goes its own way round a
//! loop or a gap, so what shows depends on who opens the file.

use std::collections::HashSet;

use lopdf::xref::XrefEntry;
use lopdf::{Document, Object, ObjectId};

use super::{active, damaged, too_deep};
use crate::domain::finding::{Finding, FindingCode};

/// How deep an object nests before a reader gives up on it.
const NESTED: usize = 100;
/// Bytes of an object that are looked at to see how deep it nests.
const LOOKED_AT: usize = 4 * 1024 * 1024;

/// Walks from the catalogue to the pages: a tree, in which every node stands once and the root says a number.
pub fn sound(document: &Document) -> Result<(), Finding> {
    let root = document.catalog().and_then(|catalog| catalog.get(b"Pages")).and_then(Object::as_reference);
    let Ok(root) = root else { return Ok(()) };
    if let Ok(node) = document.get_dictionary(root)
        && node.has(b"Count")
        && node.get_deref(b"Count", document).is_ok_and(|count| count.as_float().is_err())
    {
        return Err(damaged());
    }
    let (mut seen, mut next) = (HashSet::from([root]), vec![root]);
    while let Some(id) = next.pop() {
        let Ok(node) = document.get_dictionary(id) else { continue };
        let Ok(kids) = node.get_deref(b"Kids", document).and_then(Object::as_array) else { continue };
        for kid in kids.iter().filter_map(|kid| kid.as_reference().ok()) {
            let is_node = document.get_dictionary(kid).is_ok_and(|kid| kid.has(b"Kids"));
            // A page may be shown twice; a node that stands twice makes a loop, or pages without number.
            if !seen.insert(kid) && is_node {
                return Err(damaged());
            }
            if is_node {
                next.push(kid);
            }
        }
    }
    Ok(())
}

/// An object that the file leads to from its catalogue and lists in its table, but that the reader could not make
/// sense of: another reader might. (One that is in no table is nothing, by ISO 32000-1, 7.3.10.)
pub fn unread(document: &Document, bytes: &[u8]) -> Option<Finding> {
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).ok()?;
    let (mut seen, mut next) = (HashSet::from([root]), vec![root]);
    while let Some(id) = next.pop() {
        if let Some(object) = document.objects.get(&id) {
            active::references(object, &mut |reference| {
                if seen.insert(reference) {
                    next.push(reference);
                }
            });
            continue;
        }
        match document.reference_table.get(id.0) {
            Some(XrefEntry::Normal { offset, .. }) if nests(bytes, *offset as usize) => return Some(too_deep()),
            Some(XrefEntry::Normal { .. } | XrefEntry::Compressed { .. }) => return Some(unverifiable(id)),
            Some(XrefEntry::Free | XrefEntry::UnusableFree) | None => {}
        }
    }
    None
}

/// Whether the object at this place opens more brackets than a reader follows.
fn nests(bytes: &[u8], offset: usize) -> bool {
    let header = bytes.windows(5).position(|window| window == b"%PDF-").unwrap_or(0);
    let mut depth: usize = 0;
    let object = bytes.get(header.saturating_add(offset)..).unwrap_or_default();
    for (at, byte) in object.iter().take(LOOKED_AT).enumerate() {
        match byte {
            b'[' | b'<' | b'(' => depth += 1,
            b']' | b'>' | b')' => depth = depth.saturating_sub(1),
            b'e' if depth == 0 && object[at..].starts_with(b"endobj") => return false,
            _ => {}
        }
        // A dictionary opens with two.
        if depth > 2 * NESTED {
            return true;
        }
    }
    depth > NESTED
}

fn unverifiable(object: ObjectId) -> Finding {
    let detail = format!(
        "Part {} of the PDF could not be read here, though another program might show or run it. Print the file to a \
         new PDF if it did not come from a program you trust.",
        object.0
    );
    Finding::new(FindingCode::Unverifiable, detail)
}
