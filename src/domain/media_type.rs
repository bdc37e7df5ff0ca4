//! The media types that evidence may have: a closed list, so that nothing is ever served as a type the client chose.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What sort of evidence a type is: sizes are limited by sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Document,
    Image,
    Recording,
    Text,
    Mail,
}

macro_rules! media_types {
    ($($variant:ident $sort:ident $name:literal $words:literal [$($extension:literal),+] $(also [$($alias:literal),+])?;)*) => {
        /// An accepted media type (RFC 6838).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        pub enum MediaType {
            $($variant,)*
        }

        impl MediaType {
            /// Every accepted type.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The registered name, as it is recorded and served.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What people call such a file, with its article.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }

            #[must_use]
            pub const fn sort(self) -> Sort {
                match self { $(Self::$variant => Sort::$sort,)* }
            }

            /// File-name extensions that claim this type, in lower case.
            #[must_use]
            pub const fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($extension),+],)* }
            }

            /// Other names that clients send for the same type.
            #[must_use]
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($($alias),+)?],)* }
            }
        }
    };
}

media_types! {
    Pdf  Document "application/pdf" "a PDF" ["pdf"] also ["application/x-pdf"];
    Docx Document "application/vnd.openxmlformats-officedocument.wordprocessingml.document" "a Word document (DOCX)" ["docx"];
    Xlsx Document "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" "an Excel workbook (XLSX)" ["xlsx"];
    Pptx Document "application/vnd.openxmlformats-officedocument.presentationml.presentation" "a PowerPoint presentation (PPTX)" ["pptx"];
    Odt  Document "application/vnd.oasis.opendocument.text" "an OpenDocument text (ODT)" ["odt"];
    Ods  Document "application/vnd.oasis.opendocument.spreadsheet" "an OpenDocument spreadsheet (ODS)" ["ods"];
    Odp  Document "application/vnd.oasis.opendocument.presentation" "an OpenDocument presentation (ODP)" ["odp"];
    Jpeg Image "image/jpeg" "a JPEG picture" ["jpg", "jpeg", "jpe", "jfif"] also ["image/jpg", "image/pjpeg"];
    Png  Image "image/png" "a PNG picture" ["png"] also ["image/x-png", "image/apng"];
    Webp Image "image/webp" "a WebP picture" ["webp"];
    Heic Image "image/heic" "a HEIC picture" ["heic", "heif"] also ["image/heif"];
    Gif  Image "image/gif" "a GIF picture" ["gif"];
    Tiff Image "image/tiff" "a TIFF picture" ["tif", "tiff"];
    Mp3  Recording "audio/mpeg" "an MP3 recording" ["mp3"] also ["audio/mp3", "audio/x-mp3", "audio/mpeg3"];
    M4a  Recording "audio/mp4" "an M4A recording" ["m4a"] also ["audio/m4a", "audio/x-m4a", "audio/aac"];
    Wav  Recording "audio/wav" "a WAV recording" ["wav"] also ["audio/x-wav", "audio/wave", "audio/vnd.wave"];
    Ogg  Recording "audio/ogg" "an Ogg recording" ["ogg", "oga", "opus"] also ["application/ogg", "audio/opus"];
    Flac Recording "audio/flac" "a FLAC recording" ["flac"] also ["audio/x-flac"];
    Mp4  Recording "video/mp4" "an MP4 video" ["mp4", "m4v"] also ["video/x-m4v"];
    Mov  Recording "video/quicktime" "a QuickTime video (MOV)" ["mov", "qt"];
    Webm Recording "video/webm" "a WebM video" ["webm"] also ["audio/webm"];
    Txt  Text "text/plain" "plain text" ["txt", "text"];
    Csv  Text "text/csv" "a CSV table" ["csv"] also ["application/csv", "application/vnd.ms-excel"];
    Md   Text "text/markdown" "a Markdown text" ["md", "markdown"] also ["text/x-markdown"];
    Eml  Mail "message/rfc822" "an e-mail (EML)" ["eml"];
    Msg  Mail "application/vnd.ms-outlook" "an Outlook message (MSG)" ["msg"] also ["application/x-msg"];
}

impl MediaType {
    /// The type that a file name's extension claims.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|t| t.extensions().contains(&extension))
    }

    /// The type that a `Content-Type` claims, parameters and case left aside.
    #[must_use]
    pub fn of_declaration(declared: &str) -> Option<Self> {
        let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self::ALL.iter().copied().find(|t| t.name() == essence || t.aliases().contains(&essence.as_str()))
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<MediaType> for &'static str {
    fn from(media_type: MediaType) -> Self {
        media_type.name()
    }
}

/// The text is no media type of the list.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an accepted media type")]
pub struct NotAccepted(String);

impl FromStr for MediaType {
    type Err = NotAccepted;

    fn from_str(name: &str) -> Result<Self, NotAccepted> {
        Self::ALL.iter().copied().find(|t| t.name() == name).ok_or_else(|| NotAccepted(name.to_owned()))
    }
}

impl TryFrom<String> for MediaType {
    type Error = NotAccepted;

    fn try_from(name: String) -> Result<Self, NotAccepted> {
        name.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_extensions_and_aliases_belong_to_one_type_each() {
        let mut seen = std::collections::HashSet::new();
        for t in MediaType::ALL {
            for word in std::iter::once(&t.name()).chain(t.extensions()).chain(t.aliases()) {
                assert!(seen.insert(*word), "{word} stands twice");
            }
        }
    }

    #[test]
    fn declarations_are_read_without_parameters_and_case() {
        assert_eq!(MediaType::of_declaration("Text/Plain; charset=utf-8"), Some(MediaType::Txt));
        assert_eq!(MediaType::of_declaration("audio/x-m4a"), Some(MediaType::M4a));
        assert_eq!(MediaType::of_declaration("application/octet-stream"), None);
    }
}
