//! Mocks: what the provider and the employer hold to prepare the apprentice. They never block anything.

use chrono::NaiveDate;

use super::{Assessment, Error};
use crate::domain::ids::{MockId, UserId};
use crate::records::mocks::{self, Mock};
use crate::records::showcases::Showcase;

/// A mock that was held.
#[derive(Clone, Debug)]
pub struct NewMock {
    pub component: String,
    pub held_on: NaiveDate,
    pub minutes: u32,
    pub note: String,
    pub by: UserId,
}

impl Assessment {
    /// Records a mock, in whatever state the showcase is.
    ///
    /// # Errors
    /// [`Error::NoSuchComponent`], [`Error::NoMock`] when the standard has none for it, or [`Error::InFuture`].
    pub async fn record_mock(&self, showcase: &Showcase, new: NewMock) -> Result<Mock, Error> {
        let component = self.component(showcase, &new.component)?;
        if component.mock_minutes.is_none() {
            return Err(Error::NoMock(new.component));
        }
        if new.held_on > self.today() {
            return Err(Error::InFuture(new.held_on));
        }
        let mock = Mock {
            id: MockId(self.clock.new_id()),
            showcase_id: showcase.id,
            component: component.code.clone(),
            held_on: new.held_on,
            minutes: new.minutes,
            note: new.note,
            recorded_by: new.by,
            recorded_at: self.clock.now(),
        };
        mocks::insert(&mut self.db.alone(), &mock).await?;
        Ok(mock)
    }
}
