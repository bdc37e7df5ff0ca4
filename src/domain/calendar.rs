//! Working days and deadlines; a day outside the table of bank holidays is refused, never guessed.
//!
//! Days are civil dates in Europe/London, instants are UTC.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc, Weekday};
use chrono_tz::Europe::London;
use serde::Deserialize;

use super::standard::Limits;

/// One bank holiday.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day on which nobody works: the substitute day where the holiday falls on a weekend.
    pub day: NaiveDate,
    /// The holiday's name.
    pub name: String,
    /// Why it is kept on this day, for substitute days.
    pub note: Option<String>,
}

/// The bank holidays of a run of whole years.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    name: String,
    version: String,
    first_year: i32,
    last_year: i32,
    holidays: BTreeMap<NaiveDate, Holiday>,
}

/// A calendar's file as it is written, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    version: String,
    first_year: i32,
    last_year: i32,
    holidays: Vec<Holiday>,
}

/// Why a text is not a calendar; found when the service starts.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalendarFileError {
    /// Not TOML, or not of a calendar's shape.
    #[error("the calendar cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
    /// The same day stands there twice.
    #[error("{0} is listed twice")]
    Repeated(NaiveDate),
    /// A holiday outside the years that the table says it covers.
    #[error("{0} is outside the years that the calendar covers")]
    OutsideItsYears(NaiveDate),
    /// A holiday on a Saturday or Sunday changes nothing: its substitute day was forgotten.
    #[error("{0} is a Saturday or Sunday; enter the substitute day")]
    OnWeekend(NaiveDate),
    /// A year said to be covered has no holiday: it was announced and not entered.
    #[error("{0} is said to be covered but has no holidays")]
    EmptyYear(i32),
    /// The years covered are none.
    #[error("the first year covered comes after the last")]
    NoYears,
}

/// Why a day cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The computation needs a day whose holidays are not known.
    #[error(
        "{day} is outside the calendar `{calendar}`, which covers {first_year} to {last_year}; \
         choose another day or have the calendar extended"
    )]
    OutsideTable {
        /// The first day that was needed and is not covered.
        day: NaiveDate,
        /// The calendar's name.
        calendar: String,
        /// The first year covered.
        first_year: i32,
        /// The last year covered.
        last_year: i32,
    },
    /// The day is later than any that can be represented.
    #[error("{day} is too late a day to compute with")]
    TooLate {
        /// The day from which the computation started.
        day: NaiveDate,
    },
}

impl Calendar {
    /// Reads a calendar from its TOML text.
    ///
    /// # Errors
    /// The first fault found, naming the day or year.
    pub fn parse(text: &str) -> Result<Self, CalendarFileError> {
        let document: Document = toml::from_str(text)?;
        let years = document.first_year..=document.last_year;
        if years.is_empty() {
            return Err(CalendarFileError::NoYears);
        }
        let mut holidays = BTreeMap::new();
        for holiday in document.holidays {
            let day = holiday.day;
            if !years.contains(&day.year()) {
                return Err(CalendarFileError::OutsideItsYears(day));
            }
            if is_weekend(day) {
                return Err(CalendarFileError::OnWeekend(day));
            }
            if holidays.insert(day, holiday).is_some() {
                return Err(CalendarFileError::Repeated(day));
            }
        }
        for year in years {
            if !holidays.keys().any(|day| day.year() == year) {
                return Err(CalendarFileError::EmptyYear(year));
            }
        }
        Ok(Self {
            name: document.name,
            version: document.version,
            first_year: document.first_year,
            last_year: document.last_year,
            holidays,
        })
    }

    /// The name by which standards refer to the calendar.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the table, to be shown beside every day computed from it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The first and the last year covered.
    #[must_use]
    pub fn years(&self) -> (i32, i32) {
        (self.first_year, self.last_year)
    }

    /// All holidays by day.
    pub fn holidays(&self) -> impl Iterator<Item = &Holiday> {
        self.holidays.values()
    }

