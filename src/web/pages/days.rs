//! Days as people here read them.

use chrono::NaiveDate;

/// 4 January 2027.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
