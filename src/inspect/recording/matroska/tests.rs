//! WebM files made element by element: recorded at once, recorded live, cut, and of another document type.

use proptest::prelude::*;

use super::*;
use crate::domain::finding::FindingCode as F;
use crate::inspect::{Report, recording};
use crate::inspect::{
    Rules,
    made::{codes, spoilt, view},
};

fn id_bytes(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|&byte| byte == 0).collect()
}

fn made(id: u32, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap() | 0x4000;
    [id_bytes(id), len.to_be_bytes().to_vec(), content.to_vec()].concat()
}

/// An element whose length is open.
fn open(id: u32, content: &[u8]) -> Vec<u8> {
    [id_bytes(id), vec![0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], content.to_vec()].concat()
}

fn header(doc_type: &[u8]) -> Vec<u8> {
    let doc_type = [&[0x42, 0x82, 0x80 | u8::try_from(doc_type.len()).unwrap()][..], doc_type].concat();
    made(EBML, &doc_type)
}

fn info() -> Vec<u8> {
    let stated = made(0x4489, &1500.0_f64.to_be_bytes());
    let since_2001 = 815_650_200_u64 * 1_000_000_000;
    made(INFO, &[stated, made(0x4461, &since_2001.to_be_bytes()), made(0x5741, b"Recorder")].concat())
}

fn tracks(encodings: &[u8]) -> Vec<u8> {
    let video = made(0xE0, &[made(0xB0, &[0x02, 0x80]), made(0xBA, &[0x01, 0xE0])].concat());
    made(TRACKS, &made(0xAE, &[made(0x83, &[1]), made(0x86, b"V_VP9"), video, encodings.to_vec()].concat()))
}

/// A cluster at one second, and blocks a quarter and half a second into it.
fn cluster_content() -> Vec<u8> {
    let block = |high, low| made(0xA3, &[0x81, high, low, 0x80, 1, 2, 3]);
    [made(0xE7, &[0x03, 0xE8]), block(0x00, 0xFA), block(0x01, 0xF4)].concat()
}

fn webm() -> Vec<u8> {
    let cluster = made(CLUSTER, &cluster_content());
    [header(b"webm"), made(SEGMENT, &[info(), tracks(b""), cluster.clone(), cluster].concat())].concat()
}

fn live() -> Vec<u8> {
    let cluster = open(CLUSTER, &cluster_content());
    [header(b"webm"), open(SEGMENT, &[tracks(b""), cluster.clone(), cluster, made(0x1C53_BB6B, b"")].concat())].concat()
}

fn look(bytes: &[u8]) -> Report {
    recording::inspect(MediaType::Webm, view(bytes), &Rules::of_tests()).unwrap()
}

fn finding(bytes: &[u8]) -> Vec<F> {
    codes(&look(bytes))
}

#[test]
fn a_whole_recording_tells_its_length_and_origin() {
    let report = look(&webm());
    assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(1500)));
    assert_eq!((report.facts.width, report.facts.height), (Some(640), Some(480)));
    assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-06 09:30:00");
    assert_eq!((report.facts.software.as_deref(), report.facts.codecs), (Some("Recorder"), vec!["V_VP9".to_owned()]));
}

#[test]
fn a_live_recording_is_as_long_as_its_last_block() {
    let report = look(&live());
    assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(1500)));
}

#[test]
fn a_cut_recording_plays_if_its_pictures_began() {
    for whole in [webm(), live()] {
        assert_eq!(finding(&whole[..whole.len() - 9]), [F::Repaired]);
    }
    let whole = webm();
    let begins = whole.len() - 2 * made(CLUSTER, &cluster_content()).len();
    for end in 5..begins + 10 {
        assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
    }
}

#[test]
fn matroska_is_another_type() {
    let file = [header(b"matroska"), made(SEGMENT, b"")].concat();
    assert_eq!(finding(&file), [F::TypeMismatch]);
    assert_eq!(of_head(&file), None);
    assert_eq!(of_head(&header(b"webm")), Some(MediaType::Webm));
    assert_eq!(of_head(&header(b"webm\0")), Some(MediaType::Webm));
    assert_eq!(of_head(b"\x1A\x45\xDF\xA3\x42\x82\x01"), None);
}

#[test]
fn tracks_and_pictures_have_to_be_there() {
    let of = |content: &[u8]| finding(&[header(b"webm"), made(SEGMENT, content)].concat());
    assert_eq!(of(&[info(), made(CLUSTER, &cluster_content())].concat()), [F::Damaged]);
    assert_eq!(of(&[info(), tracks(b"")].concat()), [F::Damaged]);
    assert_eq!(
        finding(&[header(b"webm"), open(SEGMENT, b"\xEC\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFE")].concat()),
        [F::Damaged]
    );
}

#[test]
fn protection_is_refused() {
    let encodings = made(0x6D80, &made(0x6240, &made(0x5035, b"")));
    let file = [header(b"webm"), made(SEGMENT, &[tracks(&encodings), made(CLUSTER, &cluster_content())].concat())];
    assert_eq!(finding(&file.concat()), [F::Encrypted]);
}

#[test]
fn what_is_behind_the_end_is_told() {
    assert_eq!(finding(&[&webm()[..], b"PK\x03\x04"].concat()), [F::TrailingData]);
}

proptest! {
    #[test]
    fn nothing_spoilt_makes_it_panic(file in spoilt(webm()), other in spoilt(live())) {
        look(&file);
        look(&other);
        of_head(&file);
    }
}
