//! When things happened: instants counted in seconds of work, so that everything falls on a weekday between eight
//! and five. All of it lies in the first quarter of one fixed year: the rows must not depend on the day of seeding.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};

/// A stretch of working time, in seconds; 0 is the start of the first day.
pub type Work = i64;

/// One day's work.
pub const DAY: Work = 9 * 60 * 60;

/// The instant after so much work.
pub fn instant(work: Work) -> DateTime<Utc> {
    let day = work / DAY;
    let start = first_monday().and_hms_opt(8, 0, 0).expect("a time of day").and_utc();
    start + TimeDelta::days(day / 5 * 7 + day % 5) + TimeDelta::seconds(work % DAY)
}

/// The day itself, or the Monday after a weekend.
pub fn weekday(day: NaiveDate) -> NaiveDate {
    let wait = match day.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    day + Days::new(wait)
}

fn first_monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).expect("a Monday")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_on_weekdays() {
        let text = |work| instant(work).to_rfc3339();
        assert_eq!(text(0), "2026-01-05T08:00:00+00:00");
        assert_eq!(text(5 * DAY - 1), "2026-01-09T16:59:59+00:00");
        assert_eq!(text(5 * DAY), "2026-01-12T08:00:00+00:00");
        let saturday = NaiveDate::from_ymd_opt(2026, 1, 10).unwrap();
        assert_eq!(weekday(saturday), saturday + Days::new(2));
        assert_eq!(weekday(first_monday()), first_monday());
    }
}
