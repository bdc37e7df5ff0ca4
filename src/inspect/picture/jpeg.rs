//! JPEG (ITU-T T.81): segments up to the end-of-image marker, of which one has the dimensions and one a scan.

use super::{MaxPixels, Picture, exif};
use crate::inspect::View;
use crate::inspect::bytes::{Budget, Cursor, ENDS_EARLY, Stop, Walk};

/// Pictures in one file: the main one, and previews or depth maps that phones append and list.
const MAX_PICTURES: usize = 32;
/// More segments than a large colour profile and a scan a component and bit take.
const MAX_SEGMENTS: u32 = 100_000;

const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const LINES: u8 = 0xDC;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;

/// What the segments of one image held.
#[derive(Default)]
struct Image {
    dimensions: Option<(u32, u32)>,
    has_scan: bool,
    /// Where EXIF's own header is, and where it ends.
    exif: Option<(u64, u64)>,
    /// Whether the image lists others that follow it (CIPA DC-007).
    lists_others: bool,
}

pub fn look(view: &View, pixels: MaxPixels) -> Walk<Picture> {
    let mut cursor = Cursor::new(view);
    let mut budget = Budget::new(MAX_SEGMENTS);
    let main = image(&mut cursor, &mut budget, pixels)?;
    let Some((width, height)) = main.dimensions.filter(|_| main.has_scan) else {
        return Err(Stop::Damaged("it holds no image"));
    };
    pixels.hold(width, height)?;
    let said = match main.exif {
        Some((base, end)) => exif::read(Cursor::over(view, base, end), base)?,
        None => exif::Said::default(),
    };
    let mut end = cursor.at();
    if main.lists_others {
        for _ in 0..MAX_PICTURES {
            let Some(next) = next_image(view, end)? else { break };
            cursor.go(next);
            match image(&mut cursor, &mut budget, pixels) {
                Ok(_) => end = cursor.at(),
                Err(Stop::Damaged(_)) => break,
                Err(stop) => return Err(stop),
            }
        }
    }
    Ok(Picture { width, height, end: Some(end), said, findings: Vec::new() })
}

/// Where another image starts behind one, with nothing but zeros between.
fn next_image(view: &View, end: u64) -> Walk<Option<u64>> {
    let mut cursor = Cursor::over(view, end, end.saturating_add(64 * 1024));
    while cursor.left() >= 3 {
        match cursor.u8()? {
            0 => {}
            0xFF if cursor.left() >= 2 && cursor.take()? == [0xD8, 0xFF] => return Ok(Some(cursor.at() - 3)),
            _ => break,
        }
    }
    Ok(None)
}

/// Walks one image to behind its end.
fn image(cursor: &mut Cursor, budget: &mut Budget, pixels: MaxPixels) -> Walk<Image> {
    if cursor.take()? != [0xFF, 0xD8] {
        return Err(Stop::Damaged("its header makes no sense"));
    }
    let mut image = Image::default();
    loop {
        budget.spend()?;
        let marker = marker(cursor)?;
        match marker {
            END => return Ok(image),
            // Markers without a segment: restarts that a scan left behind, and an old extension.
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let start = cursor.at();
        let len = u64::from(cursor.be16()?);
        if len < 2 || len - 2 > cursor.left() {
            return Err(Stop::Damaged(if len < 2 { "the length of a part makes no sense" } else { ENDS_EARLY }));
        }
        segment(&mut image, cursor, marker, start + len)?;
        if let Some((width, height)) = image.dimensions.filter(|(_, height)| *height > 0) {
            pixels.hold(width, height)?;
        }
        cursor.go(start + len);
    }
}

fn segment(image: &mut Image, cursor: &mut Cursor, marker: u8, end: u64) -> Walk<()> {
    match marker {
        // A frame; the four in between define tables.
        0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) && image.dimensions.is_none() => {
            cursor.skip(1)?;
            let (height, width) = (cursor.be16()?, cursor.be16()?);
            image.dimensions = Some((width.into(), height.into()));
        }
        // The number of lines, where the frame could not say it yet.
        LINES => {
            if let Some((_, height @ 0)) = &mut image.dimensions {
                *height = cursor.be16()?.into();
            }
        }
        SCAN => image.has_scan = image.dimensions.is_some(),
        APP1 if image.exif.is_none() && end - cursor.at() > 6 => {
            let is_exif = &cursor.take::<6>()? == b"Exif\0\0";
            image.exif = is_exif.then_some((cursor.at(), end));
        }
        APP2 if end - cursor.at() > 4 => image.lists_others |= &cursor.take::<4>()? == b"MPF\0",
        _ => {}
    }
    Ok(())
}

/// Goes behind the next marker. What stands before it is a scan's data, where a lone 0xFF is followed by zero.
fn marker(cursor: &mut Cursor) -> Walk<u8> {
    loop {
        let held = cursor.at_hand()?;
        if held.is_empty() {
            return Err(Stop::Damaged(ENDS_EARLY));
        }
        let Some(ahead) = held.iter().position(|&byte| byte == 0xFF) else {
            let all = held.len() as u64;
            cursor.skip(all)?;
            continue;
        };
        cursor.skip(ahead as u64 + 1)?;
        let mut next = cursor.u8()?;
        while next == 0xFF {
            next = cursor.u8()?;
        }
        if !matches!(next, 0 | 0xD0..=0xD7) {
            return Ok(next);
        }
    }
}

#[cfg(test)]
mod tests;
