//! What starts a program when it is opened: told by its first bytes or by its name, since a system goes by either.

/// Endings that a desktop system runs, or that carry such a file past a warning.
const ENDINGS: &[&str] = &[
    "apk",
    "app",
    "appx",
    "bat",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "dll",
    "exe",
    "gadget",
    "hta",
    "img",
    "inf",
    "iso",
    "jar",
    "jse",
    "js",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "pif",
    "ps1",
    "ps1xml",
    "psm1",
    "reg",
    "scf",
    "scr",
    "sct",
    "settingcontent-ms",
    "sys",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xll",
];

/// Bytes from the start that are enough to tell.
pub const HEAD: usize = 64;

/// What kind of program begins like this, in words.
pub fn of_content(head: &[u8]) -> Option<&'static str> {
    // A text may begin with these two letters; the header of a program holds zeros soon after.
    if head.starts_with(b"MZ") && head[..head.len().min(HEAD)].contains(&0) {
        return Some("a Windows program");
    }
    match head {
        [0x7f, b'E', b'L', b'F', ..] => Some("a Linux program"),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Some("a macOS program"),
        [0xca, 0xfe, 0xba, 0xbe, ..] => Some("a Java or macOS program"),
        [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0, ..] => Some("a Windows shortcut"),
        _ => None,
    }
}

/// Whether a file of this name is run when somebody opens it.
pub fn of_name(name: &str) -> bool {
    // Windows leaves dots and spaces at the end away.
    let name = name.trim_end_matches(['.', ' ', '\0']);
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_content_and_by_name() {
        assert!(of_content(b"MZ\x90\0\x03").is_some() && of_content(b"\x7fELF\x02\x01").is_some());
        assert!(of_content(b"MZ are initials, and no zero is near.").is_none() && of_content(b"").is_none());
        for name in ["a.pdf.exe", "A.EXE", "run.bat. .", "x.lnk", "y.Js"] {
            assert!(of_name(name), "{name}");
        }
        for name in ["exe", "a.pdf", "a.exe.pdf", "", "letter.docx"] {
            assert!(!of_name(name), "{name}");
        }
    }
}
