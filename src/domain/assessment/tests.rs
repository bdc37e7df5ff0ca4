use std::collections::BTreeSet;

use super::*;
use crate::domain::standard::Standard;

fn standard() -> Standard {
    Standard::parse(include_str!("../../../config/standards/st0072-1.1.toml")).unwrap()
}

/// Codes of a component's criteria of a grade, alternatives among them.
fn codes(standard: &Standard, component: &str, grade: Grade) -> Vec<CriterionCode> {
    let component = standard.component(component).unwrap();
    component.criteria().filter(|criterion| criterion.grade == grade).map(|criterion| criterion.code.clone()).collect()
}

fn result(standard: &Standard, component: &str, met: &BTreeSet<CriterionCode>) -> Graded {
    grade(standard.component(component).unwrap(), |code| met.contains(code))
}

#[test]
fn one_distinction_criterion_makes_the_difference() {
    let standard = standard();
    for (component, of, needed) in [("showcase", 10, 7), ("observation", 5, 4), ("discussion", 4, 3)] {
        let distinctions = codes(&standard, component, Grade::Distinction);
        assert_eq!(distinctions.len(), of, "{component}");
        let passes = codes(&standard, component, Grade::Pass);
        for met in 0..=of {
            let met_codes = passes.iter().chain(&distinctions[..met]).cloned().collect();
            let graded = result(&standard, component, &met_codes);
            let wanted = if met >= needed { Attainment::Distinction } else { Attainment::Pass };
            assert_eq!(graded, Graded { result: wanted, missing: vec![] }, "{component}: {met} of {of}");
        }
    }
}

#[test]
fn one_missing_pass_criterion_fails_whatever_else_is_met() {
    let standard = standard();
    for component in standard.components() {
        let all: BTreeSet<CriterionCode> = component.criteria().map(|criterion| criterion.code.clone()).collect();
        for area in &component.areas {
            for requirement in area.requirements(Grade::Pass) {
                let gone: Vec<CriterionCode> = requirement.iter().map(|criterion| criterion.code.clone()).collect();
                let met = all.iter().filter(|code| !gone.contains(code)).cloned().collect();
                let graded = result(&standard, component.code.as_ref(), &met);
                assert_eq!(graded, Graded { result: Attainment::Fail, missing: gone });
            }
        }
    }
}

#[test]
fn either_of_two_alternatives_is_enough() {
    let standard = standard();
    let mut pairs = 0;
    for component in standard.components() {
        let all: BTreeSet<CriterionCode> = component.criteria().map(|criterion| criterion.code.clone()).collect();
        for requirement in component.areas.iter().flat_map(|area| area.requirements(Grade::Pass)) {
            for spared in requirement.iter().filter(|_| requirement.len() > 1) {
                let mut met = all.clone();
                met.remove(&spared.code);
                assert_eq!(result(&standard, component.code.as_ref(), &met).missing, []);
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 2, "the two first descriptors of Presentation");
}

#[test]
fn nothing_recorded_is_a_fail_with_everything_missing() {
    let standard = standard();
    let graded = result(&standard, "showcase", &BTreeSet::new());
    assert_eq!((graded.result, graded.missing.len()), (Attainment::Fail, 30));
}

/// The rule of the support pack, said another way: by counting instead of by order.
fn oracle(results: &[Option<Attainment>], is_capped: bool) -> Option<Attainment> {
    let count = |wanted| results.iter().filter(|result| **result == Some(wanted)).count();
    if count(Attainment::Fail) + count(Attainment::Pass) + count(Attainment::Distinction) < results.len() {
        return None;
    }
    if count(Attainment::Fail) > 0 {
        return Some(Attainment::Fail);
    }
    let is_distinction = count(Attainment::Distinction) == results.len() && !is_capped;
    Some(if is_distinction { Attainment::Distinction } else { Attainment::Pass })
}

#[test]
fn every_combination_of_results() {
    let possible = [None, Some(Attainment::Fail), Some(Attainment::Pass), Some(Attainment::Distinction)];
    let mut seen = 0;
    for a in possible {
        for b in possible {
            for c in possible {
                for is_capped in [false, true] {
                    let results = [a, b, c];
                    assert_eq!(overall(&results, is_capped), oracle(&results, is_capped), "{results:?} {is_capped}");
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 128);
}

#[test]
fn meeting_one_more_criterion_never_lowers_a_result() {
    let standard = standard();
    let component = standard.component("observation").unwrap();
    let all: Vec<CriterionCode> = component.criteria().map(|criterion| criterion.code.clone()).collect();
    let mut met = BTreeSet::new();
    let mut last = Attainment::Fail;
    for code in all {
        met.insert(code);
        let now = result(&standard, "observation", &met).result;
        assert!(now >= last);
        last = now;
    }
    assert_eq!(last, Attainment::Distinction);
}

#[test]
fn what_is_unusual_about_a_meeting_is_said() {
    let standard = standard();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let codes = |component: &str, minutes, held_on: &str, before: Option<&str>| -> Vec<&'static str> {
        let meeting = Meeting { held_on: day(held_on), minutes, mode: Mode::Remote };
        let component = standard.component(component).unwrap();
        let found = remarks(component, meeting, before.map(day), day("2027-01-11"));
        found.iter().map(|remark| remark.code.word()).collect()
    };
    assert_eq!(codes("showcase", 20, "2027-01-11", None), [""; 0]);
    assert_eq!(codes("showcase", 30, "2027-01-11", None), [""; 0]);
    assert_eq!(codes("showcase", 19, "2027-01-11", None), ["meeting_short"]);
    assert_eq!(codes("showcase", 31, "2027-01-11", None), ["meeting_long"]);
    assert_eq!(codes("observation", 60, "2027-01-12", None), ["in_future"]);
    assert_eq!(codes("discussion", 60, "2027-01-11", Some("2027-01-11")), [""; 0]);
    assert_eq!(codes("discussion", 61, "2027-01-08", Some("2027-01-11")), ["meeting_long", "out_of_order"]);
    assert_eq!(codes("discussion", 1, "2027-01-08", None), ["out_of_order"]);
}
