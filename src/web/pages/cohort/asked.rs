//! What of a cohort is asked for: the address of a page says all of it, and nothing in it can do more than find nothing.

use std::fmt::Write as _;

use serde::Deserialize;
use uuid::Uuid;

use super::{Field, holdup};
use crate::coverage::Wanted;
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::{OrganisationId, ShowcaseId};
use crate::domain::standard::{Standard, Standards};
use crate::domain::standing::Holdup;
use crate::domain::text::LINE;
use crate::records::roster::{Assessor, Held, Narrowed, Order, Place};
use crate::web::pages::fields::{Choice, Typed};
use crate::web::pages::words;

/// The query of a cohort's address, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub provider: String,
    pub after: String,
    pub before: String,
    standard: String,
    q: String,
    state: String,
    held: String,
    area: String,
    employer: String,
    assessor: String,
    by: String,
    order: String,
    from: String,
}

/// The fields that narrow a cohort.
pub struct Filters {
    pub q: Field,
    pub standard: Option<Field>,
    pub selects: Vec<Field>,
    pub texts: [Field; 2],
    /// More than the search is used.
    pub is_open: bool,
    pub is_narrow: bool,
}

impl Asked {
    /// Reads a query; one that cannot be read asks for everything.
    pub fn of(query: &str) -> Self {
        actix_web::web::Query::<Self>::from_query(query).map(actix_web::web::Query::into_inner).unwrap_or_default()
    }

    /// The standard asked for, or the first that is loaded.
    pub fn standard<'s>(&self, standards: &'s Standards) -> &'s Standard {
        let named = standards.iter().find(|standard| name(standard) == self.standard);
        named.or_else(|| standards.iter().next()).expect("there is at least one standard")
    }

    pub fn wanted(&self, provider: OrganisationId, limit: u32, count_up_to: u32) -> Wanted {
        let id = |text: &str| text.parse::<Uuid>().ok().map(ShowcaseId);
        let place = match (id(&self.after), id(&self.before)) {
            (Some(after), _) => Place::After(after),
            (None, Some(before)) => Place::Before(before),
            (None, None) => Place::Start,
        };
        Wanted { provider, narrowed: self.narrowed(), order: self.order(), place, limit, count_up_to }
    }

    fn narrowed(&self) -> Narrowed {
        let text = |text: &str| {
            let text: String = text.trim().chars().filter(|c| !c.is_control()).take(LINE).collect();
            (!text.is_empty()).then_some(text)
        };
        Narrowed {
            state: self.state.parse::<ShowcaseState>().ok(),
            search: text(&self.q),
            employer: text(&self.employer),
            assessor: match self.assessor.as_str() {
                "nobody" => Some(Assessor::Nobody),
                "somebody" => Some(Assessor::Somebody),
                _ => None,
            },
            assessor_name: text(&self.by),
            area: text(&self.area),
            held: match self.held.as_str() {
                "anything" => Some(Held::ByAnything),
                "nothing" => Some(Held::ByNothing),
                other => other.parse::<Holdup>().ok().map(Held::By),
            },
        }
    }

    fn order(&self) -> Order {
        match self.order.as_str() {
            "newest" => Order::Newest,
            "oldest" => Order::Oldest,
            _ => Order::Name,
        }
    }

    /// The number of the first line on this page, by the word of the page that led here.
    pub fn first(&self) -> u64 {
        let is_start = self.after.is_empty() && self.before.is_empty();
        self.from.parse::<u64>().ok().filter(|_| !is_start).map_or(1, |from| from.clamp(1, 10_000_000))
    }

    pub fn after(&self, path: &str, id: ShowcaseId, from: u64) -> String {
        Self { after: id.to_string(), before: String::new(), from: from.to_string(), ..self.clone() }.address(path)
    }

    pub fn before(&self, path: &str, id: ShowcaseId, from: u64) -> String {
        Self { before: id.to_string(), after: String::new(), from: from.to_string(), ..self.clone() }.address(path)
    }

    fn address(&self, path: &str) -> String {
        let pairs = [
            ("provider", &self.provider),
            ("standard", &self.standard),
            ("q", &self.q),
            ("state", &self.state),
            ("held", &self.held),
            ("area", &self.area),
            ("employer", &self.employer),
            ("assessor", &self.assessor),
            ("by", &self.by),
            ("order", &self.order),
            ("after", &self.after),
            ("before", &self.before),
            ("from", &self.from),
        ];
        let mut address = path.to_owned();
        for (at, (name, value)) in pairs.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
            let _ = write!(address, "{}{name}={}", if at == 0 { '?' } else { '&' }, encoded(value));
        }
        address
    }

    fn typed(&self) -> Typed {
        let fields = [
            ("q", &self.q),
            ("state", &self.state),
            ("held", &self.held),
            ("area", &self.area),
            ("employer", &self.employer),
            ("assessor", &self.assessor),
            ("by", &self.by),
            ("order", &self.order),
        ];
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).clone())).collect()
    }
}

