//! What processes cost: CPU seconds and peak memory, read from `/proc`.

use std::collections::HashMap;
use std::fs;

/// `/proc` counts in hundredths of a second on every Linux that people run.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Clone, Copy)]
struct Row {
    parent: u32,
    /// Ticks of the process itself.
    own: u64,
    /// Ticks of its children that have ended and were waited for.
    reaped: u64,
}

/// The CPU time of every process and of the whole machine, at one moment.
pub struct Snapshot {
    rows: HashMap<u32, Row>,
    busy: u64,
}

impl Snapshot {
    pub fn take() -> Self {
        let names = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        Self { rows: pids.filter_map(|pid| Some((pid, row(pid)?))).collect(), busy: busy() }
    }

    /// CPU seconds of a process and all that it started, ended children included.
    pub fn family_cpu(&self, root: u32) -> f64 {
        let members = self.family(root);
        let rows = members.iter().filter_map(|pid| self.rows.get(pid));
        seconds(rows.map(|row| row.own + row.reaped).sum())
    }

    /// CPU seconds of one process without its children.
    pub fn own_cpu(&self, pid: u32) -> f64 {
        seconds(self.rows.get(&pid).map_or(0, |row| row.own))
    }

    /// CPU seconds that the machine has spent on anything, all cores together.
    pub fn machine_cpu(&self) -> f64 {
        seconds(self.busy)
    }

    fn family(&self, root: u32) -> Vec<u32> {
        let mut members = vec![root];
        let mut next = 0;
        while let Some(&parent) = members.get(next) {
            let children = self.rows.iter().filter(|(_, row)| row.parent == parent);
            members.extend(children.map(|(pid, _)| *pid));
            next += 1;
        }
        members
    }
}

/// Forgets the peak so far, so that the next one belongs to the next run alone.
pub fn reset_peak(root: u32) {
    for pid in Snapshot::take().family(root) {
        // A child may have ended meanwhile: then it has no peak to forget.
        let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
    }
}

/// Memory of a process and its living children, in MiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Peaks since the last reset, one a process, added up: what several processes share counts several times.
    pub summed: f64,
    /// The same, with what they share, mostly the text of one program, counted once.
    pub once: f64,
    /// Resident now, what they share counted once.
    pub now: f64,
}

impl Memory {
    pub const UNKNOWN: Self = Self { summed: f64::NAN, once: f64::NAN, now: f64::NAN };

    /// Reads it, which costs the processes nothing until then.
    pub fn of(root: u32) -> Self {
        let members: Vec<Resident> = Snapshot::take().family(root).into_iter().filter_map(Resident::of).collect();
        let sum = |figure: fn(&Resident) -> f64| members.iter().map(figure).sum::<f64>();
        // Whoever has most of what is shared stands for all: it is one program with the same libraries.
        let shared = members.iter().map(|member| member.shared).fold(0.0, f64::max);
        let again = sum(|member| member.shared) - shared;
        let summed = sum(|member| member.peak);
        Self { summed, once: summed - again, now: sum(|member| member.resident) - again }
    }
}

/// One process, in MiB.
struct Resident {
    peak: f64,
    resident: f64,
    /// What other processes have mapped, too, whoever they are.
    shared: f64,
}

impl Resident {
    fn of(pid: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        // Without the right to read it, everything counts as its own.
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let mib = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            let kib = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
            kib.unwrap_or(0.0) / 1024.0
        };
        let shared = mib(&rollup, "Shared_Clean:") + mib(&rollup, "Shared_Dirty:");
        Some(Self { peak: mib(&status, "VmHWM:"), resident: mib(&status, "VmRSS:"), shared })
    }
}

fn row(pid: u32) -> Option<Row> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may itself hold blanks and parentheses: count from the last one.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<u64> = rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    Some(Row {
        parent: u32::try_from(*fields.get(1)?).ok()?,
        own: fields.get(11)? + fields.get(12)?,
        reaped: fields.get(13)? + fields.get(14)?,
    })
}

fn busy() -> u64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let fields: Vec<u64> = first.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal: all but the two kinds of waiting.
    // What follows (guest time) is contained in the first two already.
    fields.iter().take(8).enumerate().filter(|(at, _)| !matches!(at, 3 | 4)).map(|(_, ticks)| ticks).sum()
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS_PER_SECOND
}
