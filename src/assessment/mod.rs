//! The assessment of an accepted showcase: meetings, criteria, results, and components taken again. Results and the
//! grade are computed from what is recorded, a closed sitting does not change, and no pass is taken again.

mod again;
mod due;
mod error;
mod judging;
mod meeting;
mod mock;
mod view;

use std::sync::Arc;

use chrono::NaiveDate;

pub use due::Due;
pub use error::Error;
pub use judging::{Closed, NewJudgement};
pub use meeting::NewMeeting;
pub use mock::NewMock;
pub use view::{AssessmentView, Audience, ComponentView, SittingView};

use crate::clock::Clock;
use crate::db::{Database, Session, Tx};
use crate::domain::assessment::{Attainment, SittingKind, overall};
use crate::domain::calendar::{Calendar, Deadlines, today_in_london};
use crate::domain::gateway::ShowcaseState;
use crate::domain::ids::UserId;
use crate::domain::standard::{Component, Standard, Standards};
use crate::gateway::Gateway;
use crate::records::judgements::Judgement;
use crate::records::releases::Release;
use crate::records::showcases::{self, Showcase};
use crate::records::sittings::Sitting;
use crate::records::{judgements, releases, sittings};

/// Runs the assessment's acts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Assessment {
    db: Database,
    clock: Clock,
    standards: Arc<Standards>,
    calendar: Arc<Calendar>,
    gateway: Gateway,
}

impl Assessment {
    #[must_use]
    pub fn new(
        db: Database,
        clock: Clock,
        standards: Arc<Standards>,
        calendar: Arc<Calendar>,
        gateway: Gateway,
    ) -> Self {
        Self { db, clock, standards, calendar, gateway }
    }

    fn standard(&self, showcase: &Showcase) -> Result<&Standard, Error> {
        let missing = || Error::StandardMissing(showcase.standard.clone(), showcase.version.clone());
        self.standards.find(&showcase.standard, &showcase.version).ok_or_else(missing)
    }

    fn component(&self, showcase: &Showcase, code: &str) -> Result<&Component, Error> {
        self.standard(showcase)?.component(code).ok_or(Error::NoSuchComponent)
    }

    fn deadlines(&self, showcase: &Showcase) -> Result<Deadlines<'_>, Error> {
        Ok(Deadlines::new(&self.calendar, self.standard(showcase)?.limits()))
    }

    fn today(&self) -> NaiveDate {
        today_in_london(self.clock.now())
    }

    /// The open sitting of a component, with the showcase's row held. The first one is opened here.
    async fn open_sitting(
        &self,
        tx: &mut Tx,
        showcase: &Showcase,
        component: &Component,
        by: UserId,
    ) -> Result<(Sitting, Record), Error> {
        let mut record = Record::locked(tx, showcase).await?;
        let sitting = match record.latest(component) {
            Some(sitting) if sitting.closing.is_some() => return Err(Error::Closed),
            Some(sitting) => sitting.clone(),
            None => {
                let sitting = self.sitting(showcase, component, (1, 1, SittingKind::First), by);
                sittings::insert(tx, &sitting).await?;
                record.sittings.push(sitting.clone());
                sitting
            }
        };
        Ok((sitting, record))
    }

    fn sitting(
        &self,
        showcase: &Showcase,
        component: &Component,
        (number, round, kind): (u32, u32, SittingKind),
        by: UserId,
    ) -> Sitting {
        Sitting {
            showcase_id: showcase.id,
            component: component.code.clone(),
            number,
            round,
            kind,
            planned_on: None,
            meeting: None,
            opened_by: by,
            opened_at: self.clock.now(),
            closing: None,
        }
    }
}

/// All that is recorded of a showcase's assessment.
struct Record {
    sittings: Vec<Sitting>,
    judgements: Vec<Judgement>,
    release: Option<Release>,
}

impl Record {
    async fn load(on: &mut impl Session, showcase: &Showcase) -> Result<Self, Error> {
        Ok(Self {
            sittings: sittings::list(on, showcase.id).await?,
            judgements: judgements::list(on, showcase.id).await?,
            release: releases::latest(on, showcase.id).await?,
        })
    }

    /// The same, with the showcase's row held and its gateway accepted.
    async fn locked(tx: &mut Tx, showcase: &Showcase) -> Result<Self, Error> {
        let locked = showcases::lock(tx, showcase.id).await?;
        match locked.state {
            ShowcaseState::Draft | ShowcaseState::Submitted => Err(Error::NotAccepted),
            ShowcaseState::Accepted | ShowcaseState::Assessed => Self::load(tx, showcase).await,
        }
    }

    /// How often the whole assessment was begun.
    fn round(&self) -> u32 {
        self.sittings.iter().map(|sitting| sitting.round).max().unwrap_or(1)
    }

    /// The sitting of a component that counts.
    fn latest(&self, component: &Component) -> Option<&Sitting> {
        self.sittings.iter().filter(|sitting| sitting.component == component.code).max_by_key(|sitting| sitting.number)
    }

    /// The sittings of each component that count, in the order of the standard.
    fn standing<'a>(&'a self, standard: &'a Standard) -> impl Iterator<Item = Option<&'a Sitting>> {
        standard.components().iter().map(|component| self.latest(component))
    }

    fn is_capped(&self) -> bool {
        self.sittings.iter().any(|sitting| sitting.kind != SittingKind::First)
    }

    fn grade(&self, standard: &Standard) -> Option<Attainment> {
        let results: Vec<_> = self.standing(standard).map(|sitting| sitting.and_then(Sitting::result)).collect();
        overall(&results, self.is_capped())
    }

    /// The first and the last day on which something was held in the present round.
    fn held(&self) -> Option<(NaiveDate, NaiveDate)> {
        let round = self.round();
        let days = || self.sittings.iter().filter(move |sitting| sitting.round == round).filter_map(Sitting::held_on);
        Some((days().min()?, days().max()?))
    }

    /// The last day on which something may be taken again without repeating the whole; `None` before anything was held.
    fn window_ends_on(&self, deadlines: &Deadlines<'_>) -> Result<Option<NaiveDate>, Error> {
        let first = self.held().map(|(first, _)| first);
        Ok(first.map(|first| deadlines.resit_window_ends_on(first)).transpose()?)
    }
}
