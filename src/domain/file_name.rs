//! A client's file name made safe to show: no path, no control or direction-changing character, never empty.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest name kept, in bytes of UTF-8: what every common file system can hold.
const LONGEST: usize = 200;

/// A name to show and to offer for download. Objects are stored under ids, never under names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(String);

/// Why a name is not taken, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    #[error("The file's name has characters that are no text. Rename the file and upload it again.")]
    NoText,
    #[error("The file's name has control characters. Rename the file and upload it again.")]
    Control,
    #[error("The file's name leads to another computer. Choose the file on your device and upload it again.")]
    Remote,
    #[error("The file's name ends in a dot, which hides its ending. Rename the file and upload it again.")]
    EndsInDot,
    #[error("The file's name is one that Windows keeps for a device. Rename the file and upload it again.")]
    Device,
}

/// Names under which Windows opens a device, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_lowercase();
    let is_port = |port: &str| stem.strip_prefix(port).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    DEVICES.contains(&stem.as_str()) || is_port("com") || is_port("lpt")
}

impl FileName {
    /// Takes the name of an uploaded file, unless it can only be meant to mislead a person or a system.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn offered(claimed: &str) -> Result<Self, BadName> {
        if claimed.contains(char::REPLACEMENT_CHARACTER) {
            return Err(BadName::NoText);
        }
        if claimed.contains(char::is_control) {
            return Err(BadName::Control);
        }
        if claimed.starts_with("\\\\") || claimed.starts_with("//") {
            return Err(BadName::Remote);
        }
        if claimed.trim_end().ends_with('.') {
            return Err(BadName::EndsInDot);
        }
        // What follows belongs to a header that a careless client put together.
        let name = Self::from_client(claimed.split("\";").next().unwrap_or_default());
        if is_device(name.as_str()) { Err(BadName::Device) } else { Ok(name) }
    }

    /// Takes the last component of whatever the client called the file (either slash separates: old
    /// browsers sent whole Windows paths) and drops what could mislead a reader or a file system.
    #[must_use]
    pub fn from_client(claimed: &str) -> Self {
        let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept: String = last.chars().filter(|&c| is_harmless(c)).collect();
        let name = shortened(kept.trim_matches(is_edge));
        Self(if name.is_empty() { "unnamed".to_owned() } else { name })
    }

    /// A name that was made safe before it was stored.
    #[must_use]
    pub fn from_record(name: String) -> Self {
        Self(name)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The extension in lower case, if the name has one.
    #[must_use]
    pub fn extension(&self) -> Option<String> {
        let (stem, extension) = self.0.rsplit_once('.')?;
        (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_lowercase())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_harmless(c: char) -> bool {
    let changes_direction =
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    !c.is_control() && !changes_direction && !matches!(c, '"' | '<' | '>' | '|' | '?' | '*' | ':' | '\u{FFFD}')
}

/// What no name begins or ends with: dots hide it or its ending, and so do spaces, of which there are many sorts.
fn is_edge(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

/// Cuts the stem, not the extension, so that a long name keeps its kind.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, e)| e).filter(|e| e.len() <= 10);
    let room = LONGEST - extension.map_or(0, |e| e.len() + 1);
    let cut = (0..=room).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    match extension {
        Some(extension) => format!("{}.{extension}", &name[..cut]),
        None => name[..cut].trim_end_matches(is_edge).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_harmless() {
        for (claimed, safe) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\amy\Desktop\call.m4a", "call.m4a"),
            (r"\\server\share\x.docx", "x.docx"),
            ("a\0b\r\n.pdf", "ab.pdf"),
            ("photo\u{202E}gpj.exe", "photogpj.exe"),
            ("x\".pdf", "x.pdf"),
            (".htaccess", "htaccess"),
            ("notes. . .", "notes"),
            (".\u{2000}b", "b"),
            ("a.pdf\u{3000}.", "a.pdf"),
            ("", "unnamed"),
            ("/", "unnamed"),
            ("..", "unnamed"),
            ("Größe und Café.PDF", "Größe und Café.PDF"),
        ] {
            assert_eq!(FileName::from_client(claimed).as_str(), safe, "{claimed:?}");
        }
    }

    #[test]
    fn misleading_names_are_not_taken() {
        for (claimed, why) in [
            ("bad\u{FFFD}.pdf", BadName::NoText),
            ("ok.pdf\0.exe", BadName::Control),
            ("a.pdf\r\nSet-Cookie: x=1", BadName::Control),
            ("a\u{7}\u{1b}[2J.pdf", BadName::Control),
            (r"\\127.0.0.1\s\x.pdf", BadName::Remote),
            ("//host/x.pdf", BadName::Remote),
            ("a.pdf. . .", BadName::EndsInDot),
            ("..", BadName::EndsInDot),
            ("CON.pdf", BadName::Device),
            ("aux", BadName::Device),
            (r"C:\evidence\Lpt1.tar.pdf", BadName::Device),
        ] {
            assert_eq!(FileName::offered(claimed), Err(why), "{claimed:?}");
        }
        for (claimed, taken) in [
            (r"..\..\windows\x.pdf", "x.pdf"),
            ("a\".pdf\"; filename*=UTF-8''b.html", "a.pdf"),
            ("console.pdf", "console.pdf"),
            ("COM10.pdf", "COM10.pdf"),
            ("Report no. 5.pdf", "Report no. 5.pdf"),
            ("", "unnamed"),
        ] {
            assert_eq!(FileName::offered(claimed).unwrap().as_str(), taken, "{claimed:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = FileName::from_client(&format!("{}.docx", "é".repeat(400)));
        assert!(name.as_str().len() <= LONGEST);
        assert_eq!(name.extension().as_deref(), Some("docx"));
    }

    #[test]
    fn a_name_that_is_cut_does_not_end_in_a_dot() {
        let name = FileName::from_client(&format!("{}. {}", "a".repeat(LONGEST - 1), "b".repeat(20)));
        assert_eq!(name.as_str(), "a".repeat(LONGEST - 1));
    }

    #[test]
    fn extensions_are_lower_case_and_not_the_whole_name() {
        assert_eq!(FileName::from_client("A.PDF").extension().as_deref(), Some("pdf"));
        assert_eq!(FileName::from_client("README").extension(), None);
    }
}
