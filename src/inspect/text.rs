//! Plain text, which has no signature: its absence of anything else is the proof, and the name says which kind.

use std::io::{self, Read};

use super::{Claim, View};
use crate::domain::media_type::{MediaType, Sort};

/// Control characters that text may hold, beside line ends and tabs: one in a thousand (old terminals, form feeds).
const CONTROLS_PER_BYTE: u64 = 1000;

/// The text type that the name claims, if it claims one.
pub fn claimed(claim: &Claim) -> Option<MediaType> {
    let named = MediaType::of_extension(&claim.name.extension()?)?;
    (named.sort() == Sort::Text).then_some(named)
}

/// Whether the file is text: no NUL (but in UTF-16 with its mark) and hardly a control character. The encoding
/// is not asked for: UTF-8 and the old 8-bit ones are all honest evidence.
pub fn is_text(mut view: View) -> io::Result<bool> {
    let mut block = vec![0; 64 * 1024];
    let (mut bytes, mut controls, mut wide) = (0_u64, 0_u64, false);
    loop {
        let count = view.read(&mut block)?;
        if count == 0 {
            return Ok(controls * CONTROLS_PER_BYTE <= bytes);
        }
        let text = &block[..count];
        if bytes == 0 {
            wide = text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF");
        }
        if !wide && text.contains(&0) {
            return Ok(false);
        }
        bytes += count as u64;
        let is_control = |b: u8| b < 0x20 && b != 0 && !matches!(b, b'\t' | b'\n' | b'\r');
        controls += text.iter().filter(|&&b| is_control(b)).count() as u64;
    }
}
