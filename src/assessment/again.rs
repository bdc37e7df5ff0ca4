//! Taking a component, or the whole assessment, again: after a fail only, never to better a pass, and a single component
//! only while all of them fit into one period (support pack, Re-sit / Re-take).

use super::{Assessment, Error, Record};
use crate::db::Tx;
use crate::domain::assessment::{Attainment, SittingKind};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::UserId;
use crate::domain::standard::Component;
use crate::records::showcases::{self, Showcase};
use crate::records::sittings::{self, Sitting};

impl Assessment {
    /// Opens another sitting of a failed component.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], [`Error::NoSuchComponent`], [`Error::NotFailed`] or [`Error::ResitWindowOver`].
    pub async fn sit_again(
        &self,
        showcase: &Showcase,
        component: &str,
        kind: SittingKind,
        by: UserId,
    ) -> Result<Sitting, Error> {
        let component = self.component(showcase, component)?;
        let deadlines = self.deadlines(showcase)?;
        let mut tx = self.db.write().await?;
        let record = Record::locked(&mut tx, showcase).await?;
        let failed = record.latest(component).filter(|sitting| sitting.result() == Some(Attainment::Fail));
        let number = failed.ok_or(Error::NotFailed)?.number + 1;
        if let Some(ends_on) = record.window_ends_on(&deadlines)?.filter(|ends_on| self.today() > *ends_on) {
            return Err(Error::ResitWindowOver(ends_on));
        }
        let sitting = self.reopen(&mut tx, showcase, component, (number, record.round(), kind), by).await?;
        tx.commit().await?;
        Ok(sitting)
    }

    /// Begins the whole assessment again: every component is sat anew, and a new period begins.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or [`Error::NotFailed`] when no component failed.
    pub async fn begin_again(&self, showcase: &Showcase, kind: SittingKind, by: UserId) -> Result<(), Error> {
        let standard = self.standard(showcase)?;
        let mut tx = self.db.write().await?;
        let record = Record::locked(&mut tx, showcase).await?;
        let has_failed = record.standing(standard).flatten().any(|sitting| sitting.result() == Some(Attainment::Fail));
        if !has_failed {
            return Err(Error::NotFailed);
        }
        for component in standard.components() {
            let number = record.latest(component).map_or(1, |sitting| sitting.number + 1);
            self.reopen(&mut tx, showcase, component, (number, record.round() + 1, kind), by).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn reopen(
        &self,
        tx: &mut Tx,
        showcase: &Showcase,
        component: &Component,
        place: (u32, u32, SittingKind),
        by: UserId,
    ) -> Result<Sitting, Error> {
        let sitting = self.sitting(showcase, component, place, by);
        sittings::insert(tx, &sitting).await?;
        showcases::mark_state(tx, showcase.id, ShowcaseState::Accepted, showcase.attempt).await?;
        Ok(sitting)
    }
}
