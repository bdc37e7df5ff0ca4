//! HEICs made box by box: whole, cut, coded otherwise, and with images that are elsewhere.

use proptest::prelude::*;

use super::super::exif::made::exif;
use super::*;
use crate::domain::finding::FindingCode as F;
use crate::domain::media_type::MediaType;
use crate::inspect::boxes::made::{ftyp, full, made};
use crate::inspect::{Report, picture};
use crate::inspect::{
    Rules,
    made::{codes, spoilt, view},
};

/// What of a picture the tests vary.
struct Recipe {
    codec: &'static [u8; 4],
    size: (u32, u32),
    properties: &'static [u8],
    reference: Vec<u8>,
}

const RECIPE: Recipe = Recipe { codec: b"hvc1", size: (20, 10), properties: &[0x01, 0x82], reference: Vec::new() };

fn item(id: u16, kind: &[u8]) -> Vec<u8> {
    full(b"infe", 0x0200_0000, &[&id.to_be_bytes()[..], &[0, 0], kind, &[0]].concat())
}

fn place(id: u16, start: usize, len: usize) -> Vec<u8> {
    let (start, len) = (u32::try_from(start).unwrap(), u32::try_from(len).unwrap());
    [&id.to_be_bytes()[..], &[0, 0, 0, 1], &start.to_be_bytes(), &len.to_be_bytes()].concat()
}

/// One image and its EXIF item, in the file's order: brands, description, data.
fn heic(recipe: &Recipe) -> Vec<u8> {
    let exif = [&[0; 4][..], &exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs")].concat();
    let meta = |data: usize| {
        let size = [recipe.size.0.to_be_bytes(), recipe.size.1.to_be_bytes()].concat();
        let ipco = made(b"ipco", &[made(b"hvcC", &[1]), full(b"ispe", 0, &size)].concat());
        let count = u8::try_from(recipe.properties.len()).unwrap();
        let ipma = full(b"ipma", 0, &[&[0, 0, 0, 1, 0, 1, count][..], recipe.properties].concat());
        let dinf = if recipe.reference.is_empty() {
            Vec::new()
        } else {
            made(b"dinf", &full(b"dref", 0, &[&[0, 0, 0, 1], &recipe.reference[..]].concat()))
        };
        let places = [&[0x44, 0, 0, 2][..], &place(1, data, 50), &place(2, data + 50, exif.len())].concat();
        let parts = [
            full(b"hdlr", 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            dinf,
            full(b"pitm", 0, &[0, 1]),
            full(b"iinf", 0, &[&[0, 2][..], &item(1, recipe.codec), &item(2, b"Exif")].concat()),
            made(b"iprp", &[ipco, ipma].concat()),
            full(b"iloc", 0, &places),
        ];
        full(b"meta", 0, &parts.concat())
    };
    let brands = ftyp(b"heic", b"mif1heic");
    let data = brands.len() + meta(0).len() + 8;
    [brands, meta(data), made(b"mdat", &[&[7; 50][..], &exif].concat())].concat()
}

fn look(bytes: &[u8]) -> Report {
    picture::inspect(MediaType::Heic, view(bytes), &Rules::of_tests()).unwrap()
}

fn finding(bytes: &[u8]) -> Vec<F> {
    codes(&look(bytes))
}

#[test]
fn a_whole_picture_tells_its_size_and_origin() {
    let report = look(&heic(&RECIPE));
    assert_eq!((codes(&report), report.facts.width, report.facts.height), (vec![], Some(20), Some(10)));
    assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
    assert_eq!(
        (report.facts.software.as_deref(), report.facts.author.as_deref()),
        (Some("Camera 17.1"), Some("Jo Bloggs"))
    );
}

#[test]
fn cut_pictures_are_damaged() {
    let whole = heic(&RECIPE);
    for end in (24..whole.len()).step_by(3) {
        assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
    }
}

#[test]
fn an_image_needs_its_size_and_how_it_is_coded() {
    assert_eq!(finding(&heic(&Recipe { properties: &[0x02], ..RECIPE })), [F::Damaged]);
    assert_eq!(finding(&heic(&Recipe { properties: &[0x01], ..RECIPE })), [F::Damaged]);
    assert_eq!(finding(&heic(&Recipe { properties: &[0x01, 0x09], ..RECIPE })), [F::Damaged]);
    assert_eq!(finding(&heic(&Recipe { codec: b"grid", properties: &[0x02], ..RECIPE })), []);
    assert_eq!(finding(&heic(&Recipe { codec: b"av01", ..RECIPE })), [F::TypeMismatch]);
}

#[test]
fn references_to_other_files_are_refused() {
    let itself = full(b"url ", 1, b"");
    assert_eq!(finding(&heic(&Recipe { reference: itself, ..RECIPE })), []);
    let other = full(b"url ", 0, b"file:///etc/passwd\0");
    assert_eq!(finding(&heic(&Recipe { reference: other, ..RECIPE })), [F::ExternalReference]);
}

#[test]
fn sizes_and_what_is_behind_the_end_are_looked_at() {
    assert_eq!(finding(&heic(&Recipe { size: (2000, 1000), ..RECIPE })), [F::TooComplex]);
    assert_eq!(finding(&heic(&Recipe { size: (0, 1000), ..RECIPE })), [F::Damaged]);
    assert_eq!(finding(&[&heic(&RECIPE)[..], b"\0\0\0\0PK\x03\x04"].concat()), [F::TrailingData]);
}

#[test]
fn nesting_is_not_followed() {
    let deep = (0..2000).fold(Vec::new(), |inner, _| full(b"meta", 0, &inner));
    assert_eq!(finding(&[ftyp(b"heic", b"mif1heic"), deep].concat()), [F::Damaged]);
}

#[test]
fn brands_tell_the_type() {
    for (major, others, ours) in [
        (b"heic", &b"mif1"[..], true),
        (b"heim", b"", true),
        (b"mif1", b"mif1heix", true),
        (b"mif1", b"mif1avif", false),
        (b"avif", b"mif1heic", false),
        (b"isom", b"heic", false),
    ] {
        assert_eq!(is_heic(&ftyp(major, others)), ours, "{major:?}");
    }
    assert!(!is_heic(b"\0\0\0\x08ftyp") && !is_heic(b"\0\0"));
}

proptest! {
    #[test]
    fn nothing_spoilt_makes_it_panic(file in spoilt(heic(&RECIPE))) {
        look(&file);
        is_heic(&file);
    }
}
