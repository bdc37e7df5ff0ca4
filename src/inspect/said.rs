//! What a file says of itself, made fit to show: one short line without control characters, or a day and time
//! that exist.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use crate::domain::text::LINE;

/// How many bytes of a text are looked at.
pub const TEXT: usize = 4 * LINE;

/// A text as one line, up to its first NUL; `None` if nothing is in it.
pub fn line(text: &[u8]) -> Option<String> {
    let text = &text[..text.len().min(TEXT)];
    let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
    shown(&String::from_utf8_lossy(text))
}

/// A UTF-16 text, by the order of its bytes, as one line.
pub fn wide_line(text: &[u8], big_endian: bool) -> Option<String> {
    let text = &text[..text.len().min(TEXT)];
    let units = text.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let units: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
    shown(&String::from_utf16_lossy(&units))
}

fn shown(text: &str) -> Option<String> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text: String = text.trim().chars().take(LINE).collect();
    (!text.is_empty()).then(|| text.trim_end().to_owned())
}

/// The form of EXIF, `2026:11:05 09:30:00`, and the forms of ISO 8601 that recorders write. A zone is left aside:
/// the device's own clock counts.
pub fn time(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let day_and_time = text.get(..19)?;
    let forms = ["%Y:%m:%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"];
    let said = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(day_and_time, form).ok())?;
    plausible(said)
}

/// Seconds since an epoch, as a day and time.
pub fn seconds_since(year: i32, seconds: u64) -> Option<NaiveDateTime> {
    let epoch = NaiveDate::from_ymd_opt(year, 1, 1)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    let at = epoch.checked_add(i64::try_from(seconds).ok()?)?;
    plausible(DateTime::from_timestamp(at, 0)?.naive_utc())
}

/// Clocks that were never set stand at their epochs, of which 1904, 1970 and 1980 are common.
fn plausible(said: NaiveDateTime) -> Option<NaiveDateTime> {
    let from = NaiveDate::from_ymd_opt(1980, 1, 2)?.and_hms_opt(0, 0, 0)?;
    let to = NaiveDate::from_ymd_opt(2200, 1, 1)?.and_hms_opt(0, 0, 0)?;
    (from..to).contains(&said).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_and_clean() {
        assert_eq!(line(b" Jo\x1b[2J\nBloggs \0hidden").as_deref(), Some("Jo [2J Bloggs"));
        assert_eq!(line(b" \0Jo"), None);
        assert_eq!(line(&[b'a'; 5000]).map(|text| text.len()), Some(LINE));
        assert_eq!(wide_line(b"\0J\0o\0\0\0x", true).as_deref(), Some("Jo"));
        assert_eq!(wide_line(b"J\0o\0", false).as_deref(), Some("Jo"));
    }

    #[test]
    fn times_that_no_clock_showed_are_left_aside() {
        let shown = |text| time(text).map(|time| time.to_string());
        assert_eq!(shown("2026:11:05 09:30:00").as_deref(), Some("2026-11-05 09:30:00"));
        assert_eq!(shown("2026-11-05T09:30:00+0100").as_deref(), Some("2026-11-05 09:30:00"));
        assert_eq!(shown("0000:00:00 00:00:00"), None);
        assert_eq!(shown("2026:02:30 09:30:00"), None);
        assert_eq!(shown("yesterday"), None);
        assert_eq!(shown("2026:11:05 09:30:0\u{e9}"), None);
        assert_eq!(seconds_since(1904, 0), None);
        assert_eq!(seconds_since(1904, u64::MAX), None);
        assert_eq!(
            seconds_since(1970, 1_793_871_000).map(|time| time.to_string()).as_deref(),
            Some("2026-11-05 09:30:00")
        );
    }
}
