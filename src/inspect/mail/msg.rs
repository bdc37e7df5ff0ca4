//! Outlook messages (MS-OXMSG): a property is a stream named by its number, an attachment a storage of properties.

use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime};

use super::{attachments, encrypted, leaf, program_attached, script, too_complex};
use crate::inspect::compound::Compound;
use crate::inspect::{Report, Rules, Stop, program, told};

const PROPERTIES: &str = "__properties_version1.0";
const ATTACHMENT: &str = "__attach_version1.0_";
const PROPERTY: &str = "__substg1.0_";
/// A message as an attachment of a message.
const INNER: &str = "__substg1.0_3701000D";
/// Entries that are walked: a message has some hundred, and some dozen for each part.
const ENTRIES_A_PART: usize = 100;
/// Bytes of a text that are read.
const TEXT: u64 = 2 * 1024 * 1024;
/// Bytes of an attachment that tell what it is.
const HEAD: u64 = 4 * 1024;

pub fn look(file: &mut Compound, rules: &Rules) -> Result<Report, Stop> {
    let mut report = Report::default();
    let most = ENTRIES_A_PART * (rules.mail.max_parts as usize + 10);
    let entries: Vec<(PathBuf, bool)> =
        file.walk().take(most + 1).map(|entry| (entry.path().to_path_buf(), entry.is_stream())).collect();
    let named = |path: &Path, start: &str| name(path).starts_with(start);
    let parts = entries.iter().filter(|(path, stream)| !stream && named(path, ATTACHMENT)).count();
    if entries.len() > most || parts > rules.mail.max_parts as usize {
        return Err(too_complex("has more parts").into());
    }
    let depth = |path: &Path| path.iter().filter(|part| part.to_string_lossy().starts_with(INNER)).count();
    if entries.iter().any(|(path, _)| depth(path) > rules.mail.max_depth as usize) {
        return Err(too_complex("is nested deeper").into());
    }
    for (path, _) in entries.iter().filter(|(_, stream)| *stream) {
        property(file, path, &mut report)?;
    }
    report.facts.captured_at = sent(&read(file, Path::new(&format!("/{PROPERTIES}")), TEXT));
    Ok(report)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What one property means (MS-OXPROPS), by the four digits of its number.
fn property(file: &mut Compound, path: &Path, report: &mut Report) -> Result<(), Stop> {
    let name = name(path);
    let Some(tag) = name.strip_prefix(PROPERTY) else { return Ok(()) };
    let attached = path.parent().is_some_and(|parent| self::name(parent).starts_with(ATTACHMENT));
    let at_root = path.parent() == Some(Path::new("/"));
    match tag.get(..4).unwrap_or_default() {
        // The names of an attachment: for display, short, long.
        "3001" | "3704" | "3707" if attached => {
            let name = text(&read(file, path, TEXT), tag);
            if program::of_name(&name) {
                return Err(program_attached().into());
            }
            if name.trim().eq_ignore_ascii_case("message.rpmsg") {
                return Err(encrypted().into());
            }
        }
        "3701" if attached => {
            if program::of_content(&read(file, path, HEAD)).is_some() {
                return Err(program_attached().into());
            }
            report.add(attachments());
        }
        "1013" => {
            let html = read(file, path, TEXT);
            let letters: Vec<u8> = html.into_iter().filter(|byte| *byte != 0).collect();
            if leaf::runs(&letters) {
                report.add(script());
            }
        }
        "0C1A" if at_root => report.facts.author = told::line(&text(&read(file, path, TEXT), tag)),
        "1000" if at_root => {
            report.facts.words = Some(text(&read(file, path, TEXT), tag).split_whitespace().count() as u64);
        }
        "001A" if at_root => {
            let class = text(&read(file, path, TEXT), tag).to_ascii_lowercase();
            if class.starts_with("ipm.note.smime") && !class.contains("multipartsigned") {
                return Err(encrypted().into());
            }
        }
        _ => {}
    }
    Ok(())
}

/// A stream's beginning; one that breaks off is as long as it is.
fn read(file: &mut Compound, path: &Path, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(stream) = file.open_stream(path) {
        let _ = stream.take(limit).read_to_end(&mut bytes);
    }
    bytes
}

/// A text property: type 001F is UTF-16, 001E of eight bits.
fn text(bytes: &[u8], tag: &str) -> String {
    if tag.to_ascii_uppercase().ends_with("001F") {
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// When the message was sent: property 0039, a FILETIME among those of fixed length behind a head of 32 bytes.
fn sent(properties: &[u8]) -> Option<NaiveDateTime> {
    const SENT: u32 = 0x0039_0040;
    /// Seconds from 1601 to 1970.
    const EPOCH: i64 = 11_644_473_600;
    let records = properties.get(32..)?.chunks_exact(16);
    let record = records.into_iter().find(|record| record[..4] == SENT.to_le_bytes())?;
    let ticks = i64::from_le_bytes(record[8..16].try_into().ok()?);
    DateTime::from_timestamp(ticks / 10_000_000 - EPOCH, 0).map(|moment| moment.naive_utc())
}
