//! The verdicts as a person reads them on a terminal. A file's name cannot move the cursor or change a colour there.

use std::fmt;
use std::io::{self, Write};

use super::Line;
use crate::domain::finding::Severity;

/// One file: a row, and below it what was remarked.
pub fn write(out: &mut impl Write, line: &Line, is_first: bool) -> io::Result<()> {
    if is_first {
        writeln!(out, "{:<9} {:<5} {:>9} {:>6}  FILE", "VERDICT", "TYPE", "SIZE", "PAGES")?;
    }
    let kind = line.media_type.map_or("-", |media_type| media_type.extensions()[0]);
    let pages = line.facts.pages.map_or_else(String::new, |pages| pages.to_string());
    writeln!(out, "{:<9} {kind:<5} {:>9} {pages:>6}  {}", line.verdict, size(line.bytes), plain(&line.file))?;
    for finding in &line.findings {
        let weight = match finding.severity {
            Severity::Refuses => "refused",
            Severity::Warns => "remark",
        };
        writeln!(out, "          {weight}: {} ({})", plain(&finding.detail), finding.code)?;
    }
    Ok(())
}

/// Bytes in the unit in which a person would say them.
fn size(bytes: u64) -> String {
    let mut unit = 1;
    for name in ["bytes", "kB", "MB"] {
        if bytes < unit * 1000 {
            return if unit == 1 {
                format!("{bytes} {name}")
            } else {
                format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
            };
        }
        unit *= 1000;
    }
    format!("{}.{} GB", bytes / unit, bytes % unit * 10 / unit)
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// How many files came to what.
#[derive(Debug, Default)]
pub struct Count {
    accepted: usize,
    remarked: usize,
    refused: usize,
    unreadable: usize,
}

impl Count {
    pub fn add(&mut self, line: Option<&Line>) {
        match line {
            None => self.unreadable += 1,
            Some(line) if line.is_refused() => self.refused += 1,
            Some(line) => {
                self.accepted += 1;
                self.remarked += usize::from(!line.findings.is_empty());
            }
        }
    }

    /// Whether one file has its row, or is about to.
    pub fn is_first(&self) -> bool {
        self.accepted + self.refused == 1
    }

    pub fn is_clean(&self) -> bool {
        self.refused + self.unreadable == 0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, remarked, refused, unreadable } = self;
        write!(f, "{accepted} accepted ({remarked} of them with remarks), {refused} refused")?;
        if *unreadable > 0 {
            write!(f, ", {unreadable} could not be inspected")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_their_unit() {
        for (bytes, said) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_990, "1.9 kB"),
            (99_999_999, "99.9 MB"),
            (2_000_000_000, "2.0 GB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }

    #[test]
    fn a_name_is_only_text() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a\u{FFFD}[2Jb\u{FFFD}c");
    }
}
