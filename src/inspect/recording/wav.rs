//! WAV, also with 64-bit lengths (RF64) and in the other order of bytes (RIFX): a format and its samples.

use super::{Recording, breaks_off, milliseconds};
use crate::domain::finding::Facts;
use crate::inspect::bytes::{Cursor, Stop, Walk, lenient};
use crate::inspect::riff::{Chunk, Chunks};
use crate::inspect::{View, said};

pub fn look(view: &View) -> Walk<Recording> {
    let (mut chunks, form) = Chunks::open(Cursor::new(view))?;
    if &form != b"WAVE" {
        return Err(Stop::Damaged("its header makes no sense"));
    }
    let mut facts = Facts::default();
    let (mut bytes_per_second, mut samples, mut is_cut, mut end) = (None, None, false, chunks.cursor.at());
    while let Some(chunk) = chunks.next()? {
        let behind = chunks.cursor.at();
        let is_short = chunk.end > view.len;
        match &chunk.name {
            b"fmt " if bytes_per_second.is_none() && !is_short => {
                bytes_per_second = Some(format(&mut chunks, chunk, &mut facts)?);
            }
            b"data" if samples.is_none() => samples = Some(chunk.end.min(view.len) - chunk.start),
            b"LIST" if !is_short => {
                lenient(about(&mut chunks, chunk, &mut facts))?;
            }
            b"bext" if !is_short && chunk.len() >= 338 => {
                broadcast(&mut chunks.cursor, chunk, &mut facts)?;
            }
            _ => {}
        }
        is_cut |= is_short;
        end = behind.min(view.len);
        chunks.cursor.go(behind);
    }
    let (Some(bytes_per_second), Some(samples)) = (bytes_per_second, samples) else {
        return Err(Stop::Damaged("it holds no sound"));
    };
    facts.duration_ms = milliseconds(samples, bytes_per_second);
    let findings = if is_cut { vec![breaks_off()] } else { Vec::new() };
    // A length that leaves chunks out is as wrong as one that runs on; readers go by the chunks.
    let end = chunks.end.map_or(end, |stated| stated.min(view.len).max(end));
    Ok(Recording { facts, findings, end: Some(end) })
}

/// Reads the format; gives the bytes a second.
fn format(chunks: &mut Chunks, chunk: Chunk, facts: &mut Facts) -> Walk<u64> {
    chunks.cursor.go(chunk.start);
    let (mut codec, channels, _) = (chunks.u16()?, chunks.u16()?, chunks.u32()?);
    let bytes_per_second = chunks.u32()?;
    chunks.cursor.skip(4)?;
    // An extended format names the codec again, in the first bytes of an identifier.
    if codec == 0xFFFE && chunk.len() >= 26 {
        chunks.cursor.skip(8)?;
        codec = chunks.u16()?;
    }
    if channels == 0 {
        return Err(Stop::Damaged("the description of its sound makes no sense"));
    }
    facts.codecs = vec![match codec {
        1 => "pcm".to_owned(),
        2 | 0x11 => "adpcm".to_owned(),
        3 => "float".to_owned(),
        6 => "alaw".to_owned(),
        7 => "mulaw".to_owned(),
        0x31 => "gsm".to_owned(),
        0x50 | 0x55 => "mp3".to_owned(),
        other => format!("0x{other:04x}"),
    }];
    Ok(bytes_per_second.into())
}

/// The list `INFO`: who made the recording, and with what.
fn about(chunks: &mut Chunks, list: Chunk, facts: &mut Facts) -> Walk<()> {
    chunks.cursor.go(list.start);
    if &chunks.cursor.take::<4>()? != b"INFO" {
        return Ok(());
    }
    while chunks.cursor.at() + 8 <= list.end {
        let (name, len) = (chunks.cursor.take::<4>()?, u64::from(chunks.u32()?));
        let start = chunks.cursor.at();
        if matches!(&name, b"IART" | b"ISFT" | b"ICRD") {
            let text = said::line(&chunks.cursor.take_at_most(len.min(list.end.saturating_sub(start)), said::TEXT)?);
            match &name {
                b"IART" => facts.author = text,
                b"ISFT" => facts.software = text,
                _ => facts.captured_at = facts.captured_at.or_else(|| said::time(&text?)),
            }
        }
        chunks.cursor.go(start + len + (len & 1));
    }
    Ok(())
}

