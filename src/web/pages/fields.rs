//! The fields of a form as a page shows them: label, hint, what was typed, and what is wrong with it.

use std::collections::HashMap;

/// What somebody typed, by field.
pub type Typed = HashMap<String, String>;

/// Something to mend, and the field that it is about; no field where it is about all.
#[derive(Clone, Debug)]
pub struct Fault {
    pub field: &'static str,
    pub text: String,
}

impl Fault {
    pub fn new(field: &'static str, text: impl Into<String>) -> Self {
        Self { field, text: text.into() }
    }
}

/// A field, or a group of choices.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub name: &'static str,
    pub label: String,
    pub hint: Option<String>,
    pub error: Option<String>,
    pub value: String,
    pub choices: Vec<Choice>,
}

/// One of several.
#[derive(Clone, Debug)]
pub struct Choice {
    pub id: String,
    pub name: String,
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

impl Field {
    pub fn new(name: &'static str, label: &str) -> Self {
        Self { name, label: label.to_owned(), ..Self::default() }
    }

    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }

    /// With what was typed, and the first fault that is about it.
    pub fn filled(mut self, typed: &Typed, faults: &[Fault]) -> Self {
        self.value = typed.get(self.name).cloned().unwrap_or_default();
        self.judged(faults)
    }

    pub fn judged(mut self, faults: &[Fault]) -> Self {
        self.error = faults.iter().find(|fault| fault.field == self.name).map(|fault| fault.text.clone());
        self
    }

    /// One choice of these values and texts; the first bears the field's own name, where an error's link leads.
    pub fn one_of<T: AsRef<str>>(mut self, choices: impl IntoIterator<Item = (T, String)>) -> Self {
        let name = self.name;
        let choice = |(at, (value, text)): (usize, (T, String))| Choice {
            id: if at == 0 { name.to_owned() } else { format!("{name}-{at}") },
            name: name.to_owned(),
            chosen: value.as_ref() == self.value,
            value: value.as_ref().to_owned(),
            text,
        };
        self.choices = choices.into_iter().enumerate().map(choice).collect();
        self
    }

    /// The elements that describe it, for those who hear the page.
    pub fn described_by(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        match (hint, error) {
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
            (hint, error) => hint.or(error),
        }
    }
}
