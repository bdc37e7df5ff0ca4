//! The calendar against the published days and against an oracle that shares no code with it.

use std::collections::BTreeSet;

use super::*;
use crate::domain::standard::Standard;

fn england_and_wales() -> Calendar {
    Calendar::parse(include_str!("../../../config/calendars/england-and-wales.toml")).unwrap()
}

fn st0072() -> Standard {
    Standard::parse(include_str!("../../../config/standards/st0072-1.1.toml")).unwrap()
}

fn made_up() -> Standard {
    Standard::parse(include_str!("../../../tests/data/standards/made-up.toml")).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// The days of 2026 to 2028, each with whether it is worked, counted without chrono
/// and with the holidays derived from their rules instead of a table.
mod oracle {
    /// 1 January 2026 was a Thursday; 0 is Monday.
    const FIRST_WEEKDAY: usize = 3;

    /// Text of the day, and whether it is a working day.
    pub fn days() -> Vec<(String, bool)> {
        let mut days = Vec::new();
        for year in 2026..=2028 {
            let first = days.len();
            for month in 1..=12 {
                for day in 1..=month_length(year, month) {
                    let weekday = (FIRST_WEEKDAY + days.len()) % 7;
                    days.push((format!("{year}-{month:02}-{day:02}"), weekday < 5));
                }
            }
            close_bank_holidays(year, first, &mut days);
        }
        days
    }

    fn month_length(year: usize, month: usize) -> usize {
        match month {
            2 if year.is_multiple_of(4) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    fn close_bank_holidays(year: usize, first: usize, days: &mut [(String, bool)]) {
        let index = |month: usize, day: usize| {
            first + (1..month).map(|month| month_length(year, month)).sum::<usize>() + day - 1
        };
        let monday_from = |start: usize| (start..start + 7).find(|i| (FIRST_WEEKDAY + i).is_multiple_of(7)).unwrap();
        let (month, day) = easter(year);
        let easter_sunday = index(month, day);
        let fixed_dates = [index(1, 1), index(12, 25), index(12, 26)];
        for closed in [
            easter_sunday - 2,
            easter_sunday + 1,
            monday_from(index(5, 1)),
            monday_from(index(5, 25)),
            monday_from(index(8, 25)),
        ] {
            days[closed].1 = false;
        }
        // A fixed date that meets a day already free moves to the next day that is not; weekday
        // holidays come first, or Christmas Day's substitute would land on Boxing Day.
        let (on_weekdays, at_weekends): (Vec<usize>, Vec<usize>) = fixed_dates.into_iter().partition(|i| days[*i].1);
        for i in on_weekdays.into_iter().chain(at_weekends) {
            let closed = (i..days.len()).find(|i| days[*i].1).unwrap();
            days[closed].1 = false;
        }
    }

    /// Month and day of Easter Sunday (the anonymous Gregorian algorithm).
    fn easter(year: usize) -> (usize, usize) {
        let (golden, century, rest) = (year % 19, year / 100, year % 100);
        let epact = (19 * golden + century - century / 4 - (8 * century + 13) / 25 + 15) % 30;
        let moon = epact - (golden + 11 * epact) / 319;
        let offset = (2 * (century % 4) + 2 * (rest / 4) + 32 - rest % 4 - moon) % 7;
        let month = (moon + offset + 90) / 25;
        (month, (moon + offset + month + 19) % 32)
    }
}

#[test]
fn the_table_holds_the_bank_holidays_of_its_years() {
    let listed: Vec<_> = england_and_wales().holidays().map(|holiday| holiday.day.to_string()).collect();
    let published = "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 \
                     2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 \
                     2027-12-27 2027-12-28 2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 \
                     2028-08-28 2028-12-25 2028-12-26";
    assert_eq!(listed, published.split(' ').collect::<Vec<_>>());
}

#[test]
fn substitute_days_and_only_they_carry_a_note() {
    let calendar = england_and_wales();
    let noted: Vec<_> = calendar.holidays().filter(|h| h.note.is_some()).map(|h| h.day.to_string()).collect();
    assert_eq!(noted, ["2026-12-28", "2027-12-27", "2027-12-28", "2028-01-03"]);
}

#[test]
fn every_day_agrees_with_the_oracle() {
    let calendar = england_and_wales();
    let days = oracle::days();
    assert_eq!(days.len(), 365 + 365 + 366);
    for (text, worked) in days {
        assert_eq!(calendar.is_working_day(day(&text)), Ok(worked), "{text}");
    }
}

#[test]
fn counting_from_every_day_agrees_with_the_oracle() {
    let calendar = england_and_wales();
    let days = oracle::days();
    for (i, (from, _)) in days.iter().enumerate() {
        let after: Vec<&str> = days[i + 1..].iter().filter(|d| d.1).map(|d| d.0.as_str()).take(15).collect();
        for count in 1..=15_u32 {
            let computed = calendar.add_working_days(day(from), count);
            match after.get(count as usize - 1) {
                Some(expected) => {
                    assert_eq!(computed, Ok(day(expected)), "{from} + {count}");
                    let back = calendar.working_days_between(day(from), day(expected));
                    assert_eq!(back, Ok(count), "{from} to {expected}");
                }
                None => assert!(
                    matches!(computed, Err(CalendarError::OutsideTable { .. })),
                    "{from} + {count} leaves the table and gave {computed:?}"
                ),
            }
        }
        for (to, _) in days.iter().skip(i).take(40) {
            let worked = days.iter().filter(|d| d.0 > *from && d.0 <= *to && d.1).count();
            let computed = calendar.working_days_between(day(from), day(to)).unwrap();
            assert_eq!(usize::try_from(computed), Ok(worked), "{from} to {to}");
        }
    }
}

#[test]
fn a_day_outside_the_table_is_refused_whatever_is_asked_of_it() {
    let calendar = england_and_wales();
    let outside = |text| CalendarError::OutsideTable {
        day: day(text),
        calendar: "england-and-wales".to_owned(),
        first_year: 2026,
        last_year: 2028,
    };
    for text in ["2025-12-31", "2029-01-01", "2029-01-06"] {
        assert_eq!(calendar.is_working_day(day(text)), Err(outside(text)));
        assert_eq!(calendar.add_working_days(day(text), 0), Err(outside(text)));
        assert_eq!(calendar.working_days_between(day("2026-06-01"), day(text)), Err(outside(text)));
    }
    assert_eq!(calendar.add_working_days(day("2028-12-28"), 2), Err(outside("2029-01-01")));
    assert!(calendar.add_working_days(NaiveDate::MAX, 1).is_err());
}

#[test]
fn nothing_counts_backwards() {
    let calendar = england_and_wales();
    assert_eq!(calendar.working_days_between(day("2026-11-24"), day("2026-11-23")), Ok(0));
    assert_eq!(calendar.working_days_between(day("2026-11-24"), day("2026-11-24")), Ok(0));
    assert_eq!(calendar.add_working_days(day("2026-12-25"), 0), Ok(day("2026-12-25")));
}

#[test]
fn months_keep_the_day_or_end_with_the_month() {
    for (from, months, expected) in [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-05-31", 3, "2027-08-31"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-15", 0, "2026-01-15"),
        ("2026-12-01", 1, "2027-01-01"),
    ] {
        assert_eq!(add_months(day(from), months), Ok(day(expected)), "{from} + {months}");
    }
    assert_eq!(add_months(NaiveDate::MAX, 1), Err(CalendarError::TooLate { day: NaiveDate::MAX }));
}

#[test]
fn the_day_turns_at_midnight_in_london() {
    for (instant, expected) in [
        // Summer time begins at 01:00 UTC on 29 March 2026, so that day begins at 00:00 UTC …
        ("2026-03-28T23:59:59Z", "2026-03-28"),
        ("2026-03-29T00:00:00Z", "2026-03-29"),
        ("2026-03-29T01:00:00Z", "2026-03-29"),
        // … and ends an hour before UTC does.
        ("2026-03-29T22:59:59Z", "2026-03-29"),
        ("2026-03-29T23:00:00Z", "2026-03-30"),
        // It ends at 01:00 UTC on 25 October 2026.
        ("2026-10-24T22:59:59Z", "2026-10-24"),
        ("2026-10-24T23:00:00Z", "2026-10-25"),
        ("2026-10-25T23:59:59Z", "2026-10-25"),
        ("2026-10-26T00:00:00Z", "2026-10-26"),
        ("2026-12-31T23:59:59Z", "2026-12-31"),
    ] {
        assert_eq!(today_in_london(at(instant)), day(expected), "{instant}");
    }
}

#[test]
fn the_deadlines_of_st0072() {
    let (calendar, standard) = (england_and_wales(), st0072());
    let deadlines = Deadlines::new(&calendar, standard.limits());
    for (received, earliest) in [
        ("2026-11-23", "2026-12-07"),
        ("2026-12-14", "2026-12-30"),
        ("2027-03-19", "2027-04-06"),
        ("2027-12-17", "2028-01-05"),
    ] {
        assert_eq!(deadlines.earliest_assessment_on(day(received)), Ok(day(earliest)), "{received}");
        assert_eq!(deadlines.results_due_on(day(received)), Ok(day(earliest)), "{received}");
    }
    assert_eq!(deadlines.latest_assessment_on(day("2026-11-30")), Ok(day("2027-02-28")));
    assert_eq!(deadlines.latest_assessment_on(day("2028-11-30")), Ok(day("2029-02-28")));
    assert_eq!(deadlines.resit_window_ends_on(day("2026-08-31")), Ok(day("2027-02-28")));
    assert!(deadlines.results_due_on(day("2028-12-20")).is_err());
}

#[test]
fn another_standard_has_its_own_deadlines() {
    let (calendar, standard) = (england_and_wales(), made_up());
    let deadlines = Deadlines::new(&calendar, standard.limits());
    assert_eq!(deadlines.earliest_assessment_on(day("2026-12-21")), Ok(day("2026-12-30")));
    assert_eq!(deadlines.latest_assessment_on(day("2026-12-31")), Ok(day("2027-02-28")));
    assert_eq!(deadlines.results_due_on(day("2026-12-23")), Ok(day("2026-12-30")));
    assert_eq!(deadlines.resit_window_ends_on(day("2026-12-23")), Ok(day("2027-04-23")));
}

#[test]
fn a_wrong_table_is_refused_with_the_day_or_year() {
    let table = |years: &str, days: &[&str]| {
        let listed: BTreeSet<String> =
            days.iter().enumerate().map(|(i, day)| format!("{{ day = '{day}', name = 'No. {i}' }}")).collect();
        let holidays = listed.into_iter().collect::<Vec<_>>().join(", ");
        Calendar::parse(&format!("name = 'c'\nversion = '1'\n{years}\nholidays = [{holidays}]"))
    };
    let one_year = "first_year = 2026\nlast_year = 2026";
    let two_years = "first_year = 2026\nlast_year = 2027";
    let none = "first_year = 2027\nlast_year = 2026";
    for (years, days, fault) in [
        (one_year, vec!["2026-12-25", "2026-12-25"], CalendarFileError::Repeated(day("2026-12-25"))),
        (one_year, vec!["2027-01-01"], CalendarFileError::OutsideItsYears(day("2027-01-01"))),
        (one_year, vec!["2026-12-26"], CalendarFileError::OnWeekend(day("2026-12-26"))),
        (two_years, vec!["2026-12-25"], CalendarFileError::EmptyYear(2027)),
        (none, vec![], CalendarFileError::NoYears),
    ] {
        assert_eq!(table(years, &days), Err(fault));
    }
    for malformed in ["", "name = 1", "first_year = 'x'"] {
        assert!(matches!(Calendar::parse(malformed), Err(CalendarFileError::Malformed(_))));
    }
    assert!(matches!(table(one_year, &["2026-02-30"]), Err(CalendarFileError::Malformed(_))));
    let unknown = format!("{one_year}\nlast_month = 3");
    assert!(matches!(table(&unknown, &["2026-12-25"]), Err(CalendarFileError::Malformed(_))));
}

#[test]
fn the_form_is_due_on_the_last_working_day_that_leaves_the_notice() {
    let (calendar, standard) = (england_and_wales(), st0072());
    let deadlines = Deadlines::new(&calendar, standard.limits());
    assert_eq!(deadlines.form_due_on(day("2027-01-04")), Ok(day("2026-12-16")));
    for assessment in day("2026-06-01").iter_days().take(500) {
        let due = deadlines.form_due_on(assessment).unwrap();
        assert!(deadlines.earliest_assessment_on(due).unwrap() <= assessment, "{assessment}");
        let mut later = due.iter_days().skip(1);
        let next = later.find(|day| calendar.is_working_day(*day).unwrap()).unwrap();
        assert!(deadlines.earliest_assessment_on(next).unwrap() > assessment, "{assessment}");
    }
    assert!(deadlines.form_due_on(day("2036-01-04")).is_err());
}
