//! MP4s made box by box: index first or last, in fragments, cut, protected, and with samples that are elsewhere.

use proptest::prelude::*;

use super::*;
use crate::domain::finding::FindingCode as F;
use crate::inspect::boxes::made::{ftyp, full, made};
use crate::inspect::{Report, recording};
use crate::inspect::{
    Rules,
    made::{codes, spoilt, view},
};

/// What of a recording the tests vary.
struct Recipe {
    handler: &'static [u8; 4],
    codec: &'static [u8; 4],
    chunks: usize,
    reference: Vec<u8>,
    /// What stands in the index behind the track.
    extra: Vec<u8>,
    duration: u32,
}

fn recipe() -> Recipe {
    Recipe {
        handler: b"vide",
        codec: b"avc1",
        chunks: 2,
        reference: full(b"url ", 1, b""),
        extra: Vec::new(),
        duration: 5000,
    }
}

/// Seconds from 1904 to the fifth of November 2026, half past nine.
const CREATED: u32 = 3_876_715_800;

fn u32s(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// An index whose chunks of ten bytes begin at `data`.
fn moov(recipe: &Recipe, data: usize) -> Vec<u8> {
    let whole = full(b"mvhd", 0, &[u32s(&[CREATED, 0, 1000, recipe.duration]), vec![0; 80]].concat());
    let tkhd = full(b"tkhd", 7, &[u32s(&[0, 0, 1]), vec![0; 60], u32s(&[640 << 16, 480 << 16])].concat());
    let part = full(b"mdhd", 0, &[u32s(&[0, 0, 600, 600 * recipe.duration / 1000]), vec![0; 4]].concat());
    let hdlr = full(b"hdlr", 0, &[&[0; 4][..], recipe.handler, &[0; 13]].concat());
    let dinf = made(b"dinf", &full(b"dref", 0, &[u32s(&[1]), recipe.reference.clone()].concat()));
    let entry = made(recipe.codec, &[&[0; 24][..], &[0x02, 0x80, 0x01, 0xE0], &[0; 50]].concat());
    let offsets: Vec<_> = (0..recipe.chunks).map(|index| u32::try_from(data + index * 10).unwrap()).collect();
    let chunks = u32::try_from(recipe.chunks).unwrap();
    let stbl = [
        full(b"stsd", 0, &[u32s(&[1]), entry].concat()),
        full(b"stts", 0, &u32s(&[1, chunks, 300])),
        full(b"stsc", 0, &u32s(&[1, 1, 1, 1])),
        full(b"stsz", 0, &u32s(&[10, chunks])),
        full(b"stco", 0, &[u32s(&[chunks]), u32s(&offsets)].concat()),
    ];
    let minf = made(b"minf", &[dinf, made(b"stbl", &stbl.concat())].concat());
    let mdia = made(b"mdia", &[part, hdlr, minf].concat());
    made(b"moov", &[whole, made(b"trak", &[tkhd, mdia].concat()), recipe.extra.clone()].concat())
}

/// Index first, as for streaming.
fn mp4(recipe: &Recipe) -> Vec<u8> {
    let brands = ftyp(b"isom", b"isommp42");
    let data = brands.len() + moov(recipe, 0).len() + 8;
    [brands, moov(recipe, data), made(b"mdat", &vec![7; 10 * recipe.chunks])].concat()
}

fn look(bytes: &[u8]) -> Report {
    recording::inspect(MediaType::Mp4, view(bytes), &Rules::of_tests()).unwrap()
}

fn finding(bytes: &[u8]) -> Vec<F> {
    codes(&look(bytes))
}

#[test]
fn a_whole_recording_tells_its_length_and_origin() {
    let report = look(&mp4(&recipe()));
    assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(5000)));
    assert_eq!((report.facts.width, report.facts.height), (Some(640), Some(480)));
    assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
    assert_eq!(report.facts.codecs, ["avc1"]);
}

