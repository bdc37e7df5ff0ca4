//! The names of objects: by id, never by anything a client chose.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::domain::ids::{DocumentId, PieceId, UploadId};

/// The folder of uploads that are not whole yet.
pub const UPLOADS: &str = "uploads";

/// The name of an object. As text, `pieces/7f/018f…7f`: the id's last two digits spread objects evenly over
/// 256 folders, which its first ones, a time, would not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    Piece(PieceId),
    Document(DocumentId),
}

/// The text is no object's name.
#[derive(Debug, thiserror::Error)]
#[error("not the name of an object")]
pub struct NotAKey;

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (folder, id) = match self {
            Self::Piece(id) => ("pieces", id.0),
            Self::Document(id) => ("documents", id.0),
        };
        write!(f, "{folder}/{:02x}/{id}", id.as_bytes()[15])
    }
}

impl FromStr for ObjectKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut parts = text.split('/');
        let (Some(folder), Some(_), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(NotAKey);
        };
        let id = Uuid::parse_str(id).map_err(|_| NotAKey)?;
        let key = match folder {
            "pieces" => Self::Piece(id.into()),
            "documents" => Self::Document(id.into()),
            _ => return Err(NotAKey),
        };
        if key.to_string() == text { Ok(key) } else { Err(NotAKey) }
    }
}

/// The name of what is stored of an upload before it is whole: the file that it is appended to, or one of its
/// segments. As text, `uploads/7f/018f…7f`, and for a segment `/START-FENCE` behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FragmentKey {
    pub upload: UploadId,
    /// Where the segment starts, and the fence of its writer.
    pub segment: Option<(u64, i64)>,
}

impl fmt::Display for FragmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.upload.0;
        write!(f, "{UPLOADS}/{:02x}/{id}", id.as_bytes()[15])?;
        // The start with leading zeros: listings are in the order of the bytes.
        self.segment.map_or(Ok(()), |(start, fence)| write!(f, "/{start:013}-{fence}"))
    }
}

impl FromStr for FragmentKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut parts = text.split('/').skip(2);
        let id = Uuid::parse_str(parts.next().ok_or(NotAKey)?).map_err(|_| NotAKey)?;
        let segment = parts.next().map(|segment| {
            let (start, fence) = segment.split_once('-').ok_or(NotAKey)?;
            Ok((start.parse().map_err(|_| NotAKey)?, fence.parse().map_err(|_| NotAKey)?))
        });
        let key = Self { upload: id.into(), segment: segment.transpose()? };
        if key.to_string() == text { Ok(key) } else { Err(NotAKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_text_and_back() {
        let id = Uuid::from_u128(0x018f_3c00_0000_7000_8000_0000_0000_007f);
        let key = ObjectKey::Piece(id.into());
        assert_eq!(key.to_string(), "pieces/7f/018f3c00-0000-7000-8000-00000000007f");
        assert_eq!(key.to_string().parse::<ObjectKey>().unwrap(), key);
        for other in [
            "",
            "pieces",
            "pieces/7f/x",
            "other/7f/018f3c00-0000-7000-8000-00000000007f",
            "pieces/00/018f3c00-0000-7000-8000-00000000007f",
            "pieces/7f/018f3c00-0000-7000-8000-00000000007f/x",
        ] {
            assert!(other.parse::<ObjectKey>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_fragment_is_its_text_and_back() {
        let upload = Uuid::from_u128(0x018f_3c00_0000_7000_8000_0000_0000_007f).into();
        let file = FragmentKey { upload, segment: None };
        assert_eq!(file.to_string(), "uploads/7f/018f3c00-0000-7000-8000-00000000007f");
        let segment = FragmentKey { upload, segment: Some((8_388_608, 3)) };
        assert_eq!(segment.to_string(), format!("{file}/0000008388608-3"));
        for key in [file, segment] {
            assert_eq!(key.to_string().parse::<FragmentKey>().unwrap(), key);
            assert!(key.to_string().parse::<ObjectKey>().is_err());
            assert!(format!("{key}/x").parse::<FragmentKey>().is_err());
        }
        assert!("pieces/7f/018f3c00-0000-7000-8000-00000000007f".parse::<FragmentKey>().is_err());
    }
}
