//! JPEGs made segment by segment: whole, cut, too large, and with other files behind them.

use proptest::prelude::*;

use super::super::exif::made::exif;
use crate::domain::finding::FindingCode as F;
use crate::domain::media_type::MediaType;
use crate::inspect::{Report, picture};
use crate::inspect::{
    Rules,
    made::{codes, spoilt, view},
};

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len() + 2).unwrap();
    [&[0xFF, marker][..], &len.to_be_bytes(), content].concat()
}

fn frame(width: u16, height: u16) -> Vec<u8> {
    segment(0xC0, &[&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat())
}

/// An image with a scan of which some bytes look like markers and are none.
fn jpeg(width: u16, height: u16, extra: &[u8]) -> Vec<u8> {
    let scan = [segment(0xDA, &[1, 1, 0, 0, 63, 0]), vec![0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]].concat();
    [b"\xFF\xD8", extra, &segment(0xDB, &[0; 65]), &frame(width, height), &scan, b"\xFF\xFF\xD9"].concat()
}

fn look(bytes: &[u8]) -> Report {
    picture::inspect(MediaType::Jpeg, view(bytes), &Rules::of_tests()).unwrap()
}

fn finding(bytes: &[u8]) -> Vec<F> {
    codes(&look(bytes))
}

#[test]
fn a_whole_picture_tells_its_size_and_origin() {
    let exif = exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs");
    let report = look(&jpeg(640, 480, &segment(0xE1, &[b"Exif\0\0", &exif[..]].concat())));
    assert_eq!(codes(&report), []);
    assert_eq!((report.facts.width, report.facts.height), (Some(640), Some(480)));
    assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
    assert_eq!(report.facts.software.as_deref(), Some("Camera 17.1"));
    assert_eq!(report.facts.author.as_deref(), Some("Jo Bloggs"));
}

#[test]
fn exif_that_points_at_itself_is_no_harm() {
    let ring = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08";
    assert_eq!(finding(&jpeg(8, 8, &segment(0xE1, ring))), []);
}

#[test]
fn a_cut_or_empty_picture_is_damaged() {
    let whole = jpeg(8, 8, b"");
    for end in 4..whole.len() {
        assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
    }
    assert_eq!(finding(b"\xFF\xD8\xFF\xD9"), [F::Damaged]);
    assert_eq!(finding(&jpeg(0, 8, b"")), [F::Damaged]);
    assert_eq!(finding(&[&b"\xFF\xD8"[..], &frame(8, 8), b"\xFF\xD9"].concat()), [F::Damaged]);
}

#[test]
fn the_number_of_lines_may_come_late() {
    let late = segment(0xDC, &480_u16.to_be_bytes());
    let mut file = jpeg(640, 0, b"");
    file.splice(file.len() - 3.., [&late[..], b"\xFF\xD9"].concat());
    assert_eq!(look(&file).facts.height, Some(480));
}

#[test]
fn too_many_pixels_are_refused_before_anything_else() {
    assert_eq!(finding(&jpeg(1001, 1000, b"")), [F::TooComplex]);
    assert_eq!(finding(&jpeg(65500, 65500, b"")), [F::Bomb]);
    assert_eq!(finding(&jpeg(65500, 65500, b"")[..100]), [F::Bomb]);
}

#[test]
fn what_is_behind_the_end_is_told() {
    let tail = |tail: &[u8]| finding(&[&jpeg(8, 8, b"")[..], tail].concat());
    assert_eq!(tail(&[0; 64]), []);
    assert_eq!(tail(b"PK\x03\x04"), [F::TrailingData]);
    assert_eq!(tail(&jpeg(8, 8, b"")), [F::TrailingData]);
    assert_eq!(tail(b"%PDF-1.7"), [F::Polyglot, F::Unverifiable]);
    assert_eq!(finding(&jpeg(8, 8, &segment(0xFE, b"%PDF-1.7"))), [F::Unverifiable]);
}

#[test]
fn pictures_that_the_first_one_lists_belong_to_it() {
    let listed = jpeg(8, 8, &segment(0xE2, b"MPF\0II*\0"));
    let file = [&listed[..], &[0; 100], &jpeg(8, 8, b""), &jpeg(4, 4, b"")].concat();
    assert_eq!(finding(&file), []);
    assert_eq!(finding(&[&file[..], b"PK\x03\x04"].concat()), [F::TrailingData]);
}

proptest! {
    #[test]
    fn nothing_spoilt_makes_it_panic(file in spoilt(jpeg(8, 8, &segment(0xE1, &[b"Exif\0\0", &exif("", "a", "b")[..]].concat())))) {
        look(&file);
    }
}
