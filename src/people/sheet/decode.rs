//! The bytes of a list as text. Spreadsheets on Windows still write its old encoding, so what is no UTF-8 is read as that,
//! and its reader is told to look at the accents.

/// A list as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// It was no UTF-8, and read as Windows-1252.
    pub was_windows: bool,
}

/// Why bytes are no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecodable {
    /// A spreadsheet's own file.
    Spreadsheet,
    /// UTF-16, which Excel calls Unicode text.
    Utf16,
    /// No text at all.
    Binary,
}

/// What Windows-1252 has at 0x80 to 0x9F, where it differs from Latin-1. Five of them are nothing.
const UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Reads bytes as text.
///
/// # Errors
/// [`Undecodable`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, Undecodable> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Undecodable::Spreadsheet);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Undecodable::Utf16);
    }
    if bytes.contains(&0) {
        return Err(Undecodable::Binary);
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.trim_start_matches('\u{FEFF}').to_owned(), was_windows: false },
        Err(_) => Decoded { text: bytes.iter().copied().map(windows).collect(), was_windows: true },
    })
}

fn windows(byte: u8) -> char {
    if (0x80..0xA0).contains(&byte) { UPPER[usize::from(byte - 0x80)] } else { char::from(byte) }
}
