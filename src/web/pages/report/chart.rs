//! The coverage as a chart of plain shapes, placed here so that it needs no script and no style: two bars an area, told
//! apart by their pattern, with their numbers in words beside them.

use crate::domain::coverage::Coverage;
use crate::web::pages::words;

/// Units of the drawing: about a pixel each on a phone.
const WIDTH: u32 = 320;
const LEFT: u32 = 4;
/// What an area takes: its title, two bars, and room below.
const STEP: u32 = 58;
const BAR: u32 = 12;
/// Room beside the longest bar for its number.
const NUMBER: u32 = 110;
/// Characters of a title that find room in a line; the table beside the chart has all of it.
const TITLE: usize = 46;

/// The whole drawing.
pub struct Chart {
    pub width: u32,
    pub height: u32,
    pub left: u32,
    pub bar: u32,
    pub areas: Vec<Bars>,
}

/// One area's two bars.
pub struct Bars {
    pub title: String,
    pub title_y: u32,
    pub claimed: Bar,
    pub mapped: Bar,
}

pub struct Bar {
    pub y: u32,
    pub width: u32,
    pub text: String,
    pub text_x: u32,
    pub text_y: u32,
}

/// Draws how many pieces are claimed for each area, and how many of them the assessor mapped.
pub fn chart(coverage: &Coverage) -> Chart {
    let most = coverage.areas.iter().map(|area| area.claimed.len().max(super::mapped(area))).max().unwrap_or(0).max(1);
    let bar = |y: u32, count: usize, text: String| {
        let longest = WIDTH - LEFT - NUMBER;
        let width = u32::try_from(count * longest as usize / most).unwrap_or(longest);
        Bar { y, width, text, text_x: LEFT + width + 6, text_y: y + BAR - 2 }
    };
    let words = words();
    let areas = coverage.areas.iter().zip(0..).map(|(area, place)| {
        let top = place * STEP;
        let (claimed, mapped) = (area.claimed.len(), super::mapped(area));
        Bars {
            title: shortened(&area.title),
            title_y: top + 16,
            claimed: bar(top + 22, claimed, words.count("chart.claimed", claimed)),
            mapped: bar(top + 22 + BAR + 3, mapped, words.count("chart.mapped", mapped)),
        }
    });
    let areas: Vec<Bars> = areas.collect();
    let height = STEP * u32::try_from(areas.len()).unwrap_or(0);
    Chart { width: WIDTH, height, left: LEFT, bar: BAR, areas }
}

fn shortened(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    title.chars().take(TITLE - 1).chain(['…']).collect()
}
