//! The elements of EBML (RFC 8794): an identifier, a length that may be open, and content.

use crate::inspect::bytes::{Cursor, Stop, Walk};

/// An element: where its content starts, and where it ends if its length is known. The end may lie anywhere.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    pub id: u32,
    pub body: u64,
    pub end: Option<u64>,
}

/// The element at the cursor; `None` at `end`.
pub fn element(cursor: &mut Cursor, end: u64) -> Walk<Option<Element>> {
    if cursor.at() >= end.min(cursor.end()) {
        return Ok(None);
    }
    let id = identifier(cursor)?;
    let first = cursor.u8()?;
    let more = first.leading_zeros();
    if more > 7 {
        return Err(Stop::Damaged("the length of a part makes no sense"));
    }
    let mut len = u64::from(first) & (0x7F >> more);
    for _ in 0..more {
        len = len << 8 | u64::from(cursor.u8()?);
    }
    let body = cursor.at();
    // All bits set: its writer did not know.
    let is_open = len == (1 << (7 * (more + 1))) - 1;
    Ok(Some(Element { id, body, end: (!is_open).then(|| body.saturating_add(len)) }))
}

fn identifier(cursor: &mut Cursor) -> Walk<u32> {
    let first = cursor.u8()?;
    let more = first.leading_zeros();
    if more > 3 {
        return Err(Stop::Damaged("a part of it makes no sense"));
    }
    let mut id = u32::from(first);
    for _ in 0..more {
        id = id << 8 | u32::from(cursor.u8()?);
    }
    Ok(id)
}

/// The content as a whole number.
pub fn number(cursor: &mut Cursor, element: Element) -> Walk<u64> {
    let len = element.end.unwrap_or(u64::MAX) - element.body;
    if len > 8 {
        return Err(Stop::Damaged("a number in it is too long"));
    }
    cursor.go(element.body);
    let mut number = 0;
    for _ in 0..len {
        number = number << 8 | u64::from(cursor.u8()?);
    }
    Ok(number)
}

/// The content as a fraction.
pub fn real(cursor: &mut Cursor, element: Element) -> Walk<Option<f64>> {
    cursor.go(element.body);
    match element.end.unwrap_or(u64::MAX) - element.body {
        4 => Ok(Some(f32::from_be_bytes(cursor.take()?).into())),
        8 => Ok(Some(f64::from_be_bytes(cursor.take()?))),
        _ => Ok(None),
    }
}
