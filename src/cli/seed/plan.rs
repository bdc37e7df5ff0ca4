//! What is seeded, showcase by showcase. A showcase's rows follow from its number, the number of all showcases and
//! the pieces to each, so that any batch of them can be made at any time, by anyone, to the same result.

use chrono::Days;

use crate::domain::calendar::Calendar;
use crate::domain::gateway::ShowcaseState;
use crate::domain::identifiers::Uln;
use crate::domain::ids::{ShowcaseId, UserId};
use crate::domain::standard::Standard;
use crate::records::pieces::NewClaim;
use crate::records::showcases::Showcase;
use crate::records::users::User;
use crate::storage::ObjectKey;

use super::batch::{Batch, Object};
use super::cast::{self, Cast, Provider};
use super::days::{self, DAY, Work};
use super::dice::{Place, What};
use super::mapping::{self, Mapping};
use super::{piece, words};

/// The time over which showcases are opened, evenly.
const OPENING: Work = 30 * DAY;

/// How far a seeded showcase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In draft, and some areas have no claim.
    Gaps,
    /// In draft, and every area is claimed.
    Complete,
    /// Submitted, and one area has no tag yet.
    AreaMissing,
    /// Submitted, tagged and decided: acceptance is all that lacks.
    Tagged,
    Accepted,
}

/// The stages come in turn, so that the smallest seeding shows all of them.
const STAGES: [Stage; 10] = [
    Stage::Accepted,
    Stage::Complete,
    Stage::Gaps,
    Stage::Tagged,
    Stage::AreaMissing,
    Stage::Complete,
    Stage::Complete,
    Stage::Complete,
    Stage::Complete,
    Stage::Complete,
];

/// The whole seeding, before a row of it is made.
#[derive(Debug)]
pub struct Plan {
    pub standard: Standard,
    pub calendar: Calendar,
    pub cast: Cast,
    /// How many.
    pub showcases: u32,
    /// To each showcase.
    pub pieces: u32,
}

/// One showcase with the people around it.
#[derive(Debug)]
pub struct Case {
    /// Counted from 0.
    pub number: u32,
    pub stage: Stage,
    pub opened: Work,
    pub showcase: Showcase,
    pub provider: Provider,
    pub assessor: UserId,
}

impl Stage {
    pub fn of(showcase: u32) -> Self {
        STAGES[showcase as usize % STAGES.len()]
    }

    pub const fn state(self) -> ShowcaseState {
        match self {
            Self::Gaps | Self::Complete => ShowcaseState::Draft,
            Self::AreaMissing | Self::Tagged => ShowcaseState::Submitted,
            Self::Accepted => ShowcaseState::Accepted,
        }
    }
}

impl Plan {
    /// Adds the rows and files of a showcase to a batch.
    ///
    /// # Errors
    /// When the calendar does not cover the seeded days.
    pub fn add(&self, number: u32, batch: &mut Batch) -> anyhow::Result<()> {
        let (apprentice, case) = self.case(number);
        let mapping = Mapping::new(&self.standard, self.pieces, &case);
        let first = batch.pieces.len();
        for item in 0..self.pieces {
            let (piece, file) = piece::piece(&case, item);
            for area in mapping.claims(item) {
                let (area, by, at) = (area.code.clone(), piece.uploaded_by, piece.created_at);
                batch.claims.push(NewClaim { piece: piece.id, area, by, at });
            }
            batch.add_object(Object { key: ObjectKey::Piece(piece.id), digest: piece.sha256, content: file });
            batch.pieces.push(piece);
        }
        if case.stage.state() != ShowcaseState::Draft {
            mapping::tag(&case, &mapping, &batch.pieces[first..], &mut batch.tags);
            self.add_gateway(&case, &mapping, first, batch)?;
        }
        batch.users.push(apprentice);
        batch.showcases.push(case.showcase);
        Ok(())
    }

    /// The apprentice who has most left to do.
    pub fn apprentice(&self) -> UserId {
        let shown = (0..self.showcases).find(|&number| Stage::of(number) == Stage::Gaps).unwrap_or(0);
        self.case(shown).0.id
    }

    fn case(&self, number: u32) -> (User, Case) {
        let opened = OPENING * Work::from(number) / Work::from(self.showcases);
        let created_at = days::instant(opened);
        let (provider, assessor) = self.cast.of(number);
        let apprentice = cast::apprentice(number, provider, created_at);
        let stage = Stage::of(number);
        let place = Place::new(What::Showcase, number, 0);
        let mut dice = place.dice();
        let awaited = dice.below(20) == 0;
        let attempt = u32::from(stage.state() != ShowcaseState::Draft);
        let showcase = Showcase {
            id: place.id::<ShowcaseId>(created_at),
            standard: self.standard.code().to_owned(),
            version: self.standard.version().to_owned(),
            piece_limit: i64::from(self.standard.limits().pieces),
            apprentice_id: apprentice.id,
            apprentice_name: apprentice.name.clone(),
            apprentice_email: apprentice.email.to_string(),
            provider_id: provider.organisation,
            assessor_id: Some(assessor),
            employer: words::employer(&mut dice),
            uln: (!awaited).then(|| uln(number).to_string()),
            uln_reason: awaited.then(|| "Applied for; the learning records service has not answered yet".to_owned()),
            started_on: created_at.date_naive() - Days::new(u64::from(400 + dice.below(90))),
            state: stage.state(),
            attempt,
            revision: i64::from(self.pieces + attempt),
            created_at,
            pieces: i64::from(self.pieces),
        };
        (apprentice, Case { number, stage, opened, showcase, provider, assessor })
    }
}

/// A ULN that follows the register's rule, for each number another.
fn uln(number: u32) -> Uln {
    let mut endings = 0..100;
    let valid = endings.find_map(|ending| format!("{}{ending:02}", 90_000_000 + number).parse().ok());
    valid.expect("of ten numbers side by side nearly all have a check digit")
}
