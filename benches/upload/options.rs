//! The command line, and the matrix of sizes and concurrencies.

use anyhow::{Context, bail, ensure};

use crate::support::payload::Format;
use crate::support::place;

/// So many uploads of one size, so many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub bytes: u64,
    pub at_once: usize,
}

const SIZES: [(&str, u64); 3] = [("64K", 64 << 10), ("5M", 5 << 20), ("200M", 200 << 20)];
/// Where targets that are slow, or speak otherwise, are compared unless cells are named.
const COMPARED: [Cell; 3] = [
    Cell { bytes: SIZES[0].1, at_once: 16 },
    Cell { bytes: SIZES[1].1, at_once: 16 },
    Cell { bytes: SIZES[2].1, at_once: 1 },
];
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
    Direct,
    Relay,
    S3,
    Disk,
    TusNode,
    Express,
    Fastapi,
}

impl Path {
    pub const ALL: [Self; 7] =
        [Self::Direct, Self::Relay, Self::S3, Self::Disk, Self::TusNode, Self::Express, Self::Fastapi];

    /// The word for it on the command line and in the raw figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Relay => "relay",
            Self::S3 => "s3",
            Self::Disk => "disk",
            Self::TusNode => "tus-node",
            Self::Express => "express",
            Self::Fastapi => "fastapi",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Direct => "direct S3 PUT",
            Self::Relay => "bare relay",
            Self::S3 => "exhibit, PostgreSQL + S3",
            Self::Disk => "exhibit, SQLite + disk",
            Self::TusNode => "@tus/server + @tus/s3-store",
            Self::Express => "express + busboy + lib-storage",
            Self::Fastapi => "FastAPI + boto3",
        }
    }

    /// What a peer is written in, unless it is part of this package.
    pub fn language(self) -> Option<&'static str> {
        match self {
            Self::TusNode | Self::Express => Some("node"),
            Self::Fastapi => Some("python"),
            Self::Direct | Self::Relay | Self::S3 | Self::Disk => None,
        }
    }

    /// Which of the ways that were asked for it speaks.
    fn protos(self, asked: &[Proto]) -> Vec<Proto> {
        match self {
            Self::S3 | Self::Disk => asked.to_vec(),
            Self::Direct | Self::Relay | Self::Express | Self::Fastapi => vec![Proto::Multipart],
            Self::TusNode => {
                let tus: Vec<Proto> = asked.iter().copied().filter(|proto| proto.is_tus()).collect();
                if tus.is_empty() { vec![Proto::Tus] } else { tus }
            }
        }
    }
}

/// How a file is sent; into the store itself always with one PUT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proto {
    /// One form.
    Multipart,
    /// One POST that creates, one PATCH with all bytes.
    Tus,
    /// One POST with all bytes.
    TusCwu,
}

impl Proto {
    const ALL: [Self; 3] = [Self::Multipart, Self::Tus, Self::TusCwu];

    pub fn name(self) -> &'static str {
        match self {
            Self::Multipart => "multipart",
            Self::Tus => "tus",
            Self::TusCwu => "tus-cwu",
        }
    }

    pub fn is_tus(self) -> bool {
        self != Self::Multipart
    }
}

/// A target and the way in which it is spoken to: a row of each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrant {
    pub path: Path,
    pub proto: Proto,
}

impl Entrant {
    pub fn name(self) -> String {
        let proto = if self.proto.is_tus() { format!(" {}", self.proto.name()) } else { String::new() };
        format!("{}{proto}", self.path.name())
    }

    pub fn title(self) -> String {
        let proto = if self.proto.is_tus() { format!(", {}", self.proto.name()) } else { String::new() };
        format!("{}{proto}", self.path.title())
    }
}

pub struct Options {
    pub rounds: usize,
    pub cells: Vec<Cell>,
    pub entrants: Vec<Entrant>,
    pub format: Format,
    pub seed: u64,
    /// The cells were named: then everyone takes part in all of them.
    everyone: bool,
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let (mut paths, mut protos) = (Path::ALL.to_vec(), vec![Proto::Multipart, Proto::Tus]);
        let (entrants, format) = (Vec::new(), Format::Wav);
        let mut options = Self { rounds: 5, cells: Vec::new(), entrants, format, seed: 1, everyone: false };
        let mut heavy = false;
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(option) = arguments.next() {
            let mut text = || place::value::<String>(&option, arguments.next());
            match option.as_str() {
                "--rounds" => options.rounds = place::value(&option, Some(text()?))?,
                "--seed" => options.seed = place::value(&option, Some(text()?))?,
                "--cells" => options.cells = list(&text()?, Cell::parse)?,
                "--targets" => paths = list(&text()?, path)?,
                "--proto" => protos = list(&text()?, proto)?,
                "--kind" => options.format = format_of(&text()?)?,
                "--heavy" => heavy = true,
                other => bail!("unknown option {other}; benches/README.md lists them"),
            }
        }
        ensure!(options.rounds > 0, "--rounds: at least 1");
        options.everyone = !options.cells.is_empty();
        if options.cells.is_empty() {
            options.cells = standard_cells(options.format);
        }
        if heavy {
            options.cells.extend([Cell::parse("200M/16")?, Cell::parse("200M/64")?]);
        }
        let entrants = paths.iter().flat_map(|path| path.protos(&protos).into_iter().map(|proto| (*path, proto)));
        options.entrants = entrants.map(|(path, proto)| Entrant { path, proto }).collect();
        let too_large = options.cells.iter().any(|cell| cell.bytes > LARGEST_PDF);
        ensure!(options.format == Format::Wav || !too_large, "a PDF of 200 MiB is beyond the limit");
        Ok(options)
    }

    /// Without cells that were named, what is slow takes part only where it is compared: everything
    /// in every cell would take hours, and fill the disk.
    pub fn takes_part(&self, entrant: Entrant, cell: Cell) -> bool {
        let is_ours = matches!(entrant.path, Path::Direct | Path::Relay | Path::S3 | Path::Disk);
        self.everyone || (is_ours && !entrant.proto.is_tus()) || COMPARED.contains(&cell)
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
    let names = Path::ALL.map(Path::name).join(", ");
    found.with_context(|| format!("{text}: targets are {names}"))
}

fn proto(text: &str) -> anyhow::Result<Proto> {
    let found = Proto::ALL.into_iter().find(|proto| proto.name() == text);
    found.with_context(|| format!("{text}: ways are multipart, tus and tus-cwu"))
}

fn format_of(text: &str) -> anyhow::Result<Format> {
    match text {
        "wav" => Ok(Format::Wav),
        "pdf" => Ok(Format::Pdf),
        other => bail!("{other}: kinds are wav and pdf"),
    }
}
