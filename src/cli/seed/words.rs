//! The word lists behind names, employers and titles. All of it is made up, and ASCII throughout, so that every
//! generated format can carry it.

use super::dice::Dice;
use super::files::Form;
use crate::domain::piece::PieceKind;

const FIRST: &[&str] = &[
    "Aisha", "Alfie", "Amara", "Bethan", "Callum", "Carys", "Chloe", "Daniel", "Deepa", "Dylan", "Ellie", "Emeka",
    "Farah", "Finlay", "Freya", "George", "Grace", "Hamza", "Hannah", "Imogen", "Isaac", "Jasmine", "Joshua",
    "Kayleigh", "Kofi", "Leah", "Liam", "Lucy", "Maisie", "Marek", "Maya", "Mohammed", "Nadia", "Nathan", "Niamh",
    "Olivia", "Owen", "Priya", "Rhys", "Ruby", "Samuel", "Sana", "Sean", "Tariq", "Tegan", "Thomas", "Yusuf", "Zofia",
];

const LAST: &[&str] = &[
    "Abbott", "Adeyemi", "Ahmed", "Barker", "Begum", "Bowen", "Brook", "Carter", "Chandra", "Clarke", "Cooper",
    "Davies", "Dobson", "Evans", "Fletcher", "Foster", "Gill", "Green", "Hall", "Hussain", "Iqbal", "Jenkins", "Kaur",
    "Kelly", "Lewis", "Lloyd", "Mensah", "Mistry", "Morris", "Nowak", "Okafor", "Osborne", "Parry", "Patel", "Pearson",
    "Quinn", "Reid", "Rowe", "Shaw", "Singh", "Taylor", "Turner", "Vaughan", "Walsh", "Ward", "Wilson", "Wright",
    "Yates",
];

const PLACES: &[&str] = &[
    "Alderbrook",
    "Ashby Mere",
    "Brackenford",
    "Carrow Hill",
    "Coldwater",
    "Denholm",
    "Eastmarsh",
    "Elmsworth",
    "Fernleigh",
    "Foxcote",
    "Greywell",
    "Harbour Lane",
    "Hartsfield",
    "Ivybridge Row",
    "Kingsmoor",
    "Larkfield",
    "Millbank",
    "Northgate",
    "Oakhanger",
    "Pennyford",
    "Quarry Bank",
    "Redcliff Way",
    "Saltmarsh",
    "Stonebeck",
    "Thornbury Cross",
    "Underhill",
    "Westerby",
    "Wychwood",
];

const TRADES: &[&str] = &[
    "Bakery",
    "Building Society",
    "Bus Company",
    "Car Hire",
    "Council Services",
    "Dental Practice",
    "Energy",
    "Garden Centre",
    "Hotel",
    "Housing Association",
    "Insurance",
    "Leisure Centre",
    "Library",
    "Motors",
    "Opticians",
    "Parcels",
    "Pharmacy",
    "Stationers",
    "Telecoms",
    "Theatre",
    "Travel",
    "Vets",
    "Water",
];

const TEACHERS: &[&str] = &["Training", "College", "Skills Partnership", "Apprenticeships", "Learning Trust"];

const SUBJECTS: &[&str] = &[
    "a late delivery",
    "a refund",
    "a lost parcel",
    "a booking made twice",
    "opening hours",
    "step-free access",
    "a faulty kettle",
    "a change of address",
    "a price shown wrongly",
    "a missed appointment",
    "gift vouchers",
    "the new returns policy",
    "a damaged order",
    "a forgotten password",
    "a long queue",
    "a cancelled trip",
    "a standing order",
    "an unclear invoice",
    "a parking fine",
    "a first visit",
];

