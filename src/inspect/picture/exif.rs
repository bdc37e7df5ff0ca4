//! What EXIF says of a picture: when it was taken, with what, and by whom. It is told, never trusted, and
//! nothing that is wrong with it refuses the picture.

use chrono::NaiveDateTime;

use super::ifd::Directories;
use crate::inspect::bytes::{Cursor, Walk, lenient};
use crate::inspect::said;

/// What a picture says of itself.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub captured_at: Option<NaiveDateTime>,
    pub software: Option<String>,
    pub author: Option<String>,
}

const SOFTWARE: u16 = 0x0131;
const CHANGED_AT: u16 = 0x0132;
const ARTIST: u16 = 0x013B;
const EXIF: u16 = 0x8769;
const TAKEN_AT: u16 = 0x9003;

/// Reads the EXIF data whose TIFF header is at `base`.
pub fn read(cursor: Cursor, base: u64) -> Walk<Said> {
    let opened = lenient(Directories::open(cursor, base))?;
    let Some((mut directories, first)) = opened else { return Ok(Said::default()) };
    Ok(lenient(of_directory(&mut directories, first))?.unwrap_or_default())
}

/// What the directory at `at`, and the one of EXIF that it points at, say. No further link is followed, so
/// there is no way round in a circle.
pub fn of_directory(directories: &mut Directories, at: u64) -> Walk<Said> {
    let mut said = Said::default();
    let mut changed_at = None;
    let mut exif = None;
    for entry in directories.entries(at)?.0 {
        match entry.tag {
            SOFTWARE => said.software = said::line(&directories.text(entry)?),
            ARTIST => said.author = said::line(&directories.text(entry)?),
            CHANGED_AT => changed_at = time(&directories.text(entry)?),
            EXIF => exif = directories.number(entry)?,
            _ => {}
        }
    }
    if let Some(exif) = exif {
        said.captured_at = lenient(taken_at(directories, exif))?.flatten();
    }
    said.captured_at = said.captured_at.or(changed_at);
    Ok(said)
}

fn taken_at(directories: &mut Directories, at: u64) -> Walk<Option<NaiveDateTime>> {
    for entry in directories.entries(at)?.0 {
        if entry.tag == TAKEN_AT {
            return Ok(time(&directories.text(entry)?));
        }
    }
    Ok(None)
}

fn time(text: &[u8]) -> Option<NaiveDateTime> {
    said::time(&said::line(text)?)
}

#[cfg(test)]
pub mod made {
    //! EXIF data as a camera writes it.

    fn entry(tag: u16, kind: u16, count: usize, value: usize) -> Vec<u8> {
        let (count, value) = (u32::try_from(count).unwrap(), u32::try_from(value).unwrap());
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value.to_be_bytes()].concat()
    }

    pub fn exif(taken_at: &str, software: &str, artist: &str) -> Vec<u8> {
        let texts = 8 + 2 + 3 * 12 + 4;
        let sub = texts + software.len() + artist.len();
        let mut file = b"MM\0*\0\0\0\x08\0\x03".to_vec();
        file.extend(entry(super::SOFTWARE, 2, software.len(), texts));
        file.extend(entry(super::ARTIST, 2, artist.len(), texts + software.len()));
        file.extend(entry(super::EXIF, 4, 1, sub));
        file.extend([&[0; 4], software.as_bytes(), artist.as_bytes()].concat());
        file.extend(b"\0\x01");
        file.extend(entry(super::TAKEN_AT, 2, taken_at.len(), sub + 18));
        file.extend([&[0; 4], taken_at.as_bytes()].concat());
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::made::view;

    fn read_of(bytes: &[u8]) -> Said {
        read(Cursor::new(&view(bytes)), 0).unwrap()
    }

    #[test]
    fn a_cameras_data_is_read() {
        let said = read_of(&made::exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs"));
        assert_eq!(said.captured_at.unwrap().to_string(), "2026-11-05 09:30:00");
        assert_eq!((said.software.as_deref(), said.author.as_deref()), (Some("Camera 17.1"), Some("Jo Bloggs")));
    }

    #[test]
    fn damage_and_circles_say_nothing() {
        for bytes in [
            &b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08"[..],
            b"MM\0*\0\0\0\x08\xff\xff\x87",
            b"MM\0*\xff\xff\xff\xff",
            b"II*",
            b"",
        ] {
            let said = read_of(bytes);
            assert!(said.captured_at.is_none() && said.software.is_none());
        }
        let mut beyond = made::exif("2026:11:05 09:30:00", "Camera 17.1", "Jo Bloggs");
        beyond[18] = 0xFF;
        read_of(&beyond);
    }
}
