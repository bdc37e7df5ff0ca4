//! The command line, and the matrix of sizes and concurrencies.

use anyhow::{Context, bail, ensure};

use crate::payload::Format;
use crate::support::place;

/// So many uploads of one size, so many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub bytes: u64,
    pub at_once: usize,
}

const SIZES: [(&str, u64); 3] = [("64K", 64 << 10), ("5M", 5 << 20), ("200M", 200 << 20)];
const LARGEST_PDF: u64 = 5 << 20;

impl Cell {
    /// `64K/16`, as on the command line.
    pub fn name(self) -> String {
        let size = SIZES.iter().find(|(_, bytes)| *bytes == self.bytes);
        format!("{}/{}", size.map_or("?", |(name, _)| name), self.at_once)
    }

    /// Enough for a second or two of work, and for everyone who works at once to be busy.
    pub fn uploads(self) -> usize {
        let (least, each) = match self.bytes {
            0..0x10_0000 => (400, 50),
            0x10_0000..0x100_0000 => (32, 4),
            _ => (3, 1),
        };
        least.max(each * self.at_once)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let (size, at_once) = text.split_once('/').context("a cell looks like 5M/16")?;
        let found = SIZES.iter().find(|(name, _)| name.eq_ignore_ascii_case(size));
        let (_, bytes) = *found.with_context(|| format!("{text}: sizes are 64K, 5M and 200M"))?;
        let at_once = at_once.parse().with_context(|| format!("{text}: how many at once?"))?;
        ensure!((1..=256).contains(&at_once), "{text}: 1 to 256 at once");
        Ok(Self { bytes, at_once })
    }
}

/// What the bytes are sent into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    Disk,
    S3,
    Direct,
}

impl Path {
    pub const ALL: [Self; 3] = [Self::Direct, Self::S3, Self::Disk];

    /// The word for it on the command line and in the raw figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::S3 => "s3",
            Self::Direct => "direct",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Disk => "exhibit, SQLite + disk",
            Self::S3 => "exhibit, PostgreSQL + S3",
            Self::Direct => "direct S3 PUT",
        }
    }
}

pub struct Options {
    pub rounds: usize,
    pub cells: Vec<Cell>,
    pub paths: Vec<Path>,
    pub format: Format,
    pub seed: u64,
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options =
            Self { rounds: 5, cells: Vec::new(), paths: Path::ALL.to_vec(), format: Format::Wav, seed: 1 };
        let mut heavy = false;
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(option) = arguments.next() {
            let mut text = || place::value::<String>(&option, arguments.next());
            match option.as_str() {
                "--rounds" => options.rounds = place::value(&option, Some(text()?))?,
                "--seed" => options.seed = place::value(&option, Some(text()?))?,
                "--cells" => options.cells = list(&text()?, Cell::parse)?,
                "--targets" => options.paths = list(&text()?, path)?,
                "--kind" => options.format = format(&text()?)?,
                "--heavy" => heavy = true,
                other => bail!("unknown option {other}; benches/README.md lists them"),
            }
        }
        ensure!(options.rounds > 0, "--rounds: at least 1");
        if options.cells.is_empty() {
            options.cells = standard_cells(options.format);
        }
        if heavy {
            options.cells.extend([Cell::parse("200M/16")?, Cell::parse("200M/64")?]);
        }
        let too_large = options.cells.iter().any(|cell| cell.bytes > LARGEST_PDF);
        ensure!(options.format == Format::Wav || !too_large, "a PDF of 200 MiB is beyond the limit");
        Ok(options)
    }
}

fn standard_cells(format: Format) -> Vec<Cell> {
    let most = [1, 16, 64];
    let matrix = [(SIZES[0].1, &most[..]), (SIZES[1].1, &most[..]), (SIZES[2].1, &[1, 4][..])];
    let cells =
        matrix.into_iter().flat_map(|(bytes, numbers)| numbers.iter().map(move |&at_once| Cell { bytes, at_once }));
    cells.filter(|cell| format == Format::Wav || cell.bytes <= LARGEST_PDF).collect()
}

fn list<T>(text: &str, parse: impl Fn(&str) -> anyhow::Result<T>) -> anyhow::Result<Vec<T>> {
    text.split(',').map(|item| parse(item.trim())).collect()
}

fn path(text: &str) -> anyhow::Result<Path> {
    let found = Path::ALL.into_iter().find(|path| path.name() == text);
    found.with_context(|| format!("{text}: targets are disk, s3 and direct"))
}

fn format(text: &str) -> anyhow::Result<Format> {
    match text {
        "wav" => Ok(Format::Wav),
        "pdf" => Ok(Format::Pdf),
        other => bail!("{other}: kinds are wav and pdf"),
    }
}
