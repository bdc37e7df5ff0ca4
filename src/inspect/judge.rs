//! Content against claim: a file is taken for what its bytes are, and refused when its name or its declared
//! type says something else, since one of the two would mislead the assessor.

use super::{Claim, Found, Rules};
use crate::domain::finding::{Finding, FindingCode};
use crate::domain::media_type::MediaType;

pub fn judge(found: Found, claim: &Claim, rules: &Rules) -> Result<MediaType, Finding> {
    let extension = claim.name.extension();
    let named = extension.as_deref().and_then(MediaType::of_extension);
    let declared = claim.declared.as_deref().and_then(MediaType::of_declaration);
    match found {
        Found::Refused(finding) => Err(finding),
        Found::Accepted(media_type) if !rules.accept.contains(&media_type) => Err(not_accepted(media_type.words())),
        Found::Accepted(media_type) => match (extension, named) {
            (Some(extension), None) => Err(mismatch(&format!(
                "The file's name ends in .{extension}, but its content is {}. Give the file the ending \
                 of its content, or choose the file you meant.",
                media_type.words()
            ))),
            (_, Some(named)) if !compatible(named, media_type) => Err(mismatch(&format!(
                "By its name the file is {}, but its content is {}. Export it again from the program that made it, or \
                 give it the ending of its content.",
                named.words(),
                media_type.words()
            ))),
            _ if declared.is_some_and(|declared| !compatible(declared, media_type)) => Err(mismatch(&format!(
                "The file was sent as {}, but its content is {}. Send it with the type of its content, {media_type}.",
                claim.declared.as_deref().unwrap_or_default(),
                media_type.words()
            ))),
            (None, _) => Err(mismatch(&format!(
                "The file's name has no ending, and its content is {media_type}. Give it the ending .{}, so that the \
                 assessor's device knows what to open it with.",
                media_type.extensions()[0]
            ))),
            _ => Ok(media_type),
        },
        Found::Other(what) => Err(other(&what, named)),
        Found::Text if named.is_some() => Err(other("plain text", named)),
        Found::Text => Err(not_accepted("text whose name does not say so (by .txt, .csv or .md)")),
        Found::Unknown => Err(other("not of a type that is known here", named)),
    }
}

fn other(what: &str, named: Option<MediaType>) -> Finding {
    match named {
        Some(named) => mismatch(&format!(
            "By its name the file is {}, but its content is {what}. Open it on your device to check that it is the \
             right file, and export it again.",
            named.words()
        )),
        None => not_accepted(what),
    }
}

fn not_accepted(what: &str) -> Finding {
    let detail = format!(
        "The file is {what}, which is not accepted. Upload a PDF, an Office or OpenDocument file, a picture, an audio \
         or video recording, plain text or an e-mail."
    );
    Finding::new(FindingCode::TypeNotAccepted, detail)
}

fn mismatch(detail: &str) -> Finding {
    Finding::new(FindingCode::TypeMismatch, detail)
}

/// Types that one container family writes under each other's names; the content's own is recorded. The three
/// text types cannot be told apart by content at all.
fn compatible(claimed: MediaType, found: MediaType) -> bool {
    use MediaType::{Csv, M4a, Md, Mov, Mp4, Txt};
    let family = |t| match t {
        Mp4 | Mov | M4a => 1,
        Txt | Csv | Md => 2,
        _ => 0,
    };
    claimed == found || (family(claimed) != 0 && family(claimed) == family(found))
}
