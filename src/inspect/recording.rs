//! Sound and video: the container is walked through the whole file, has at least one track, and takes nothing
//! from elsewhere. Nothing is decoded; what is long is skipped, not read.

mod flac;
mod id3;
mod matroska;
mod movie;
mod mpeg;
mod ogg;
mod wav;

use std::io;

use super::bytes::{Stop, Walk, lenient};
use super::{Report, Rules, View, tail};
use crate::domain::finding::{Facts, Finding, FindingCode};
use crate::domain::media_type::MediaType;

/// What the walk through a recording found.
#[derive(Default)]
struct Recording {
    facts: Facts,
    findings: Vec<Finding>,
    /// Where the recording ends; `None` where the format knows no end.
    end: Option<u64>,
}

/// A recording's type by its first bytes, where the coarse look knows none.
pub fn of_head(head: &[u8]) -> Option<MediaType> {
    let is_long_wav = [b"RIFX", b"RF64", b"BW64"].iter().any(|magic| head.starts_with(*magic));
    if is_long_wav && head.get(8..12) == Some(b"WAVE") {
        return Some(MediaType::Wav);
    }
    matroska::of_head(head).or_else(|| movie::of_head(head)).or_else(|| mpeg::of_head(head).then_some(MediaType::Mp3))
}

/// A recording's type by its structure, where the first bytes proposed `sniffed`.
pub fn identify(view: &View, sniffed: MediaType) -> io::Result<MediaType> {
    let found = match sniffed {
        MediaType::M4a => movie::has_pictures(view).map(|pictures| pictures.then_some(MediaType::Mp4)),
        MediaType::Mp3 => flac::is_behind_tag(view).map(|flac| flac.then_some(MediaType::Flac)),
        _ => Ok(None),
    };
    match lenient(found) {
        Ok(found) => Ok(found.flatten().unwrap_or(sniffed)),
        Err(Stop::Io(error)) => Err(error),
        // The inspector will say it again, and why.
        Err(_) => Ok(sniffed),
    }
}

pub fn inspect(media_type: MediaType, view: View, _: &Rules) -> io::Result<Report> {
    match look(media_type, &view) {
        Ok(report) => Ok(report),
        Err(Stop::Io(error)) => Err(error),
        Err(Stop::Refused(finding)) => Ok(Report::of(finding)),
        Err(Stop::Damaged(how)) => Ok(Report::of(Finding::new(
            FindingCode::Damaged,
            format!(
                "The recording is damaged: {how}. Check that it plays to its end on the device, copy it from there \
                 again, and upload the new file."
            ),
        ))),
    }
}

fn look(media_type: MediaType, view: &View) -> Walk<Report> {
    let recording = match media_type {
        MediaType::Mp3 => mpeg::look(view)?,
        MediaType::Wav => wav::look(view)?,
        MediaType::Ogg => ogg::look(view)?,
        MediaType::Flac => flac::look(view)?,
        MediaType::M4a | MediaType::Mp4 | MediaType::Mov => movie::look(view)?,
        MediaType::Webm => matroska::look(view)?,
        _ => return Ok(Report::default()),
    };
    let Recording { facts, mut findings, end } = recording;
    if let Some(end) = end {
        findings.extend(tail::behind(view, end)?);
    }
    findings.extend(tail::foreign(view)?);
    Ok(Report { findings, facts })
}

/// A recording that starts whole and breaks off: its beginning plays.
fn breaks_off() -> Finding {
    let detail = "The recording breaks off: it is shorter than it says itself, and plays only as far as it goes. If \
                  that is not all of it, copy it from the device again.";
    Finding::new(FindingCode::Repaired, detail)
}

/// A recording whose key only some players have.
fn protected() -> Finding {
    let detail = "The recording is protected against copying, so an assessor could not play it. Upload a recording \
                  without protection.";
    Finding::new(FindingCode::Encrypted, detail)
}

/// How long `units` take at `rate` of them a second, in milliseconds.
fn milliseconds(units: u64, rate: u64) -> Option<u64> {
    u64::try_from(u128::from(units).checked_mul(1000)?.checked_div(rate.into())?).ok()
}

/// A codec's name, of four letters, as it is shown.
fn four_letters(name: [u8; 4]) -> String {
    let shown = name.iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { ' ' });
    shown.collect::<String>().trim().to_owned()
}
