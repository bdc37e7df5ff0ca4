//! HEIC (ISO/IEC 23008-12): items with their properties and places; the primary one is an HEVC image, and what
//! every item is made of lies within the file.

mod items;

use super::{MaxPixels, Picture, exif};
use crate::domain::finding::{Finding, FindingCode};
use crate::inspect::View;
use crate::inspect::boxes::{self, MAX_BOXES, Span};
use crate::inspect::bytes::{Budget, Cursor, ENDS_EARLY, Stop, Walk, lenient};
use items::{Item, Place, Property};

const BRANDS: [&[u8; 4]; 4] = [b"heic", b"heix", b"heim", b"heis"];

/// Whether a file's brands say that it holds an HEVC image.
pub fn is_heic(head: &[u8]) -> bool {
    let Some(len) = head.get(..4).and_then(|len| len.try_into().ok()).map(u32::from_be_bytes) else { return false };
    let Some(brands) = head.get(8..head.len().min(len as usize)) else { return false };
    let mut brands = brands.chunks_exact(4);
    let Some(major) = brands.next().filter(|_| head.get(4..8) == Some(b"ftyp")) else { return false };
    let is_ours = |brand: &[u8]| BRANDS.iter().any(|known| brand == *known);
    // `mif1` says only that it is an image; behind the major brand stands its version.
    is_ours(major) || (major == b"mif1" && brands.skip(1).any(is_ours))
}

pub fn look(view: &View, pixels: MaxPixels) -> Walk<Picture> {
    let mut walk = Reader { cursor: Cursor::new(view), budget: Budget::new(MAX_BOXES) };
    let top = boxes::top(&mut walk.cursor, &mut walk.budget)?;
    let meta = boxes::first(&top.boxes, *b"meta").ok_or(Stop::Damaged("it holds no image"))?;
    if top.cut {
        return Err(Stop::Damaged(ENDS_EARLY));
    }
    let meta = Meta::list(&mut walk, meta)?;
    if let Some(dinf) = meta.find(*b"dinf") {
        walk.refuse_references(dinf)?;
    }
    let primary = walk.primary(meta.need(*b"pitm")?)?;
    let items = walk.items(meta.need(*b"iinf")?)?;
    let places = walk.places(meta.need(*b"iloc")?)?;
    let inner = meta.find(*b"idat").map_or(0, |idat| idat.end - idat.body);
    if places.iter().any(|place| !place.is_within(view.len, inner)) {
        return Err(Stop::Damaged(ENDS_EARLY));
    }
    let (width, height) = walk.dimensions(&meta, &items, primary, pixels)?;
    if !places.iter().any(|place| place.item == primary) {
        return Err(Stop::Damaged("its image is missing"));
    }
    let said = walk.exif(view, &items, &places)?;
    Ok(Picture { width, height, end: Some(top.end), said, findings: Vec::new() })
}

/// The boxes in the box that describes the items.
struct Meta(Vec<Span>);

impl Meta {
    fn list(walk: &mut Reader, meta: Span) -> Walk<Self> {
        // Version and flags stand first.
        boxes::within(&mut walk.cursor, &mut walk.budget, meta.body + 4, meta.end).map(Self)
    }

    fn find(&self, kind: [u8; 4]) -> Option<Span> {
        boxes::first(&self.0, kind)
    }

    fn need(&self, kind: [u8; 4]) -> Walk<Span> {
        self.find(kind).ok_or(Stop::Damaged("the description of its image is incomplete"))
    }
}

/// What goes through the boxes of one file.
struct Reader {
    cursor: Cursor,
    budget: Budget,
}

impl Reader {
    fn within(&mut self, span: Span) -> Walk<Vec<Span>> {
        boxes::within(&mut self.cursor, &mut self.budget, span.body, span.end)
    }

    fn refuse_references(&mut self, dinf: Span) -> Walk<()> {
        if let Some(dref) = boxes::first(&self.within(dinf)?, *b"dref")
            && !boxes::is_self_contained(&mut self.cursor, &mut self.budget, dref)?
        {
            let detail = "The picture takes its image from another file, which is not uploaded with it. Save it as \
                          one whole file.";
            return Err(Stop::Refused(Finding::new(FindingCode::ExternalReference, detail)));
        }
        Ok(())
    }

    /// The dimensions of the primary item, which is of HEVC or put together of such.
    fn dimensions(&mut self, meta: &Meta, items: &[Item], primary: u32, pixels: MaxPixels) -> Walk<(u32, u32)> {
        let item = items.iter().find(|item| item.id == primary).ok_or(Stop::Damaged("its image is missing"))?;
        let iprp = self.within(meta.need(*b"iprp")?)?;
        let ipco = boxes::first(&iprp, *b"ipco").ok_or(Stop::Damaged("the size of its image is missing"))?;
        let properties = self.properties(ipco)?;
        for property in &properties {
            if let Property::Size(width, height) = *property {
                pixels.hold(width, height)?;
            }
        }
        let mut of_primary = Vec::new();
        for ipma in iprp.iter().filter(|span| &span.kind == b"ipma") {
            of_primary.extend(self.associated(*ipma, primary)?);
        }
        let mut of_primary = of_primary.iter().filter_map(|index| properties.get(index.checked_sub(1)?));
        let has_decoder = of_primary.clone().any(|property| matches!(property, Property::Decoder));
        match &item.kind {
            b"hvc1" | b"hev1" | b"lhv1" if !has_decoder => {
                return Err(Stop::Damaged("how its image is coded is missing"));
            }
            b"hvc1" | b"hev1" | b"lhv1" | b"grid" | b"iden" | b"iovl" | b"tmap" => {}
            _ => return Err(Stop::Refused(other_codec())),
        }
        let size = of_primary.find_map(|property| match property {
            Property::Size(width, height) => Some((*width, *height)),
            _ => None,
        });
        size.ok_or(Stop::Damaged("the size of its image is missing"))
    }

    /// What the first EXIF item says.
    fn exif(&mut self, view: &View, items: &[Item], places: &[Place]) -> Walk<exif::Said> {
        let place = items
            .iter()
            .find(|item| &item.kind == b"Exif")
            .and_then(|item| places.iter().find(|place| place.item == item.id && place.method == 0));
        let Some(place) = place else { return Ok(exif::Said::default()) };
        let end = place.start.saturating_add(place.len);
        self.cursor.go(place.start);
        // How far into the item the TIFF header is, which JPEG's mark may precede.
        let Some(skip) = lenient(self.cursor.be32())? else { return Ok(exif::Said::default()) };
        let base = place.start.saturating_add(4 + u64::from(skip)).min(end);
        exif::read(Cursor::over(view, base, end), base)
    }
}

fn other_codec() -> Finding {
    let detail = "The file is named as a HEIC picture, but the image in it is coded in another way, such as AVIF, \
                  which many programs cannot show. Save it as JPEG and upload that.";
    Finding::new(FindingCode::TypeMismatch, detail)
}

#[cfg(test)]
mod tests;