/// The broadcast extension (EBU Tech 3285), which field recorders write.
fn broadcast(cursor: &mut Cursor, chunk: Chunk, facts: &mut Facts) -> Walk<()> {
    cursor.go(chunk.start + 256);
    let originator: [u8; 32] = cursor.take()?;
    cursor.skip(32)?;
    let (day, time): ([u8; 10], [u8; 8]) = (cursor.take()?, cursor.take()?);
    facts.software = facts.software.take().or_else(|| said::line(&originator));
    let taken = format!("{} {}", String::from_utf8_lossy(&day), String::from_utf8_lossy(&time));
    facts.captured_at = said::time(&taken).or(facts.captured_at);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::finding::FindingCode as F;
    use crate::domain::media_type::MediaType;
    use crate::inspect::riff::made::{chunk, riff};
    use crate::inspect::{Report, recording};
    use crate::inspect::{
        Rules,
        made::{codes, spoilt, view},
    };

    /// A codec of one channel, 8,000 bytes a second.
    fn format(codec: u16) -> Vec<u8> {
        let rates = [8000_u32.to_le_bytes(), 8000_u32.to_le_bytes()].concat();
        chunk(b"fmt ", &[&codec.to_le_bytes()[..], &[1, 0], &rates, &[1, 0, 8, 0]].concat())
    }

    fn wav() -> Vec<u8> {
        let about = [&b"INFO"[..], &chunk(b"IART", b"Jo Bloggs\0"), &chunk(b"ISFT", b"Recorder")].concat();
        riff(b"WAVE", &[format(1), chunk(b"LIST", &about), chunk(b"data", &[0; 4000])])
    }

    fn look(bytes: &[u8]) -> Report {
        recording::inspect(MediaType::Wav, view(bytes), &Rules::of_tests()).unwrap()
    }

    fn finding(bytes: &[u8]) -> Vec<F> {
        codes(&look(bytes))
    }

    #[test]
    fn a_whole_recording_tells_its_length_and_origin() {
        let report = look(&wav());
        assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(500)));
        assert_eq!((report.facts.author.as_deref(), report.facts.codecs), (Some("Jo Bloggs"), vec!["pcm".to_owned()]));
        assert_eq!(report.facts.software.as_deref(), Some("Recorder"));
    }

    #[test]
    fn field_recorders_say_when() {
        let mut bext = vec![0; 602];
        bext[256..264].copy_from_slice(b"Recorder");
        bext[320..338].copy_from_slice(b"2026-11-0509:30:00");
        let report = look(&riff(b"WAVE", &[chunk(b"bext", &bext), format(1), chunk(b"data", &[0; 80])]));
        assert_eq!(report.facts.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
        assert_eq!(report.facts.software.as_deref(), Some("Recorder"));
    }

    #[test]
    fn lengths_of_64_bits_and_big_endian_are_read() {
        let sound = [format(3), chunk(b"data", &[0; 800])].concat();
        let long = |data: u64, len: &[u8]| {
            let ds64 =
                chunk(b"ds64", &[&(sound.len() as u64 + 40).to_le_bytes()[..], &data.to_le_bytes(), &[0; 12]].concat());
            let mut file = [b"RF64\xFF\xFF\xFF\xFFWAVE", &ds64[..], &sound].concat();
            let at = file.len() - 804;
            file[at..at + 4].copy_from_slice(len);
            file
        };
        let report = look(&long(800, b"\xFF\xFF\xFF\xFF"));
        assert_eq!((codes(&report), report.facts.duration_ms), (vec![], Some(100)));
        assert_eq!(finding(&long(1 << 60, b"\xFF\xFF\xFF\xFF")), [F::Repaired]);
        let big = b"RIFX\0\0\0\x2CWAVEfmt \0\0\0\x10\0\x01\0\x01\0\0\x1F\x40\0\0\x1F\x40\0\x01\0\x08data\0\0\0\x08\0\0\0\0\0\0\0\0";
        assert_eq!((finding(big), look(big).facts.duration_ms), (vec![], Some(1)));
    }

    #[test]
    fn streams_of_open_length_go_to_the_end() {
        let mut file = riff(b"WAVE", &[format(1), chunk(b"data", &[0; 8000])]);
        for open in [[0xFF; 4], [0; 4]] {
            file[4..8].copy_from_slice(&open);
            file[40..44].copy_from_slice(&open);
            assert_eq!((finding(&file), look(&file).facts.duration_ms), (vec![], Some(1000)));
        }
    }

    #[test]
    fn a_cut_recording_plays_if_its_sound_began() {
        let whole = wav();
        let begins = whole.len() - 4000;
        assert_eq!(finding(&whole[..begins + 2000]), [F::Repaired]);
        assert_eq!(look(&whole[..begins + 2000]).facts.duration_ms, Some(250));
        for end in 12..begins - 8 {
            assert_eq!(finding(&whole[..end]), [F::Damaged], "cut at {end}");
        }
    }

    #[test]
    fn no_sound_and_no_format_are_damaged() {
        assert_eq!(finding(&riff(b"WAVE", &[format(1)])), [F::Damaged]);
        assert_eq!(finding(&riff(b"WAVE", &[chunk(b"data", &[0; 9])])), [F::Damaged]);
        assert_eq!(finding(&riff(b"WAVE", &[chunk(b"fmt ", &[0; 16]), chunk(b"data", &[0; 9])])), [F::Damaged]);
        assert_eq!(finding(&riff(b"AVI ", &[])), [F::Damaged]);
    }

    #[test]
    fn what_is_behind_the_end_is_told() {
        assert_eq!(finding(&[&wav()[..], b"PK\x03\x04"].concat()), [F::TrailingData]);
        assert_eq!(finding(&[&wav()[..], b"%PDF-1.4"].concat()), [F::Polyglot]);
        assert_eq!(
            finding(&riff(b"WAVE", &[chunk(b"junk", b"%PDF-1.4"), format(1), chunk(b"data", &[0; 8])])),
            [F::Unverifiable]
        );
    }

    proptest! {
        #[test]
        fn nothing_spoilt_makes_it_panic(file in spoilt(wav())) {
            look(&file);
        }
    }
}
