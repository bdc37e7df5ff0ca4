//! The coverage as a chart of plain shapes, placed here so that it needs no script and no style: two bars an area, told
//! apart by their pattern, with their numbers in words beside them.

use crate::domain::coverage::Coverage;
use crate::web::pages::words;

/// Units of the drawing: about a pixel each on a phone.
const WIDTH: u32 = 320;
const LEFT: u32 = 4;
const BAR: u32 = 12;
/// A line of a title.
const LINE: u32 = 16;
/// Two bars and the room around them.
const BARS: u32 = 2 * BAR + 20;
/// Room beside the longest bar for its number.
const NUMBER: u32 = 110;
/// Characters that find room in a line, whatever the typeface.
const IN_A_LINE: usize = 34;

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
    pub title: Vec<Line>,
    pub claimed: Bar,
    pub mapped: Bar,
}

/// A line of a title, which a drawing does not break by itself.
pub struct Line {
    pub y: u32,
    pub text: String,
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
    let mut top = 0;
    let areas = coverage.areas.iter().map(|area| {
        let (claimed, mapped) = (area.claimed.len(), super::mapped(area));
        let title = lines(&area.title, &mut top);
        let bars = Bars {
            title,
            claimed: bar(top + 6, claimed, words.count("chart.claimed", claimed)),
            mapped: bar(top + 6 + BAR + 3, mapped, words.count("chart.mapped", mapped)),
        };
        top += BARS;
        bars
    });
    let areas: Vec<Bars> = areas.collect();
    Chart { width: WIDTH, height: top, left: LEFT, bar: BAR, areas }
}

/// A title in as many lines as it takes from `top` on.
fn lines(title: &str, top: &mut u32) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.text.chars().count() + word.chars().count() < IN_A_LINE => {
                line.text.push(' ');
                line.text.push_str(word);
            }
            _ => {
                *top += LINE;
                lines.push(Line { y: *top, text: word.to_owned() });
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_titles_are_broken_and_lose_nothing() {
        let mut top = 0;
        let title = "Dealing with customer conflict and challenge";
        let broken = lines(title, &mut top);
        assert_eq!(broken.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" "), title);
        assert_eq!((broken.len(), top), (2, 2 * LINE));
        assert!(lines("", &mut top).is_empty());
    }
}
