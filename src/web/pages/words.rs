//! What the pages say, one folder a language: no sentence stands in a template or a handler, so that a second language is
//! a second folder. A name stands for one text, in which `{field}` is filled in; a text for a number has three forms,
//! `.none`, `.one` and `.many`.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

/// The texts of one language by their names.
#[derive(Debug)]
pub struct Words {
    language: &'static str,
    texts: HashMap<String, String>,
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words {
    language: "en-GB",
    texts: read(&[
        include_str!("words/en/access.toml"),
        include_str!("words/en/admin.toml"),
        include_str!("words/en/apprentice.toml"),
        include_str!("words/en/assess.toml"),
        include_str!("words/en/cohort.toml"),
        include_str!("words/en/evidence.toml"),
        include_str!("words/en/gateway.toml"),
        include_str!("words/en/passkeys.toml"),
        include_str!("words/en/shell.toml"),
    ]),
});

/// One table of several files, in which no name may stand twice.
fn read(files: &[&str]) -> HashMap<String, String> {
    toml::from_str(&files.concat()).expect("the compiled-in words are a table of texts")
}

/// The words that a reader gets. There is one language so far.
#[must_use]
pub fn words() -> &'static Words {
    &ENGLISH
}

impl Words {
    /// The language as HTML names it.
    #[must_use]
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The text of this name; the name itself where there is none, which a test rules out.
    #[must_use]
    pub fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.texts.get(name).map_or(name, String::as_str)
    }

    /// The text of this name with `{field}` replaced by each value.
    #[must_use]
    pub fn with(&self, name: &str, values: &[(&str, &dyn Display)]) -> String {
        let mut text = self.of(name).to_owned();
        for (field, value) in values {
            text = text.replace(&format!("{{{field}}}"), &value.to_string());
        }
        text
    }

    /// The form of a text for a number, which stands for `{n}`: `name.none`, `name.one` or `name.many`.
    #[must_use]
    pub fn count(&self, name: &str, n: usize) -> String {
        let form = match n {
            0 => "none",
            1 => "one",
            _ => "many",
        };
        self.with(&format!("{name}.{form}"), &[("n", &n)])
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The sources of the pages, handlers and templates.
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_source = path.extension().is_some_and(|ending| ending == "rs" || ending == "html");
            if path.is_dir() {
                sources(&path, found);
            } else if is_source && !path.ends_with("words.rs") {
                found.push(fs::read_to_string(&path).unwrap());
            }
        }
    }

    fn is_file(name: &str) -> bool {
        Path::new(name).extension().is_some_and(|ending| ending == "html")
    }

    /// Every name that the pages ask for: what they say at once, and every literal that looks like a name.
    fn asked_for() -> Vec<String> {
        let mut texts = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/pages"), &mut texts);
        let mut names = Vec::new();
        for text in &texts {
            for (at, _) in text.match_indices('"') {
                let (before, name) = (&text[..at], text[at + 1..].split('"').next().unwrap());
                let is_plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b));
                let looks_so = is_plain && name.contains('.') && !is_file(name) && !name.starts_with('.');
                if is_plain && before.ends_with(".count(") {
                    names.extend(["none", "one", "many"].map(|form| format!("{name}.{form}")));
                } else if looks_so || (is_plain && before.ends_with("words.of(")) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    #[test]
    fn every_text_is_there_and_every_one_is_used() {
        let asked: Vec<String> = asked_for();
        assert!(asked.len() > 60, "the sources are read: {}", asked.len());
        let missing: Vec<_> = asked.iter().filter(|name| !ENGLISH.texts.contains_key(*name)).collect();
        assert!(missing.is_empty(), "no words for {missing:?}");
        let unused: Vec<_> = ENGLISH.texts.keys().filter(|name| !asked.contains(name)).collect();
        assert!(unused.is_empty(), "nobody says {unused:?}");
    }

    #[test]
    fn values_take_their_places() {
        let words = Words {
            language: "en",
            texts: read(&["'a' = 'of {n} there is {what}'\n", "'b.one' = 'one'\n'b.many' = '{n}'"]),
        };
        assert_eq!(words.with("a", &[("n", &3), ("what", &"none")]), "of 3 there is none");
        assert_eq!((words.count("b", 1), words.count("b", 12)), ("one".to_owned(), "12".to_owned()));
        assert_eq!(words.of("c"), "c");
    }
}
