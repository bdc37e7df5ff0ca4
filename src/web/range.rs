//! The `Range` header (RFC 9110, 14), without the request around it: what is read lies within the object, or
//! nothing is.

use std::ops::Range;

/// What a header asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    Whole,
    /// Never empty, and not longer than the object.
    Part(Range<u64>),
    Unsatisfiable,
}

/// A single range of an object of `len` bytes. Several ranges, other units and broken headers are answered with
/// the whole, as RFC 9110 allows.
pub fn asked(range: &str, len: u64) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|spec| spec.trim().split_once('-')) else {
        return Asked::Whole;
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (first.is_empty(), number(first), last.is_empty(), number(last)) {
        (false, Some(start), true, _) if start < len => Asked::Part(start..len),
        (false, Some(start), false, Some(last)) if start <= last && start < len => {
            Asked::Part(start..len.min(last.saturating_add(1)))
        }
        (true, _, false, Some(suffix)) if suffix > 0 && len > 0 => Asked::Part(len.saturating_sub(suffix)..len),
        (false, Some(start), true, _) if start >= len => Asked::Unsatisfiable,
        (false, Some(start), false, Some(last)) if start <= last => Asked::Unsatisfiable,
        (true, _, false, Some(0)) => Asked::Unsatisfiable,
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ten_bytes() {
        for (range, expected) in [
            ("bytes=0-", Asked::Part(0..10)),
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=3-5", Asked::Part(3..6)),
            ("bytes=3-99", Asked::Part(3..10)),
            ("bytes=-4", Asked::Part(6..10)),
            ("bytes=-99", Asked::Part(0..10)),
            ("bytes=9-18446744073709551615", Asked::Part(9..10)),
            ("bytes=10-", Asked::Unsatisfiable),
            ("bytes=10-12", Asked::Unsatisfiable),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=5-3", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=+1-3", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("pages=1-2", Asked::Whole),
            ("bytes=99999999999999999999-", Asked::Whole),
        ] {
            assert_eq!(asked(range, 10), expected, "{range}");
        }
    }
}