/// A standard as an address names it.
fn name(standard: &Standard) -> String {
    format!("{}/{}", standard.code(), standard.version())
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

impl Filters {
    pub fn new(asked: &Asked, standards: &Standards, standard: &Standard) -> Self {
        let words = words();
        let typed = asked.typed();
        let field = |name: &'static str, label: &str| Field::new(name, words.of(label)).filled(&typed, &[]);
        let select = |name: &'static str, label: &str, choices: Vec<(String, String)>| {
            let any = (String::new(), words.of("cohort.any").to_owned());
            field(name, label).one_of(std::iter::once(any).chain(choices))
        };
        let areas = standard.showcase_areas().iter().map(|area| (area.code.to_string(), area.title.clone()));
        let order = field("order", "cohort.order").one_of(orders());
        let selects = vec![
            select("state", "cohort.state", states()),
            select("held", "cohort.held", holdups()),
            select("area", "cohort.area", areas.collect()),
            select("assessor", "cohort.assessor", assessors()),
            order,
        ];
        let narrowed = asked.narrowed();
        let is_open = narrowed != Narrowed { search: narrowed.search.clone(), ..Narrowed::default() }
            || asked.order() != Order::Name;
        Self {
            q: field("q", "cohort.q"),
            standard: of_several(standards, standard),
            selects,
            texts: [field("employer", "cohort.employer"), field("by", "cohort.by")],
            is_open,
            is_narrow: narrowed != Narrowed::default(),
        }
    }
}

fn orders() -> [(String, String); 3] {
    let words = words();
    [
        ("name", words.of("cohort.order.name")),
        ("newest", words.of("cohort.order.newest")),
        ("oldest", words.of("cohort.order.oldest")),
    ]
    .map(|(value, text)| (value.to_owned(), text.to_owned()))
}

fn states() -> Vec<(String, String)> {
    let text = |state: &ShowcaseState| words().of(super::table::state_name(*state)).to_owned();
    ShowcaseState::ALL.iter().map(|state| (state.word().to_owned(), text(state))).collect()
}

fn holdups() -> Vec<(String, String)> {
    let words = words();
    let mut choices = vec![("anything".to_owned(), words.of("cohort.held.anything").to_owned())];
    choices.extend(Holdup::ALL.iter().map(|one| (one.word().to_owned(), words.of(holdup(*one)).to_owned())));
    choices.push(("nothing".to_owned(), words.of("cohort.held.nothing").to_owned()));
    choices
}

fn assessors() -> Vec<(String, String)> {
    let words = words();
    vec![
        ("nobody".to_owned(), words.of("cohort.assessor.nobody").to_owned()),
        ("somebody".to_owned(), words.of("cohort.assessor.somebody").to_owned()),
    ]
}

/// Which standard the columns are of, where there are several.
fn of_several(standards: &Standards, standard: &Standard) -> Option<Field> {
    let choice = |one: &Standard| Choice {
        id: "standard".to_owned(),
        name: "standard".to_owned(),
        value: name(one),
        text: format!("{} ({} {})", one.title(), one.code(), one.version()),
        chosen: name(one) == name(standard),
    };
    let mut field = Field::new("standard", words().of("cohort.standard"));
    field.choices = standards.iter().map(choice).collect();
    (field.choices.len() > 1).then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_was_asked_and_survives_what_people_type() {
        let asked = Asked::of("q=%C3%A9+%26b%3D1&state=draft&held=nonsense&order=newest&after=x&from=51");
        let id = ShowcaseId(Uuid::nil());
        let address = asked.after("/", id, 101);
        assert_eq!(
            address,
            format!("/?q=%C3%A9%20%26b%3D1&state=draft&held=nonsense&order=newest&after={id}&from=101")
        );
        let again = Asked::of(address.trim_start_matches("/?"));
        assert_eq!((again.q.as_str(), again.narrowed().held), ("é &b=1", None));
        assert_eq!(again.narrowed().state, Some(ShowcaseState::Draft));
        assert_eq!((again.first(), Asked::of("from=9").first(), Asked::of("%%%").first()), (101, 1, 1));
    }
}
