//! The boxes of ISO base media files (ISO/IEC 14496-12): MP4, MOV, M4A and HEIC. Nothing recurses: a reader
//! lists the boxes in one that it knows, so a file cannot choose how deep it is read.

use super::bytes::{Budget, Cursor, Stop, Walk};

/// More boxes than hours of video cut into fragments of single pictures have.
pub const MAX_BOXES: u32 = 2_000_000;

/// A box: its type, and where its content starts and ends.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub kind: [u8; 4],
    pub body: u64,
    pub end: u64,
}

/// The boxes of a file itself.
#[derive(Debug)]
pub struct Top {
    pub boxes: Vec<Span>,
    /// Where the boxes end: the file's end, unless something else stands behind them.
    pub end: u64,
    /// Whether the last box is announced as longer than the file.
    pub cut: bool,
}

/// What a box's header says: the type, where the content starts, and where the box ends (`None`: with what
/// it is in).
struct Header {
    kind: [u8; 4],
    body: u64,
    end: Option<u64>,
}

/// Lists the boxes of a file.
pub fn top(cursor: &mut Cursor, budget: &mut Budget) -> Walk<Top> {
    let (mut boxes, end) = (Vec::new(), cursor.end());
    cursor.go(0);
    while cursor.left() >= 8 {
        let start = cursor.at();
        let header = match header(cursor) {
            Ok(header) if header.kind.iter().all(|byte| (0x20..0x7F).contains(byte) || *byte == 0xA9) => header,
            Err(Stop::Io(error)) => return Err(error.into()),
            _ => return Ok(Top { boxes, end: start, cut: false }),
        };
        budget.spend()?;
        let stated = header.end.unwrap_or(end);
        boxes.push(Span { kind: header.kind, body: header.body, end: stated.min(end) });
        if stated > end {
            return Ok(Top { boxes, end, cut: true });
        }
        cursor.go(stated);
    }
    Ok(Top { boxes, end: cursor.at(), cut: false })
}

/// Lists the boxes that stand from `from` to `to`, which is within another box.
pub fn within(cursor: &mut Cursor, budget: &mut Budget, from: u64, to: u64) -> Walk<Vec<Span>> {
    let mut boxes = Vec::new();
    cursor.go(from);
    while cursor.at().checked_add(8).is_some_and(|at| at <= to) {
        budget.spend()?;
        let header = header(cursor)?;
        // QuickTime ends some lists of boxes with four zero bytes, and writers pad them with more.
        let Some(end) = header.end else { break };
        if end > to {
            return Err(Stop::Damaged("a part of it is longer than what it is a part of"));
        }
        boxes.push(Span { kind: header.kind, body: header.body, end });
        cursor.go(end);
    }
    Ok(boxes)
}

fn header(cursor: &mut Cursor) -> Walk<Header> {
    let start = cursor.at();
    let (short, kind) = (cursor.be32()?, cursor.take()?);
    let len = match short {
        0 => None,
        1 => Some(cursor.be64()?),
        len => Some(u64::from(len)),
    };
    let body = cursor.at();
    let end = match len {
        None => None,
        Some(len) => {
            let end = start.checked_add(len).filter(|end| *end >= body);
            Some(end.ok_or(Stop::Damaged("the length of a part makes no sense"))?)
        }
    };
    Ok(Header { kind, body, end })
}

/// The first box of a type.
pub fn first(boxes: &[Span], kind: [u8; 4]) -> Option<Span> {
    boxes.iter().copied().find(|span| span.kind == kind)
}

/// Whether a data reference box names only the file itself.
pub fn is_self_contained(cursor: &mut Cursor, budget: &mut Budget, dref: Span) -> Walk<bool> {
    // Version, flags, and the number of entries, which are boxes.
    for entry in within(cursor, budget, dref.body.saturating_add(8), dref.end)? {
        cursor.go(entry.body);
        if cursor.be32()? & 1 == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
pub mod made {
    //! Boxes as writers make them.

    pub fn made(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let len = u32::try_from(content.len() + 8).unwrap();
        [&len.to_be_bytes()[..], kind, content].concat()
    }

    /// A box with a version and flags.
    pub fn full(kind: &[u8], flags: u32, content: &[u8]) -> Vec<u8> {
        made(kind, &[&flags.to_be_bytes()[..], content].concat())
    }

    pub fn ftyp(major: &[u8], compatible: &[u8]) -> Vec<u8> {
        made(b"ftyp", &[major, &[0; 4], compatible].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::view;
    use super::made::made;
    use super::*;

    fn top_of(bytes: &[u8]) -> Walk<Top> {
        top(&mut Cursor::new(&view(bytes)), &mut Budget::new(100))
    }

    #[test]
    fn long_open_and_cut_boxes_are_told_apart() {
        let long = [&b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x14ABCD"[..], &made(b"free", b"")].concat();
        let found = top_of(&long).unwrap();
        assert_eq!((found.boxes[0].body, found.boxes[0].end, found.boxes.len(), found.cut), (16, 20, 2, false));
        let open = top_of(b"\0\0\0\0mdatABCD").unwrap();
        assert_eq!((open.boxes[0].end, open.cut), (12, false));
        let cut = top_of(b"\0\0\0\x10mdatABCD").unwrap();
        assert_eq!((cut.boxes[0].end, cut.cut), (12, true));
        let endless = top_of(b"\0\0\0\x08free\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xffA").unwrap();
        assert_eq!((endless.boxes.len(), endless.end), (1, 8));
    }

    #[test]
    fn what_is_no_box_ends_the_list() {
        let file = [made(b"free", b"1234"), b"\0\0\0\x04free....".to_vec()].concat();
        assert_eq!(top_of(&file).unwrap().end, 12);
    }

    #[test]
    fn boxes_end_within_their_parents_and_are_not_too_many() {
        let inner = [made(b"free", b""), b"\0\0\0\x20free".to_vec()].concat();
        let list = |from, to, steps| within(&mut Cursor::new(&view(&inner)), &mut Budget::new(steps), from, to);
        assert_eq!(list(0, 8, 9).unwrap().len(), 1);
        assert!(matches!(list(0, 16, 9), Err(Stop::Damaged(_))));
        assert!(matches!(list(0, 16, 1), Err(Stop::Refused(_))));
    }
}
