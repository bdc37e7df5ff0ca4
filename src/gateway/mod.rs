//! The gateway of a showcase: prepared, submitted, decided component by component, accepted or returned. A
//! submitted showcase does not change, and none is accepted while an area has no tag or an object not its digest.

mod accept;
mod as_was;
mod days;
mod decide;
mod error;
mod queue;
mod submit;
mod tagging;
mod view;

use std::sync::Arc;

pub use as_was::AsWas;
pub use days::KnownDays;
pub use decide::{NewDecision, Seen, standing};
pub use error::Error;
pub use queue::Waiting;
pub use tagging::NewTag;
pub use view::{AttemptView, Dates, GatewayView};

use crate::clock::Clock;
use crate::config::GatewaySettings;
use crate::db::{Database, Tx};
use crate::domain::calendar::Calendar;
use crate::domain::gateway::{GatewayDetails, ShowcaseState};
use crate::domain::ids::UserId;
use crate::domain::qualification::Basis;
use crate::domain::standard::{Standard, Standards};
use crate::records::showcases::{Locked, Showcase};
use crate::records::{documents, gateways, showcases};
use crate::storage::Storage;

/// Runs the gateway's acts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway {
    db: Database,
    storage: Storage,
    clock: Clock,
    standards: Arc<Standards>,
    calendar: Arc<Calendar>,
    settings: GatewaySettings,
}

impl Gateway {
    #[must_use]
    pub fn new(
        db: Database,
        storage: Storage,
        clock: Clock,
        standards: Arc<Standards>,
        calendar: Arc<Calendar>,
        settings: GatewaySettings,
    ) -> Self {
        Self { db, storage, clock, standards, calendar, settings }
    }

    /// The newer national routes that are switched on.
    #[must_use]
    pub fn routes(&self) -> &[Basis] {
        &self.settings.routes
    }

    fn standard(&self, showcase: &Showcase) -> Result<&Standard, Error> {
        let missing = || Error::StandardMissing(showcase.standard.clone(), showcase.version.clone());
        self.standards.find(&showcase.standard, &showcase.version).ok_or_else(missing)
    }

    /// Records the provider's details while the showcase is in draft.
    ///
    /// # Errors
    /// [`Error::WrongState`], or [`Error::UnknownDocument`] when a qualification names a document that is not one of
    /// the showcase's.
    pub async fn prepare(&self, showcase: &Showcase, details: &GatewayDetails, by: UserId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        locked_in(&mut tx, showcase, ShowcaseState::Draft).await?;
        let known = documents::list(&mut tx, showcase.id).await?;
        let named = [&details.maths, &details.english].into_iter().flatten().filter_map(|q| q.document_id);
        for id in named {
            if !known.iter().any(|document| document.id == id) {
                return Err(Error::UnknownDocument(id));
            }
        }
        gateways::put(&mut tx, showcase.id, details, by, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Holds the showcase's row and makes sure that it is in `state`.
async fn locked_in(tx: &mut Tx, showcase: &Showcase, state: ShowcaseState) -> Result<Locked, Error> {
    let locked = showcases::lock(tx, showcase.id).await?;
    if locked.state == state { Ok(locked) } else { Err(Error::WrongState { is: locked.state, must_be: state }) }
}
