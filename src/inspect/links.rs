//! Where a document leads: to the web and to mail as every document may, or to files, shares and programs of
//! whoever opens it, which deserves a remark.

use crate::domain::finding::{Finding, FindingCode};

/// Addresses that open in a browser, mail or telephone program at a person's click.
const EVERYDAY: &[&str] =
    &["http", "https", "mailto", "tel", "sms", "ftp", "ftps", "news", "geo", "xmpp", "skype", "msteams"];

/// Where a target leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// Inside the document, or beside it.
    Here,
    Web,
    /// A path of the writer's own computer.
    Disk,
    /// Another computer's share, which is told who opens the document.
    Share,
    /// What another program makes of it.
    Elsewhere,
}

pub fn leads(target: &str) -> Leads {
    let target: String = target.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let lower = target.to_ascii_lowercase();
    if lower.starts_with("\\\\") || lower.starts_with("//") {
        return Leads::Share;
    }
    let Some((scheme, rest)) = lower.split_once(':') else { return Leads::Here };
    match scheme {
        _ if EVERYDAY.contains(&scheme) => Leads::Web,
        // A drive's letter.
        _ if scheme.len() == 1 => Leads::Disk,
        "file" => of_file(rest),
        _ if scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) => Leads::Elsewhere,
        _ => Leads::Here,
    }
}

/// `file:///C:/…` is a disk; `file://host/…` and `file:///\\host\…` are another computer.
fn of_file(rest: &str) -> Leads {
    let slash = |c: char| c == '/' || c == '\\';
    let path = rest.trim_start_matches(slash);
    let slashes = rest.len() - path.len();
    let host = path.split(slash).next().unwrap_or_default();
    let is_disk = host.len() == 2 && host.ends_with(':') || host.ends_with('|') || host == "localhost";
    match slashes {
        _ if is_disk => Leads::Disk,
        2 | 4.. => Leads::Share,
        _ => Leads::Disk,
    }
}

/// A remark on a link that a person may follow, if it deserves one.
pub fn remark(document: &str, target: &str) -> Option<Finding> {
    let place = match leads(target) {
        Leads::Here | Leads::Web => return None,
        Leads::Disk => "a file of the computer it was made on, which others do not have",
        Leads::Share => "another computer's shared folder",
        Leads::Elsewhere => "something that another program opens",
    };
    let detail =
        format!("The {document} has a link to {place}. Check its links, and remove those that others cannot use.");
    Some(Finding::new(FindingCode::Links, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_apart() {
        for (target, place) in [
            ("https://example.org/a", Leads::Web),
            ("MAILTO:a@example.org", Leads::Web),
            ("#bookmark", Leads::Here),
            ("chapter2.docx", Leads::Here),
            ("C:\\Users\\amy\\a.docx", Leads::Disk),
            ("file:///C:/Users/amy/a.dotx", Leads::Disk),
            ("file:///home/amy/a.odt", Leads::Disk),
            ("file://server/share/a.dotm", Leads::Share),
            ("file:///\\\\server\\share\\a.dotm", Leads::Share),
            ("\\\\server\\share", Leads::Share),
            ("java\nscript:alert(1)", Leads::Elsewhere),
            ("ms-msdt:/id", Leads::Elsewhere),
        ] {
            assert_eq!(leads(target), place, "{target}");
        }
        assert!(remark("PDF", "https://example.org").is_none() && remark("PDF", "ms-msdt:/id").is_some());
    }
}