const SENTENCES: &[&str] = &[
    "The customer was angry at first; I let them finish before I answered.",
    "I checked the order in the system and found where it had gone wrong.",
    "I explained what I could offer and what I could not, and why.",
    "We agreed on a new date, and I called back that afternoon to confirm it.",
    "My colleague took over the desk so that I could see the matter through.",
    "I wrote the steps down so that whoever picks this up next knows where it stands.",
    "The customer thanked us and has been back twice since.",
    "Next time I would ask earlier what matters most to the customer.",
    "I kept to the data protection rules: no customer is named in this record.",
    "My manager suggested that I share this with the team, which I did on Friday.",
];

/// What is said about a piece of one sort.
#[derive(Debug)]
pub struct Template {
    /// `{}` stands for the subject.
    title: &'static str,
    pub kind: PieceKind,
    pub form: Form,
}

const fn template(title: &'static str, kind: PieceKind, form: Form) -> Template {
    Template { title, kind, form }
}

/// The pieces of a showcase in the order of their slots; a longer showcase begins again.
pub const TEMPLATES: &[Template] = &[
    template("Reply to a complaint about {}", PieceKind::WorkProduct, Form::Document),
    template("Message from a customer about {}", PieceKind::CustomerFeedback, Form::Note),
    template("Recorded call about {}", PieceKind::Recording, Form::Sound),
    template("Statement of my manager on {}", PieceKind::ManagerStatement, Form::Document),
    template("Witness statement on {}", PieceKind::WitnessStatement, Form::Document),
    template("Performance review after six months", PieceKind::PerformanceReview, Form::Document),
    template("Feedback of a colleague on {}", PieceKind::PeerFeedback, Form::Note),
    template("Self-assessment: how I handled {}", PieceKind::SelfAssessment, Form::Note),
    template("Development plan for this year", PieceKind::DevelopmentPlan, Form::Document),
    template("Screenshot of the enquiry log on {}", PieceKind::WorkProduct, Form::Picture),
    template("Minutes of the team meeting on {}", PieceKind::WorkProduct, Form::Note),
    template("Photograph of the notice on {}", PieceKind::WorkProduct, Form::Picture),
    template("Guide for new colleagues: {}", PieceKind::WorkProduct, Form::Document),
    template("Results of our customer survey on {}", PieceKind::CustomerFeedback, Form::Picture),
    template("Recorded conversation at the desk about {}", PieceKind::Recording, Form::Sound),
    template("E-mails with a customer about {}", PieceKind::WorkProduct, Form::Note),
    template("Second witness statement: {}", PieceKind::WitnessStatement, Form::Document),
    template("Performance review after a year", PieceKind::PerformanceReview, Form::Document),
    template("Service figures of my team", PieceKind::WorkProduct, Form::Picture),
    template("What I learned from {}", PieceKind::SelfAssessment, Form::Note),
];

impl Template {
    pub fn title(&self, dice: &mut Dice) -> String {
        self.title.replace("{}", dice.pick(SUBJECTS))
    }
}

pub fn person(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(FIRST), dice.pick(LAST))
}

/// The address under which a person is known; `number` tells namesakes apart. `.example` is nobody's (RFC 2606).
pub fn address(name: &str, number: u32, domain: &str) -> String {
    let name = name.to_lowercase().replace(' ', ".");
    format!("{name}.{number}@{domain}.example")
}

pub fn employer(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(PLACES), dice.pick(TRADES))
}

/// The provider of this number; none has the name of another.
pub fn provider(number: usize) -> String {
    let (round, place) = (number / PLACES.len(), PLACES[number % PLACES.len()]);
    match (TEACHERS.get(round), round / TEACHERS.len()) {
        (Some(sort), _) => format!("{place} {sort}"),
        (None, branch) => format!("{place} {} {}", TEACHERS[round % TEACHERS.len()], branch + 1),
    }
}

pub fn sentences(dice: &mut Dice) -> [&'static str; 4] {
    [dice.pick(SENTENCES), dice.pick(SENTENCES), dice.pick(SENTENCES), dice.pick(SENTENCES)]
}
