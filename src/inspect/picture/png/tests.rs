//! PNGs made chunk by chunk: whole, cut, with wrong sums, and with what swells when it is inflated.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::super::exif::made::exif;
use super::*;
use crate::domain::finding::FindingCode as F;
use crate::domain::media_type::MediaType;
use crate::inspect::{Report, picture};
use crate::inspect::{
    Rules,
    made::{codes, spoilt, view},
};

fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(content);
    let len = u32::try_from(content.len()).unwrap();
    [&len.to_be_bytes()[..], kind, content, &sum.sum().to_be_bytes()].concat()
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

/// Eight bits, true colour.
fn header(width: u32, height: u32, interlaced: u8) -> Vec<u8> {
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, interlaced]].concat())
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat(), chunk(b"IEND", b"")].concat()
}

fn png(extra: Vec<u8>) -> Vec<u8> {
    file(&[header(8, 4, 0), extra, chunk(b"IDAT", &deflated(&[7; (1 + 8 * 3) * 4]))])
}

fn look(bytes: &[u8]) -> Report {
    picture::inspect(MediaType::Png, view(bytes), &Rules::of_tests()).unwrap()
}

fn finding(bytes: &[u8]) -> Vec<F> {
    codes(&look(bytes))
}

#[test]
fn a_whole_picture_tells_its_size_and_origin() {
    let said = [
        chunk(b"tEXt", b"Software\0Paint 3"),
        chunk(b"tEXt", b"Author\0Andr\xE9"),
        chunk(b"eXIf", &exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs")),
    ];
    let report = look(&png(said.concat()));
    assert_eq!(codes(&report), []);
    assert_eq!((report.facts.width, report.facts.height), (Some(8), Some(4)));
    assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
    assert_eq!(
        (report.facts.software.as_deref(), report.facts.author.as_deref()),
        (Some("Camera 17.1"), Some("Jo Bloggs"))
    );
    assert_eq!(look(&png(chunk(b"tEXt", b"Author\0Andr\xE9"))).facts.author.as_deref(), Some("Andr\u{e9}"));
}

#[test]
fn a_cut_picture_is_damaged_wherever_it_is_cut() {
    let whole = png(Vec::new());
    for end in 8..whole.len() {
        // The last chunk holds nothing; without it all pixels show.
        let wanted = if end < whole.len() - 12 { F::Damaged } else { F::Repaired };
        assert_eq!(finding(&whole[..end]), [wanted], "cut at {end}");
    }
    let animated = png(chunk(b"acTL", &[0; 8]));
    assert_eq!(finding(&animated[..animated.len() - 12]), [F::Damaged]);
}

#[test]
fn wrong_sums_refuse_only_where_readers_do() {
    let mut pixels = png(Vec::new());
    let at = pixels.len() - 14;
    pixels[at] ^= 1;
    assert_eq!(finding(&pixels), [F::Damaged]);
    let mut text = chunk(b"tEXt", b"Author\0Jo");
    text[10] ^= 1;
    assert_eq!(finding(&png(text)), [F::Repaired]);
}

#[test]
fn pixels_that_are_missing_are_noticed_under_right_sums() {
    let short = |width, height, interlaced, bytes: usize| {
        finding(&file(&[header(width, height, interlaced), chunk(b"IDAT", &deflated(&vec![0; bytes]))]))
    };
    assert_eq!(short(8, 4, 0, 100), []);
    assert_eq!(short(8, 4, 0, 99), [F::Damaged]);
    // Passes of 1x1, 1x1, 2x1, 2x2, 4x2, 4x4, 8x4.
    let interlaced = 4 + 4 + 7 + 2 * 7 + 2 * 13 + 4 * 13 + 4 * 25;
    assert_eq!(short(8, 8, 1, interlaced), []);
    assert_eq!(short(8, 8, 1, interlaced - 1), [F::Damaged]);
    assert_eq!(finding(&file(&[header(8, 4, 0)])), [F::Damaged]);
    assert_eq!(finding(&file(&[header(8, 4, 0), chunk(b"IDAT", b"no zlib stream")])), [F::Damaged]);
}

#[test]
fn pixels_may_be_spread_over_chunks() {
    let stream = deflated(&[7; 100]);
    let chunks: Vec<_> = stream.chunks(3).map(|part| chunk(b"IDAT", part)).collect();
    assert_eq!(finding(&file(&[header(8, 4, 0), chunks.concat()])), []);
}

#[test]
fn too_many_pixels_are_refused_before_they_are_inflated() {
    assert_eq!(finding(&file(&[header(1001, 1000, 0)])), [F::TooComplex]);
    assert_eq!(finding(&file(&[header(0x7FFF_FFFF, 0x7FFF_FFFF, 0)])), [F::Bomb]);
    assert_eq!(finding(&file(&[header(0, 1, 0)])), [F::Damaged]);
}

#[test]
fn texts_and_profiles_that_swell_are_bombs() {
    let most = usize::try_from(MAX_INFLATED).unwrap();
    let (large, half) = (deflated(&vec![b'A'; most + 1]), deflated(&vec![b'A'; most / 2 + 1]));
    for (kind, front) in
        [(b"zTXt", &b"Comment\0\0"[..]), (b"iCCP", b"icc\0\0"), (b"iTXt", b"Comment\0\x01\0en\0Title\0")]
    {
        let small = chunk(kind, &[front, &deflated(b"short")].concat());
        assert_eq!(finding(&png(small)), []);
        assert_eq!(finding(&png(chunk(kind, &[front, &large].concat()))), [F::Bomb]);
        let one = chunk(kind, &[front, &half].concat());
        assert_eq!(finding(&png([one.clone(), one].concat())), [F::Bomb], "two of half the size each");
        assert_eq!(finding(&png(chunk(kind, front))), []);
        assert_eq!(finding(&png(chunk(kind, b"no zero"))), []);
    }
}

#[test]
fn what_is_behind_the_end_is_told() {
    let tail = |tail: &[u8]| finding(&[&png(Vec::new())[..], tail].concat());
    assert_eq!(tail(b"<html><script>alert(1)</script>"), [F::TrailingData]);
    assert_eq!(tail(b"PK\x03\x04"), [F::TrailingData]);
    assert_eq!(tail(b"%PDF-1.4"), [F::Polyglot, F::Unverifiable]);
}

proptest! {
    #[test]
    fn nothing_spoilt_makes_it_panic(file in spoilt(png([
        chunk(b"zTXt", &[&b"Comment\0\0"[..], &deflated(b"short")].concat()),
        chunk(b"iTXt", &[&b"Comment\0\x01\0en\0Title\0"[..], &deflated(b"short")].concat()),
        chunk(b"eXIf", &exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs")),
    ].concat()))) {
        look(&file);
    }
}
