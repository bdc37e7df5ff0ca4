//! Each case spoils a sound standard at one place and expects the fault that names the place.

use super::*;
use crate::domain::standard::Standard;

const SOUND: &str = include_str!("../../../../tests/data/standards/made-up.toml");

/// Parses the sound standard with `old`, which must stand there exactly once, replaced by `new`.
fn spoilt(old: &str, new: &str) -> Result<Standard, StandardError> {
    assert_eq!(SOUND.matches(old).count(), 1, "{old}");
    Standard::parse(&SOUND.replace(old, new))
}

fn shape(code: &str, of: &'static str, shape: &'static str) -> StandardError {
    StandardError::CodeShape { code: code.to_owned(), of, shape }
}

fn prefix(criterion: &str, prefix: &str) -> StandardError {
    StandardError::CriterionPrefix { criterion: criterion.to_owned(), prefix: prefix.to_owned() }
}

fn wrong_alternative(alternative: &str) -> StandardError {
    StandardError::WrongAlternative { criterion: "SEA-P2".to_owned(), alternative: alternative.to_owned() }
}

fn component(code: &str) -> ComponentCode {
    ComponentCode::from(code)
}

fn area(code: &str) -> AreaCode {
    AreaCode::from(code)
}

fn ksb(code: &str) -> KsbCode {
    KsbCode::from(code)
}

#[test]
fn the_standard_is_sound_before_it_is_spoilt() {
    assert!(Standard::parse(SOUND).is_ok());
}

