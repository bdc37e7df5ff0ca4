//! The standard as it is delivered, against the figures of the support pack, and a second one that
//! shares none of them.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn st0072() -> Standard {
    Standard::parse(include_str!("../../../config/standards/st0072-1.1.toml")).unwrap()
}

fn made_up() -> Standard {
    Standard::parse(include_str!("../../../tests/data/standards/made-up.toml")).unwrap()
}

/// Code, title, KSBs, and numbers of pass and distinction criteria.
type Row<'a> = (&'a str, &'a str, &'a str, usize, usize);

const SHOWCASE: &[Row] = &[
    ("ORG", "Understanding the organisation", "K4 K5 K6", 5, 1),
    ("REG", "Meeting regulations and legislation", "K7 K8", 3, 2),
    ("SYS", "Systems and resources", "K9 K10", 2, 0),
    ("PRO", "Product and service knowledge", "K15", 2, 1),
    ("INF", "Influencing skills", "S5", 3, 1),
    ("PER", "Personal organisation", "S6", 2, 1),
    ("CON", "Dealing with customer conflict and challenge", "S7 S8 S9 S10", 6, 1),
    ("DEV", "Developing self", "B1 B2", 2, 1),
    ("FBK", "Being open to feedback", "B3", 2, 0),
    ("TEA", "Team working", "B4 B5", 3, 2),
];

const OBSERVATION: &[Row] = &[
    ("INT", "Interpersonal skills", "S1", 3, 3),
    ("COM", "Communication", "S2 S3 S4", 6, 2),
    ("EQU", "Equality: treating all customers as individuals", "B6 B7", 2, 0),
    ("PRE", "Presentation: dress code, professional language", "B8", 3, 0),
    ("RFT", "Right first time", "B9 B10", 5, 0),
];

const DISCUSSION: &[Row] = &[
    ("CUS", "Knowing your customers", "K1 K2 K3", 3, 3),
    ("ROL", "Your role and responsibilities", "K11 K12", 2, 0),
    ("EXP", "Customer experience", "K13 K14", 2, 1),
];

fn assert_areas(areas: &[Area], expected: &[Row]) {
    let count = |area: &Area, grade| area.criteria.iter().filter(|criterion| criterion.grade == grade).count();
    let ksbs = |area: &Area| area.ksbs.iter().map(KsbCode::as_ref).collect::<Vec<_>>().join(" ");
    let found: Vec<_> = areas
        .iter()
        .map(|area| {
            let (pass, distinction) = (count(area, Grade::Pass), count(area, Grade::Distinction));
            (area.code.to_string(), area.title.clone(), ksbs(area), pass, distinction)
        })
        .collect();
    let expected: Vec<_> =
        expected.iter().map(|(c, t, k, p, d)| (c.to_string(), t.to_string(), k.to_string(), *p, *d)).collect();
    assert_eq!(found, expected);
}

fn codes(criteria: &[&Criterion]) -> Vec<String> {
    criteria.iter().map(|criterion| criterion.code.to_string()).collect()
}

#[test]
fn st0072_has_the_areas_of_the_pack() {
    let standard = st0072();
    assert_eq!((standard.code(), standard.version(), standard.level()), ("ST0072", "1.1", 2));
    assert_eq!(standard.title(), "Customer Service Practitioner");
    let components: Vec<_> = standard.components().iter().map(|component| component.code.as_ref()).collect();
    assert_eq!(components, ["showcase", "observation", "discussion"]);
    assert_areas(standard.showcase_areas(), SHOWCASE);
    assert_areas(&standard.component("observation").unwrap().areas, OBSERVATION);
    assert_areas(&standard.component("discussion").unwrap().areas, DISCUSSION);
}

#[test]
fn st0072_has_the_totals_and_thresholds_of_the_pack() {
    let standard = st0072();
    for (code, ksbs, pass, distinction, threshold) in
        [("showcase", 19, 30, 10, 7), ("observation", 9, 19, 5, 4), ("discussion", 7, 7, 4, 3)]
    {
        let component = standard.component(code).unwrap();
        let count = |grade| component.criteria().filter(|criterion| criterion.grade == grade).count();
        assert_eq!(component.areas.iter().map(|area| area.ksbs.len()).sum::<usize>(), ksbs, "{code}");
        assert_eq!((count(Grade::Pass), count(Grade::Distinction)), (pass, distinction), "{code}");
        assert_eq!(component.distinction_threshold, threshold, "{code}");
    }
}

#[test]
fn st0072_assesses_its_35_ksbs_in_one_component_each() {
    let standard = st0072();
    let expected: BTreeSet<String> =
        (1..=15).map(|n| format!("K{n}")).chain((1..=10).flat_map(|n| [format!("S{n}"), format!("B{n}")])).collect();
    let listed: BTreeSet<String> = standard.ksbs().iter().map(|ksb| ksb.code.to_string()).collect();
    assert_eq!(listed, expected);
    assert_eq!(standard.ksbs().len(), 35);

    let mut assessed: BTreeMap<&KsbCode, Vec<&ComponentCode>> = BTreeMap::new();
    for component in standard.components() {
        for ksb in component.areas.iter().flat_map(|area| &area.ksbs) {
            assessed.entry(ksb).or_default().push(&component.code);
        }
    }
    assert_eq!(assessed.len(), 35);
    assert!(assessed.values().all(|components| components.len() == 1), "{assessed:?}");
}

