//! The door by which a fuzzer goes straight to the inspector of a format. The service is built without it.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::{Report, Rules, View, compound, look_inside, package, recording};
use crate::domain::finding::Verdict;
use crate::domain::media_type::{MediaType, Sort};

/// Inspects a file as one of this type, whatever its first bytes say.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect_as(media_type: MediaType, file: &Arc<File>, rules: &Rules) -> io::Result<Verdict> {
    let len = file.metadata()?.len();
    let view = View::new(Arc::<File>::clone(file), len);
    match media_type {
        MediaType::Docx | MediaType::Odt => drop(package::identify(&view, rules)?),
        MediaType::Msg => drop(compound::identify(&view)?),
        _ if media_type.sort() == Sort::Recording => drop(recording::identify(&view, media_type)?),
        _ => (),
    }
    let Report { findings, facts } = look_inside(media_type, view, rules)?;
    Ok(Verdict { media_type: Some(media_type), findings, facts })
}
