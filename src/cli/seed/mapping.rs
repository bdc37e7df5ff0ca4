//! Which piece supports which area, by the apprentice's claims and by the assessor's tags.

use crate::domain::ids::TagId;
use crate::domain::media_type::Sort;
use crate::domain::piece::Locator;
use crate::domain::standard::{Area, Grade, Standard};
use crate::records::pieces::Piece;
use crate::records::tags::Tag;

use super::days::{self, DAY, Work};
use super::dice::{Place, What};
use super::files::sound;
use super::plan::{Case, Stage};

/// The areas of a showcase spread over its pieces.
#[derive(Debug)]
pub struct Mapping<'a> {
    areas: &'a [Area],
    /// By piece, places in `areas` in ascending order: what it is made for.
    main: Vec<Vec<usize>>,
    /// By piece, what is claimed besides.
    more: Vec<Option<usize>>,
    /// Places in `areas` that nobody claims, or that nobody tagged.
    left_out: Vec<usize>,
    stage: Stage,
}

impl<'a> Mapping<'a> {
    /// Every area has at least one piece, and every piece at least one area, before anything is left out.
    pub fn new(standard: &'a Standard, pieces: u32, case: &Case) -> Self {
        let areas = standard.showcase_areas();
        let (pieces, count) = (pieces as usize, areas.len());
        let mut dice = Place::new(What::Mapping, case.number, 0).dice();
        let mut any = || dice.below(u32::try_from(count).expect("a standard has few areas")) as usize;
        let gaps = match case.stage {
            Stage::Gaps => 1 + case.number as usize / 10 % 3,
            Stage::AreaMissing => 1,
            Stage::Complete | Stage::Tagged | Stage::Accepted => 0,
        };
        let left_out = (0..gaps).map(|_| any()).collect();
        let own = |piece: usize| (0..count).filter(move |&area| area % pieces == piece || area == piece % count);
        let main: Vec<Vec<usize>> = (0..pieces).map(|piece| own(piece).collect()).collect();
        let more = (0..pieces).map(|piece| (piece % 3 == 0).then(&mut any)).collect();
        Self { areas, main, more, left_out, stage: case.stage }
    }

    /// What a piece is claimed for, in the order of the standard.
    pub fn claims(&self, piece: u32) -> impl Iterator<Item = &'a Area> {
        let piece = piece as usize;
        let skips = self.stage == Stage::Gaps;
        let claimed = move |area: &usize| {
            (self.main[piece].contains(area) || self.more[piece] == Some(*area))
                && !(skips && self.left_out.contains(area))
        };
        (0..self.areas.len()).filter(claimed).map(|area| &self.areas[area])
    }

    /// What the assessor found in a piece.
    fn tags(&self, piece: usize) -> impl Iterator<Item = &'a Area> {
        self.main[piece].iter().filter(|area| !self.left_out.contains(area)).map(|&area| &self.areas[area])
    }
}

/// The tags of a submitted showcase's pieces, made in the days after its submission.
pub fn tag(case: &Case, mapping: &Mapping<'_>, pieces: &[Piece], tags: &mut Vec<Tag>) {
    let start = case.submitted(pieces.len()) + DAY;
    let mut item = 0;
    for (number, piece) in pieces.iter().enumerate() {
        for area in mapping.tags(number) {
            let place = Place::new(What::Tag, case.number, item);
            let tagged_at = days::instant(start + 300 * Work::try_from(item).expect("a few tags"));
            let mut dice = place.dice();
            let passes: Vec<_> = area.criteria.iter().filter(|c| c.grade == Grade::Pass).collect();
            tags.push(Tag {
                id: place.id::<TagId>(tagged_at),
                piece_id: piece.id,
                area: area.code.clone(),
                criteria: vec![dice.pick(&passes).code.clone()],
                locator: locator(piece),
                note: String::new(),
                tagged_by: case.assessor,
                tagged_at,
                removed_by: None,
                removed_at: None,
            });
            item += 1;
        }
    }
}

fn locator(piece: &Piece) -> Option<Locator> {
    match piece.media_type.sort() {
        Sort::Document => Some(Locator::Page { page: 1 }),
        Sort::Recording => Some(Locator::Time { from_s: 0.0, to_s: sound::SECONDS }),
        Sort::Image | Sort::Text | Sort::Mail => None,
    }
}