#[test]
fn wrong_codes() {
    for (old, new, fault) in [
        (r#"code = "K1""#, r#"code = "К1""#, shape("К1", "knowledge", "K and a number")),
        (r#"code = "S1""#, r#"code = "Só""#, shape("Só", "a skill", "S and a number")),
        (r#"code = "B1", kind"#, r#"code = "K1", kind"#, shape("K1", "a behaviour", "B and a number")),
        (r#"code = "K2""#, r#"code = "KII""#, shape("KII", "knowledge", "K and a number")),
        (
            r#"code = "night_watch""#,
            r#"code = "Night Watch""#,
            shape("Night Watch", "a component", "lower-case letters and _"),
        ),
        (r#"code = "WCH""#, r#"code = "WСH""#, shape("WСH", "an area", "capital letters and digits")),
        (r#"code = "WCH""#, r#"code = """#, shape("", "an area", "capital letters and digits")),
        (r#"code = "K2""#, r#"code = "K1""#, StandardError::RepeatedCode("K1".to_owned())),
        (r#"code = "WCH-P1""#, r#"code = "LOG-P1""#, prefix("LOG-P1", "WCH-P")),
        (r#"code = "WCH-P1""#, r#"code = "WCH-D1""#, prefix("WCH-D1", "WCH-P")),
        (r#"code = "LMP-D1""#, r#"code = "LMP-P2""#, prefix("LMP-P2", "LMP-D")),
        (r#"code = "WCH-P1""#, r#"code = "WCH-P""#, prefix("WCH-P", "WCH-P")),
        (r#"code = "SEA-P2""#, r#"code = "SEA-P1""#, StandardError::RepeatedCode("SEA-P1".to_owned())),
        (r#"code = "night_watch""#, r#"code = "showcase""#, StandardError::RepeatedCode("showcase".to_owned())),
        (r#"code = "WCH""#, r#"code = "K1""#, StandardError::RepeatedCode("K1".to_owned())),
    ] {
        assert_eq!(spoilt(old, new), Err(fault), "{new}");
    }
}

#[test]
fn wrong_components() {
    for (old, new, fault) in [
        ("pieces = 3", "pieces = 0", StandardError::NoPieces),
        (r#"code = "showcase""#, r#"code = "show""#, StandardError::NoShowcase),
        (
            "distinction_threshold = 1",
            "distinction_threshold = 2",
            StandardError::ThresholdOutOfReach { component: component("showcase"), threshold: 2, available: 1 },
        ),
        ("at_least = 120", "at_least = 481", StandardError::MinutesReversed(component("night_watch"))),
        (
            "at_most = 15 }",
            "at_most = 15 }\nmock_minutes = { at_least = 2, at_most = 1 }",
            StandardError::MinutesReversed(component("showcase")),
        ),
        (
            r#"follows = "showcase""#,
            r#"follows = "night_watch""#,
            StandardError::FollowsNothing { component: component("night_watch"), follows: component("night_watch") },
        ),
        (
            r#"    { code = "WCH-P1", grade = "pass", summary = "See the dawn" },"#,
            "",
            StandardError::NoPassCriteria(area("WCH")),
        ),
        (r#"alternative_to = "SEA-P1""#, r#"alternative_to = "LOG-P1""#, wrong_alternative("LOG-P1")),
        (r#"alternative_to = "SEA-P1""#, r#"alternative_to = "SEA-P2""#, wrong_alternative("SEA-P2")),
        (r#"alternative_to = "SEA-P1""#, r#"alternative_to = "SEA-P9""#, wrong_alternative("SEA-P9")),
    ] {
        assert_eq!(spoilt(old, new), Err(fault), "{new}");
    }
    let (without_areas, _) = SOUND.rsplit_once("[[components.areas]]").unwrap();
    let refusal = Standard::parse(&format!("{without_areas}areas = []"));
    assert_eq!(refusal, Err(StandardError::NoAreas(component("night_watch"))));
}

#[test]
fn wrong_ksbs() {
    for (old, new, fault) in [
        (r#"ksbs = ["S1"]"#, r#"ksbs = ["S2"]"#, StandardError::UnknownKsb { area: area("LOG"), ksb: ksb("S2") }),
        (
            r#"ksbs = ["B1"]"#,
            r#"ksbs = ["B1", "K1"]"#,
            StandardError::KsbAssessedTwice { ksb: ksb("K1"), first: area("LMP"), second: area("WCH") },
        ),
        (
            r#"ksbs = ["B1"]"#,
            r#"ksbs = ["B1", "B1"]"#,
            StandardError::KsbAssessedTwice { ksb: ksb("B1"), first: area("WCH"), second: area("WCH") },
        ),
        (r#"ksbs = ["S1"]"#, "ksbs = []", StandardError::KsbNotAssessed(ksb("S1"))),
    ] {
        assert_eq!(spoilt(old, new), Err(fault), "{new}");
    }
}

#[test]
fn wrong_qualifications() {
    for (old, new, fault) in [
        (
            r#"subjects = ["english"]"#,
            r#"subjects = ["english", "maths"]"#,
            StandardError::RepeatedRoute { basis: Basis::Achieved, subject: Subject::Maths },
        ),
        (r#"subjects = ["english"]"#, "subjects = []", StandardError::NoAchievedRoute(Subject::English)),
        (r#"minimum_level = "level_2""#, "", StandardError::NoAchievedRoute(Subject::Maths)),
    ] {
        assert_eq!(spoilt(old, new), Err(fault), "{new}");
    }
}

#[test]
fn wrong_shapes_are_refused_with_line_and_name() {
    for (old, new, named) in [
        ("pieces = 3", "pieces = 3\npeices = 4", "peices"),
        ("pieces = 3", "", "pieces"),
        ("pieces = 3", "pieces = -3", "-3"),
        ("level = 3", "level = 3\nowner = 'x'", "owner"),
        (r#"grade = "distinction""#, r#"grade = "merit""#, "merit"),
        (r#"kind = "skill""#, r#"kind = "talent""#, "talent"),
        ("at_most = 15", "up_to = 15", "up_to"),
        (r#"minimum_level = "level_2""#, r#"minimum_level = "level_9""#, "level_9"),
        (r#"title = "Showcase""#, "titel = 'Showcase'", "titel"),
        (r#"title = "The lamp""#, "title = 'The lamp'\nnote = 'x'", "note"),
        (r#"summary = "Light the lamp""#, "summary = 'Light', wording = 'x'", "wording"),
    ] {
        let refusal = spoilt(old, new).unwrap_err();
        assert!(matches!(refusal, StandardError::Malformed(_)), "{new}: {refusal}");
        let message = refusal.to_string();
        assert!(message.contains(named) && message.contains("line "), "{message}");
    }
}