#[test]
fn the_index_may_stand_last_and_samples_be_long() {
    let data = 16;
    let file = [&b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x24"[..], &[7; 20], &moov(&recipe(), data)].concat();
    assert_eq!(finding(&file), []);
    for end in 8..file.len() - 4 {
        assert_eq!(finding(&file[..end]), [F::Damaged], "cut at {end}");
    }
}

#[test]
fn a_recording_that_breaks_off_plays_if_it_began() {
    let whole = mp4(&recipe());
    assert_eq!(finding(&whole[..whole.len() - 5]), [F::Repaired]);
    assert_eq!(finding(&whole[..whole.len() - 12]), [F::Repaired]);
    assert_eq!(finding(&whole[..whole.len() - 20]), [F::Damaged]);
    for end in 24..whole.len() - 28 {
        assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
    }
}

#[test]
fn references_to_elsewhere_are_refused() {
    for reference in [full(b"url ", 0, b"file:///etc/passwd\0"), full(b"alis", 0, b""), full(b"urn ", 0, b"x\0y\0")] {
        assert_eq!(finding(&mp4(&Recipe { reference, ..recipe() })), [F::ExternalReference]);
    }
    assert_eq!(finding(&mp4(&Recipe { reference: full(b"alis", 1, b""), ..recipe() })), []);
    assert_eq!(finding(&mp4(&Recipe { extra: made(b"rmra", b""), ..recipe() })), [F::ExternalReference]);
}

#[test]
fn protection_is_refused() {
    assert_eq!(finding(&mp4(&Recipe { handler: b"soun", codec: b"drms", ..recipe() })), [F::Encrypted]);
    assert_eq!(finding(&mp4(&Recipe { codec: b"encv", ..recipe() })), [F::Encrypted]);
}

#[test]
fn something_has_to_be_in_it() {
    assert_eq!(finding(&ftyp(b"isom", b"isom")), [F::Damaged]);
    assert_eq!(finding(&[ftyp(b"isom", b""), made(b"moov", b"")].concat()), [F::Damaged]);
    assert_eq!(finding(&mp4(&Recipe { chunks: 0, ..recipe() })), [F::Unverifiable]);
    assert_eq!(finding(&mp4(&Recipe { handler: b"meta", ..recipe() })), [F::Unverifiable]);
}

#[test]
fn tables_that_promise_more_than_they_hold_are_damaged() {
    let stsz = full(b"stsz", 0, &u32s(&[0, u32::MAX]));
    let around = [b"stbl", b"minf", b"mdia", b"trak", b"moov"];
    let file = around.iter().fold(stsz, |inner, kind| made(*kind, &inner));
    assert_eq!(finding(&[ftyp(b"isom", b""), file].concat()), [F::Damaged]);
    let deep = (0..3000).fold(Vec::new(), |inner, _| made(b"moov", &inner));
    assert_eq!(finding(&[ftyp(b"isom", b""), deep].concat()), [F::Damaged]);
}

#[test]
fn fragments_add_up() {
    let mvex = made(b"mvex", &full(b"trex", 0, &u32s(&[1, 1, 300, 0, 0])));
    let fragmented = Recipe { chunks: 0, duration: 0, extra: mvex, ..recipe() };
    let fragment = |start: u32, trun: &[u8]| {
        let parts = [full(b"tfhd", 0x2_0000, &u32s(&[1])), full(b"tfdt", 0, &u32s(&[start])), trun.to_vec()];
        [made(b"moof", &made(b"traf", &parts.concat())), made(b"mdat", &[7; 10])].concat()
    };
    let first = fragment(0, &full(b"trun", 0x1, &u32s(&[4, 0])));
    let second = fragment(1200, &full(b"trun", 0x301, &u32s(&[2, 0, 400, 5, 200, 5])));
    let file = [mp4(&fragmented), first, second].concat();
    assert_eq!((finding(&file), look(&file).facts.duration_ms), (vec![], Some(3000)));
    assert_eq!(finding(&file[..file.len() - 3]), [F::Repaired]);
    assert_eq!(finding(&mp4(&fragmented)), [F::Damaged], "nothing but the index");
}

#[test]
fn all_ways_to_say_something_are_read() {
    let said = |extra: Vec<u8>| {
        let facts = look(&mp4(&Recipe { extra, ..recipe() })).facts;
        (facts.author, facts.software, facts.captured_at.unwrap().to_string())
    };
    let of =
        |author: &str, software: &str, at: &str| (Some(author.to_owned()), Some(software.to_owned()), at.to_owned());
    let classic = [made(b"\xA9aut", b"\0\x02\x15\xC7Jo"), made(b"\xA9swr", b"\0\x04\x15\xC717.1"), vec![0; 4]];
    assert_eq!(said(made(b"udta", &classic.concat())), of("Jo", "17.1", "2026-11-05 09:30:00"));
    let data = |text: &[u8]| made(b"data", &[&u32s(&[1, 0])[..], text].concat());
    let list = [made(b"\xA9ART", &data(b"Jo")), made(b"\xA9too", &data(b"Lavf"))].concat();
    let meta = full(b"meta", 0, &[full(b"hdlr", 0, &[0; 20]), made(b"ilst", &list)].concat());
    assert_eq!(said(made(b"udta", &meta)), of("Jo", "Lavf", "2026-11-05 09:30:00"));
    let keys =
        [b"com.apple.quicktime.creationdate", &b"com.apple.quicktime.software"[..], b"com.apple.quicktime.author"];
    let keys: Vec<u8> = keys.iter().flat_map(|key| made(b"mdta", key)).collect();
    let items = [&b"2026-11-05T11:00:00+0100"[..], b"17.1", b"Jo"];
    let items: Vec<u8> =
        (1_u32..).zip(items).flat_map(|(index, text)| made(&index.to_be_bytes(), &data(text))).collect();
    let parts = [full(b"hdlr", 0, &[0; 20]), full(b"keys", 0, &[u32s(&[3]), keys].concat()), made(b"ilst", &items)];
    assert_eq!(said(made(b"meta", &parts.concat())), of("Jo", "17.1", "2026-11-05 11:00:00"));
}

#[test]
fn what_is_behind_the_end_is_told() {
    assert_eq!(finding(&[&mp4(&recipe())[..], b"\0\0\0\0PK\x03\x04"].concat()), [F::TrailingData]);
    assert_eq!(finding(&[&mp4(&recipe())[..], &[0; 99]].concat()), []);
}

#[test]
fn brands_and_tracks_tell_the_type() {
    for (major, others, wanted) in [
        (b"M4B ", &b""[..], Some(MediaType::M4a)),
        (b"iso9", b"iso9mp41", Some(MediaType::Mp4)),
        (b"XAVC", b"XAVCmp42", Some(MediaType::Mp4)),
        (b"3gp4", b"isom3gp4", None),
        (b"avif", b"mif1iso8", None),
    ] {
        assert_eq!(of_head(&ftyp(major, others)), wanted, "{major:?}");
    }
    assert_eq!(of_head(&[made(b"free", b"1234"), made(b"moov", b"")].concat()), Some(MediaType::Mov));
    assert_eq!(of_head(b"\0\0\0\x08free"), None);
    let identified = |recipe: Recipe| recording::identify(&view(&mp4(&recipe)), MediaType::M4a).unwrap();
    assert_eq!(identified(recipe()), MediaType::Mp4);
    assert_eq!(identified(Recipe { handler: b"soun", codec: b"mp4a", ..recipe() }), MediaType::M4a);
    assert_eq!(identified(Recipe { codec: b"jpeg", ..recipe() }), MediaType::M4a, "chapters of an audio book");
}

proptest! {
    #[test]
    fn nothing_spoilt_makes_it_panic(file in spoilt(mp4(&recipe()))) {
        look(&file);
        of_head(&file);
    }
}
