//! What is due for a showcase and when, pure: each day follows from what is recorded, and is given with its reason.

use chrono::NaiveDate;

use super::assessment::{Attainment, SittingKind};
use super::calendar::{CalendarError, Deadlines};
use super::gateway::ShowcaseState;
use super::words::words;

words! {
    /// What is due.
    DeadlineKind {
        /// The last day for the gateway form, if the assessment is to be on its planned day.
        GatewayForm = "gateway_form",
        /// The last day for all assessment.
        AssessmentWindow = "assessment_window",
        /// The last day for telling the apprentice the results.
        Results = "results",
        /// The last day for taking a component again without repeating the whole.
        ResitWindow = "resit_window",
    }
}

/// A day on which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub kind: DeadlineKind,
    pub on: NaiveDate,
}

/// Everything that the deadlines of a showcase depend on.
#[derive(Clone, Debug)]
pub struct Facts {
    pub state: ShowcaseState,
    /// The planned day of the assessment.
    pub assessment_on: Option<NaiveDate>,
    /// The day from which the assessment's window runs, where it is known.
    pub gateway_on: Option<NaiveDate>,
    /// The sitting of each component that counts.
    pub standing: Vec<Option<Stand>>,
    /// The first day on which something was held in the present round.
    pub first_held_on: Option<NaiveDate>,
    /// Every result that there is was released.
    pub is_released: bool,
}

/// How a component stands.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    pub kind: SittingKind,
    pub held_on: Option<NaiveDate>,
    pub result: Option<Attainment>,
}

/// The deadlines of a showcase, soonest first.
///
/// # Errors
/// [`CalendarError`] when one lies outside the table of bank holidays: nothing is guessed.
pub fn deadlines(facts: &Facts, calculator: &Deadlines<'_>) -> Result<Vec<Deadline>, CalendarError> {
    let mut due = Vec::new();
    let mut add = |kind, on: Option<NaiveDate>| due.extend(on.map(|on| Deadline { kind, on }));
    match facts.state {
        ShowcaseState::Draft => {
            let form = facts.assessment_on.map(|day| calculator.form_due_on(day)).transpose()?;
            add(DeadlineKind::GatewayForm, form);
        }
        ShowcaseState::Submitted | ShowcaseState::Accepted => {
            let is_first = |stand: &Option<Stand>| stand.is_none_or(|stand| stand.kind == SittingKind::First);
            let is_open = facts.standing.iter().any(|stand| stand.is_none_or(|stand| stand.held_on.is_none()));
            if is_open && facts.standing.iter().all(is_first) {
                let window = facts.gateway_on.map(|day| calculator.latest_assessment_on(day)).transpose()?;
                add(DeadlineKind::AssessmentWindow, window);
            }
        }
        ShowcaseState::Assessed => {}
    }
    let held: Option<Vec<NaiveDate>> =
        facts.standing.iter().map(|stand| stand.and_then(|stand| stand.held_on)).collect();
    if let Some(last) = held.and_then(|days| days.into_iter().max()).filter(|_| !facts.is_released) {
        add(DeadlineKind::Results, Some(calculator.results_due_on(last)?));
    }
    // A component that failed, or is being taken again.
    let again = |stand: Stand| {
        stand.result == Some(Attainment::Fail) || (stand.kind != SittingKind::First && stand.result.is_none())
    };
    if facts.standing.iter().flatten().any(|stand| again(*stand)) {
        let ends = facts.first_held_on.map(|day| calculator.resit_window_ends_on(day)).transpose()?;
        add(DeadlineKind::ResitWindow, ends);
    }
    due.sort_by_key(|deadline| deadline.on);
    Ok(due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;
    use crate::domain::standard::Standard;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn due(facts: &Facts) -> Vec<(&'static str, String)> {
        let standard = Standard::parse(include_str!("../../config/standards/st0072-1.1.toml")).unwrap();
        let calendar = Calendar::parse(include_str!("../../config/calendars/england-and-wales.toml")).unwrap();
        let due = deadlines(facts, &Deadlines::new(&calendar, standard.limits())).unwrap();
        due.into_iter().map(|deadline| (deadline.kind.word(), deadline.on.to_string())).collect()
    }

    fn nothing(state: ShowcaseState) -> Facts {
        let standing = vec![None, None, None];
        Facts { state, assessment_on: None, gateway_on: None, standing, first_held_on: None, is_released: true }
    }

    fn sat(kind: SittingKind, held_on: Option<&str>, result: Option<Attainment>) -> Stand {
        Stand { kind, held_on: held_on.map(day), result }
    }

    #[test]
    fn nothing_known_nothing_due() {
        for state in ShowcaseState::ALL {
            assert_eq!(due(&nothing(*state)), []);
        }
    }

    #[test]
    fn the_form_is_due_ten_working_days_before_the_planned_day() {
        let facts = Facts { assessment_on: Some(day("2027-01-04")), ..nothing(ShowcaseState::Draft) };
        assert_eq!(due(&facts), [("gateway_form", "2026-12-16".to_owned())]);
        let submitted = Facts { state: ShowcaseState::Submitted, ..facts };
        assert_eq!(due(&submitted), []);
    }

    #[test]
    fn the_window_is_due_until_everything_was_held() {
        let mut facts = Facts { gateway_on: Some(day("2026-11-30")), ..nothing(ShowcaseState::Accepted) };
        assert_eq!(due(&facts), [("assessment_window", "2027-02-28".to_owned())]);
        facts.standing = vec![Some(sat(SittingKind::First, Some("2026-12-14"), None)); 3];
        facts.is_released = false;
        assert_eq!(due(&facts), [("results", "2026-12-30".to_owned())]);
        facts.is_released = true;
        assert_eq!(due(&facts), []);
    }

    #[test]
    fn a_fail_is_due_until_it_is_mended() {
        let first = |result| Some(sat(SittingKind::First, Some("2026-12-14"), Some(result)));
        let mut facts = Facts {
            standing: vec![first(Attainment::Pass), first(Attainment::Fail), first(Attainment::Pass)],
            first_held_on: Some(day("2026-12-14")),
            ..nothing(ShowcaseState::Assessed)
        };
        assert_eq!(due(&facts), [("resit_window", "2027-06-14".to_owned())]);
        facts.state = ShowcaseState::Accepted;
        facts.gateway_on = Some(day("2026-11-30"));
        facts.standing[1] = Some(sat(SittingKind::Resit, None, None));
        assert_eq!(due(&facts), [("resit_window", "2027-06-14".to_owned())]);
        facts.state = ShowcaseState::Assessed;
        facts.standing[1] = Some(sat(SittingKind::Resit, Some("2027-03-01"), Some(Attainment::Pass)));
        assert_eq!(due(&facts), []);
    }

    #[test]
    fn a_day_past_the_table_is_not_guessed() {
        let standard = Standard::parse(include_str!("../../config/standards/st0072-1.1.toml")).unwrap();
        let calendar = Calendar::parse(include_str!("../../config/calendars/england-and-wales.toml")).unwrap();
        let facts = Facts { assessment_on: Some(day("2035-01-04")), ..nothing(ShowcaseState::Draft) };
        assert!(deadlines(&facts, &Deadlines::new(&calendar, standard.limits())).is_err());
    }
}
