//! Pictures: the header and the dimensions, the structure walked to its end, and what stands behind it. No
//! pixels are decoded, but what is compressed is inflated through, within bounds.

mod exif;
mod gif;
mod heic;
mod ifd;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::io;

use super::bytes::{Stop, Walk};
use super::{Report, Rules, View, tail};
use crate::domain::finding::{Facts, Finding, FindingCode};
use crate::domain::media_type::MediaType;

/// A picture of more than this many times the limit is none: it is made to fill memory.
const ABSURD: u64 = 20;

/// What the walk through a picture found.
struct Picture {
    width: u32,
    height: u32,
    /// Where the picture ends; `None` where the format knows no end.
    end: Option<u64>,
    said: exif::Said,
    findings: Vec<Finding>,
}

/// How many pixels a picture may have.
#[derive(Clone, Copy)]
struct MaxPixels(u64);

impl MaxPixels {
    /// Looks at dimensions before anything is done whose cost depends on them.
    fn hold(self, width: u32, height: u32) -> Walk<()> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(Stop::Damaged("it has no width or no height"));
        }
        if pixels <= self.0 {
            return Ok(());
        }
        let code = if pixels / ABSURD > self.0 { FindingCode::Bomb } else { FindingCode::TooComplex };
        Err(Stop::Refused(Finding::new(
            code,
            format!(
                "The picture is {width} by {height} pixels, more than the {} million that are accepted. Save it \
                 smaller and upload it again.",
                self.0 / 1_000_000
            ),
        )))
    }
}

/// A picture's type by its first bytes, where the coarse look knows none.
pub fn of_head(head: &[u8]) -> Option<MediaType> {
    heic::is_heic(head).then_some(MediaType::Heic).or_else(|| tiff::is_big(head).then_some(MediaType::Tiff))
}

pub fn inspect(media_type: MediaType, view: View, rules: &Rules) -> io::Result<Report> {
    match look(media_type, &view, MaxPixels(rules.max_pixels)) {
        Ok(report) => Ok(report),
        Err(Stop::Io(error)) => Err(error),
        Err(Stop::Refused(finding)) => Ok(Report::of(finding)),
        Err(Stop::Damaged(how)) => Ok(Report::of(Finding::new(
            FindingCode::Damaged,
            format!(
                "The picture is damaged: {how}. Take it from the device again, or open it and save it anew, and \
                 upload the new file."
            ),
        ))),
    }
}

fn look(media_type: MediaType, view: &View, pixels: MaxPixels) -> Walk<Report> {
    let picture = match media_type {
        MediaType::Jpeg => jpeg::look(view, pixels)?,
        MediaType::Png => png::look(view, pixels)?,
        MediaType::Gif => gif::look(view, pixels)?,
        MediaType::Webp => webp::look(view, pixels)?,
        MediaType::Heic => heic::look(view, pixels)?,
        MediaType::Tiff => tiff::look(view, pixels)?,
        _ => return Ok(Report::default()),
    };
    let mut findings = picture.findings;
    if let Some(end) = picture.end {
        findings.extend(tail::behind(view, end)?);
    }
    findings.extend(tail::foreign(view)?);
    let exif::Said { captured_at, software, author } = picture.said;
    let (width, height) = (Some(picture.width), Some(picture.height));
    Ok(Report { findings, facts: Facts { width, height, author, software, captured_at, ..Facts::default() } })
}

/// A remark on a picture that opens although something in it is not as it should be.
fn repaired(how: &str) -> Finding {
    let detail = format!("{how} The picture opens; check that all of it shows, and if not, save it anew.");
    Finding::new(FindingCode::Repaired, detail)
}