#[test]
fn st0072_has_no_look_alike_letters() {
    let text = include_str!("../../../config/standards/st0072-1.1.toml");
    assert!(text.is_ascii(), "{:?}", text.chars().find(|letter| !letter.is_ascii()));
}

#[test]
fn st0072_numbers_the_criteria_of_each_area_and_grade_from_1_and_summarises_each_once() {
    let standard = st0072();
    let mut summaries = BTreeSet::new();
    for area in standard.components().iter().flat_map(|component| &component.areas) {
        for (grade, letter) in [(Grade::Pass, 'P'), (Grade::Distinction, 'D')] {
            for (n, criterion) in area.criteria.iter().filter(|c| c.grade == grade).enumerate() {
                assert_eq!(criterion.code.to_string(), format!("{}-{letter}{}", area.code, n + 1));
                let summary = criterion.summary.as_str();
                assert!(!summary.is_empty() && summary.lines().count() == 1 && !summary.ends_with('.'));
                assert!(summaries.insert(summary.to_owned()), "{summary}");
            }
        }
    }
}

#[test]
fn st0072_has_the_figures_of_the_pack() {
    let standard = st0072();
    assert_eq!(standard.calendar(), "england-and-wales");
    let limits = Limits {
        pieces: 20,
        form_notice_working_days: 10,
        assessment_window_months: 3,
        results_working_days: 10,
        resit_window_months: 6,
        typical_months_on_programme: 12,
    };
    assert_eq!(*standard.limits(), limits);

    let minutes = |code| {
        let component = standard.component(code).unwrap();
        (component.meeting_minutes, component.mock_minutes)
    };
    let between = |least, most| Minutes { at_least: Some(least), at_most: Some(most) };
    let at_most = |most| Minutes { at_least: None, at_most: Some(most) };
    assert_eq!(minutes("showcase"), (between(20, 30), None));
    assert_eq!(minutes("observation"), (between(60, 60), Some(between(60, 60))));
    assert_eq!(minutes("discussion"), (at_most(60), Some(at_most(60))));
    assert_eq!(standard.component("discussion").unwrap().follows, Some(ComponentCode::from("observation")));
}

#[test]
fn st0072_lets_either_of_two_presentation_criteria_do_and_no_others() {
    for component in st0072().components() {
        for area in &component.areas {
            for grade in [Grade::Pass, Grade::Distinction] {
                let requirements: Vec<_> = area.requirements(grade).collect();
                let criteria = requirements.iter().map(Vec::len).sum::<usize>();
                assert_eq!(criteria, area.criteria.iter().filter(|c| c.grade == grade).count());
                for alternatives in requirements.iter().filter(|requirement| requirement.len() > 1) {
                    assert_eq!(codes(alternatives), ["PRE-P1", "PRE-P2"]);
                }
            }
        }
    }
    let presentation = st0072().area("PRE").unwrap().clone();
    assert_eq!(presentation.requirements(Grade::Pass).count(), 2);
}

#[test]
fn lookups_answer_for_exactly_their_place() {
    let standard = st0072();
    assert_eq!(standard.area("ORG"), standard.showcase_area("ORG"));
    assert_eq!(standard.area("INT").unwrap().title, "Interpersonal skills");
    assert_eq!(standard.showcase_area("INT"), None, "an area of the observation");
    assert_eq!(standard.area("org"), None);
    assert_eq!(standard.component("mock"), None);

    let criterion = standard.criterion("CON-P6").unwrap();
    assert_eq!(standard.area("CON").unwrap().criterion("CON-P6"), Some(criterion));
    assert_eq!(standard.component("showcase").unwrap().criterion("CON-P6"), Some(criterion));
    assert_eq!(standard.component("observation").unwrap().criterion("CON-P6"), None);
    assert_eq!(standard.area("ORG").unwrap().criterion("CON-P6"), None);
    assert_eq!(standard.ksb("B10").unwrap().kind, KsbKind::Behaviour);
    assert_eq!(standard.ksb("К10"), None, "with a Cyrillic letter");
}

#[test]
fn another_standard_goes_by_its_own_data() {
    let standard = made_up();
    assert_eq!((standard.code(), standard.version()), ("TST0001", "0.9"));
    assert_eq!(standard.limits().pieces, 3);
    assert_areas(
        standard.showcase_areas(),
        &[("LMP", "The lamp", "K1", 1, 1), ("SEA", "The sea", "K2", 2, 0), ("LOG", "The log", "S1", 1, 0)],
    );
    let sea: Vec<_> = standard.area("SEA").unwrap().requirements(Grade::Pass).map(|r| codes(&r)).collect();
    assert_eq!(sea, [["SEA-P1", "SEA-P2"]]);
    assert_eq!(standard.component("night_watch").unwrap().follows, Some(ComponentCode::from("showcase")));
    assert_eq!(standard.area("ORG"), None);
}

#[test]
fn minutes_bind_at_both_ends_and_only_where_given() {
    let interview = Minutes { at_least: Some(20), at_most: Some(30) };
    assert_eq!([19, 20, 30, 31].map(|minutes| interview.contains(minutes)), [false, true, true, false]);
    let discussion = Minutes { at_least: None, at_most: Some(60) };
    assert_eq!([0, 60, 61].map(|minutes| discussion.contains(minutes)), [true, true, false]);
    assert!(Minutes { at_least: None, at_most: None }.contains(u32::MAX));
}
