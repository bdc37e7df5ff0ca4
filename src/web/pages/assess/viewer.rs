//! How a piece is shown in the workbench. Everything is shown as what the inspection found it to be; text as plain text,
//! and what no browser shows is offered as a file.

use futures_util::TryStreamExt;

use super::place::is_video;
use crate::domain::media_type::{MediaType, Sort};
use crate::records::pieces::Piece;
use crate::storage::{ObjectKey, Span};
use crate::web::content::Shown;
use crate::web::pages::assets;
use crate::web::problem::Problem;
use crate::web::state::App;

/// Bytes of a text that stand in the page itself; the rest is in the file.
const TEXT_IN_PAGE: u64 = 32 * 1024;

/// What stands in the middle.
pub enum View {
    Pdf(Pdf),
    Picture,
    Sound,
    Video,
    Text {
        text: String,
        is_whole: bool,
    },
    /// Nothing that a browser shows.
    File,
}

/// What the viewer of PDF pages is made of; it is loaded for a PDF only.
pub struct Pdf {
    pub script: Option<String>,
    pub worker: Option<String>,
    pub kit: Option<String>,
}

impl View {
    /// # Errors
    /// The store's, for a text.
    pub async fn of(app: &App, piece: &Piece) -> Result<Self, Problem> {
        Ok(match (piece.media_type, piece.media_type.sort()) {
            (MediaType::Pdf, _) => Self::Pdf(Pdf {
                script: assets::address("pdf", ".js"),
                worker: assets::address("pdf-worker", ".js"),
                kit: assets::folder("pdf-kit"),
            }),
            (MediaType::Msg, _) | (_, Sort::Document) => Self::File,
            (media_type, Sort::Image) if Shown::is_possible(media_type) => Self::Picture,
            (_, Sort::Image) => Self::File,
            (media_type, Sort::Recording) if is_video(media_type) => Self::Video,
            (_, Sort::Recording) => Self::Sound,
            (_, Sort::Text | Sort::Mail) => {
                let is_whole = piece.bytes <= TEXT_IN_PAGE;
                Self::Text { text: decoded(&beginning(app, piece).await?, is_whole), is_whole }
            }
        })
    }
}

async fn beginning(app: &App, piece: &Piece) -> Result<Vec<u8>, Problem> {
    let span = Span { start: 0, end: piece.bytes.min(TEXT_IN_PAGE) };
    let mut blocks = app.storage.read(ObjectKey::Piece(piece.id), Some(span)).await?;
    let mut bytes = Vec::new();
    while let Some(block) = blocks.try_next().await? {
        bytes.extend_from_slice(&block);
    }
    Ok(bytes)
}

/// Text of any encoding that was taken in: marked UTF-16, UTF-8, or else one byte a letter.
fn decoded(bytes: &[u8], is_whole: bool) -> String {
    let wide = |read: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes[2..].as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| read(*pair)).collect::<Vec<_>>())
    };
    let text = match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // Cut in the middle of a letter.
            Err(error) if !is_whole && error.error_len().is_none() => {
                String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned()
            }
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn text_is_read_in_the_encodings_that_are_taken_in() {
        for (bytes, text) in [
            ("Größe".as_bytes(), "Größe"),
            (b"\xEF\xBB\xBFa", "a"),
            (b"\xFF\xFEa\0\xDF\0", "aß"),
            (b"\xFE\xFF\0a", "a"),
            (b"Gr\xF6\xDFe", "Größe"),
            (b"", ""),
            (b"\xFF\xFE", ""),
        ] {
            assert_eq!(decoded(bytes, true), text, "{bytes:?}");
        }
        assert_eq!(decoded(&"aß".as_bytes()[..2], false), "a");
    }
}