    /// Whether `day` is neither a Saturday, a Sunday nor a bank holiday.
    ///
    /// # Errors
    /// [`CalendarError::OutsideTable`] also for weekends, so that the answer does not hang on the weekday.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, CalendarError> {
        if (self.first_year..=self.last_year).contains(&day.year()) {
            Ok(!is_weekend(day) && !self.holidays.contains_key(&day))
        } else {
            Err(CalendarError::OutsideTable {
                day,
                calendar: self.name.clone(),
                first_year: self.first_year,
                last_year: self.last_year,
            })
        }
    }

    /// The `count`-th working day after `from`; `from` itself is not counted, and is the answer for 0.
    ///
    /// # Errors
    /// [`CalendarError::OutsideTable`] if `from` or a day up to the answer is not covered.
    pub fn add_working_days(&self, from: NaiveDate, count: u32) -> Result<NaiveDate, CalendarError> {
        self.is_working_day(from)?;
        let mut day = from;
        let mut left = count;
        while left > 0 {
            day = following(day)?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// How many working days lie after `from`, up to and including `to`; 0 where `to` is not later.
    ///
    /// It undoes [`Calendar::add_working_days`].
    ///
    /// # Errors
    /// [`CalendarError::OutsideTable`] if `from`, `to` or a day between is not covered.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> Result<u32, CalendarError> {
        self.is_working_day(from)?;
        self.is_working_day(to)?;
        let mut count = 0;
        for day in from.iter_days().skip(1).take_while(|day| *day <= to) {
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }
}

/// The same day of the month `months` later, or the last day of that month where it is shorter.
///
/// "No later than n months from a day" includes the day that this answers.
///
/// # Errors
/// [`CalendarError::TooLate`] beyond the last day that can be represented.
pub fn add_months(day: NaiveDate, months: u32) -> Result<NaiveDate, CalendarError> {
    day.checked_add_months(Months::new(months)).ok_or(CalendarError::TooLate { day })
}

/// The civil date in London at the instant `now`, by which every "today" of the service is meant.
#[must_use]
pub fn today_in_london(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&London).date_naive()
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn following(day: NaiveDate) -> Result<NaiveDate, CalendarError> {
    day.checked_add_days(Days::new(1)).ok_or(CalendarError::TooLate { day })
}

/// The calculator behind every deadline: a standard's limits applied to a calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadlines<'a> {
    calendar: &'a Calendar,
    limits: &'a Limits,
}

impl<'a> Deadlines<'a> {
    /// Pairs the two; `calendar` is the one that the standard of `limits` names.
    #[must_use]
    pub fn new(calendar: &'a Calendar, limits: &'a Limits) -> Self {
        Self { calendar, limits }
    }

    /// The first day on which assessment may take place once the gateway form has been received:
    /// the last working day of the notice, the day of receipt not counted (support pack, Gateway).
    ///
    /// # Errors
    /// [`CalendarError::OutsideTable`].
    pub fn earliest_assessment_on(&self, form_received_on: NaiveDate) -> Result<NaiveDate, CalendarError> {
        self.calendar.add_working_days(form_received_on, self.limits.form_notice_working_days)
    }

    /// The last working day on which the gateway form may be received for an assessment on this day: it undoes
    /// [`Deadlines::earliest_assessment_on`].
    ///
    /// # Errors
    /// [`CalendarError::OutsideTable`].
    pub fn form_due_on(&self, assessment_on: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let (mut day, mut left) = (assessment_on, self.limits.form_notice_working_days);
        loop {
            let works = self.calendar.is_working_day(day)?;
            if left == 0 && works {
                return Ok(day);
            }
            left = left.saturating_sub(u32::from(works));
            day = day.pred_opt().ok_or(CalendarError::TooLate { day })?;
        }
    }

    /// The last day on which assessment may take place, counted from gateway (support pack, Gateway).
    /// Calendar months need no table, so any year will do.
    ///
    /// # Errors
    /// [`CalendarError::TooLate`].
    pub fn latest_assessment_on(&self, gateway_on: NaiveDate) -> Result<NaiveDate, CalendarError> {
        add_months(gateway_on, self.limits.assessment_window_months)
    }

    /// The last day for telling the apprentice the results, counted in working days from the final
    /// component (support pack, Grading & Criteria).
    ///
    /// # Errors
    /// [`CalendarError::OutsideTable`].
    pub fn results_due_on(&self, final_component_on: NaiveDate) -> Result<NaiveDate, CalendarError> {
        self.calendar.add_working_days(final_component_on, self.limits.results_working_days)
    }

    /// The last day on which a component may be taken again without repeating the whole assessment,
    /// counted from the first component held (support pack, Re-sit / Re-take).
    ///
    /// # Errors
    /// [`CalendarError::TooLate`].
    pub fn resit_window_ends_on(&self, first_component_on: NaiveDate) -> Result<NaiveDate, CalendarError> {
        add_months(first_component_on, self.limits.resit_window_months)
    }
}

#[cfg(test)]
mod tests;
