//! A clock that stands still but for a millisecond a glance, so that ids made one after the other sort so.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exhibit::clock::Clock;

#[derive(Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// Monday 23 November 2026, ten in the morning.
    pub fn new() -> Self {
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Self(Arc::new(Mutex::new(day.and_hms_opt(10, 0, 0).unwrap().and_utc())))
    }

    pub fn clock(&self) -> Clock {
        let hand = Arc::clone(&self.0);
        Clock::from_fn(move || {
            let mut now = hand.lock().unwrap();
            *now += TimeDelta::milliseconds(1);
            *now
        })
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}
